/// The values of a small constant, kept so that shape arithmetic can be folded.
public enum ConstantValues: Sendable, Hashable {
  case ints([Int])
  case floats([Double])

  /// Constants with more elements than this keep their shape alone.
  public static let limit = 1024

  public var count: Int {
    switch self {
    case .ints(let values): values.count
    case .floats(let values): values.count
    }
  }

  /// The values as integers; `nil` when they are floats.
  var ints: [Int]? {
    if case .ints(let values) = self { values } else { nil }
  }

  /// The values as floats, converted where they are integers.
  var floats: [Double] {
    switch self {
    case .ints(let values): values.map(Double.init)
    case .floats(let values): values
    }
  }

  /// The elements at `positions`, which must be in range.
  func picking(_ positions: [Int]) -> ConstantValues {
    switch self {
    case .ints(let values): .ints(positions.map { values[$0] })
    case .floats(let values): .floats(positions.map { values[$0] })
    }
  }

  /// Floats as a runtime holds them in `type`: 10 x 0.1 is 1 in float32, and its ceiling 1.
  func rounded(to type: ElementType?) -> ConstantValues {
    guard case .floats(let values) = self, type == .float32 else { return self }
    return .floats(values.map { Double(Float($0)) })
  }
}

/// Another value for one figure of a system's description.
public struct FigureChange: Sendable, Hashable {
  /// As ``SystemDescription/Figure/path``; `card.` in front means every card.
  public var path: String
  /// As it is typed: a number, `true` or `false`, or names separated by commas.
  public var value: String

  public init(path: String, value: String) {
    self.path = path
    self.value = value
  }

  /// Where the figure comes from, once it is changed.
  static let source = "set by the user"

  /// The value that takes the place of `old`, which it must be of the kind of; `nil` where it is not.
  func value(like old: JSONValue) -> JSONValue? {
    switch old {
    case .number: Double(value).flatMap { $0.isFinite ? .number($0) : nil }
    case .bool: Bool(value).map { .bool($0) }
    case .array: .array(value.split(separator: ",").map { .string(String($0)) })
    case .string: value.isEmpty ? nil : .string(value)
    case .null, .object: nil
    }
  }
}

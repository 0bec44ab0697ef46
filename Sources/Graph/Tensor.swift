/// A value that flows along an edge, or a constant.
public struct Tensor: Sendable, Hashable {
  public enum Role: Sendable, Hashable { case input, constant, intermediate }

  public var name: String
  public var type: ElementType
  /// Static dimensions; `[]` is a scalar. A shape that could not be determined is `[0]`, and a finding says so.
  public var shape: [Int]
  public var role: Role
  /// The operator that computes it; `nil` for inputs and constants.
  public var producer: OperatorID?
  /// Operators that read it, ascending, each once.
  public var consumers: [OperatorID]
  /// Whether it counts as parameters of the model: a weight as stored, not an index, a shape or a folded copy.
  public var isParameter: Bool

  public init(
    name: String, type: ElementType, shape: [Int], role: Role, producer: OperatorID? = nil,
    consumers: [OperatorID] = [], isParameter: Bool = false
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.role = role
    self.producer = producer
    self.consumers = consumers
    self.isParameter = isParameter
  }

  /// Number of elements. Graphs from a builder or loader are checked, so this does not trap on them.
  public var count: Int { shape.reduce(1, *) }
  /// Size in bytes at the stored type.
  public var bytes: Int { type.bytes(for: count) ?? .max }

  /// The largest size one tensor may have: 256 TiB. It keeps sums of bytes far from overflow.
  public static let maximumBytes = 1 << 48
}

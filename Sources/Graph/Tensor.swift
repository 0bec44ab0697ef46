/// A value that flows along an edge, or a constant.
public struct Tensor: Sendable, Hashable {
  public enum Role: Sendable, Hashable {
    case input, constant, intermediate
    /// An input that stays where its operator is: see ``State``.
    case state

    /// Whether it goes from device to device.
    public var travels: Bool { self == .input || self == .intermediate }
  }

  /// How a constant is stored.
  public struct Stored: Sendable, Hashable {
    /// Element type of what takes most of the bytes.
    public var type: ElementType
    public var bytes: Int

    public init(type: ElementType, bytes: Int) {
      self.type = type
      self.bytes = bytes
    }
  }

  public var name: String
  public var type: ElementType
  /// Static dimensions; `[]` is a scalar. A shape that could not be determined is `[0]`, and a finding says so.
  public var shape: [Int]
  public var role: Role
  /// The operator that computes it; `nil` for inputs, states and constants.
  public var producer: OperatorID?
  /// Operators that read it, ascending, each once.
  public var consumers: [OperatorID]
  /// Whether it counts as parameters of the model: a weight as stored, not an index, a shape or a folded copy.
  public var isParameter: Bool
  /// For a constant that is computed from a narrower one (codes with their scales and zero points): that form, which a
  /// device may hold and read in its place. `nil` where there is none.
  public var narrow: Stored?
  /// Parameters of the model that one stored element holds: 2 where a byte holds two 4-bit weights.
  public var parametersPerElement = 1

  public init(
    name: String, type: ElementType, shape: [Int], role: Role, producer: OperatorID? = nil,
    consumers: [OperatorID] = [], isParameter: Bool = false, narrow: Stored? = nil
  ) {
    self.name = name
    self.type = type
    self.shape = shape
    self.role = role
    self.producer = producer
    self.consumers = consumers
    self.isParameter = isParameter
    self.narrow = narrow
  }

  /// Number of elements. Graphs from a builder or loader are checked, so this does not trap on them.
  public var count: Int { shape.reduce(1, *) }
  /// Size in bytes at the stored type.
  public var bytes: Int { type.bytes(for: count) ?? .max }
  /// Type and size in bytes as stored: in the narrower form where there is one.
  public var stored: Stored { narrow ?? Stored(type: type, bytes: bytes) }

  /// The largest size one tensor may have: 256 TiB. It keeps sums of bytes far from overflow.
  public static let maximumBytes = 1 << 48
}

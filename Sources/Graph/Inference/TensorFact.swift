/// What inference knows of a value so far.
struct TensorFact: Sendable {
  enum Constancy: Sendable, Hashable {
    case variable
    /// Known before a run because it follows from shapes.
    case folded
    /// A constant of the file, or a view of one.
    case stored
  }

  var type: ElementType?
  var shape: [Int]?
  /// Values, for constants of at most ``ConstantValues/limit`` elements.
  var values: ConstantValues?
  /// The most that each value can be, where it depends on data: see ``UpperBounds``.
  var most: ConstantValues?
  var constancy = Constancy.variable
  /// True where the shape is an upper bound because the real one depends on data.
  var isBound = false

  /// Where the value is a sequence: its items. The fact has no shape then.
  var items: SequenceItems?

  init(_ type: ElementType?, _ shape: [Int]?, isBound: Bool = false) {
    self.type = type
    self.shape = shape
    self.isBound = isBound
  }

  static let unknown = TensorFact(nil, nil)

  /// Number of elements; `nil` when the shape is not known or the product overflows.
  var count: Int? { shape.flatMap(Saturating.exactProduct) }
  /// Whether its bytes cannot be counted.
  var isUnsized: Bool { items.map { $0.elements == nil } ?? (shape == nil) }
  var isConstant: Bool { constancy != .variable }
}

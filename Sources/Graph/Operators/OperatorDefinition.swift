/// What the program knows of one operator: shape inference, folding, work counts, fusion and placement read it here and
/// nowhere else.
///
/// A definition stands in the table of its family in this folder; ``OperatorRegistry`` finds it.
package final class OperatorDefinition: Sendable {
  package let name: String
  package let domain: OperatorDomain
  /// `nil` where the outputs' shapes must be declared by the model.
  let shape: ShapeRule?
  let work: WorkRule
  /// How small values follow from known ones; `nil` where they do not.
  let values: ValueRule?
  package let traits: OperatorTraits
  /// How its work may be shared out over devices.
  package let splits: SplitAxes
  /// Inputs of which it reads only some rows, at most as many bytes as it writes.
  package let rowInputs: Range<Int>
  /// Which inputs hold quantised weights, scales and zero points; `nil` where none does.
  let quantised: QuantisedInputs?
  /// How many of the bytes of its constants it reads in one run; `nil` for all.
  let constantsRead: (@Sendable (NodeContext, Int) -> Int)?

  init(
    _ name: String, in domain: OperatorDomain = .standard, shape: ShapeRule?,
    work: WorkRule = .perElement, values: ValueRule? = nil, traits: OperatorTraits = [],
    splits: SplitAxes = [], rowInputs: Range<Int>? = nil, quantised: QuantisedInputs? = nil,
    constantsRead: (@Sendable (NodeContext, Int) -> Int)? = nil
  ) {
    self.name = name
    self.domain = domain
    self.shape = shape
    self.work = work
    self.values = values
    self.traits = traits
    self.splits = splits
    self.rowInputs = rowInputs ?? (traits.contains(.rowLookup) ? 0..<1 : 0..<0)
    self.quantised = quantised
    self.constantsRead = constantsRead
  }

  /// Whether the output only renames its input's bytes.
  package var isView: Bool {
    if case .view = work { true } else { false }
  }

  /// Whether it multiplies matrices: what runs on a matrix engine.
  package var isMatrix: Bool {
    switch work {
    case .matrix, .matrixAndVector, .attention: true
    default: false
    }
  }
}

/// What else is true of an operator.
package struct OperatorTraits: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// An element of the output depends on one element of each input, so that a compiler computes it while the
  /// producer's result is still in registers.
  package static let elementwise = Self(rawValue: 1 << 0)
  /// Gives another result every time, so that it is not computed beforehand even where its inputs are constants.
  package static let random = Self(rawValue: 1 << 1)
  /// Reduces rows to one: what ends an embedding bag.
  package static let pooling = Self(rawValue: 1 << 2)
  /// Looks up rows of a table and pools them: an embedding bag as one operator.
  package static let bagLookup = Self(rawValue: 1 << 3)
  /// Reads of its first input only the rows it returns.
  package static let rowLookup = Self(rawValue: 1 << 4)
  /// Runs subgraphs that are attributes of it.
  package static let hasBodies = Self(rawValue: 1 << 5)
  /// Only puts the elements of its inputs in another order.
  package static let arranges = Self(rawValue: 1 << 6)
  /// Returns some elements of its first input.
  package static let selects = Self(rawValue: 1 << 7)
  /// Repeats the elements of its first input.
  package static let repeats = Self(rawValue: 1 << 8)
  /// No accelerator runs it: strings, sequences, optional values, classical machine learning, training.
  package static let hostOnly = Self(rawValue: 1 << 9)
  /// Reads the shape of its input and no element.
  package static let readsShape = Self(rawValue: 1 << 12)
}

/// Axes of an operator along which devices can share its work.
package struct SplitAxes: OptionSet, Sendable {
  package let rawValue: Int

  package init(rawValue: Int) { self.rawValue = rawValue }

  /// Columns of the weights or output channels: each device has a part of the output.
  package static let outputs = Self(rawValue: 1 << 0)
  /// Rows of the weights: each device has a term of the sum.
  package static let inputs = Self(rawValue: 1 << 1)
  /// Attention heads.
  package static let heads = Self(rawValue: 1 << 2)
  /// Experts of a mixture.
  package static let experts = Self(rawValue: 1 << 3)
  /// Rows of an embedding table.
  package static let rows = Self(rawValue: 1 << 4)
}

/// One node of the graph.
public struct Operator: Sendable, Hashable {
  public var name: String
  /// ONNX operator type, for example `Conv`.
  public var type: String
  /// Operator-set domain; empty for the standard one.
  public var domain: String
  /// `nil` marks an optional input that is not given. What the bodies of an operator (If, Loop, Scan)
  /// capture from outside, and the constants they own, follow its declared inputs.
  public var inputs: [TensorID?]
  public var outputs: [TensorID?]
  public var attributes: [String: Attribute]
  /// What it computes, from its shapes; see ``Work``.
  public var work: Work
  /// True where no accelerator runs it: strings, sequences, classical machine learning, operators nobody knows.
  public var isHostOnly: Bool

  public init(
    name: String, type: String, domain: String = "", inputs: [TensorID?], outputs: [TensorID?],
    attributes: [String: Attribute] = [:], work: Work = Work(), isHostOnly: Bool = false
  ) {
    self.name = name
    self.type = type
    self.domain = domain
    self.inputs = inputs
    self.outputs = outputs
    self.attributes = attributes
    self.work = work
    self.isHostOnly = isHostOnly
  }

  /// The type with its domain in front where that is not the standard one, for example `glow::SparseLengthsSum`.
  public var qualifiedType: String { domain.isEmpty ? type : "\(domain)::\(type)" }
}

extension Operator {
  /// Whether it reads only some rows of a constant, at most as many bytes as it writes: look-ups and their kin.
  package func readsRows(of tensor: TensorID) -> Bool {
    guard let rows = definition?.rowInputs else { return false }
    return inputs.indices.allSatisfy { inputs[$0] != tensor || rows.contains($0) }
  }
}

import Graph
import Hardware

/// What computing layers in narrow precisions on cards does to a model's accuracy, as one number: a proxy, stated plainly.
///
/// A layer is an operator with matrix work. Its error in a precision is the relative L2 error of its result, of the rounding of its weights
/// and of each activation that it reads, which are taken to be independent: the root of the sum of their squares. Its weight is its
/// share of the variance that reaches the model's outputs, of all layers (``VarianceShares``). The error of a model is the weighted
/// sum over its layers. What a host computes, in fp32, loses nothing.
public struct LayerErrors: Sendable, Hashable {
  /// A layer's error in a precision that is known otherwise than by its shape and the precision's bits.
  public struct Known: Sendable, Hashable, Codable {
    public var layer: String
    public var precision: LayerPrecision
    /// Relative L2 error of the result.
    public var error: Double
    public var source: TableErrors.Source

    public init(layer: String, precision: LayerPrecision, error: Double, source: TableErrors.Source) {
      self.layer = layer
      self.precision = precision
      self.error = error
      self.source = source
    }
  }

  private struct Layer: Hashable {
    var share: Double
    var form: LayerForm
    var known: [LayerPrecision: Known]
  }

  /// By operator; `nil` without matrix work.
  private let layers: [Layer?]
  /// Those that were given and name a layer of the graph.
  public let known: [Known]

  /// - Parameter known: the last one of a layer and precision counts; those that name no layer of the graph count nothing.
  public init(graph: Graph, known: [Known] = []) {
    let shares = VarianceShares(graph).ofLayers
    var layers = graph.operators.enumerated().map { index, node in
      node.work.kind == .matrix
        ? Layer(share: shares[index], form: LayerForm(node, in: graph), known: [:]) : nil
    }
    let position = Dictionary(
      graph.operators.indices.filter { layers[$0] != nil }.map { (graph.operators[$0].name, $0) },
      uniquingKeysWith: { first, _ in first })
    for entry in known {
      guard let index = position[entry.layer] else { continue }
      layers[index]?.known[entry.precision] = entry
    }
    self.layers = layers
    self.known = known.filter { position[$0.layer] != nil }
  }

  /// Operators with matrix work, ascending.
  public var operators: [OperatorID] { layers.indices.filter { layers[$0] != nil }.map { OperatorID($0) } }

  /// Of the variance that reaches the outputs, 0 to 1; 1 of all layers together.
  public func share(of op: OperatorID) -> Double { layers[op.index]?.share ?? 0 }

  /// Relative L2 error of a layer's result; 0 of what is none.
  public func error(of op: OperatorID, in precision: LayerPrecision) -> Double {
    guard let layer = layers[op.index] else { return 0 }
    return layer.known[precision]?.error ?? layer.form.error(in: precision)
  }

  public func source(of op: OperatorID, in precision: LayerPrecision) -> TableErrors.Source {
    layers[op.index]?.known[precision]?.source ?? .assumed
  }

  /// A layer's errors where those of its weights are known, by precision; what it reads is assumed.
  public func known(_ op: OperatorID, weights: [Precision: Double], in graph: Graph) -> [Known] {
    guard let form = layers[op.index]?.form else { return [] }
    return LayerPrecision.words.compactMap { LayerPrecision(word: $0) }.map { precision in
      Known(
        layer: graph[op].name, precision: precision, error: form.error(in: precision, weights: weights),
        source: .weights)
    }
  }

  /// What a layer in a precision adds to the model's error.
  public func weighted(_ op: OperatorID, in precision: LayerPrecision) -> Double {
    share(of: op) * error(of: op, in: precision)
  }

  /// The model's error with every layer in one precision.
  public func total(everywhere precision: LayerPrecision) -> Double {
    operators.reduce(0) { $0 + weighted($1, in: precision) }
  }
}

/// What a layer's error follows from where nothing else is known of it.
struct LayerForm: Hashable, Sendable {
  /// Values that a result adds up.
  private let depth: Int
  /// In which its weights are stored; `nil` without any.
  private let stored: ElementType?
  /// Elements of each activation that is not quantised already.
  private let activations: [Int]

  init(_ node: Operator, in graph: Graph) {
    let results = node.outputs.first.flatMap { $0 }.map { graph[$0].count } ?? 0
    depth = results > 0 ? max(1, node.work.matrixOperations / 2 / results) : 1
    stored = node.inputs.compactMap { $0 }.first {
      graph[$0].role == .constant && graph[$0].type.isFloat && graph[$0].shape.count > 1
    }.map { graph[$0].stored.type }
    activations = graph.activationInputs(of: node).filter { id in
      let producer = graph[id].producer.map { graph[$0].type }
      return graph[id].type.isFloat && producer != "DequantizeLinear"
    }.map { graph[$0].count }
  }

  /// - Parameter known: relative L2 errors of the weights by precision.
  func error(in precision: LayerPrecision, weights known: [Precision: Double] = [:]) -> Double {
    let form = precision.weights ?? precision.precision
    let weights =
      known[form] ?? stored.map { AssumedError.ofWeights(depth: depth, in: form, stored: $0) }
    // Engines of 4 bits read activations in 8.
    let operand: Precision = precision.precision == .int4 ? .int8 : precision.precision
    return activations.reduce(weights.map { $0 * $0 } ?? 0) { sum, count in
      let error = AssumedError.ofActivations(count: count, in: operand)
      return sum + error * error
    }.squareRoot()
  }
}

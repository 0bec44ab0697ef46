@_exported import Access
import Graph
import Hardware

/// The choices that costs depend on besides model and machine.
public struct CostOptions: Sendable, Hashable {
  /// Precision of matrix work and of its weights on cards. Default `int8`: the source deployment quantises FC,
  /// convolution and NLP weights to int8. Where an engine lacks it, the next wider one it has is used.
  public var cardMatrixPrecision: Precision
  /// Precision of elementwise work, and of activations in memory and on links but for those between products in 8 bits
  /// (``NarrowActivations``). Default `fp16`: the accuracy-critical values (normalisation, softmax, pooled embeddings) stay in
  /// half precision.
  public var cardActivationPrecision: Precision
  /// Precision of matrix work on the host. Default `fp32`: the model as it was exported, needing no calibration.
  public var hostMatrixPrecision: Precision
  /// Precision of host activations. Default `fp32`.
  public var hostActivationPrecision: Precision
  /// Requests that hold activations on a device at the same time. Default 2: one computes while the next arrives.
  public var requestsInFlight: Int
  /// How look-up tables are stored where a caller does not say.
  public var tableFormat: TableFormat
  /// Measured seconds that replace the model's: see ``MeasurementMatcher``.
  public var measured: MeasuredCosts
  /// What is done without; of these, partial transfers and the batching of commands are costs.
  public var without: Set<Lever>
  /// What a compiler runs and fuses: see ``CompilerHooks``.
  public var compiler: CompilerFacts
  /// How look-ups are spread over rows; `nil` charges every look-up as if to any row.
  public var access: TableAccess?
  /// Operators whose matrix work on cards is in another precision.
  public var kept: [KeptPrecision]
  /// By operator: what its matrix work on cards is in where it is in none of `kept`; `nil`, and past its end, for
  /// ``cardMatrixPrecision``.
  public var layers: [LayerPrecision?]
  /// Where there are any, operators in none of `kept` may have each of these on cards, and costs are the least that any choice
  /// has, quantity by quantity: for bounds.
  public var layerChoices: [LayerPrecision]

  public init(
    cardMatrixPrecision: Precision = .int8, cardActivationPrecision: Precision = .fp16,
    hostMatrixPrecision: Precision = .fp32, hostActivationPrecision: Precision = .fp32,
    requestsInFlight: Int = 2, tableFormat: TableFormat = .int8,
    measured: MeasuredCosts = MeasuredCosts(), without: Set<Lever> = [],
    compiler: CompilerFacts = CompilerFacts(), access: TableAccess? = nil,
    kept: [KeptPrecision] = [], layers: [LayerPrecision?] = [], layerChoices: [LayerPrecision] = []
  ) {
    self.cardMatrixPrecision = cardMatrixPrecision
    self.cardActivationPrecision = cardActivationPrecision
    self.hostMatrixPrecision = hostMatrixPrecision
    self.hostActivationPrecision = hostActivationPrecision
    self.requestsInFlight = requestsInFlight
    self.tableFormat = tableFormat
    self.measured = measured
    self.without = without
    self.compiler = compiler
    self.access = access
    self.kept = kept
    self.layers = layers
    self.layerChoices = layerChoices
  }

  /// By operator: what its matrix work on cards is in where that is not ``cardMatrixPrecision``.
  package func layers(in graph: Graph) -> [LayerPrecision?] {
    var known = KeptPrecision.byOperator(kept, in: graph)
    for (index, layer) in zip(known.indices, layers) where known[index] == nil { known[index] = layer }
    return known
  }

  /// The same with each of the choices in every operator that has one; itself where there are none.
  func eachChoice(in graph: Graph) -> [CostOptions] {
    guard !layerChoices.isEmpty else { return [self] }
    return layerChoices.map { choice in
      var options = self
      options.setLayers(choice, in: graph)
      return options
    }
  }

  /// Has every operator with matrix work that is in none of ``kept`` in one precision.
  package mutating func setLayers(_ precision: LayerPrecision, in graph: Graph) {
    layerChoices = []
    layers = graph.operators.map { $0.work.kind == .matrix ? precision : nil }
  }

  /// Without what only memory and transfers depend on.
  var ofKernels: CostOptions {
    var options = self
    options.requestsInFlight = 1
    options.without.formIntersection([.partialTransfers, .narrowActivations])
    return options
  }
}

@_exported import Access
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

  public init(
    cardMatrixPrecision: Precision = .int8, cardActivationPrecision: Precision = .fp16,
    hostMatrixPrecision: Precision = .fp32, hostActivationPrecision: Precision = .fp32,
    requestsInFlight: Int = 2, tableFormat: TableFormat = .int8,
    measured: MeasuredCosts = MeasuredCosts(), without: Set<Lever> = [],
    compiler: CompilerFacts = CompilerFacts(), access: TableAccess? = nil,
    kept: [KeptPrecision] = []
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
  }

  /// Without what only memory and transfers depend on.
  var ofKernels: CostOptions {
    var options = self
    options.requestsInFlight = 1
    options.without.formIntersection([.partialTransfers, .narrowActivations])
    return options
  }
}

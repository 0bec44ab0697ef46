/// How a model is served, where its file or sidecar says so.
public struct Serving: Sendable, Hashable {
  /// End-to-end latency budget of one batch, milliseconds.
  public var latencyBudgetMilliseconds: Double?
  /// Items in one batch as stored in the graph.
  public var batch: Int?
  /// Where the model comes from, in one sentence.
  public var provenance: String?
  /// Average look-ups per sample by table name.
  public var averageLookups: [String: Double]

  public init(
    latencyBudgetMilliseconds: Double? = nil, batch: Int? = nil, provenance: String? = nil,
    averageLookups: [String: Double] = [:]
  ) {
    self.latencyBudgetMilliseconds = latencyBudgetMilliseconds
    self.batch = batch
    self.provenance = provenance
    self.averageLookups = averageLookups
  }
}

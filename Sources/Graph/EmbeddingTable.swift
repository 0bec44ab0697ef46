/// An embedding table: a rank-2 constant read only by row look-ups.
public struct EmbeddingTable: Sendable, Hashable {
  public var name: String
  public var tensor: TensorID
  /// Operators that look rows up, ascending.
  public var lookups: [OperatorID]
  public var rows: Int
  /// Elements of one row, quantisation parameters excluded.
  public var dimension: Int
  /// Row look-ups per batch, on average: what balances load.
  public var averageLookups: Double
  /// Row look-ups per batch, padded maximum: what sizes buffers.
  public var maximumLookups: Int
  /// True when the look-ups of one sample are summed, so that a row shard returns a partial sum.
  public var isPooled: Bool
  /// Bytes of all look-up results per batch, at the graph's type.
  public var outputBytes: Int
  /// Samples per batch whose look-ups are pooled into one row each.
  public var bags: Int
  /// The table that it holds some rows of; `nil` where it is whole.
  public var whole: Whole?

  /// A table that was split in several.
  public struct Whole: Sendable, Hashable {
    public var name: String
    /// By look-up: what the look-up into the whole table is called.
    public var lookups: [String]
    public var averageLookups: Double

    public init(name: String, lookups: [String], averageLookups: Double) {
      self.name = name
      self.lookups = lookups
      self.averageLookups = averageLookups
    }
  }

  public init(
    name: String, tensor: TensorID, lookups: [OperatorID], rows: Int, dimension: Int,
    averageLookups: Double, maximumLookups: Int, isPooled: Bool, outputBytes: Int, bags: Int
  ) {
    self.name = name
    self.tensor = tensor
    self.lookups = lookups
    self.rows = rows
    self.dimension = dimension
    self.averageLookups = averageLookups
    self.maximumLookups = maximumLookups
    self.isPooled = isPooled
    self.outputBytes = outputBytes
    self.bags = bags
  }
}

/// What a host or a card computes with.
public struct Processor: Sendable, Hashable, Codable {
  public var cores: Int
  /// Matrix engines of all cores together.
  public var matrix: [Precision: EnginePeak]
  /// Vector engines of all cores together.
  public var vector: [Precision: EnginePeak]
  public var dram: Memory
  /// Largest on-chip memory that holds weights and activations; `nil` when there is none to speak of.
  public var sram: Memory?
  /// `nil` where its effect is not known.
  public var cache: Cache?
  /// Of matrix products by size; `nil` where nothing but the sustained peak is known.
  public var products: [Precision: ProductFigures]?
  /// What classes of operators reach; `nil`, or none for a class, where nothing but the sustained peaks is known. They go before
  /// ``products``.
  public var classes: [OperatorClass: ClassFigures]?
  /// Fixed cost to start one operator, seconds.
  public var launchSeconds: Double
  /// Row look-ups per second that one core sustains, latency-bound; all cores together are limited by DRAM as well.
  public var lookupsPerCorePerSecond: Double
  /// What a look-up of a row that is another shard's costs a shard of rows, as a part of one of its own: at most 1. `nil` where the ids
  /// are sorted out before they are sent, so that a shard is handed none of others.
  public var foreignLookupFraction: Double?
  /// What it computes in one kernel though models have several operators for it, sorted; `nil` where nothing is said.
  public var jointKernels: [JointKernel]?
  public var idleWatts: Double
  public var busyWatts: Double

  public init(
    cores: Int, matrix: [Precision: EnginePeak], vector: [Precision: EnginePeak], dram: Memory,
    sram: Memory?, cache: Cache? = nil, products: [Precision: ProductFigures]? = nil,
    classes: [OperatorClass: ClassFigures]? = nil, launchSeconds: Double,
    lookupsPerCorePerSecond: Double, foreignLookupFraction: Double? = nil,
    jointKernels: [JointKernel]? = nil, idleWatts: Double, busyWatts: Double
  ) {
    self.cores = cores
    self.matrix = matrix
    self.vector = vector
    self.dram = dram
    self.sram = sram
    self.cache = cache
    self.products = products
    self.classes = classes
    self.launchSeconds = launchSeconds
    self.lookupsPerCorePerSecond = lookupsPerCorePerSecond
    self.foreignLookupFraction = foreignLookupFraction
    self.jointKernels = jointKernels
    self.idleWatts = idleWatts
    self.busyWatts = busyWatts
  }

  public func joins(_ kernel: JointKernel) -> Bool { jointKernels?.contains(kernel) ?? false }

  /// Whether the kernel of an interaction reads single rows from their tables.
  public var readsRowsInInteraction: Bool { joins(.lookups) && joins(.interaction) }

  /// Bytes of on-chip memory that what a kernel works on may take; `nil` where the description has none.
  public var bytesForKernel: Double? {
    sram.map { Double($0.bytes) / 2 } ?? cache.map { Double($0.bytes) * Cache.usableShare }
  }
}

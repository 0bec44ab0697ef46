import Graph
import Hardware

extension CostModel {
  /// Bytes of rows x columns of a table, row scales included.
  ///
  /// - Parameters:
  ///   - table: Position in `Graph.embeddingTables`.
  ///   - rows: Rows of the shard; `nil` for all.
  ///   - columns: Elements of a row of the shard; `nil` for all.
  public func tableBytes(
    _ table: Int, format: TableFormat, rows: Int? = nil, columns: Int? = nil
  ) -> Int {
    let entry = graph.embeddingTables[table]
    let rowBytes = format.rowBytes(dimension: columns ?? entry.dimension)
    let (bytes, overflow) = rowBytes.multipliedReportingOverflow(by: max(0, rows ?? entry.rows))
    return overflow ? .max : bytes
  }

  /// Bytes of the largest shard of a table, row scales included.
  public func tableBytes(_ table: Int, format: TableFormat, split: TableSplit) -> Int {
    let entry = graph.embeddingTables[table]
    return tableBytes(
      table, format: format, rows: split.shardRows(of: entry.rows),
      columns: split.shardColumns(of: entry.dimension))
  }

  /// What the look-ups of one batch into one table, or into one shard of it, cost on a device.
  ///
  /// With n the average look-ups of the shard (all of them for a column shard, 1/m for one of m row shards), w the
  /// elements of a row of the shard and s the shard's row bytes:
  ///
  ///     core seconds = n x (1 / look-ups per core per second + w x operations / vector peak of one core)
  ///     DRAM seconds = n x (1 - h) x burstAligned(s) / (bandwidth x random fraction) + streamed / sustained bandwidth
  ///     index bytes  = padded index bytes x average / maximum x share of look-ups + lengths
  ///     result bytes = bags x w x activation bytes
  ///
  /// Operations are 2 an element for quantised rows (scale and add), 1 for plain ones. Fetching and adding a row are
  /// taken one after the other on a core. h is the part of the look-ups whose row is on chip, 0 without
  /// ``CostOptions/access``: see ``hotShare(table:format:on:)`` (on MTIA 2i 40-60 % of sparse accesses hit SRAM: ISCA 2025, doi
  /// 10.1145/3695053.3731409). An unpooled look-up returns its rows; a row shard of one returns 1/m of them.
  ///
  /// On devices with `Processor.foreignLookupFraction` f a row shard is handed all ids: its index bytes are those of the whole
  /// table, and its core seconds are of n + f x (m - 1) x n look-ups. Rows of others are not read from DRAM.
  ///
  /// Of a table that fits the part of the on-chip memory which a kernel works in, rows are read from DRAM at most once each.
  /// Indices and results are streamed where they leave that memory, those of all tables together on devices that look them up in
  /// one kernel (`JointKernel.lookups`); there each table pays an equal part of that kernel's launch, so that a card
  /// with a part of the tables counts with less than one.
  ///
  /// Where look-ups of the table were measured, all seconds are scaled by the measured over the modelled time of the whole
  /// table as it is stored in the model, which is what was run.
  ///
  /// - Parameter table: Position in `Graph.embeddingTables`.
  /// - Returns: `nil` when there is no such device or it cannot run the table's look-ups.
  public func lookup(
    table: Int, format: TableFormat, split: TableSplit = .whole, on location: Location
  ) -> LookupCost? {
    guard let kind = kind(at: location) else { return nil }
    let entry = graph.embeddingTables[table]
    guard entry.lookups.allSatisfy({ kind.costs[$0.index] != nil }) else { return nil }
    let cost = LookupFormula(
      table: entry, sizes: kind.lookups[table], sendsPadding: options.without.contains(.partialTransfers)
    )
    .cost(
      format: format, split: split, processor: kind.processor, precisions: kind.precisions,
      hits: kind.hotRows?.hits(table: table, format: format) ?? 0)
    return kind.lookupFactors.isEmpty ? cost : cost.scaled(by: kind.lookupFactors[table])
  }

  /// The part of a table's look-ups that finds its row on chip, on a device that holds the table: 0 to 1.
  public func hotShare(table: Int, format: TableFormat, on location: Location) -> Double {
    kind(at: location)?.hotRows?.hits(table: table, format: format) ?? 0
  }

  /// The same costs with look-ups spread over rows in another way.
  public func with(access: TableAccess?) -> CostModel { with { $0.access = access } }

  /// Adding up the partial sums of a table's row shards, where they are read.
  ///
  /// With m shards and E elements of the looked-up result:
  ///
  ///     compute = (m - 1) x E / vector peak,  SRAM (or DRAM without one) = (m + 1) x E x activation bytes / bandwidth
  ///
  /// It is part of the kernel that reads the sum, so it pays no launch. Other splits, and row shards of a table that is not
  /// pooled, return disjoint parts and cost nothing here.
  ///
  /// - Parameter coreFraction: The share of the device's cores that work on it.
  public func partialSum(
    table: Int, split: TableSplit, on location: Location, coreFraction: Double = 1
  ) -> OperatorCost? {
    guard let kind = kind(at: location) else { return nil }
    let entry = graph.embeddingTables[table]
    guard case .rows = split, entry.isPooled, split.shards > 1 else { return .zero }
    let activation = kind.precisions.activation.bytesPerElement
    let whole = LookupFormula(
      table: entry, sizes: kind.lookups[table], sendsPadding: options.without.contains(.partialTransfers)
    )
    .resultBytes(width: entry.dimension, split: .whole, precisions: kind.precisions)
    let moved = Double(split.shards + 1) * Double(whole)
    let processor = kind.processor
    return OperatorCost(
      computeSeconds: Double(split.shards - 1) * Double(whole) / activation / kind.precisions.vectorPeak,
      dramSeconds: processor.sram == nil ? moved / processor.dram.sustained : 0,
      sramSeconds: processor.sram.map { moved / $0.sustained } ?? 0, launchSeconds: 0
    ).scaled(toCoreFraction: coreFraction)
  }
}

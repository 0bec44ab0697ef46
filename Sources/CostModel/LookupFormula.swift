import Graph
import Hardware

/// What looking up one table costs; see ``CostModel/lookup(table:format:split:on:)`` for the formulas.
struct LookupFormula {
  let table: EmbeddingTable
  let sizes: LookupSizes
  /// Whether index tensors are sent as they are padded.
  let sendsPadding: Bool

  /// - Parameter hits: The part of the look-ups that finds its row on chip.
  func cost(
    format: TableFormat, split: TableSplit, processor: Processor, precisions: DevicePrecisions, hits: Double
  ) -> LookupCost {
    let width = split.shardColumns(of: table.dimension)
    let lookups = table.averageLookups * shareOfLookups(split)
    let cores = Double(max(1, processor.cores))
    let burstBytes = processor.dram.burstAligned(format.rowBytes(dimension: width))

    // A quantised element is scaled and added, a plain one only added.
    let operationsPerElement: Double = format.precision.bits < 16 ? 2 : 1
    let sumSeconds = Double(width) * operationsPerElement / (precisions.vectorPeak / cores)
    let foreign = (table.averageLookups - lookups) * (processor.foreignLookupFraction ?? 0)
    let coreSeconds = (lookups + foreign) * (1 / processor.lookupsPerCorePerSecond + sumSeconds)
    let rowBytes =
      min(lookups * max(0, 1 - hits), mostReads(format: format, split: split, processor)) * Double(burstBytes)
    let launchSeconds = processor.launchSeconds * sizes.launches

    let results = resultBytes(width: width, split: split, precisions: precisions)
    let sent = processor.foreignLookupFraction == nil ? shareOfLookups(split) : 1
    let used = (sendsPadding ? 1 : usedFraction) * sent
    let indices = saturatingSum(roundedUp(Double(sizes.perLookup) * used), sizes.perBag)
    let streamed = sizes.leavesChip ? Double(indices) + (sizes.writesNothing ? 0 : Double(results)) : 0
    let dramSeconds = rowBytes / processor.dram.sustainedRandom + streamed / processor.dram.sustained
    let roof = OperatorCost(
      computeSeconds: coreSeconds / cores, dramSeconds: dramSeconds, sramSeconds: 0,
      launchSeconds: launchSeconds)
    return LookupCost(
      coreSeconds: coreSeconds, dramSeconds: dramSeconds, launchSeconds: launchSeconds,
      bytes: rowBytes + streamed, indexBytes: indices, resultBytes: results,
      bufferBytes: saturatingSum(saturatingSum(sizes.perLookup, sizes.perBag), results),
      lookups: lookups, limit: roof.limit)
  }

  /// Rows that are read from DRAM at most: of a table that stays on chip, each once.
  private func mostReads(format: TableFormat, split: TableSplit, _ processor: Processor) -> Double {
    let (bytes, overflow) = format.rowBytes(dimension: table.dimension).multipliedReportingOverflow(
      by: table.rows)
    guard !overflow, let room = processor.bytesForKernel, Double(bytes) <= room else { return .infinity }
    return Double(split.shardRows(of: table.rows))
  }

  /// Share of the look-ups that one shard does.
  private func shareOfLookups(_ split: TableSplit) -> Double {
    if case .rows = split { return 1 / Double(split.shards) }
    return 1
  }

  /// Average over maximum look-ups: the used prefix of the padded index tensor.
  private var usedFraction: Double {
    guard table.maximumLookups > 0 else { return 0 }
    return min(1, table.averageLookups / Double(table.maximumLookups))
  }

  /// Bytes one shard returns. A row shard of a pooled table returns a partial sum for every bag; of an unpooled one,
  /// the rows that it found.
  func resultBytes(width: Int, split: TableSplit, precisions: DevicePrecisions) -> Int {
    let ofWidth = sizes.results * Double(width) / Double(max(1, table.dimension))
    let ofShard = table.isPooled ? ofWidth : ofWidth * shareOfLookups(split)
    return roundedUp(ofShard * precisions.activation.bytesPerElement)
  }

  private func roundedUp(_ bytes: Double) -> Int {
    Int(exactly: bytes.rounded(.up)) ?? .max
  }
}

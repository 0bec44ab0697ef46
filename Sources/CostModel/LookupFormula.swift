import Graph
import Hardware

/// What looking up one table costs; see ``CostModel/lookup(table:format:split:on:)`` for the formulas.
struct LookupFormula {
  let graph: Graph
  let table: EmbeddingTable

  func cost(
    format: TableFormat, split: TableSplit, processor: Processor, precisions: DevicePrecisions
  ) -> LookupCost {
    let width = split.shardColumns(of: table.dimension)
    let lookups = table.averageLookups * shareOfLookups(split)
    let cores = Double(max(1, processor.cores))
    let burstBytes = processor.dram.burstAligned(format.rowBytes(dimension: width))

    // A quantised element is scaled and added, a plain one only added.
    let operationsPerElement: Double = format.precision.bits < 16 ? 2 : 1
    let sumSeconds = Double(width) * operationsPerElement / (precisions.vectorPeak / cores)
    let coreSeconds = lookups * (1 / processor.lookupsPerCorePerSecond + sumSeconds)
    let dramSeconds = lookups * Double(burstBytes) / processor.dram.sustainedRandom
    let launchSeconds = processor.launchSeconds * Double(max(1, table.lookups.count))

    let indices = indexBytes(precisions)
    let results = resultBytes(width: width, split: split, precisions: precisions)
    let used = usedFraction * shareOfLookups(split)
    let roof = OperatorCost(
      computeSeconds: coreSeconds / cores, dramSeconds: dramSeconds, sramSeconds: 0,
      launchSeconds: launchSeconds)
    return LookupCost(
      coreSeconds: coreSeconds, dramSeconds: dramSeconds, launchSeconds: launchSeconds,
      indexBytes: saturatingSum(roundedUp(Double(indices.perLookup) * used), indices.perBag),
      resultBytes: results,
      bufferBytes: saturatingSum(saturatingSum(indices.perLookup, indices.perBag), results),
      lookups: lookups, limit: roof.limit)
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

  /// Bytes of the padded index and weight tensors, and of the lengths or offsets: weights as activations travel, the rest
  /// at the graph's types.
  private func indexBytes(_ precisions: DevicePrecisions) -> (perLookup: Int, perBag: Int) {
    var perLookup = 0
    var perBag = 0
    for lookup in table.lookups {
      let node = graph[lookup]
      let maximum = table.maximumLookups / max(1, table.lookups.count)
      var isFirst = true
      for input in graph.activationInputs(of: node) where input != table.tensor {
        let tensor = graph[input]
        // The first is the indices; another of the same length is a weight per look-up.
        let bytes = precisions.bytes(of: input, in: graph)
        if isFirst || (tensor.count == maximum && tensor.type.isFloat) {
          perLookup = saturatingSum(perLookup, bytes)
        } else {
          perBag = saturatingSum(perBag, bytes)
        }
        isFirst = false
      }
    }
    return (perLookup, perBag)
  }

  /// Bytes one shard returns. A row shard of a pooled table returns a partial sum for every bag; of an unpooled one,
  /// the rows that it found.
  func resultBytes(width: Int, split: TableSplit, precisions: DevicePrecisions) -> Int {
    var elements = 0.0
    var bits = 32
    for lookup in table.lookups {
      for case .some(let output) in graph[lookup].outputs {
        elements += Double(graph[output].count)
        bits = graph[output].type.bits
      }
    }
    if table.outputBytes > 0 { elements = Double(table.outputBytes) * 8 / Double(bits) }
    let ofWidth = elements * Double(width) / Double(max(1, table.dimension))
    let ofShard = table.isPooled ? ofWidth : ofWidth * shareOfLookups(split)
    return roundedUp(ofShard * precisions.activation.bytesPerElement)
  }

  private func roundedUp(_ bytes: Double) -> Int {
    Int(exactly: bytes.rounded(.up)) ?? .max
  }
}

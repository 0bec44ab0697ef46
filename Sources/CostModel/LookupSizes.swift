import Graph
import Hardware

/// What the tensors of a table's look-ups hold on one kind of device; worked out once, since costs are asked for often.
struct LookupSizes: Sendable, Hashable {
  /// Bytes of the padded index and weight tensors: weights as activations travel, indices at the graph's type.
  private(set) var perLookup = 0
  /// Bytes of the lengths or offsets.
  private(set) var perBag = 0
  /// Elements of all results at the table's full width.
  private(set) var results = 0.0
  /// Kernels that a batch starts for the table; a part of one where a kernel looks up several tables.
  private(set) var launches = 1.0
  /// Whether what a kernel reads beside the rows and what it writes does not stay on chip.
  private(set) var leavesChip = false
  /// Whether what is looked up is read where it is, and not written.
  private(set) var writesNothing = false

  init(_ table: EmbeddingTable, in graph: Graph, precisions: DevicePrecisions) {
    let maximum = table.maximumLookups / max(1, table.lookups.count)
    var bits = 32
    var sent: Set<TensorID> = []
    for lookup in table.lookups {
      for (position, input) in graph.activationInputs(of: graph[lookup]).enumerated()
      // What several look-ups read is sent once.
      where input != table.tensor && sent.insert(input).inserted {
        let tensor = graph[input]
        // The first is the indices; another of the same length is a weight per look-up.
        let bytes = precisions.bytes(of: input, in: graph)
        if position == 0 || (tensor.count == maximum && tensor.type.isFloat) {
          perLookup = saturatingSum(perLookup, bytes)
        } else {
          perBag = saturatingSum(perBag, bytes)
        }
      }
      for case .some(let output) in graph[lookup].outputs {
        results += Double(graph[output].count)
        bits = graph[output].type.bits
      }
    }
    if table.outputBytes > 0 { results = Double(table.outputBytes) * 8 / Double(bits) }
    launches = Double(max(1, table.lookups.count))
  }

  /// The same with what follows from which kernels look the tables up.
  ///
  /// - Parameters:
  ///   - count: Look-ups of the graph, those of constants that are no tables included.
  ///   - feeds: By table: see ``GraphStructure/feedsInteraction``.
  ///   - parts: Of the batch: a kernel a part, and one part is on chip at the same time.
  static func inKernels(
    _ sizes: [LookupSizes], count: Int, feeds: [Bool], on processor: Processor, precisions: DevicePrecisions,
    parts: BatchParts
  ) -> [LookupSizes] {
    var sizes = sizes
    if processor.readsRowsInInteraction {
      for index in sizes.indices { sizes[index].writesNothing = feeds[index] }
    }
    let moved = sizes.map {
      Double($0.perLookup) + Double($0.perBag)
        + ($0.writesNothing ? 0 : $0.results * precisions.activation.bytesPerElement)
    }
    let isJoint = processor.joins(.lookups)
    let all = moved.reduce(0, +)
    return zip(sizes, moved).map { size, own in
      var size = size
      // A card with some of the tables starts a whole kernel for them: it is counted as the part of one.
      if isJoint { size.launches /= Double(max(1, count)) }
      size.launches *= parts.count
      // As of other operators, all of it where there is nothing but a cache.
      size.leavesChip =
        processor.sram.map { KernelFormula.leavesChip((isJoint ? all : own) * parts.share, $0) }
        ?? (processor.cache != nil)
      return size
    }
  }

  /// At most what each of them has.
  static func least(_ all: [LookupSizes]) -> LookupSizes {
    var least = all[0]
    least.perLookup = all.map(\.perLookup).min() ?? 0
    least.perBag = all.map(\.perBag).min() ?? 0
    least.results = all.map(\.results).min() ?? 0
    least.launches = all.map(\.launches).min() ?? 0
    least.leavesChip = all.allSatisfy(\.leavesChip)
    least.writesNothing = all.contains(where: \.writesNothing)
    return least
  }
}

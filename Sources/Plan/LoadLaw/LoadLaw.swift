import CostModel
import Graph
import Hardware

/// What a placement loads which resource with: the one place that says it.
///
/// A load is a sum of terms, each of one resource and with the condition on which it is paid:
///
///     term                     resource                        paid
///     work of an operator      cores and DRAM of its device    for the requests that run there
///     look-ups of a piece      cores and DRAM of its device    the same; on cores set apart where a card has such
///     partial sums             cores and DRAM of the reader    once a site that reads the results of row shards
///     bytes of a tensor        links that it crosses           once a site that reads it: see ``Crossing``
///     indices of a piece       links into its device           for the requests that look it up there
///     results of a piece       links out of its device         once a site that reads them
///     command                  every link that is crossed      once a pair of partitions, or a tensor
///     constants, pieces        memory                          once a device
///     activations, buffers     memory                          for each request in flight
///
/// The lowering adds up all of them. A planner's exact sums follow the same terms as placements change. A bound, or a problem
/// whose optimum is one, adds up terms that every placement of its family pays, at most at their values here; what it leaves
/// out is said in its file.
package struct LoadLaw: Sendable {
  package let costs: CostModel

  package init(_ costs: CostModel) { self.costs = costs }

  // MARK: Operators

  /// `nil` where the device does not run it.
  ///
  /// - Parameters:
  ///   - coreFraction: The part of the device's cores that work on it.
  ///   - residentShare: Of weights, that is on chip; `nil` for that of the whole graph.
  package func work(
    of op: OperatorID, on location: Location, coreFraction: Double = 1, residentShare: Double? = nil
  ) -> DeviceWork? {
    costs.cost(of: op, on: location, coreFraction: coreFraction, residentShare: residentShare).map {
      DeviceWork(cores: $0.seconds, dram: $0.dramSeconds)
    }
  }

  // MARK: Tables

  /// Rows x columns of a table that is cut in a way, or all of it; `nil` where the device cannot look it up.
  ///
  /// - Parameters:
  ///   - rows: Of the piece; `nil` for all of the table's.
  ///   - columns: The same of elements of a row.
  package func piece(
    of table: Int, _ format: TableFormat, split: TableSplit = .whole, rows: Int? = nil, columns: Int? = nil,
    on location: Location
  ) -> TablePiece? {
    costs.lookup(table: table, format: format, split: split, on: location).map { cost in
      TablePiece(
        lookupSeconds: cost.coreSeconds, launchSeconds: cost.launchSeconds, dramSeconds: cost.dramSeconds,
        indexBytes: Double(cost.indexBytes), resultBytes: Double(cost.resultBytes),
        constantBytes: Double(costs.tableBytes(table, format: format, rows: rows, columns: columns)),
        bufferBytes: Double(cost.bufferBytes))
    }
  }

  /// What a site that reads a table's results spends on adding its row shards' up, for each request that it reads them for.
  ///
  /// - Parameters:
  ///   - lookups: How many of the table's look-ups it reads; `nil` for all.
  ///   - coreFraction: The part of the device's cores that work on it.
  package func partialSums(
    of table: Int, split: TableSplit, lookups: Int? = nil, on location: Location, coreFraction: Double = 1
  ) -> DeviceWork? {
    costs.partialSum(table: table, split: split, on: location, coreFraction: coreFraction).map { cost in
      let all = costs.graph.embeddingTables[table].lookups.count
      let part = lookups.map { Double($0) / Double(all) } ?? 1
      return part * DeviceWork(cores: cost.seconds, dram: cost.dramSeconds)
    }
  }

  // MARK: Tensors

  /// Bytes of one look-up's result that a piece returns.
  package func resultBytesOfOne(
    _ table: Int, _ format: TableFormat = .int8, split: TableSplit = .whole, on location: Location
  ) -> Int {
    let all = costs.lookup(table: table, format: format, split: split, on: location)?.resultBytes ?? 0
    return all / max(1, costs.graph.embeddingTables[table].lookups.count)
  }

  /// Bytes of a table's indices that a piece is sent; their width depends on the device that reads them.
  package func indexBytes(
    _ table: Int, _ format: TableFormat = .int8, split: TableSplit = .whole, on location: Location
  ) -> Int {
    costs.lookup(table: table, format: format, split: split, on: location)?.indexBytes ?? 0
  }

  /// The link of a device, the host being 0 and card k being k + 1. The host's is the uplink.
  ///
  /// - Parameter betweenCards: That which carries what goes from card to card, which may be one of its own.
  package func link(ofDevice device: Int, betweenCards: Bool = false) -> Link {
    if device == 0 { return costs.system.uplink }
    let own = betweenCards ? costs.system.peerLink(ofCard: device - 1) : nil
    return own ?? costs.system.cards[device - 1].link
  }

  /// Seconds of bytes on a link, without the commands that carry them: other tensors may share those.
  package func seconds(_ bytes: Double, on link: Link) -> Double { link.seconds(bytes: bytes, commands: 0) }
}

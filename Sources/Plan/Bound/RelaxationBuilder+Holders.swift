import CostModel
import Graph
import Hardware

/// Cards that have tables of the reader by themselves.
extension RelaxationBuilder {
  /// Whether the reader reads a table whose indices come with the request, so that they cross to wherever it is by a
  /// command of their own.
  func isDirect(_ table: Int) -> Bool {
    guard let pivot, pivot.results[table] > 0, let indices = served.firstIndexTensor[table] else {
      return false
    }
    return graph[indices].producer == nil
  }

  /// What a table brings to holders, by row of a card.
  private func onHolder(_ table: Int, _ format: TableFormat, _ own: [(Int, Double)]) -> [(Int, Double)] {
    guard isDirect(table) else { return [] }
    let index = seconds(Double(law.indexBytes(table, on: .card(pools[0].card))), of: 0)
    return own.map { row, value in
      switch row {
      case rows.row(.cores, pool: 0): (rows.holder(.cores), value)
      case rows.row(.dram, pool: 0): (rows.holder(.dram), value)
      default: (rows.holderMemory, value)
      }
    } + [(rows.holder(.linkIn), index)]
  }

  func holding(_ table: Int, _ format: TableFormat, _ own: [(Int, Double)]) -> [BoundAmount] {
    guard isDirect(table) else { return [] }
    let out = onSwitch(seconds(pivotBytes(table, format, on: .card(pools[0].card)), of: 0))
    return amounts(onHolder(table, format, own) + [(rows.holder(.linkOut), out)])
  }

  /// A copy on every card is one on each holder, which serves its part of the requests with it.
  func copyOnHolder(_ table: Int, _ format: TableFormat, _ own: [(Int, Double)]) -> [BoundAmount] {
    let count = Double(pools[0].count)
    return amounts(
      onHolder(table, format, own).map { ($0.0, $0.0 == rows.holderMemory ? $0.1 : $0.1 / count) })
  }

  func holders(firstTable: Int, count: Int) -> PlacementRelaxation.Holders? {
    guard rows.hasHolders else { return nil }
    let link = system.cards[pools[0].card].link
    let away = Double(pools[0].count - 1) / Double(pools[0].count)
    let command = onSwitch(link.commandSeconds)
    var results = Array(repeating: 0.0, count: count)
    for table in graph.embeddingTables.indices {
      results[firstTable + table] = onSwitch(
        seconds(pivotBytes(table, .int8, on: .card(pools[0].card)), of: 0))
    }
    let hop = system.peerToPeer ? 0 : system.uplink.commandSeconds / 2
    return .init(
      cards: pools[0].count,
      indexCommand: amounts([
        (rows.row(.uplinkOut), system.uplink.commandSeconds),
        (rows.row(.linkIn, pool: 0), link.commandSeconds),
      ]),
      resultCommand: amounts([
        (rows.row(.linkOut, pool: 0), away * command),
        (rows.row(.linkIn, pool: 0), away * command), (rows.row(.uplinkIn), hop),
        (rows.row(.uplinkOut), hop),
      ]), indexCommandSeconds: link.commandSeconds, resultCommandSeconds: command, results: results)
  }

  /// What of results that go from card to card has a row: nothing where cards have links of their own for that.
  private func onSwitch(_ seconds: Double) -> Double { system.hasPeerLinks ? 0 : seconds }
}

import Hardware

/// An objective as a sum over busy times: bottleneck x `bottleneck` + busy time of each device's cores x its weight.
///
/// Throughput is the bottleneck itself. Energy is idle power for the period, of the host and of the cards in use, and what
/// busy cores add; where busy cores take less than idle ones, they save at most that for the whole period. A card in use
/// idles for the bottleneck's time, and so for that of any of its loads at least; others are off.
package struct ObjectiveWeights: Sendable {
  /// 1 for seconds; watts for joules.
  package var bottleneck: Double
  package var host: Double
  /// By pool: of each card.
  package var cards: [Double]
  /// By pool: of each card in use, on the period.
  package var isOn: [Double]

  init(_ objective: PlanObjective, system: System, pools: [CardPool]) {
    guard objective == .energy else {
      (bottleneck, host, cards, isOn) = (1, 0, pools.map { _ in 0 }, pools.map { _ in 0 })
      return
    }
    func extra(_ processor: Processor) -> Double { max(0, processor.busyWatts - processor.idleWatts) }
    func least(_ processor: Processor) -> Double { max(0, min(processor.idleWatts, processor.busyWatts)) }
    bottleneck = least(system.host.processor)
    host = extra(system.host.processor)
    cards = pools.map { extra(system.cards[$0.card].processor) }
    isOn = pools.map { least(system.cards[$0.card].processor) }
  }

  /// What a price vector draws on the bottleneck's weight.
  ///
  /// A load of a pool is summed over its cards, each of which is busy at most the bottleneck, so a price counts once a
  /// card. Cores draw on their own weight first, and all loads of a card on that of its being on.
  func used(by prices: [Double], rows: BoundRows, pools: [CardPool]) -> Double {
    var used = max(0, prices[rows.row(.cores)] - host)
    for row in [BoundRows.HostRow.dram, .uplinkIn, .uplinkOut] { used += prices[rows.row(row)] }
    for (pool, entry) in pools.enumerated() {
      var each = max(
        0, prices[rows.row(.cores, pool: pool)] + prices[rows.row(.dense, pool: pool)] - cards[pool])
      for row in [BoundRows.CardRow.dram, .linkIn, .linkOut] { each += prices[rows.row(row, pool: pool)] }
      used += Double(entry.count) * max(0, each - isOn[pool])
    }
    if rows.hasHolders { for row in BoundRows.HolderRow.allCases { used += prices[rows.holder(row)] } }
    return used
  }
}

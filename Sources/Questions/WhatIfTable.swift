import Partitioner
import Rules

/// What more of a machine, or less precision, would buy: a change a row, each planned from the plan that is there.
struct WhatIfTable {
  private let again: PlanAgain
  private var system: System { again.plan.system }

  init(_ again: PlanAgain) { self.again = again }

  func rows(_ progress: ((String) -> Void)?) throws(PartitionError) -> [Explanation.WhatIf] {
    var rows: [Explanation.WhatIf] = []
    for change in changes {
      progress?(change.words)
      var row = Explanation.WhatIf(change: change.words)
      switch try again.solve(on: change.system, change.set) {
      case .plan(let other):
        row.objective = PlanAgain.objective(other)
        row.difference = again.change(of: other)
        let predicted = other.predictedOfMixture
        row.batchesPerSecond = predicted.throughputPerSecond.isFinite ? predicted.throughputPerSecond : nil
        row.bottleneck = predicted.bottleneckResource
      case .none(let reason): row.reason = reason
      }
      rows.append(row)
    }
    return rows
  }

  private struct Change {
    var words: String
    var system: System
    var set: (inout PlanOptions) -> Void = { _ in }
  }

  private static let gigabyte = 1_000_000_000

  private var changes: [Change] {
    func cards(_ words: String, _ change: (inout Card) -> Void) -> Change {
      var changed = system
      for index in changed.cards.indices { change(&changed.cards[index]) }
      return Change(words: words, system: changed)
    }
    var changes: [Change] = []
    if !system.cards.isEmpty {
      changes = [
        cards("1 GB more on every card") { card in
          let (bytes, overflow) = card.processor.dram.bytes.addingReportingOverflow(Self.gigabyte)
          if !overflow { card.processor.dram.bytes = bytes }
        },
        cards("10 % more DRAM bandwidth on every card") { $0.processor.dram.bytesPerSecond *= 1.1 },
        Change(words: "links of the cards twice as wide", system: system.withLinks(timesAsWide: 2)),
      ]
      let team = system.cards.last?.team
      let more = (team?.cards ?? 1) + system.cards.reduce(0) { $0 + ($1.team?.cards ?? 1) }
      if let more = try? SystemChange(cards: more).system(of: again.plan) {
        let words = team.map { "one more team of \($0.cards) cards" } ?? "one more card"
        changes.append(Change(words: words, system: more))
      }
    }
    var host = system
    host.host.processor.dram.bytesPerSecond *= 1.1
    changes.append(Change(words: "10 % more DRAM bandwidth on the host", system: host))
    if again.plan.request.tablePrecisions.contains(.int8), again.plan.request.tablePrecisions.count > 1,
      !again.plan.tables.isEmpty
    {
      changes.append(Change(words: "tables in int8 alone", system: system) { $0.tablePrecisions = [.int8] })
    }
    let request = again.plan.request
    if request.accuracyBudget != nil {
      changes.append(Change(words: "no accuracy budget", system: system) { $0.accuracyBudget = nil })
    }
    if let kept = request.kept, !kept.isEmpty {
      changes.append(Change(words: "nothing kept in a precision of its own", system: system) { $0.kept = [] })
    }
    if again.plan.access != nil, again.plan.model.hot == nil {
      changes.append(
        Change(words: "no row looked up more often than others", system: system) {
          $0.access = TableAccess(usual: .none)
        })
    }
    return changes + decisions
  }

  /// What the plan's own decisions are worth.
  private var decisions: [Change] {
    let plan = again.plan
    let sites = Set(plan.partitions.map(\.site) + plan.tables.flatMap { $0.shards.map(\.site) })
    let used: [(Lever, String, Bool)] = [
      (.netSplit, "operators on the host only where they must be", sites.contains("host")),
      (.copies, "no copies on every card", sites.contains("every card") && system.cards.count > 1),
      (.split, "tables in one piece", plan.tables.contains { $0.shards.count > 1 }),
      (.groups, "no groups of cards", plan.groups != nil),
      (.cores, "no cores set apart for look-ups", plan.cores.contains { $0.sparseCores > 0 }),
      (
        .peerToPeer, "what goes from card to card through the host",
        system.peerToPeer && plan.transfers.contains { $0.from != "host" && $0.to != "host" }
      ),
    ]
    return used.filter { $0.2 && !plan.request.leftOut.contains($0.0) }.map { lever, words, _ in
      Change(words: words, system: system) { $0.without.insert(lever) }
    }
  }
}

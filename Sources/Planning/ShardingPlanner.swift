import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans models whose tables do not fit every card: tables over cards, dense operators on the host or on every card.
///
/// ``ShardingSearch`` finds the placement and the bound; this type prepares it and puts the answer into words.
struct ShardingPlanner {
  private let task: PlanningTask
  private let kinds: CardKinds
  private let units: ModelUnits
  private let share: [Double]
  private let clock: SearchClock

  init(task: PlanningTask, clock: SearchClock) {
    self.task = task
    self.clock = clock
    kinds = CardKinds(system: task.system)
    units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    share = ReplicaShares.shares(graph: task.graph, system: task.system, costs: task.costs)
  }

  func plan() throws(PlanningFailure) -> PlannedModel {
    let menu = TableMenu(task: task, kinds: kinds, shardCounts: task.allowsSplits ? shardCounts : [])
    let objective = ShardingObjective(task: task, kinds: kinds, units: units, share: share, menu: menu)
    var search = ShardingSearch(
      task: task, kinds: kinds, share: share, menu: menu, objective: objective, clock: clock)
    try search.run(DenseSkeleton.all(task: task, units: units))
    guard let best = search.best else {
      if !task.rules.isEmpty, !task.search.isCancelled() {
        throw .noneFound(["no placement of the tables was found that keeps the rules"])
      }
      guard search.bound == .infinity else {
        throw .limit("no plan within the time limit; allow more time (--time-limit)")
      }
      throw .infeasible(MemoryShortage(task: task, units: units, kinds: kinds).reasons())
    }
    return PlannedModel(
      placement: best.placement, bound: search.bound, provedBy: search.provedBy, scope: scope,
      notes: notes(best.placement))
  }

  /// Into how many shards a table may be cut.
  private var shardCounts: [Int] { [2, 3, 4, 6].filter { $0 <= task.system.cards.count } }

  private var scope: String {
    "every placement of \(task.graph.embeddingTables.count) tables (whole or in \(shardCounts.map(String.init).joined(separator: ", ")) shards by rows or columns"
      + " on cards, copied to every card, or on the host; \(task.tablePrecisions.map(\.rawValue).joined(separator: " or ")))"
      + " with the operators before and behind the look-ups each on the host or on every card\(task.rules.scope)"
  }

  // MARK: Words

  private func notes(_ placement: ModelPlacement) -> [String] {
    var notes: [String] = []
    let first = task.tablePrecisions[0]
    let smaller = placement.tables.indices.filter { placement.tables[$0].format.precision != first }
    if !smaller.isEmpty {
      let all = task.graph.embeddingTables.indices.reduce(0.0) {
        $0 + Double(task.costs.tableBytes($1, format: .init(precision: first)))
      }
      let room = task.system.cards.reduce(0.0) { $0 + Double($1.usableBytes) }
      let precisions = Set(smaller.map { placement.tables[$0].format.precision.rawValue }).sorted()
      let reason =
        all > room
        ? "all in \(first.rawValue) take \(gigabytes(all)) and the cards have \(gigabytes(room)) for everything"
        : "all in \(first.rawValue) would take \(gigabytes(all)) of the cards' \(gigabytes(room)), and what is saved makes "
          + "room for copies that shorten the bottleneck"
      notes.append(
        "\(smaller.count) of \(placement.tables.count) tables are stored in \(precisions.joined(separator: ", ")): "
          + reason)
    }
    let onHost = placement.tables.count { $0.shards.contains { $0.site == .host } }
    if onHost > 0 {
      notes.append("\(tables(onHost)) in host memory, where the look-ups are cheap enough")
    }
    let copied = placement.tables.count { $0.shards.contains { $0.site == .everyCard } }
    if copied > 0 {
      notes.append(
        "\(tables(copied)) copied to every card, which saves sending results between cards")
    }
    let split = placement.tables.count { $0.split != .whole }
    if split > 0 { notes.append("\(tables(split)) split over several cards") }
    return notes
  }
  private func tables(_ count: Int) -> String { count == 1 ? "1 table is" : "\(count) tables are" }
}

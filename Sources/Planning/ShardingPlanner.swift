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
  let menu: TableMenu
  /// With memory set aside for one request where their number is a decision, so that what is proven holds for any number.
  private let bounds: ShardingSearch.Question
  private let objective: ShardingObjective

  /// - Parameter menu: Of the same question, which may be on more cards of the same kinds; `nil` to work it out.
  init(task: PlanningTask, clock: SearchClock, menu: TableMenu? = nil) {
    self.task = task
    self.clock = clock
    kinds = CardKinds(system: task.system)
    units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    share = ReplicaShares.shares(
      graph: task.graph, cards: Array(task.system.cards.indices), costs: task.costs)
    let shardCounts = task.allowsSplits ? Self.shardCounts(task) : []
    self.menu =
      menu?.limited(toShards: shardCounts) ?? TableMenu(task: task, kinds: kinds, shardCounts: shardCounts)
    var bounds = ShardingSearch.Question(task: task, menu: self.menu)
    if task.choosesInFlight, task.costs.options.requestsInFlight > 1 {
      bounds.task = task.with(requestsInFlight: 1)
      bounds.menu = self.menu.reserving(bounds.task)
    }
    self.bounds = bounds
    objective = ShardingObjective(
      task: bounds.task, kinds: kinds, units: units, share: share, menu: bounds.menu)
  }

  /// Offers the plans that it finds.
  ///
  /// - Parameters:
  ///   - families: What is known of the same question, and takes what this finds out.
  ///   - mostBounds: Families of placements that may be bounded; `nil` for as many as the search itself allows.
  /// - Returns: A bound on the objective of every placement in ``scope``.
  func plan(
    into incumbents: inout Incumbents, families: FamilyBounds = FamilyBounds(), mostBounds: Int? = nil
  ) throws(PlanningFailure) -> Proof {
    var search = ShardingSearch(
      plans: .init(task: task, menu: menu), bounds: bounds, kinds: kinds, share: share, objective: objective,
      clock: clock,
      incumbents: incumbents, families: families, mostBounds: mostBounds)
    try search.run(units)
    incumbents = search.incumbents
    return Proof(bound: search.bound, provedBy: search.provedBy, scope: scope)
  }

  /// A bound on the objective of every placement in ``scope``, by one relaxation for each division of the dense operators.
  ///
  /// - Parameters:
  ///   - leastCards: Where it holds for placements on the first ones of the cards as well, which are of all kinds: how many
  ///     are in use at least. Every card that is left serves more requests and holds more.
  ///   - enough: A bound this high is not raised further.
  func relaxation(leastCards: Int? = nil, enough: Double = .infinity) -> Double {
    let sites = TableSites.all(cards: task.system.cards.count)
    var least = Double.infinity
    for skeleton in DenseSkeleton.all(task: bounds.task, units: units)
    where skeleton.freeBytes.allSatisfy({ $0 >= 0 }) {
      guard let bottleneck = bottleneck(skeleton, sites, leastCards, enough) else { continue }
      let bound = objective.bound(
        bottleneck: bottleneck, skeleton: skeleton, sites: sites, leastCards: leastCards)
      least = min(least, bound)
    }
    return least
  }

  /// Seconds; `nil` where nothing fits.
  private func bottleneck(
    _ skeleton: DenseSkeleton, _ sites: TableSites, _ leastCards: Int?, _ enough: Double
  ) -> Double? {
    let dense = skeleton.base.max() ?? 0
    // Latency is bounded without it.
    if task.objective == .latency || (task.objective == .throughput && dense >= enough) { return dense }
    let sharding = ShardingProblem(
      task: bounds.task, skeleton: skeleton, kinds: kinds, share: share, sites: sites, menu: bounds.menu,
      leastCards: leastCards)
    var options = task.search(clock)
    options.effort = .bound
    guard let certificate = try? Optimizer.solve(sharding.problem, options: options).certificate else {
      return dense
    }
    clock.spend(certificate.ticks)
    return certificate.status == .infeasible ? nil : max(certificate.bound, dense)
  }

  /// Into how many shards a table may be cut.
  private static func shardCounts(_ task: PlanningTask) -> [Int] {
    [2, 3, 4, 6].filter { $0 <= task.system.cards.count }
  }

  var scope: String {
    let shardCounts = Self.shardCounts(task)
    let tables = task.graph.embeddingTables.count
    return
      "every placement of \(tables == 1 ? "1 table" : "\(tables) tables") (whole or in \(shardCounts.map(String.init).joined(separator: ", ")) shards by rows or columns"
      + " on cards, copied to every card, or on the host; \(task.tablePrecisions.map(\.rawValue).joined(separator: " or ")))"
      + " with the operators before and behind the look-ups each on the host or on every card\(task.rules.scope)"
  }
}

import Placement
import Plan

/// Branch and bound over dense skeletons and families of sites that hold tables, with a sharding problem in each.
///
/// A family's problem ignores commands that some of its placements save, so families are divided until their bound shows
/// that they hold nothing better, or nothing is left to divide; only those are searched for plans. The least bound of all
/// families, also of those that a limit left open, holds for every placement. Families are taken by their bounds, a fixed
/// number at once, so that the answer does not depend on the number of threads.
///
/// Where requests in flight are a decision, plans are sought with memory set aside for those of the task, and bounds with memory
/// for one, so that they hold for any number.
struct ShardingSearch {
  /// Tables, and the operators beside them, with memory set aside for a number of requests in flight.
  struct Question {
    var task: PlanningTask
    var menu: TableMenu
  }

  private let task: PlanningTask
  private let kinds: CardKinds
  private let share: [Double]
  private let plans: Question
  private let bounds: Question
  private let objective: ShardingObjective
  private let clock: SearchClock
  private let families: FamilyBounds
  /// After so many bounds families are no longer divided.
  private let mostBounds: Int

  private struct Node {
    var skeleton: DenseSkeleton
    /// The same with the memory that bounds are worked out with.
    var roomy: DenseSkeleton
    var sites: TableSites
    /// Proven for the bottleneck, seconds.
    var bound: Double
    /// Proven for the objective.
    var value = 0.0
    var provedBy: String
    var stage = Stage.new
    /// Of its sharding problem, once there is one that a better bound may show to be good enough.
    var assignment: Assignment?
  }

  private enum Stage {
    /// The bound is inherited.
    case new
    /// The bound is the family's own, by the relaxation.
    case bounded
    /// A plan was sought; the bound may rise further.
    case planned
  }

  private var open: [Node] = []
  /// By the objective that is searched for.
  private(set) var best: Candidate?
  private(set) var incumbents: Incumbents
  /// The least objective of any plan so far.
  private var leastValue = Double.infinity
  /// Proven for the objective of every placement that is not in an open family.
  private(set) var bound = Double.infinity
  private(set) var provedBy = ""

  init(
    plans: Question, bounds: Question, kinds: CardKinds, share: [Double], objective: ShardingObjective,
    clock: SearchClock, incumbents: Incumbents, families: FamilyBounds, mostBounds: Int? = nil
  ) {
    self.families = families
    task = plans.task
    self.plans = plans
    self.bounds = bounds
    self.kinds = kinds
    self.share = share
    self.objective = objective
    self.clock = clock
    self.incumbents = incumbents
    // Of a question with fewer precisions, or about another objective, the best plan is sought afresh.
    if task.objective == incumbents.task.objective,
      task.tablePrecisions.count == incumbents.task.tablePrecisions.count, let known = incumbents.best
    {
      best = known
      leastValue = known.value(task.objective)
    }
    // Problems of many cards are large.
    let most = max(8, 8192 / max(1, task.system.cards.count))
    self.mostBounds = min(mostBounds ?? most, most)
  }

  /// Families that are bounded at once.
  private static let batch = 4

  /// Gap at which the search for a first plan stops: enough for the relaxation and a greedy plan.
  private static let firstPlanGap = 0.3

  /// With more cards, the first plan is searched for in earnest: it may close the gap without dividing families.
  private static let mostCardsToLook = 64

  /// Below this requested gap, families that stay open are searched for longer.
  private static let thoroughGap = 0.005

  /// Whether bounds and plans of families that stay open are improved in turns, for a small gap.
  private var isThorough: Bool { task.search.gap < Self.thoroughGap && task.objective == .throughput }

  private var boundCount = 0

  /// - Throws: when the optimiser refuses a problem.
  mutating func run(_ units: ModelUnits) throws(PlanningFailure) {
    let skeletons = DenseSkeleton.all(task: plans.task, units: units)
    let roomy = isRoomier ? DenseSkeleton.all(task: bounds.task, units: units) : skeletons
    open = zip(skeletons, roomy).filter { $1.freeBytes.allSatisfy { $0 >= 0 } }.map {
      Node(
        skeleton: $0, roomy: $1, sites: .all(cards: task.system.cards.count), bound: $0.base.max() ?? 0,
        provedBy: "dense part alone")
    }.map(valued)
    while true {
      let enough = enough
      for node in open where node.value >= enough { settle(node) }
      open.removeAll { $0.value >= enough }
      let ranked = open.indices.sorted { (open[$0].value, $0) < (open[$1].value, $1) }
      guard let first = ranked.first else { return }
      // Past the limit the first look at each skeleton still goes on until there is a plan.
      if clock.isOver, best != nil || open[first].stage != .new { break }
      let chosen =
        open[first].stage != .new || best == nil
        ? [first] : Array(ranked.filter { [open] in open[$0].stage == .new }.prefix(Self.batch))
      let nodes = chosen.map { open[$0] }
      for index in chosen.sorted(by: >) { open.remove(at: index) }
      try work(nodes)
    }
    for node in open { settle(node) }
  }

  /// Whether bounds have more memory than plans.
  private var isRoomier: Bool {
    bounds.task.costs.options.requestsInFlight < plans.task.costs.options.requestsInFlight
  }

  /// Families with this bound hold nothing that is better by more than the gap allows.
  private var enough: Double { leastValue * (1 - task.search.gap * (isThorough ? 0.95 : 0.5)) }

  /// The node with what its bound on the bottleneck says of the objective.
  private func valued(_ node: Node) -> Node {
    var node = node
    node.value = max(
      node.value, objective.bound(bottleneck: node.bound, skeleton: node.skeleton, sites: node.sites))
    return node
  }

  private mutating func settle(_ node: Node) {
    guard node.value < bound else { return }
    bound = node.value
    provedBy = node.provedBy
  }

  /// Bounds the nodes that are not, and divides or solves the one that is.
  private mutating func work(_ nodes: [Node]) throws(PlanningFailure) {
    boundCount += nodes.count
    if nodes.count == 1, nodes[0].stage == .bounded, boundCount <= mostBounds {
      let branches = nodes[0].sites.branches(
        countsCards: kinds.representatives.count == 1 && !task.rules.tellCardsApart)
      guard branches.isEmpty else {
        open += branches.map {
          var node = nodes[0]
          node.sites = $0
          node.stage = .new
          return valued(node)
        }
        return
      }
    }
    let answers = clock.map(count: nodes.count, threads: task.search.threads) { [self] in
      solve(nodes[$0], $1)
    }
    for (node, answer) in zip(nodes, answers) {
      let (sharding, solution): (ShardingProblem?, Solution)
      do { (sharding, solution) = try answer.get() } catch { throw error }
      var node = node
      let certificate = solution.certificate
      // What has no room for more requests may have it for fewer.
      let holds = !isRoomier || isBounded(node)
      if certificate.status == .infeasible {
        if !holds { settle(node) }
        continue
      }
      if certificate.bound > node.bound, holds {
        node.bound = certificate.bound
        node.provedBy = certificate.provedBy.rawValue
        node = valued(node)
      }
      proceed(node, sharding, solution.assignment)
    }
  }

  /// Offers what was found, and opens the node again where more is to be done.
  ///
  /// - Parameter sharding: What was solved; `nil` where it was known, and nothing was found.
  private mutating func proceed(_ node: Node, _ sharding: ShardingProblem?, _ found: Assignment?) {
    var node = node
    switch node.stage {
    case .new:
      let holds = !isRoomier || isBounded(node)
      if let sharding, let found { offer(sharding, found, node, rounds: 0) }
      if holds || best == nil { node.stage = .bounded }
      open.append(node)
      return
    case .bounded:
      if let sharding, let found {
        offer(sharding, found, node, rounds: 2)
        if isThorough, node.value < enough {
          node.stage = .planned
          node.assignment = found
          open.append(node)
          return
        }
      }
    case .planned:
      if let sharding, let assignment = node.assignment, node.value < enough {
        offer(sharding, assignment, node, rounds: 8)
      }
    }
    settle(node)
  }

  /// Whether the next look at a family is for its bound alone.
  private func isBounded(_ node: Node) -> Bool { node.stage == .new && best != nil }

  private func solve(
    _ node: Node, _ clock: SearchClock
  ) -> Result<(ShardingProblem?, Solution), PlanningFailure> {
    var options = task.search(clock, gap: task.search.gap / 2)
    switch node.stage {
    case .new where isBounded(node): options.effort = .bound
    case .new:
      options.effort = .brief
      // Any first plan is welcome.
      if task.system.cards.count <= Self.mostCardsToLook { options.gap = Self.firstPlanGap }
    case .bounded:
      options.effort = task.search.gap < Self.thoroughGap && !isThorough ? .thorough : .brief
    case .planned: options.effort = .proof
    }
    // A plan of low latency is sought among those of a low bottleneck, whatever the bound.
    if best != nil, node.stage == .new || task.objective != .latency {
      options.sufficientBound = objective.bottleneck(
        for: enough, skeleton: node.skeleton, sites: node.sites)
    }
    let family = FamilyBounds.Key(
      before: node.skeleton.before, after: node.skeleton.after, sites: node.sites,
      cards: task.system.cards.count, precisions: task.tablePrecisions.count, allowsSplits: task.allowsSplits,
      objective: task.objective, gap: options.gap)
    if isBounded(node), let known = families.solution(of: family, options) {
      clock.spend(known.certificate.ticks)
      return .success((nil, known))
    }
    let question = isBounded(node) ? bounds : plans
    let sharding = ShardingProblem(
      task: question.task, skeleton: isBounded(node) ? node.roomy : node.skeleton, kinds: kinds, share: share,
      sites: node.sites, menu: question.menu)
    do {
      let solution = try Optimizer.solve(sharding.problem, options: options)
      clock.spend(solution.certificate.ticks)
      if isBounded(node) { families.note(solution, of: family, options) }
      return .success((sharding, solution))
    } catch {
      return .failure(.refused("\(error)"))
    }
  }

  /// - Parameter rounds: of annealing, which takes longer than a short search is worth.
  private mutating func offer(
    _ sharding: ShardingProblem, _ assignment: Assignment, _ node: Node, rounds: Int
  ) {
    let refinement = ShardingRefinement(
      task: task, kinds: kinds, share: share, skeleton: node.skeleton, sites: node.sites)
    let candidate = refinement.candidate(
      sharding, assignment, bound: node.bound, known: best?.loads.bottleneckSeconds ?? .infinity,
      rounds: task.objective == .throughput && task.search.effort != .brief ? rounds : 0, clock: clock)
    incumbents.offer(candidate)
    guard candidate.isBetter(than: best, for: task) else { return }
    best = candidate
    leastValue = min(leastValue, candidate.value(task.objective))
    incumbents.report(to: clock)
  }
}

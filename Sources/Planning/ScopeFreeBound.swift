import Placement
import Plan

/// A lower bound on a task's objective over every placement that answers it, whatever way of planning finds it.
///
/// Throughput and energy by prices (`PriceBound`) and, on cards of several kinds, by sites (``SiteProgram``); latency by ways
/// (`PathBound`, ``LatencyBound``). It is a relaxation, so it may be below what a planner proves of its own placements; but it
/// holds for all of them.
public struct ScopeFreeBound: Sendable {
  /// What is proven, seconds or joules; 0 where nothing was.
  public var bound: Double
  public var provedBy: String
  /// What the certificate carries, which may prove less.
  public var proof: PlanDocument.PriceProof
  /// A placement that was found on the way, which may not fit.
  public var placement: ModelPlacement?
  /// Work done: see `WorkBudget`.
  public var ticks: Int

  /// - Parameters:
  ///   - enough: A bound this high is not raised further.
  ///   - budget: What was proven until it is spent is answered.
  public static func prove(
    _ task: PlanningTask, enough: Double = .infinity, budget: WorkBudget = standardBudget
  ) -> ScopeFreeBound {
    let question = PlacementQuestion(task)
    if task.objective == .latency {
      let waists = LatencyBound(task: task, kinds: CardKinds(system: task.system)).bound
      let ways = PathBound(question).seconds
      return ScopeFreeBound(
        bound: max(ways, waists), provedBy: "the longest way", proof: .init(bound: ways, cases: []),
        ticks: task.graph.operators.count)
    }
    let bound = PriceBound(question)
    let search = PriceBranching(
      bound.relaxations, solver: task.search.solver, enough: enough, mostLeaves: mostLeaves,
      workLimit: budget.ticks ?? .max, isOver: { task.search.isCancelled() })
    let proof = bound.proof(search.trees)
    var result = ScopeFreeBound(
      bound: proof.bound, provedBy: "prices of resources", proof: proof, ticks: search.ticks)
    guard result.bound < enough else { return result }
    let sites = SiteProgram.solve(
      question, solver: task.search.solver, allowsSplits: task.allowsSplits, enough: enough,
      workLimit: budget.part(siteShare).ticks ?? .max, isCancelled: task.search.isCancelled)
    result.ticks += sites.ticks
    result.placement = sites.placement
    if sites.bound > result.bound {
      (result.bound, result.provedBy) = (sites.bound, "sites of cards of each kind")
    }
    return result
  }

  /// The same for all numbers of groups that a proof speaks of, of the task alone.
  ///
  /// - Returns: `nil` for latency, which is no sum of prices.
  static func prices(
    _ task: PlanningTask, like known: PlanDocument.PriceProof, enough: Double, clock: SearchClock
  ) -> PlanDocument.PriceProof? {
    guard task.objective != .latency else { return nil }
    func proof(_ task: PlanningTask) -> PlanDocument.PriceProof {
      let bound = prove(task, enough: enough)
      clock.spend(bound.ticks)
      return bound.proof
    }
    var all = proof(task)
    for entry in known.groups ?? [] {
      guard let part = task.grouped(entry.groups) else { return nil }
      let own = proof(part)
      all.groups = (all.groups ?? []) + [.init(groups: entry.groups, proof: own)]
      all.bound = min(all.bound, own.bound)
    }
    return all
  }

  /// A fifth of a second or so.
  public static let standardBudget = WorkBudget(ticks: 200_000_000)
  /// Of the budget, for ``SiteProgram``: few questions have one.
  private static let siteShare = 5.0
  /// Cases of a proof, so that certificates stay short.
  private static let mostLeaves = 24
}

extension PlacementQuestion {
  init(_ task: PlanningTask) {
    self.init(
      graph: task.graph, system: task.system, costs: task.costs, objective: task.objective,
      tablePrecisions: task.tablePrecisions, rules: task.rules, accuracy: task.accuracy, layers: task.layers)
  }
}

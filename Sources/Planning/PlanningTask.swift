import CostModel
import Graph
import Hardware
import Placement
import Plan

/// What to plan: a model with its costs on a system, and what counts as good.
public struct PlanningTask: Sendable {
  public var graph: Graph
  public var system: System
  public var costs: CostModel
  public var objective: PlanObjective
  /// Milliseconds; `nil` for none.
  public var latencyBudgetMilliseconds: Double?
  /// Allowed for embedding tables, best liked first; at least one.
  public var tablePrecisions: [Precision]
  /// Whether tables may be split by rows or columns.
  public var allowsSplits: Bool
  public var search: SearchOptions
  /// The user's own. The memory that they take is set aside in `system` already: see ``PlanRules/reduced(_:)``.
  public var rules: PlanRules
  /// A placement to begin with; one that does not fit or breaks a rule is passed over.
  public var start: ModelPlacement?
  /// Whether fewer requests in flight than `costs` say may be planned for where no plan fits otherwise.
  public var allowsFewerInFlight: Bool
  /// Whether any plan within the budget will do, because only its existence is asked for.
  var stopsAtFirst = false
  /// Cards behind those of `system` that nothing is put on; they idle.
  private(set) var idleCards: [Card] = []

  public init(
    graph: Graph, system: System, costs: CostModel, objective: PlanObjective,
    latencyBudgetMilliseconds: Double?, tablePrecisions: [Precision], allowsSplits: Bool,
    search: SearchOptions, rules: PlanRules? = nil, start: ModelPlacement? = nil,
    allowsFewerInFlight: Bool = false
  ) {
    self.graph = graph
    self.system = system
    self.costs = costs
    self.objective = objective
    self.latencyBudgetMilliseconds = latencyBudgetMilliseconds
    self.tablePrecisions = tablePrecisions
    self.allowsSplits = allowsSplits
    self.search = search
    self.rules = rules ?? PlanRules(graph: graph, system: system)
    self.start = start
    self.allowsFewerInFlight = allowsFewerInFlight
  }

  /// The same with the first `count` cards alone in use.
  func using(cards count: Int) -> PlanningTask {
    guard count < system.cards.count else { return self }
    var part = self
    part.idleCards = Array(system.cards[count...]) + idleCards
    part.system.cards = Array(system.cards.prefix(count))
    part.rules = rules.restricted(toCards: count)
    return part
  }

  func with(requestsInFlight requests: Int) -> PlanningTask {
    var part = self
    part.costs = costs.with(requestsInFlight: requests)
    return part
  }

  /// Of the whole system: cards that are not in use draw idle power too.
  var idleWatts: Double {
    (system.cards + idleCards).reduce(system.host.processor.idleWatts) { $0 + $1.processor.idleWatts }
  }

  var hasTables: Bool { !graph.embeddingTables.isEmpty }
}

/// A placement with what was proven about it.
public struct PlannedModel: Sendable {
  public var placement: ModelPlacement
  /// Requests in flight that it was planned for.
  public var requestsInFlight: Int
  /// Proven lower bound on the task's objective: seconds, or joules for energy. It holds for every placement that
  /// ``Planner/plan(_:)`` can answer the task with.
  public var bound: Double
  /// The step that proved the bound.
  public var provedBy: String
  /// The placements that the bound ranges over, in words.
  public var scope: String
  /// Decisions in words.
  public var notes: [String]
  /// A bound over every placement, for the certificate: see ``ScopeFreeBound``.
  public var priceProof: PlanDocument.PriceProof?
  /// A proof that a placement contradicts, in words; the bound is then 0.
  public var defect: String?
}

/// A proven lower bound.
struct Proof {
  /// On the objective, or on the bottleneck where that is said; infinite where there is no placement.
  var bound: Double
  var provedBy: String
  /// What the bound ranges over, in words.
  var scope: String
}

/// Why there is no plan.
public enum PlanningFailure: Error, Sendable, Hashable {
  /// Proven: reasons in prose, most important first.
  case infeasible([String])
  /// No plan was found, though none is proven impossible; the reasons in prose.
  case noneFound([String])
  /// A limit or a cancellation came before the first plan.
  case limit(String)
  /// A defect of the planner: the optimiser was handed a problem that it refuses.
  case refused(String)
}

/// A placement as the verifier and the simulator will see it, with its figures.
struct Candidate {
  var placement: ModelPlacement
  var loads: LoadSummary
  /// By device, the host first: bytes that it holds beyond what it has; negative where some are free.
  var excessBytes: [Double]

  var keepsRules: Bool

  /// Whether it may be taken: memory is not exceeded and no rule is broken.
  var fits: Bool { keepsRules && excessBytes.allSatisfy { $0 <= 0 } }

  init(_ placement: ModelPlacement, task: PlanningTask) {
    self.placement = placement
    keepsRules = task.rules.breaches(of: placement, graph: task.graph).isEmpty
    var system = task.system
    system.cards += task.idleCards
    let program = Lowering(
      graph: task.graph, system: system, placement: placement, costs: task.costs
    ).program
    loads = LoadSummary(program)
    excessBytes = zip(program.devices, loads.memoryBytes).map { Double($1) - Double($0.memoryBytes) }
  }

  func value(_ objective: PlanObjective) -> Double { loads.value(of: objective) }

  /// Whether this one is to be preferred: within the budget first, or nearer to it, then the objective, then latency.
  func isBetter(than other: Candidate?, for task: PlanningTask, tolerance: Double = 1e-9) -> Bool {
    guard fits else { return false }
    guard let other else { return true }
    let meets = task.meetsBudget(loads.latencySeconds)
    if meets != task.meetsBudget(other.loads.latencySeconds) { return meets }
    let isShorter = loads.latencySeconds < other.loads.latencySeconds * (1 - tolerance)
    if !meets { return isShorter }
    let mine = value(task.objective)
    let theirs = other.value(task.objective)
    if abs(mine - theirs) > tolerance * max(mine, theirs) { return mine < theirs }
    return isShorter
  }
}

extension PlanningTask {
  func meetsBudget(_ seconds: Double) -> Bool {
    latencyBudgetMilliseconds.map { seconds * 1000 <= $0 } ?? true
  }

  /// Search options with what is left of the time and work.
  func search(_ clock: SearchClock, gap: Double? = nil) -> SearchOptions {
    var options = clock.options(search)
    if let gap { options.gap = gap }
    return options
  }
}

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
  /// The user's own. The memory that they take is set aside in `system` already: see `PlanRules.reduced(_:)`.
  public var rules: PlanRules
  /// A placement to begin with; one that does not fit or breaks a rule is passed over.
  public var start: ModelPlacement?
  /// What tables may lose; `nil` for any amount.
  public var accuracy: AccuracyBudget?
  /// What layers may be computed in on cards; `nil` where costs say.
  public var layers: LayerQuestion?
  /// Whether the number of requests in flight is a decision; otherwise it is what `costs` say.
  public var choosesInFlight: Bool
  /// Requests in flight that a plan takes where they have room; more only where its rate needs them.
  private(set) var usualInFlight: Int
  /// Whether any plan within the budget will do, because only its existence is asked for.
  var stopsAtFirst = false
  /// Whether plans are sought for another objective than the question's, for variety.
  var seeksVariety = false
  /// Cards behind those of `system` that nothing is put on; they idle.
  private(set) var idleCards: [Card] = []
  /// Replica groups that placements form; `system` and `costs` are then those of all groups as one: see
  /// `System.grouped(_:)`.
  private(set) var groups = 1
  /// The real ones, where there are groups.
  private var ungrouped: (system: System, costs: CostModel)?

  public init(
    graph: Graph, system: System, costs: CostModel, objective: PlanObjective,
    latencyBudgetMilliseconds: Double?, tablePrecisions: [Precision], allowsSplits: Bool,
    search: SearchOptions, rules: PlanRules? = nil, start: ModelPlacement? = nil,
    choosesInFlight: Bool = false
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
    self.choosesInFlight = choosesInFlight
    usualInFlight = costs.options.requestsInFlight
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

  /// Requests in flight that planners set memory aside for. On the host one is enough, so that no bound leaves out plans
  /// which have room for no more; where plans are sought for a number of them, as many as all cards have.
  func requestsReserved(on location: Location) -> Int {
    let requests = costs.options.requestsInFlight
    guard location == .host else { return requests }
    guard choosesInFlight, requests > 1 else { return 1 }
    return requests.multipliedReportingOverflow(by: max(1, real.system.cards.count)).partialValue
  }

  /// The same in several groups of cards; `nil` where there are none, or rules name cards.
  func grouped(_ groups: Int) -> PlanningTask? {
    guard rules.rules.isEmpty, idleCards.isEmpty, costs.options.measured.isEmpty,
      let all = system.grouped(groups)
    else { return nil }
    var part = self
    part.ungrouped = (system, costs)
    part.groups = groups
    part.system = all
    part.costs = CostModel(graph: graph, system: all, options: costs.options)
    part.rules = PlanRules(graph: graph, system: all, without: rules.without).withOptions(of: rules)
    part.start = nil
    return part
  }

  /// The machine as it is, with the costs on it.
  var real: (system: System, costs: CostModel) {
    if let ungrouped { return ungrouped }
    var system = system
    system.cards += idleCards
    return (system, costs)
  }

  /// The same with memory set aside for another number of requests.
  func with(requestsInFlight requests: Int) -> PlanningTask {
    var part = self
    part.costs = costs.with(requestsInFlight: requests)
    return part
  }

  /// The same with what things cost under other options.
  func costed(_ change: (inout CostOptions) -> Void) -> PlanningTask {
    var part = self
    part.costs = costs.with(change)
    part.ungrouped = ungrouped.map { ($0.system, $0.costs.with(change)) }
    return part
  }

  /// Of the host and all cards of `system`.
  var idleWatts: Double {
    system.cards.reduce(system.host.processor.idleWatts) { $0 + $1.processor.idleWatts }
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
  /// Its figures where they were worked out, on the system and with the costs of the task.
  public var evaluated: EvaluatedProgram?
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
  var requestsInFlight: Int
  var evaluated: EvaluatedProgram
  /// By device, the host first: bytes that it holds beyond what it has; negative where some are free.
  var excessBytes: [Double]

  /// The user's rules, and the accuracy budget.
  var keepsRules: Bool
  /// Whether every device can run what is on it: problems that take cards as one, or by kinds, may put it elsewhere.
  private let isRun: Bool
  /// Of the devices that are on.
  private var idleWatts: Double

  var loads: LoadSummary { evaluated.summary }

  /// Whether it may be taken: memory is not exceeded, no rule is broken, and devices run what they have.
  var fits: Bool { keepsRules && isRun && excessBytes.allSatisfy { $0 <= 0 } }

  /// - Parameter followsTurns: As of `LoadSummary`; without, requests in flight are as many as usual.
  init(_ placement: ModelPlacement, task: PlanningTask, followsTurns: Bool = true) {
    let (system, costs) = task.real
    let program = Lowering(graph: task.graph, system: system, placement: placement, costs: costs).program
    let keepsRules =
      task.rules.breaches(of: placement, graph: task.graph).isEmpty
      && task.accuracy?.allows(placement) ?? true
    self.init(
      placement, program, keepsRules: keepsRules, isRun: placement.isRun(costs), task: task,
      followsTurns: followsTurns)
  }

  /// The same with requests followed.
  func followed(_ task: PlanningTask) -> Candidate {
    Candidate(
      placement, evaluated.program, keepsRules: keepsRules, isRun: isRun, task: task, followsTurns: true)
  }

  private init(
    _ placement: ModelPlacement, _ lowered: ExecutionProgram, keepsRules: Bool, isRun: Bool,
    task: PlanningTask, followsTurns: Bool
  ) {
    self.placement = placement
    self.keepsRules = keepsRules
    self.isRun = isRun
    var program = lowered
    let (requests, loads) = Self.requestsInFlight(&program, placement, task, followsTurns)
    requestsInFlight = requests
    evaluated = EvaluatedProgram(program: program, summary: loads)
    idleWatts = program.devices.reduce(0) { $0 + $1.idleWatts }
    excessBytes = zip(program.devices, loads.memoryBytes).map { Double($1) - Double($0.memoryBytes) }
  }

  /// Chooses the requests in flight, where they are a decision: as many as usual, or as have room; and as many as its
  /// bottleneck needs where that is more.
  private static func requestsInFlight(
    _ program: inout ExecutionProgram, _ placement: ModelPlacement, _ task: PlanningTask, _ followsTurns: Bool
  ) -> (Int, LoadSummary) {
    func limit(_ requests: Int) {
      for index in program.devices.indices {
        program.devices[index].limitInFlight(requests, cards: placement.cardsInUse)
      }
    }
    guard task.choosesInFlight else {
      return (task.costs.options.requestsInFlight, LoadSummary(program, followsTurns: followsTurns))
    }
    var most = Self.mostInFlight
    for device in program.devices where !device.isHost && device.activationBytes > 0 {
      let room = (Double(device.memoryBytes) - Double(device.staticBytes)) / Double(device.activationBytes)
      most = min(most, Int(max(1, min(Double(most), room))))
    }
    let usual = min(most, task.usualInFlight)
    limit(usual)
    let summary = LoadSummary(program, followsTurns: followsTurns)
    let busy = summary.loads.max() ?? 0
    guard usual < most, summary.turnSeconds > 0 else { return (usual, summary) }
    var needed = busy > 0 ? (2 * Double(usual) * summary.turnSeconds / busy).rounded(.up) : .infinity
    if let budget = task.latencyBudgetMilliseconds, busy > 0 {
      // n requests on each of c replicas take n * c periods each: half of the budget, since they come in bursts.
      needed = min(needed, (budget / 2000 / busy / Double(program.variants.count)).rounded(.down))
    }
    let more = Int(min(Double(most), needed))
    guard more > usual else { return (usual, summary) }
    limit(more)
    let wider = LoadSummary(program, followsTurns: followsTurns)
    // Where requests hold each other up, more of them are no help.
    if wider.bottleneckSeconds < summary.bottleneckSeconds { return (more, wider) }
    limit(usual)
    return (usual, summary)
  }

  /// As for the option.
  private static let mostInFlight = 4096

  /// The plan of a placement if it is good enough: requests are followed only where it is by its resources' figures, which are
  /// never above those with requests followed.
  static func accepted(
    _ placement: ModelPlacement, task: PlanningTask, followsTurns: Bool = true,
    where isGood: (Candidate) -> Bool
  ) -> Candidate? {
    let quick = Candidate(placement, task: task, followsTurns: false)
    guard isGood(quick) else { return nil }
    guard followsTurns, quick.loads.leavesTurnsOut else { return quick }
    let whole = quick.followed(task)
    return isGood(whole) ? whole : nil
  }

  /// The plan of a placement if it is better than another.
  static func better(_ placement: ModelPlacement, than other: Candidate, task: PlanningTask) -> Candidate? {
    accepted(placement, task: task) { $0.isBetter(than: other, for: task) }
  }

  /// The same with the first card alone in place of operators' copies on every card.
  func onFirstCard(_ task: PlanningTask) -> Candidate {
    guard placement.operators.contains(.everyCard) else { return self }
    var single = placement
    for index in single.operators.indices where single.operators[index] == .everyCard {
      single.operators[index] = .card(0)
    }
    return Candidate(single, task: task)
  }

  func value(_ objective: PlanObjective) -> Double { loads.value(of: objective) }

  /// Whether the cores of a card limit the rate, or the requests in flight do, which wait for them.
  var isLimitedByCores: Bool {
    guard loads.turnSeconds == 0 else { return true }
    let bottleneck = loads.bottleneckSeconds
    return placement.sparseCores.indices.contains { card in
      [.sparse, .dense].contains { loads.loads[Lowering.resource($0, device: card + 1)] >= bottleneck }
    }
  }

  /// The objective if the requests in flight were as many as the resources need.
  func valueWithoutPlaces(_ task: PlanningTask) -> Double {
    let busy = loads.loads.max() ?? 0
    return switch task.objective {
    case .throughput: busy
    case .latency: loads.latencySeconds
    case .energy: loads.energyJoules - idleWatts * (loads.bottleneckSeconds - busy)
    }
  }

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
    return task.objective == .latency
      ? loads.bottleneckSeconds < other.loads.bottleneckSeconds * (1 - tolerance) : isShorter
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

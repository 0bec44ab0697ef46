import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Says why a model has no plan, in numbered prose, and which changes give it one: each is tried by planning.
///
/// Searches for the least number of cards, or the least memory, double until there is a plan and then bisect. Every trial
/// is a search that counts its steps, so the same question gives the same words.
public struct PlanExplainer {
  private let task: PlanningTask
  private let system: System
  private let clock: SearchClock

  /// Largest number of cards that is tried, times those there are.
  private static let mostCards = 16
  private static let mostMemory = 64.0
  /// Of all time and work, for one trial.
  private static let largestShare = 0.125
  /// Rules that are left out in turn.
  private static let mostRules = 16

  /// - Parameter system: as given, before rules took memory from it.
  public init(_ task: PlanningTask, system: System) {
    self.task = task
    self.system = system
    var search = task.search
    search.progress = nil
    clock = SearchClock(search)
  }

  /// Why memory or rules leave no plan.
  ///
  /// - Parameters:
  ///   - reasons: what the planner found, most important first.
  ///   - isProven: whether no plan exists, or only none was found.
  public func explanation(_ reasons: [String], isProven: Bool) -> String {
    prose(
      isProven ? "no plan exists for \(title)" : "no plan was found for \(title)",
      causes: reasons.map { ($0, []) }, needsMemory: true)
  }

  /// Why no plan was found within the latency budget.
  ///
  /// - Parameter shortest: the latency of the shortest plan that was found, seconds.
  public func explanation(shortest: Double, budgetMilliseconds budget: Double) -> String {
    let found = milliseconds(shortest)
    let missing = milliseconds(shortest - budget / 1000)
    var causes = ["the shortest plan found takes \(found) ms for one batch, \(missing) ms too much"]
    var trial = task
    trial.objective = .latency
    if let planned = try? Planner.plan(trial, clock: clock.part(Self.largestShare)),
      planned.bound * 1000 > budget
    {
      let least = trimmed(rounded(planned.bound * 1000, .down))
      causes.append("no placement takes less than \(least) ms: \(planned.scope)")
    }
    return prose(
      "no plan was found for \(title) within the latency budget of \(trimmed(budget)) ms",
      causes: causes.map { ($0, []) }, needsMemory: false)
  }

  private var title: String {
    "\(NameText.shown(task.graph.name)) on \(NameText.shown(system.name)) with \(system.cards.count) card\(system.cards.count == 1 ? "" : "s")"
  }

  // MARK: Trials

  /// The task with something changed.
  private struct Variation {
    var system: System
    var rules: [PlacementRules.Rule]
    var tablePrecisions: [Precision]
    var allowsSplits: Bool
    var matrixPrecision: Precision
    var budget: Double?
    var requestsInFlight: Int
  }

  private var given: Variation {
    Variation(
      system: system, rules: task.rules.rules, tablePrecisions: task.tablePrecisions,
      allowsSplits: task.allowsSplits, matrixPrecision: task.costs.options.cardMatrixPrecision,
      budget: task.latencyBudgetMilliseconds,
      // Where fewer may be taken, none has a plan.
      requestsInFlight: task.choosesInFlight ? 1 : task.costs.options.requestsInFlight)
  }

  private func changed(_ change: (inout Variation) -> Void) -> Variation {
    var variation = given
    change(&variation)
    return variation
  }

  /// The limits are those of all trials together.
  private var isOver: Bool { clock.isOver }

  /// Whether there is a plan within the budget.
  private func works(_ variation: Variation) -> Bool {
    guard !isOver,
      let rules = try? PlanRules(
        variation.rules, graph: task.graph, system: variation.system, without: task.rules.without)
    else { return false }
    var options = task.costs.options
    options.cardMatrixPrecision = variation.matrixPrecision
    options.requestsInFlight = variation.requestsInFlight
    let reduced = rules.reduced(variation.system)
    var trial = task
    trial.system = reduced
    trial.costs = CostModel(graph: task.graph, system: reduced, options: options)
    trial.tablePrecisions = variation.tablePrecisions
    trial.allowsSplits = variation.allowsSplits
    trial.latencyBudgetMilliseconds = variation.budget
    trial.rules = rules
    trial.start = nil
    trial.stopsAtFirst = true
    trial.choosesInFlight = false
    trial.search.gap = 0.5
    guard let planned = try? Planner.plan(trial, clock: clock.part(Self.largestShare)) else { return false }
    return trial.meetsBudget(Candidate(planned.placement, task: trial).loads.latencySeconds)
  }

  /// The least value from which on it works, as far as doubling and bisection tell; `nil` when none up to `most` does.
  private func least(
    above failing: Double, most: Double, step: Double, works: (Double) -> Bool
  ) -> Double? {
    var (low, high) = (failing, failing)
    repeat {
      guard high < most, !isOver else { return nil }
      low = high
      high = min(most, max(high * 2, high + step))
    } while !works(high)
    while high - low > step, !isOver {
      let middle = low + max(step, ((high - low) / 2 / step).rounded(.down) * step)
      if works(middle) { high = middle } else { low = middle }
    }
    return high
  }

  private func prose(_ head: String, causes: [(text: String, because: [String])], needsMemory: Bool) -> String
  {
    var relaxations: [String] = []
    var vain: [String] = []
    func attempt(_ text: String, _ change: (inout Variation) -> Void) {
      if works(changed(change)) { relaxations.append(text) } else if !isOver { vain.append(text) }
    }
    let smallest = task.tablePrecisions.map(\.bits).min() ?? 0
    for precision in Precision.allCases.reversed()
    where precision.bits < smallest && !task.graph.embeddingTables.isEmpty
      // Of one size only the usual one is proposed.
      && precision != .bf16 && precision != .fp8
    {
      let list = task.tablePrecisions + [precision]
      attempt(
        "tables in \(precision.rawValue) too (--table-precision \(list.map(\.rawValue).joined(separator: ",")))"
      ) {
        $0.tablePrecisions = list
      }
    }
    if task.costs.options.cardMatrixPrecision != .int8 {
      attempt("int8 matrix engines (--precision int8)") { $0.matrixPrecision = .int8 }
    }
    if !task.allowsSplits, !task.graph.embeddingTables.isEmpty {
      attempt("tables in several shards (without --no-split)") { $0.allowsSplits = true }
    }
    addRequests(&relaxations, &vain)
    addCards(&relaxations, &vain)
    if needsMemory { addHostMemory(&relaxations, &vain) }
    addBudget(&relaxations)
    for (index, rule) in task.rules.rules.prefix(Self.mostRules).enumerated() {
      attempt("without rule \(index + 1) (\(rule))") { $0.rules.remove(at: index) }
    }
    if isOver { vain.append("more was not tried: the time is over") }
    return Infeasibility.prose(
      head, causes: causes, tried: "planning", relaxations: relaxations, vain: vain)
  }

  private func addRequests(_ relaxations: inout [String], _ vain: inout [String]) {
    guard !task.choosesInFlight else { return }
    let asked = task.costs.options.requestsInFlight
    var count = asked / 2
    while count > 0, !isOver {
      if works(changed { $0.requestsInFlight = count }) {
        relaxations.append("\(count) requests in flight instead of \(asked) (--in-flight \(count))")
        return
      }
      count /= 2
    }
    if asked > 1, !isOver { vain.append("1 request in flight instead of \(asked)") }
  }

  private func addCards(_ relaxations: inout [String], _ vain: inout [String]) {
    guard let last = system.cards.last else { return }
    let now = system.cards.count
    let most = min(1024, now * Self.mostCards)
    func withCards(_ count: Int) -> Variation {
      changed { variation in
        for index in now..<max(now, count) {
          var card = last
          card.name = "card\(index)"
          variation.system.cards.append(card)
        }
      }
    }
    guard now < most else { return }
    if let needed = least(
      above: Double(now), most: Double(most), step: 1, works: { works(withCards(Int($0))) })
    {
      relaxations.append("\(Int(needed)) cards instead of \(now) (--cards \(Int(needed)))")
    } else if !isOver {
      vain.append("\(most) cards instead of \(now)")
    }
  }

  private func addHostMemory(_ relaxations: inout [String], _ vain: inout [String]) {
    let dram = system.host.processor.dram.bytes
    let reserved = Double(system.host.reservedBytes)
    func withMemory(_ bytes: Double) -> Variation {
      changed { $0.system.host.processor.dram.bytes = Int(bytes) }
    }
    guard dram > 0, Double(dram) < 1e15 else { return }
    let most = Double(dram) * Self.mostMemory
    if works(withMemory(most)),
      let needed = least(above: Double(dram), most: most, step: 1e9, works: { works(withMemory($0)) })
    {
      relaxations.append(
        "\(gigabytes(needed - reserved)) of host memory free instead of \(gigabytes(Double(dram) - reserved))"
      )
    } else if !isOver {
      vain.append("\(gigabytes(most)) of host memory")
    }
  }

  private func addBudget(_ relaxations: inout [String]) {
    guard let budget = task.latencyBudgetMilliseconds else { return }
    var trial = task
    trial.objective = .latency
    trial.latencyBudgetMilliseconds = nil
    guard let planned = try? Planner.plan(trial, clock: clock.part(Self.largestShare)) else { return }
    let seconds = Candidate(planned.placement, task: trial).loads.latencySeconds
    let needed = rounded(seconds * 1000, .up)
    guard needed > budget, works(changed { $0.budget = needed }) else { return }
    relaxations.append("a latency budget of \(trimmed(needed)) ms (--latency-budget \(trimmed(needed)))")
  }

  // MARK: Words

  private func milliseconds(_ seconds: Double) -> String { trimmed(rounded(seconds * 1000, .up)) }

  /// To three digits, whatever the size.
  private func rounded(_ value: Double, _ rule: FloatingPointRoundingRule) -> Double {
    var scale = 1.0
    while value > 0, value * scale < 100, scale < 1e12 { scale *= 10 }
    return (value * scale).rounded(rule) / scale
  }

  private func trimmed(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
  }
}

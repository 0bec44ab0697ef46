import Graph
import Hardware
import Placement
import Plan
import Simulation

/// The fewest cards of a system that serve requests at a rate, and what is known of fewer.
public struct FewestCards: Sendable {
  /// One number of cards that was looked at.
  public struct Trial: Sendable, Hashable {
    public enum Outcome: Sendable, Hashable {
      /// The simulator serves the rate; its 99th percentile of the latency, seconds.
      case serves(p99: Double?)
      /// No plan on so many cards or fewer reaches the rate; the most that one can, requests a second, or why there is none.
      case refuted(mostPerSecond: Double?, reason: String)
      /// The plan that was found does not serve it, but nothing proves that no other does.
      case unproven(reason: String)
    }
    public var cards: Int
    public var outcome: Outcome
  }

  public var plan: PlanDocument
  /// Requests a second.
  public var rate: Double
  public var cards: Int
  /// Ascending by cards.
  public var trials: [Trial]

  /// Whether fewer cards are proven not to do.
  public var isProven: Bool {
    cards == 1 || trials.contains { if case .refuted = $0.outcome { $0.cards == cards - 1 } else { false } }
  }
}

extension FewestCards.Trial: CustomStringConvertible {
  public var description: String {
    let count = cards == 1 ? "1 card" : "\(cards) cards"
    switch outcome {
    case .serves(let p99):
      let latency = p99.map { ", p99 \(($0 * 1e5).rounded() / 100) ms" } ?? ""
      return "\(count): simulated at the rate\(latency)"
    case .refuted(let most, let reason):
      return "\(count) or fewer: " + (most.map { "at most \(Int($0.rounded(.down)))/s, proven; " } ?? "")
        + reason
    case .unproven(let reason):
      return "\(count): \(reason), though it is not proven that no other plan would do"
    }
  }
}

extension Partitioner {
  /// Plans a model on the fewest first cards of a system that serve requests at a rate within the latency budget.
  ///
  /// A number of cards serves the rate when the simulator, with random arrivals (Poisson), is stable at it and its 99th
  /// percentile keeps the budget. Fewer cards are refuted by the bound on their throughput, which holds for every plan on
  /// them. Numbers are searched by bisection: what fails is taken to fail with fewer cards as well.
  ///
  /// - Parameters:
  ///   - rate: Requests, that is batches, a second; above 0.
  ///   - options: The objective must be throughput; its limits are those of each plan.
  /// - Throws: `infeasible` when all cards do not serve it, with what is proven; `usage` for a rate or an objective that
  ///   makes no sense, or a system of unlike cards.
  public static func fewestCards(
    for model: Model, on system: System, rate: Double, options: PlanOptions = PlanOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil
  ) throws(PartitionError) -> FewestCards {
    guard rate > 0, rate.isFinite else {
      throw PartitionError(.usage, "the rate is \(rate); give requests a second above 0")
    }
    guard options.objective == .throughput else {
      throw PartitionError(
        .usage, "the fewest cards for a rate are sought for throughput, not for \(options.objective.rawValue)"
      )
    }
    guard CardKinds(system: system).representatives.count == 1 else {
      throw PartitionError(
        .usage, "the cards of \(system.name) are not alike, so it is not said which are to be fewer")
    }
    var search = FewestCardsSearch(model: model, system: system, rate: rate, options: options)
    return try search.run { part, options throws(PartitionError) in
      try plan(model, on: part, options: options, isCancelled: isCancelled, progress: progress)
    }
  }
}

private struct FewestCardsSearch {
  let model: Model
  let system: System
  let rate: Double
  let options: PlanOptions
  private var trials: [FewestCards.Trial] = []
  private var best: PlanDocument?

  init(model: Model, system: System, rate: Double, options: PlanOptions) {
    self.model = model
    self.system = system
    self.rate = rate
    self.options = options
  }

  private var rateText: String { rate == rate.rounded() && rate < 1e15 ? "\(Int(rate))" : "\(rate)" }

  typealias Planner = (System, PlanOptions) throws(PartitionError) -> PlanDocument

  mutating func run(_ plan: Planner) throws(PartitionError) -> FewestCards {
    let all = system.cards.count
    guard try serves(all, plan), var best else {
      throw PartitionError(
        .infeasible,
        trials.map { "\(system.name) with all its cards does not serve \(rateText)/s: \($0)" })
    }
    // Below `low` none does, `high` does.
    var (low, high) = (0, all)
    while high - low > 1 {
      let middle = (low + high) / 2
      if try serves(middle, plan) {
        high = middle
        best = self.best ?? best
      } else {
        low = middle
      }
    }
    trials.sort { $0.cards < $1.cards }
    best.notes.append("\(high) of \(all) cards serve \(rateText)/s")
    best.notes += trials.filter { $0.cards == high || $0.cards == high - 1 }.reversed().map(\.description)
    return FewestCards(plan: best, rate: rate, cards: high, trials: trials)
  }

  /// Plans on the first cards and simulates the plan at the rate.
  private mutating func serves(_ cards: Int, _ plan: Planner) throws(PartitionError) -> Bool {
    var part = system
    part.cards = Array(system.cards.prefix(cards))
    var options = options
    // A placement to start from may use cards that are not there.
    if options.start.map({ $0.usedCards.contains { $0 >= cards } }) ?? false { options.start = nil }
    let planned: PlanDocument
    do { planned = try plan(part, options) } catch {
      guard error.kind == .infeasible else { throw error }
      let reason = error.problems.first?.split(separator: "\n").first.map(String.init) ?? "no plan was found"
      trials.append(
        .init(
          cards: cards,
          outcome: error.isProven ? .refuted(mostPerSecond: nil, reason: reason) : .unproven(reason: reason)))
      return false
    }
    let bound = planned.certificate.bound
    if bound > 0, rate * bound > 1 {
      let reason = "one batch keeps a resource busy for \((bound * 1e9).rounded() / 1e3) us at least"
      trials.append(.init(cards: cards, outcome: .refuted(mostPerSecond: 1 / bound, reason: reason)))
      return false
    }
    let predicted = planned.predicted.throughputPerSecond
    guard rate <= predicted else {
      trials.append(
        .init(
          cards: cards,
          outcome: .unproven(reason: "the best plan found serves \(Int(predicted.rounded(.down)))/s")))
      return false
    }
    let report = try Partitioner.simulate(
      planned, model: model, options: SimulationOptions(load: .poisson(requestsPerSecond: rate)))
    if let problem = report.verdict.problems.first {
      trials.append(
        .init(cards: cards, outcome: .unproven(reason: "simulated at \(rateText)/s, \(problem.message)")))
      return false
    }
    trials.append(.init(cards: cards, outcome: .serves(p99: report.latency.p99.value)))
    best = planned
    return true
  }
}

import Hardware

/// Holds what a plan says of the choice of its machine against the plan itself. Trials are not planned again.
struct SizingCheck {
  private(set) var violations: [Violation] = []

  init(_ plan: PlanDocument) {
    guard let sizing = plan.sizing else { return }
    let prices = sizing.prices.map(MachinePrices.init)
    if !(sizing.ratePerSecond > 0 && sizing.ratePerSecond.isFinite) {
      report("ratePerSecond is \(sizing.ratePerSecond); it must be above 0")
    } else if sizing.ratePerSecond * plan.predicted.bottleneckSeconds > 1 + 1e-9 {
      report(
        "the plan is said to serve \(sizing.ratePerSecond)/s, it serves \(plan.predicted.throughputPerSecond)/s"
      )
    }
    for problem in prices?.problems ?? [] { report(problem) }
    guard violations.isEmpty else { return }
    if sizing.price != prices?.price(of: plan.system) {
      report("the price is not what the prices make of the plan's machine")
    }
    guard let own = sizing.trials.firstIndex(where: { $0.outcome == .serves }),
      sizing.trials[own].system == plan.system.name,
      sizing.trials[own].cards == PlanDocument.SizingEntry.cards(of: plan.system)
    else {
      report("the first machine of the trials that serves the rate is not the plan's")
      return
    }
    for trial in sizing.trials where trial.mostPerSecond.map({ $0 > sizing.ratePerSecond }) ?? false {
      if trial.outcome == .refuted {
        report("a machine with at most \(trial.mostPerSecond ?? 0)/s is said to be refuted")
      }
    }
    let isOpen = sizing.trials.contains { trial in
      trial.outcome == .unproven && trial.cost < sizing.trials[own].cost
        && !sizing.trials.contains { $0.outcome == .refuted && trial.isPart(of: $0) }
    }
    if sizing.isProven, isOpen {
      report("it is said to be proven, but smaller machines are not refuted")
    }
  }

  private mutating func report(_ message: String) {
    violations.append(Violation(.sizing, "sizing: \(message)"))
  }
}

extension PlanDocument.SizingEntry {
  /// Of a machine, by kind, in order of each kind's first card.
  public static func cards(of system: System) -> [Cards] {
    let kinds = CardKinds(system: system)
    return zip(kinds.representatives, kinds.counts).map {
      .init(model: system.cards[$0].model, count: $1)
    }
  }
}

extension PlanDocument.SizingEntry.Trial {
  /// What is to be least.
  fileprivate var cost: Double { price ?? Double(cards.reduce(0) { $0 &+ $1.count }) }

  /// Whether the other machine has all that this one has.
  fileprivate func isPart(of other: Self) -> Bool {
    func counts(_ trial: Self) -> [String: Int] {
      trial.cards.reduce(into: [:]) { $0[$1.model, default: 0] &+= $1.count }
    }
    let more = counts(other)
    return system == other.system && counts(self).allSatisfy { $1 <= more[$0] ?? 0 }
  }
}

import Hardware
import Placement
import Plan

/// The cheapest machine, or that of the fewest cards, that serves a rate.
///
/// Machines are a system's host with some of its cards, or with none. What a machine does not serve no part of it serves: a plan on the part is
/// one on the machine. So the search halves the machines that are left by cost, and drops those that cost no less than one that
/// serves the rate, and the parts of one that does not. Where that is not proven of the machine, it is not of its parts either.
struct MachineSearch {
  let model: Model
  let system: System
  let sizing: SizingOptions
  let options: PlanOptions
  let isCancelled: @Sendable () -> Bool
  let progress: (@Sendable (SearchOptions.Progress) -> Void)?

  private typealias Machine = MachineMenu.Machine

  func plan() throws(PartitionError) -> PlanDocument {
    let problems = sizing.problems(on: system, options: options)
    guard problems.isEmpty else { throw PartitionError(.usage, problems) }
    guard let menu = MachineMenu([system] + sizing.alternatives, prices: sizing.prices) else {
      throw PartitionError(.usage, "there are too many mixtures of cards to choose from; give fewer kinds")
    }
    var open = menu.machines
    var best: (machine: Machine, plan: PlanDocument)?
    var trials: [(machine: Machine, trial: PlanDocument.SizingEntry.Trial)] = []
    while !open.isEmpty, !isCancelled() || best == nil {
      // The largest first: where it fails, nothing of its system serves the rate.
      let machine = open[best == nil ? open.count - 1 : (open.count - 1) / 2]
      let result = try trial(of: machine, menu, isFirst: trials.isEmpty)
      trials.append((machine, entry(result, of: machine, menu)))
      if let plan = result.plan {
        best = (machine, plan)
        open.removeAll { ($0.cost, $0.cards) >= (machine.cost, machine.cards) }
      } else {
        open.removeAll { $0.isPart(of: machine) }
      }
    }
    guard let best else {
      throw PartitionError(
        .infeasible,
        trials.map {
          "no machine serves \(PlanDocument.SizingEntry.Trial.text(sizing.ratePerSecond))/s: \($0.trial)"
        })
    }
    trials.sort { ($0.machine.cost, $0.machine.cards) < ($1.machine.cost, $1.machine.cards) }
    let refuted = trials.filter { $0.trial.outcome == .refuted }.map(\.machine)
    var plan = best.plan
    plan.sizing = .init(
      ratePerSecond: sizing.ratePerSecond, prices: sizing.prices?.byName, price: best.machine.price,
      isProven: menu.machines.filter { $0.cost < best.machine.cost }.allSatisfy { machine in
        refuted.contains { machine.isPart(of: $0) }
      },
      trials: trials.map(\.trial))
    plan.notes += notes(plan.sizing)
    return plan
  }

  private func trial(
    of machine: Machine, _ menu: MachineMenu, isFirst: Bool
  ) throws(PartitionError) -> MachineTrial.Result {
    let part = menu.system(of: machine)
    var options = options
    options.sizing = nil
    // A placement to start from may use cards that are not there.
    if part.cards != system.cards { options.start = nil }
    do throws(PartitionError) {
      return try MachineTrial(
        model: model, system: part, rate: sizing.ratePerSecond, options: options, isCancelled: isCancelled,
        progress: progress
      ).run()
    } catch {
      // A rule may name a card that only larger machines have.
      guard error.kind == .badInput, !isFirst, !options.rules.isEmpty else { throw error }
      return .init(outcome: .refuted, reason: error.problems.first)
    }
  }

  private func entry(
    _ result: MachineTrial.Result, of machine: Machine, _ menu: MachineMenu
  ) -> PlanDocument.SizingEntry.Trial {
    let part = menu.system(of: machine)
    return .init(
      system: part.name, cards: PlanDocument.SizingEntry.cards(of: part), price: machine.price,
      outcome: result.outcome, p99Seconds: result.p99Seconds, mostPerSecond: result.mostPerSecond,
      reason: result.reason)
  }

  private func notes(_ sizing: PlanDocument.SizingEntry?) -> [String] {
    guard let sizing, let own = sizing.trials.firstIndex(where: { $0.outcome == .serves }) else { return [] }
    let least = sizing.prices == nil ? "machine of the fewest cards" : "cheapest machine"
    let proof =
      sizing.isProven ? "proven" : "of those that were planned; what is smaller is not refuted"
    return ["the \(least) for \(PlanDocument.SizingEntry.Trial.text(sizing.ratePerSecond))/s, \(proof)"]
      + sizing.trials[max(0, own - Self.shown)...own].reversed().map(\.description)
  }

  /// Smaller machines in the notes; the plan has all.
  private static let shown = 2
}

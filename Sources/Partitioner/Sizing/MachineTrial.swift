import Hardware
import Placement
import Plan
import Rules
import Simulation

/// Whether a machine serves a rate: by a plan that the simulator replays at it, or by the bound that refutes all plans.
struct MachineTrial {
  let model: Model
  let system: System
  let rate: Double
  let options: PlanOptions
  let isCancelled: @Sendable () -> Bool
  let progress: (@Sendable (SearchOptions.Progress) -> Void)?

  struct Result {
    var outcome: PlanDocument.SizingEntry.Outcome
    var plan: PlanDocument?
    var p99Seconds: Double?
    var mostPerSecond: Double?
    var reason: String?
  }

  func run() throws(PartitionError) -> Result {
    var planned: PlanDocument
    do { planned = try plan(options) } catch {
      guard error.kind == .infeasible else { throw error }
      let reason = error.problems.first?.split(separator: "\n").first.map(String.init) ?? "no plan was found"
      return Result(outcome: error.isProven ? .refuted : .unproven, reason: reason)
    }
    if let refuted = refuted(planned) { return refuted }
    if planned.predicted.throughputPerSecond < rate, planned.certificate.status == .proven, options.gap > 0 {
      // The rate is within the gap at which the search stopped.
      var closer = options
      closer.gap = 0
      planned = (try? plan(closer)) ?? planned
      if let refuted = refuted(planned) { return refuted }
    }
    guard planned.predicted.throughputPerSecond >= rate else {
      let most = planned.predicted.throughputPerSecond.wholeText
      return Result(outcome: .unproven, reason: "the best plan found serves \(most)/s")
    }
    let fast = try simulated(planned)
    if fast.outcome == .serves || planned.request.latencyBudgetMilliseconds == nil { return fast }
    // A plan that answers sooner may keep the budget under the same load.
    var quick = options
    quick.objective = .latency
    guard let sooner = try? plan(quick), sooner.predicted.throughputPerSecond >= rate else { return fast }
    let second = try simulated(sooner)
    return second.outcome == .serves ? second : fast
  }

  private func plan(_ options: PlanOptions) throws(PartitionError) -> PlanDocument {
    try Partitioner.plan(model, on: system, options: options, isCancelled: isCancelled, progress: progress)
  }

  /// `nil` where the bound of a plan leaves room for the rate.
  private func refuted(_ planned: PlanDocument) -> Result? {
    let bound = planned.certificate.bound
    guard bound > 0, rate * bound > 1 else { return nil }
    return Result(
      outcome: .refuted, mostPerSecond: 1 / bound,
      reason: "one batch keeps a resource busy for \((bound * 1e9).rounded() / 1e3) us at least")
  }

  private func simulated(_ planned: PlanDocument) throws(PartitionError) -> Result {
    var options = SimulationOptions(load: .poisson(requestsPerSecond: rate))
    options.growsWithLoad = true
    options.threads = self.options.threads
    let report = try Partitioner.simulate(planned, model: model, options: options)
    let p99 = report.latency.p99.value
    if let problem = report.verdict.problems.first {
      return Result(outcome: .unproven, p99Seconds: p99, reason: "simulated at the rate, \(problem.message)")
    }
    if report.verdict.budget != nil, report.run.lengthNeeded != nil {
      return Result(
        outcome: .unproven, p99Seconds: p99,
        reason:
          "the rate is so near to what the plan serves that no simulation is long enough to tell its p99")
    }
    return Result(outcome: .serves, plan: planned, p99Seconds: p99)
  }
}

import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans models whose dense part is too large for a card: every unit and every whole table on the host or on one card.
///
/// The plan is sought with ``PipelineProblem``; its memory is told how much the activations of the last try needed, until
/// the lowering says that it fits. The bound is that of ``NetSplitPlanner`` with the memory of all cards together; where
/// cards differ, that bound does not hold for single cards, and the pipeline's own takes its place.
struct PipelinePlanner {
  private let task: PlanningTask
  private let replicated: NetSplitPlanner
  private let kinds: CardKinds
  private let units: ModelUnits
  private let flows: ModelFlows
  private let clock: SearchClock
  /// Cards that lack different operators may each need the other's result.
  private let order: Problem.Order

  /// Tries to find out how much memory the activations of a device's part take.
  private static let attempts = 6
  /// Of all time and work, for the bound of cards taken as one.
  private static let proofShare = 0.3

  init(task: PlanningTask, replicated: NetSplitPlanner, clock: SearchClock) {
    self.task = task
    self.replicated = replicated
    self.clock = clock
    kinds = replicated.kinds
    units = replicated.units
    flows = replicated.flows
    order = replicated.needsSingleCards ? .free : .acyclicQuotient
  }

  /// Offers the plan that it finds.
  ///
  /// - Returns: A bound on the objective of every placement in the proof's scope.
  func plan(into incumbents: inout Incumbents) throws(PlanningFailure) -> Proof {
    let areAlike = kinds.representatives.count == 1
    let pooled = areAlike ? try replicated.pooledProof(clock: clock.part(Self.proofShare)) : nil
    var proof = pooled ?? Proof(bound: 0, provedBy: "nothing", scope: scope)
    if proof.bound < .infinity {
      var own = try pipeline(order: order, knownBound: pooled?.bound, &incumbents)
      if order != .free, isOpen(incumbents, pooled?.bound) {
        // Where parts of one piece do not balance, a batch may come back to a card; a bound for that holds for one piece too.
        own = try pipeline(order: .free, knownBound: pooled?.bound, &incumbents)
      }
      // What a pipeline's problem adds up, look-ups and operators, may run side by side on cores of their own.
      if pooled == nil, !replicated.setsCoresApart { proof = own }
    }
    if proof.bound < .infinity { proof.bound = replicated.objectiveBound(bottleneck: proof.bound) }
    return proof
  }

  /// - Parameter bottleneck: A bound over parts in any order; `nil` where there is none, as of unlike cards.
  private func isOpen(_ incumbents: Incumbents, _ bottleneck: Double?) -> Bool {
    guard let bottleneck, task.objective != .latency else { return true }
    guard task.objective == .throughput, let best = incumbents.best else { return false }
    return bottleneck < best.value(.throughput) * (1 - task.search.gap)
  }

  /// Offers the best pipeline found that fits.
  ///
  /// - Returns: A bound on the bottleneck of all pipelines.
  private func pipeline(
    order: Problem.Order, knownBound: Double?, _ incumbents: inout Incumbents
  ) throws(PlanningFailure) -> Proof {
    var reserve = Array(repeating: 0.0, count: 1 + task.system.cards.count)
    var proof: Proof?
    for _ in 0..<Self.attempts {
      let pipeline = PipelineProblem(
        task: task, units: units, kinds: kinds, flows: flows, order: order, reserve: reserve)
      let solution = try solve(pipeline.problem, knownBound: knownBound)
      // Only the first try leaves activations out of account, so only its bound holds for all pipelines.
      let certificate = solution.certificate
      let first =
        proof
        ?? Proof(
          bound: certificate.status == .infeasible ? .infinity : certificate.bound,
          provedBy: certificate.provedBy.rawValue, scope: scope)
      proof = first
      guard let assignment = solution.assignment else { return first }
      let candidate = Candidate(pipeline.placement(of: assignment), task: task)
      incumbents.offer(candidate)
      if candidate.fits {
        if let charge = leftOut(of: candidate, objective: certificate.objective) {
          let charged = PipelineProblem(
            task: task, units: units, kinds: kinds, flows: flows, order: order, reserve: reserve,
            charge: charge)
          if let assignment = try solve(charged.problem, knownBound: nil).assignment {
            incumbents.offer(Candidate(charged.placement(of: assignment), task: task))
          }
        }
        return first
      }
      reserve = zip(reserve, candidate.excessBytes).map { $0 + max(0, $1) }
      for kind in kinds.representatives.indices {
        // Alike cards stay interchangeable only while they keep as much free as each other.
        let alike = task.system.cards.indices.filter { kinds.kindOfCard[$0] == kind }.map { $0 + 1 }
        let most = alike.map { reserve[$0] }.max() ?? 0
        for device in alike { reserve[device] = most }
      }
    }
    return proof ?? Proof(bound: 0, provedBy: "nothing", scope: scope)
  }

  /// What makes a pipeline slower than its problem says; `nil` where nothing that is charged would tell.
  private func leftOut(of plan: Candidate, objective: Double?) -> PipelineProblem.Charge? {
    // Too few requests in flight: one for which they are held less long.
    if plan.loads.turnSeconds > 0 { return .places(plan.requestsInFlight) }
    // What keeps a link busy tells little of one request's time.
    guard task.objective != .latency, let objective else { return nil }
    return plan.loads.bottleneckSeconds > objective * (1 + task.search.gap) ? .commands : nil
  }

  private func solve(_ problem: Problem, knownBound: Double?) throws(PlanningFailure) -> Solution {
    // The next try, which knows how much activations take, needs work too.
    var options = task.search(clock.half)
    options.knownBound = knownBound
    options.effort = .brief
    do {
      let solution = try Optimizer.solve(problem, options: options)
      clock.spend(solution.certificate.ticks)
      return solution
    } catch {
      throw .refused("\(error)")
    }
  }

  // MARK: Words

  private var scope: String {
    "every placement of the model's \(units.units.count) units (an operator with what is fused into it)"
      + "\(task.graph.embeddingTables.isEmpty ? "" : " and its embedding tables") on the host or on one card\(order == .free ? "" : ", each card's in one piece")\(task.rules.scope)"
  }
}

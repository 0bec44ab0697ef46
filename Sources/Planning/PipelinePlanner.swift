import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans models whose dense part is too large for a card: every unit and every whole table on the host or on one card.
///
/// The plan is sought with ``PipelineProblem``; its memory is told how much the activations of the last try needed, until
/// the lowering says that it fits. A plan of the other planners is taken where it is better. The bound is that of
/// ``NetSplitPlanner`` with the memory of all cards together; where cards differ, that bound does not hold for single
/// cards, and the pipeline's own takes its place.
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

  init(task: PlanningTask, replicated: NetSplitPlanner, clock: SearchClock) {
    self.task = task
    self.replicated = replicated
    self.clock = clock
    kinds = replicated.kinds
    units = replicated.units
    flows = replicated.flows
    order = replicated.needsSingleCards ? .free : .acyclicQuotient
  }

  func plan() throws(PlanningFailure) -> PlannedModel {
    let areAlike = kinds.representatives.count == 1
    let pooled = areAlike ? try replicated.pooledProof(clock: clock) : nil
    let pipeline = try pipeline(knownBound: pooled?.bound)
    let other = try alternative()
    var best = pipeline.candidate
    if let other {
      let candidate = Candidate(other.placement, task: task)
      if candidate.isBetter(than: best, for: task) { best = candidate }
    }
    guard let best else {
      throw .infeasible(MemoryShortage(task: task, units: units, kinds: kinds).reasons())
    }
    let proof = pooled ?? pipeline.proof
    var bound = replicated.objectiveBound(bottleneck: proof.bound)
    var scope = proof.scope
    if !areAlike, let other {
      bound = min(bound, other.bound)
      scope += "; and \(other.scope)"
    }
    return PlannedModel(
      placement: best.placement, bound: bound, provedBy: proof.provedBy, scope: scope,
      notes: notes(best.placement) + replicated.notes(best.placement))
  }

  /// The best pipeline found that fits, and what was proven about all of them.
  private func pipeline(
    knownBound: Double?
  ) throws(PlanningFailure) -> (candidate: Candidate?, proof: BottleneckProof) {
    var reserve = Array(repeating: 0.0, count: 1 + task.system.cards.count)
    var proof: BottleneckProof?
    for _ in 0..<Self.attempts {
      let pipeline = PipelineProblem(
        task: task, units: units, kinds: kinds, flows: flows, order: order, reserve: reserve)
      let solution = try solve(pipeline.problem, knownBound: knownBound)
      // Only the first try leaves activations out of account, so only its bound holds for all pipelines.
      let first =
        proof
        ?? BottleneckProof(
          bound: solution.certificate.bound, provedBy: solution.certificate.provedBy, scope: scope)
      proof = first
      guard let assignment = solution.assignment else { return (nil, first) }
      let candidate = Candidate(pipeline.placement(of: assignment), task: task)
      if candidate.fits { return (candidate, first) }
      reserve = zip(reserve, candidate.excessBytes).map { $0 + max(0, $1) }
      for kind in kinds.representatives.indices {
        // Alike cards stay interchangeable only while they keep as much free as each other.
        let alike = task.system.cards.indices.filter { kinds.kindOfCard[$0] == kind }.map { $0 + 1 }
        let most = alike.map { reserve[$0] }.max() ?? 0
        for device in alike { reserve[device] = most }
      }
    }
    return (nil, proof ?? BottleneckProof(bound: 0, provedBy: "nothing", scope: scope))
  }

  private func solve(_ problem: Problem, knownBound: Double?) throws(PlanningFailure) -> Solution {
    var options = task.search(clock)
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

  /// The plan of the planner that knows no single cards for operators; `nil` where it has none.
  private func alternative() throws(PlanningFailure) -> PlannedModel? {
    do {
      return task.graph.embeddingTables.isEmpty
        ? try replicated.plan(clock: clock) : try ShardingPlanner(task: task, clock: clock).plan()
    } catch {
      switch error {
      case .infeasible, .noneFound: return nil
      case .limit, .refused: throw error
      }
    }
  }

  // MARK: Words

  private var scope: String {
    "every placement of the model's \(units.units.count) units (an operator with what is fused into it)"
      + "\(task.graph.embeddingTables.isEmpty ? "" : " and its embedding tables") on the host or on one card\(order == .free ? "" : ", each card's in one piece")\(task.rules.scope)"
  }

  private func notes(_ placement: ModelPlacement) -> [String] {
    let cards = Set(placement.operators.filter { $0 != .host && $0 != .everyCard }).count
    guard cards > 1 else { return [] }
    let operators = units.units.filter(\.isSupportedOnCards).flatMap(\.operators).sorted()
    let weights = Double(task.costs.weightBytes(of: operators, on: .card(0)))
    let reason =
      replicated.denseFitsEveryCard()
      ? "not every card runs every operator"
      : "the operators' constants take \(gigabytes(weights)), too much for a copy on every card beside what else is there"
    return ["\(cards) cards run a part of the model each, one after the other: \(reason)"]
  }
}

import CostModel
import Placement
import Plan

/// Copies whose cards set some of their cores apart for look-ups.
extension NetSplitPlanner {
  /// What was proven, and whether of copies alone: cards that hold alike units also divide their cores alike.
  struct Value {
    var bound: Double
    var provedBy: String
    var isOfCopies = false

    init(_ solution: Solution?, orOnHost host: Double) {
      (bound, provedBy) = (host, "all on the host")
      if let certificate = solution?.certificate, certificate.status != .infeasible {
        (bound, provedBy) = (min(host, certificate.bound), certificate.provedBy.rawValue)
      }
    }
  }

  /// An objective that is good enough once it is proven; infinite without a plan.
  func enough(_ best: Candidate?) -> Double? {
    best.map { $0.value(task.objective) * (1 - task.search.gap) }
  }

  func isProven(_ best: Candidate?, _ proof: Value) -> Bool {
    enough(best).map { $0 <= proof.bound } ?? false
  }

  /// Of the time and work, for one division of the cores.
  static let divisionShare = 0.05

  /// A proof over all divisions of the cores, which are bounded apart from one another while that tells more.
  func divided(
    _ whole: Value, clock: SearchClock, _ best: inout Candidate?, _ incumbents: inout Incumbents,
    solve: (Problem, Double?) throws(PlanningFailure) -> Solution
  ) throws(PlanningFailure) -> Value {
    guard setsCoresApart, kinds.representatives.count == 1, !isProven(best, whole) else { return whole }
    let cores = task.system.cards[kinds.representatives[0]].processor.cores
    let all = CoreDivision(sparse: 0...max(0, cores - 1), cores: max(1, cores))
    var open = [(division: all, value: whole, isPlanned: false)]
    while let least = open.indices.min(by: { open[$0].value.bound < open[$1].value.bound }),
      !open[least].isPlanned, !isProven(best, open[least].value), !clock.isOver
    {
      let next = open[least].division
      if next.halves.isEmpty {
        // A bound charges no commands, so what it comes with is not the best plan of its division.
        open[least].isPlanned = true
        let solution = try solve(problem(.plan, turns: .any, division: next), nil)
        consider(
          solution, spansCards: false, sparseCores: next.sparse.lowerBound, clock, &best, &incumbents)
        continue
      }
      open.remove(at: least)
      // A plan with cores apart may show that none which shares them is good enough.
      for division in next.halves.reversed() {
        let problem = problem(.bound, turns: .any, division: division)
        if problem.units.contains(where: \.options.isEmpty) { return whole }
        let solution = try solve(problem, enough(best))
        consider(
          solution, spansCards: true, sparseCores: division.sparse.lowerBound, clock, &best, &incumbents)
        var value = Value(solution, orOnHost: leastOnHost(task.objective))
        value.isOfCopies = true
        open.append((division, value, false))
      }
    }
    let least = open.map(\.value).min { $0.bound < $1.bound } ?? whole
    return least.bound > whole.bound ? least : whole
  }
}

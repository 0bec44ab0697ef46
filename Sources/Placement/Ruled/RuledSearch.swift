/// Solves problems with units to keep apart or limited in number, which the engines know nothing of.
///
/// The problem without those rules is a relaxation: its bound holds, its infeasibility too, and an assignment of it that
/// keeps the rules answers the question. Else ``RulePigeonhole`` may refute the rules, limits of number become loads of
/// the relaxation (``CountLanes``), and small problems are enumerated; in others sets to keep apart are pinned to
/// different devices and the relaxation solved again, and its assignment is annealed. Counts its work in steps.
struct RuledSearch {
  private let problem: Problem
  private let options: SearchOptions
  private let clock: SearchClock
  private let relax: (Problem, SearchOptions) throws(ProblemError) -> Solution

  /// Part of all time and work that a relaxation may take.
  private static let relaxationShare = 0.5
  private static let enumerationNodes = 400_000

  /// - Parameter relax: solves a problem without such rules.
  init(
    _ problem: Problem, options: SearchOptions,
    relax: @escaping (Problem, SearchOptions) throws(ProblemError) -> Solution
  ) {
    self.problem = problem
    self.options = options
    self.relax = relax
    clock = SearchClock(options)
  }

  func solve() throws(ProblemError) -> Solution {
    if let reason = RulePigeonhole.refutation(of: problem) {
      return Solution(assignment: nil, certificate: certificate(.infeasible, bound: .infinity, by: reason))
    }
    var relaxed = RulePigeonhole.thinned(problem)
    relaxed.apart = []
    relaxed.limits = []
    var solution = try solveRelaxed(relaxed, clock.options(options, share: Self.relaxationShare))
    clock.report(incumbent: nil, bound: solution.certificate.bound)
    if solution.certificate.status == .infeasible { return solution }
    if let assignment = solution.assignment, isAllowed(assignment) { return solution }
    var best = Incumbent(problem)
    if let start = options.start { best.offer(start) }
    if let lanes = CountLanes(problem) { try count(lanes, relaxed, &solution, &best) }
    let enough = options.sufficientBound.map { solution.certificate.bound >= $0 } ?? false
    if enough && solution.assignment == nil { return solution }

    var enumeration = RuledEnumeration(problem, nodeLimit: Self.enumerationNodes, clock: clock)
    let isExhausted = enumeration.run(&best)
    solution.certificate.nodes += enumeration.nodes
    if isExhausted {
      solution.certificate.bound = best.objective
      solution.certificate.provedBy = "enumeration"
    } else {
      if let pinned = solution.assignment.flatMap(pinned), !problem.apart.isEmpty {
        let other = try solveRelaxed(pinned, clock.options(options, share: Self.relaxationShare))
        solution.certificate.nodes += other.certificate.nodes
        if let assignment = other.assignment { best.offer(assignment) }
      }
      var annealing = RuledAnnealing(
        problem, bound: solution.certificate.bound, seed: options.seed, clock: clock)
      let start = best.assignment ?? solution.assignment
      let isBrief = options.effort == .brief
      for _ in 0..<(isBrief ? 1 : 4) where !isDone(best, solution.certificate.bound) {
        solution.certificate.nodes += annealing.run(
          from: start, gap: options.gap, share: isBrief ? 0.125 : 1, &best)
      }
    }
    return conclude(solution.certificate, best, isExhausted: isExhausted)
  }

  /// Solves a relaxation and counts what it took.
  private func solveRelaxed(_ problem: Problem, _ options: SearchOptions) throws(ProblemError) -> Solution {
    let solution = try relax(problem, options)
    clock.spend(solution.certificate.ticks)
    return solution
  }

  /// Raises the bound of the relaxation by limits of number as loads, and offers what packs well with them.
  private func count(
    _ lanes: CountLanes, _ relaxed: Problem, _ solution: inout Solution, _ best: inout Incumbent
  ) throws(ProblemError) {
    for _ in 0..<3 {
      let raised = try lanes.raise(solution.certificate.bound, of: relaxed) {
        problem throws(ProblemError) -> Double in
        var proof = clock.options(options, share: Self.relaxationShare)
        proof.effort = .bound
        return try solveRelaxed(problem, proof).certificate.bound
      }
      if raised > solution.certificate.bound {
        solution.certificate.bound = raised
        solution.certificate.provedBy = "limits of number in the relaxation"
      }
      if options.effort == .bound || raised <= 0 { return }
      let proof = clock.options(options, share: Self.relaxationShare)
      let packed = try solveRelaxed(lanes.applied(to: relaxed, level: raised), proof)
      solution.certificate.nodes += packed.certificate.nodes
      if let assignment = packed.assignment, !best.offer(assignment) { solution.assignment = assignment }
      guard packed.certificate.bound > raised * (1 + 1e-6) else { return }
      solution.certificate.bound = min(packed.certificate.bound, best.objective)
      if isDone(best, solution.certificate.bound) { return }
    }
  }

  /// The relaxation with every unit to keep apart from others on one device that it shares with none of them: where it
  /// is, or else the first that is free. `nil` where the sets leave a unit no device.
  private func pinned(near assignment: Assignment) -> Problem? {
    var pinned = problem
    pinned.apart = []
    pinned.limits = []
    var homes: [Int: Int] = [:]
    for units in problem.apart {
      var taken = Set(units.compactMap { homes[$0] })
      for unit in Set(units).sorted() where homes[unit] == nil {
        let wished = assignment.choices[unit].devices.prefix(1) + problem.units[unit].devices.sorted()
        guard let home = wished.first(where: { !taken.contains($0) }) else { return nil }
        taken.insert(home)
        homes[unit] = home
        for option in pinned.units[unit].options.indices {
          for shard in pinned.units[unit].options[option].shards.indices {
            pinned.units[unit].options[option].shards[shard].devices.removeAll { $0 != home }
          }
        }
      }
    }
    return pinned
  }

  private func conclude(_ certificate: Certificate, _ best: Incumbent, isExhausted: Bool) -> Solution {
    var certificate = certificate
    certificate.seconds = clock.seconds
    certificate.ticks = clock.ticks
    certificate.objective = best.assignment == nil ? nil : best.objective
    certificate.bound = min(certificate.bound, best.objective)
    if best.assignment == nil {
      certificate.status = isExhausted ? .infeasible : .limit
    } else {
      certificate.status = isDone(best, certificate.bound) ? .optimal : .feasible
    }
    clock.report(incumbent: certificate.objective, bound: certificate.bound)
    return Solution(assignment: best.assignment, certificate: certificate)
  }

  private func isAllowed(_ assignment: Assignment) -> Bool {
    ProblemEvaluator.evaluate(problem, assignment).isFeasible
  }

  private func isDone(_ best: Incumbent, _ bound: Double) -> Bool {
    best.objective.isFinite && best.objective - bound <= max(options.gap, 1e-9) * best.objective
  }

  private func certificate(_ status: Certificate.Status, bound: Double, by step: String) -> Certificate {
    Certificate(
      status: status, objective: nil, bound: bound, provedBy: step, seconds: clock.seconds, nodes: 0,
      ticks: clock.ticks)
  }

  /// The best assignment so far; ``ProblemEvaluator`` judges every candidate.
  struct Incumbent {
    let problem: Problem
    private(set) var assignment: Assignment?
    private(set) var objective = Double.infinity

    init(_ problem: Problem) { self.problem = problem }

    @discardableResult
    mutating func offer(_ candidate: Assignment) -> Bool {
      let evaluation = ProblemEvaluator.evaluate(problem, candidate)
      guard evaluation.isFeasible, evaluation.objective < objective else { return false }
      assignment = candidate
      objective = evaluation.objective
      return true
    }
  }
}

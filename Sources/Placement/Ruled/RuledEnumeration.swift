/// Every assignment of a small problem, depth first; whatever the objective, ``ProblemEvaluator`` judges the leaves.
///
/// A branch is left when memory, a limit or a pair to keep apart is broken, which more units cannot mend, or when a load
/// that is certain by now exceeds the incumbent (throughput: loads only grow). Equal shards of an option go to devices in
/// ascending order, which loses nothing since they are interchangeable.
struct RuledEnumeration {
  private let problem: Problem
  private let clock: SearchClock
  private var state: RuledState
  private var choices: [Assignment.Choice]
  private var nodesLeft: Int
  private(set) var nodes = 0
  private let pieces: [[[Problem.Shard]]]
  private let leaders: [Int]

  init(_ problem: Problem, nodeLimit: Int, clock: SearchClock) {
    self.problem = problem
    self.clock = clock
    nodesLeft = nodeLimit
    state = RuledState(problem)
    choices = problem.units.map { _ in .init(option: 0, devices: []) }
    pieces = problem.units.map {
      $0.options.map { $0.shards.flatMap { Array(repeating: $0, count: $0.count) } }
    }
    leaders = problem.leaders
  }

  private static let ticksPerNode = 500

  /// Assignments beyond which there is no hope that cutting branches leaves few enough.
  private static let mostAssignments = 1e10

  /// By the numbers of options, shards and devices.
  private var assignmentCount: Double {
    pieces.reduce(1) { count, options in
      count * options.reduce(0) { $0 + $1.reduce(1) { $0 * Double($1.devices.count) } }
    }
  }

  /// - Returns: whether every assignment was looked at.
  mutating func run(_ best: Incumbent) -> Bool {
    guard assignmentCount <= Self.mostAssignments else { return false }
    place(unit: 0, best)
    return nodesLeft > 0
  }

  private mutating func place(unit: Int, _ best: Incumbent) {
    nodes += 1
    nodesLeft -= 1
    if nodes & 1023 == 0, clock.spend(1024 * Self.ticksPerNode) { nodesLeft = 0 }
    if nodesLeft <= 0 { return }
    guard unit < problem.units.count else {
      best.offer(Assignment(choices: choices))
      return
    }
    for option in problem.units[unit].options.indices {
      choices[unit].option = option
      place(unit: unit, piece: 0, best)
      if nodesLeft <= 0 { return }
    }
  }

  private mutating func place(unit: Int, piece: Int, _ best: Incumbent) {
    let option = choices[unit].option
    let shards = pieces[unit][option]
    guard piece < shards.count else {
      let leader = leaders[unit]
      if leader != unit, Set(choices[leader].devices) != Set(choices[unit].devices) { return }
      state.add(unit: unit, choices[unit], sign: 1)
      if isOpen(best) { place(unit: unit + 1, best) }
      state.add(unit: unit, choices[unit], sign: -1)
      return
    }
    let isTwin = piece > 0 && shards[piece] == shards[piece - 1]
    let first = isTwin ? choices[unit].devices[piece - 1] : 0
    for device in shards[piece].devices where device >= first {
      nodesLeft -= 1
      choices[unit].devices.append(device)
      place(unit: unit, piece: piece + 1, best)
      choices[unit].devices.removeLast()
      if nodesLeft <= 0 { return }
    }
  }

  private func isOpen(_ best: Incumbent) -> Bool {
    guard state.excess <= RuledState.rounding else { return false }
    // The slack keeps an optimum whose sums were taken in another order.
    return problem.objective != .throughput || state.largestLoad <= best.objective * (1 + 1e-9)
  }
}

extension RuledEnumeration {
  /// Closes the question where every assignment was looked at.
  struct Step: SearchStep {
    let name = StepName.enumeration
    private static let nodeLimit = 400_000

    func run(_ context: RuledContext, within clock: SearchClock) {
      var enumeration = RuledEnumeration(context.problem, nodeLimit: Self.nodeLimit, clock: clock)
      context.isExhausted = enumeration.run(context.incumbent)
      context.incumbent.nodes += enumeration.nodes
      if context.isExhausted { context.incumbent.close(by: name) }
    }
  }
}

import Rules

/// Simulated annealing on assignments under hard rules: units change option or devices, pairs of units trade places.
///
/// The cost is the sum over resources of the eighth power of load over scale, or the latency over scale, plus a heavy
/// price on every excess, so it may pass through assignments that break rules. The scale is the best objective so far,
/// and before there is one so large that the excess decides. Units of one colour move as one. A
/// heuristic; it counts moves, so the same seed gives the same result.
struct RuledAnnealing {
  private let problem: Problem
  private var scale = 1.0
  /// Seconds.
  private let bound: Double
  private let clock: SearchClock
  private var random: SearchRandom
  /// Units that move as one.
  private let blocks: [[Int]]
  private let needsEvaluator: Bool

  private static let price = 30.0
  /// The scale before there is an incumbent, times the largest load.
  private static let first = 10.0
  private static let (hot, cold) = (0.5, 1e-4)

  init(_ problem: Problem, bound: Double, seed: UInt64, clock: SearchClock) {
    self.problem = problem
    self.clock = clock
    self.bound = bound
    random = SearchRandom(seed: seed)
    needsEvaluator = !problem.nets.isEmpty || problem.objective == .latency
    blocks = problem.colourGroups
  }

  /// Moves of one run: fewer where a move costs more.
  private var moves: Int { min(400_000, max(2_000, 60_000_000 / workPerMove)) }

  private var workPerMove: Int {
    let work = needsEvaluator ? 40 * (problem.units.count + problem.nets.count) : 0
    return 60 + work + problem.devices.count * (problem.lanes.count + 4)
  }

  private static let ticksPerWork = 10

  /// - Parameters:
  ///   - start: `nil` for a random one.
  ///   - share: of the moves of a full run.
  /// - Returns: the number of moves made.
  mutating func run(from start: Assignment?, share: Double, _ best: Incumbent) -> Int {
    guard problem.units.allSatisfy({ !$0.options.isEmpty }), !blocks.isEmpty else { return 0 }
    var choices = start?.choices ?? []
    if start == nil {
      choices = problem.units.map { _ in .init(option: 0, devices: []) }
      for block in blocks {
        guard let placed = randomChoices(block) else { return 0 }
        for (unit, choice) in zip(block, placed) { choices[unit] = choice }
      }
    }
    var state = RuledState(problem)
    for (unit, choice) in choices.enumerated() { state.add(unit: unit, choice, sign: 1) }
    scale = best.objective.isFinite ? best.objective : Self.first * max(state.largestLoad, bound)
    scale = max(scale, 1e-300)
    var cost = cost(state, choices)
    let count = max(1, Int(Double(moves) * share))
    var heat = Self.hot
    for move in 0..<count {
      if move & 255 == 0 {
        if clock.spend(move == 0 ? 0 : 256 * workPerMove * Self.ticksPerWork) { return move }
        heat = Self.hot * PortableMath.pow(Self.cold / Self.hot, Double(move) / Double(count))
      }
      guard let change = proposal(choices) else { continue }
      let before = change.map { choices[$0.unit] }
      apply(change, to: &choices, &state)
      let next = self.cost(state, choices)
      if next <= cost || random.unit() < PortableMath.exp((cost - next) / heat) {
        cost = next
        if state.excess == 0, mayImprove(state, best), best.offer(Assignment(choices: choices)) {
          if best.objective <= bound * (1 + best.gap) { return move }
          scale = max(best.objective, 1e-300)
          cost = self.cost(state, choices)
        }
      } else {
        apply(zip(change, before).map { ($0.unit, $1) }, to: &choices, &state)
      }
    }
    return count
  }

  private func mayImprove(_ state: RuledState, _ best: Incumbent) -> Bool {
    needsEvaluator || state.largestLoad < best.objective
  }

  private func cost(_ state: RuledState, _ choices: [Assignment.Choice]) -> Double {
    let penalty = Self.price * state.excess
    guard needsEvaluator else { return penalty + power(state.loads) }
    let evaluation = ProblemEvaluator.evaluate(problem, Assignment(choices: choices))
    let isStuck = evaluation.violations.contains {
      if case .cyclicQuotient = $0 { true } else { false }
    }
    if isStuck { return penalty + 1e6 }
    return penalty
      + (problem.objective == .latency
        ? evaluation.objective / scale : power(Array(evaluation.loads.joined()) + evaluation.shared))
  }

  private func power(_ loads: [Double]) -> Double {
    var sum = 0.0
    for load in loads {
      let square = (load / scale) * (load / scale)
      sum += square * square * square * square
    }
    return min(sum, 1e12)
  }

  private func apply(
    _ change: [(unit: Int, choice: Assignment.Choice)], to choices: inout [Assignment.Choice],
    _ state: inout RuledState
  ) {
    for (unit, choice) in change {
      state.add(unit: unit, choices[unit], sign: -1)
      choices[unit] = choice
      state.add(unit: unit, choice, sign: 1)
    }
  }

  // MARK: Moves

  private mutating func proposal(
    _ choices: [Assignment.Choice]
  ) -> [(unit: Int, choice: Assignment.Choice)]? {
    let block = blocks[random.below(blocks.count)]
    guard block.count == 1 else {
      return randomChoices(block).map { zip(block, $0).map { (unit: $0, choice: $1) } }
    }
    let unit = block[0]
    switch random.below(4) {
    case 0:
      return randomChoice(unit).map { [(unit, $0)] }
    case 1:
      return trade(unit, with: blocks[random.below(blocks.count)], choices)
    default:
      return moved(unit, choices[unit]).map { [(unit, $0)] }
    }
  }

  /// One shard to another device.
  private mutating func moved(_ unit: Int, _ choice: Assignment.Choice) -> Assignment.Choice? {
    let piece = random.below(choice.devices.count)
    let devices = allowed(unit, choice.option, piece)
    guard devices.count > 1 else { return nil }
    var changed = choice
    changed.devices[piece] = devices[random.below(devices.count)]
    return changed.devices == choice.devices ? nil : changed
  }

  /// A shard of each of two units in the other's place.
  private mutating func trade(
    _ unit: Int, with block: [Int], _ choices: [Assignment.Choice]
  ) -> [(unit: Int, choice: Assignment.Choice)]? {
    guard block.count == 1, block[0] != unit else { return nil }
    let other = block[0]
    var (a, b) = (choices[unit], choices[other])
    let (i, j) = (random.below(a.devices.count), random.below(b.devices.count))
    (a.devices[i], b.devices[j]) = (b.devices[j], a.devices[i])
    guard a.devices[i] != b.devices[j], allowed(unit, a.option, i).contains(a.devices[i]),
      allowed(other, b.option, j).contains(b.devices[j])
    else { return nil }
    return [(unit, a), (other, b)]
  }

  /// Devices that a shard of an option may go to.
  private func allowed(_ unit: Int, _ option: Int, _ piece: Int) -> [Int] {
    var next = 0
    for shard in problem.units[unit].options[option].shards {
      next += shard.count
      if piece < next { return shard.devices }
    }
    return []
  }

  private mutating func randomChoice(_ unit: Int, within: Set<Int>? = nil) -> Assignment.Choice? {
    let number = random.below(problem.units[unit].options.count)
    var devices: [Int] = []
    for shard in problem.units[unit].options[number].shards {
      let open = within.map { set in shard.devices.filter(set.contains) } ?? shard.devices
      guard !open.isEmpty else { return nil }
      for _ in 0..<shard.count { devices.append(open[random.below(open.count)]) }
    }
    return .init(option: number, devices: devices)
  }

  /// Choices for units that stay together: all on the devices of the first; `nil` when none came up.
  private mutating func randomChoices(_ block: [Int]) -> [Assignment.Choice]? {
    for _ in 0..<20 {
      guard let first = randomChoice(block[0]) else { continue }
      let home = Set(first.devices)
      var choices = [first]
      for unit in block.dropFirst() {
        for _ in 0..<20 {
          guard let choice = randomChoice(unit, within: home), Set(choice.devices) == home else { continue }
          choices.append(choice)
          break
        }
      }
      if choices.count == block.count { return choices }
    }
    return nil
  }
}

extension RuledAnnealing {
  /// Runs from the best assignment, or from that of the relaxation.
  struct Step: SearchStep {
    let name = StepName.ruledAnnealing
    private static let runs = 4
    /// Of the moves of a run, where the caller is in a hurry.
    private static let briefShare = 0.125

    func run(_ context: RuledContext, within clock: SearchClock) {
      let incumbent = context.incumbent
      let options = incumbent.options
      var annealing = RuledAnnealing(
        context.problem, bound: incumbent.bound, seed: options.seed, clock: clock)
      let start = incumbent.assignment ?? context.relaxed
      let isBrief = options.effort == .brief
      for _ in 0..<(isBrief ? 1 : Self.runs) where !incumbent.isDone {
        incumbent.nodes += annealing.run(from: start, share: isBrief ? Self.briefShare : 1, incumbent)
      }
    }
  }
}

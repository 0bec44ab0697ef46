/// Improves a net-split by moving units, and stretches of units that follow each other, between the two devices.
///
/// First the units move over one after the other from either end of the order of the nets, and the best prefix and suffix stay;
/// then simulated annealing (Kirkpatrick et al. 1983) moves single units and stretches. Where stages are limited every
/// unit has one, no later than its readers' and no earlier than its producers', and moves only between the stages that these
/// leave: each state keeps the limit. Units of a colour stay where they are. A heuristic.
struct SplitDescent {
  private let table: SplitState.Table
  private let problem: Problem
  /// The units along the nets where those form no circle, else as they are numbered.
  private let order: [Int]
  private let position: [Int]
  private let neighbours: UnitOrder?
  private let clock: SearchClock
  private let isFixed: [Bool]
  /// By unit and device: its options there.
  private let options: [[[Int]]]
  private var state: SplitState
  /// By unit; as many as devices where stages are not limited.
  private var stage: [Int]
  private let stageCount: Int
  private var random: SearchRandom
  private var scale: Double
  private var best: (value: Double, option: [Int], stage: [Int])

  private static let ticksPerMove = 120
  private static let longest = 400
  /// Relative: less of an improvement is not worth a copy of the state.
  private static let worthwhile = 1e-5

  /// - Parameter start: keeps the limit of stages.
  init(_ table: SplitState.Table, from start: Assignment, order: UnitOrder?, seed: UInt64, clock: SearchClock)
  {
    self.table = table
    problem = table.problem
    self.clock = clock
    neighbours = table.problem.stages == nil ? nil : order
    let sequence = order?.order ?? Array(table.problem.units.indices)
    self.order = sequence
    var position = sequence
    for (place, unit) in sequence.enumerated() { position[unit] = place }
    self.position = position
    options = problem.units.map { unit in
      (0...1).map { device in unit.options.indices.filter { unit.options[$0].onlyDevice == device } }
    }
    isFixed = zip(problem.units, options).map { unit, own in
      unit.colour != nil || own[0].isEmpty && own[1].count < 2 || own[1].isEmpty && own[0].count < 2
    }
    state = SplitState(table, start)
    stageCount = neighbours == nil ? 2 : problem.stages ?? 2
    stage = state.side.map(Int.init)
    if let neighbours { stage = neighbours.stages(of: stage) }
    random = SearchRandom(seed: seed)
    scale = max(state.bottleneck, 1e-300)
    best = (.infinity, state.option, stage)
    best.value = cost
  }

  /// Seconds, with a large part of what overflows memory.
  private var cost: Double {
    let loads = table.width - 2
    var most = 0.0
    var sum = 0.0
    for index in 0..<loads {
      most = max(most, state.levels[index])
      sum += state.levels[index]
    }
    for device in 0...1 {
      let (level, capacity) = (state.levels[loads + device], problem.devices[device].memory)
      if level > capacity { most += scale * (0.05 + 10 * (level / max(1, capacity) - 1)) }
    }
    return most + 0.01 * sum / Double(loads)
  }

  /// The best assignment found.
  mutating func run(moves: Int) -> Assignment {
    sweep(order, to: 0)
    restore()
    sweep(order.reversed(), to: neighbours == nil ? 0 : 2)
    restore()
    anneal(moves: moves)
    restore()
    return state.assignment
  }

  private mutating func keep() {
    let now = cost
    if now < best.value * (1 - Self.worthwhile) { best = (now, state.option, stage) }
  }

  private mutating func restore() {
    for unit in order where state.option[unit] != best.option[unit] {
      state.move(unit, to: best.option[unit])
    }
    stage = best.stage
    state.refresh()
  }

  /// The stages a unit may be in.
  private func window(_ unit: Int) -> ClosedRange<Int> {
    guard let neighbours else { return 0...1 }
    let first = neighbours.before[unit].reduce(0) { max($0, stage[$1]) }
    let last = neighbours.behind[unit].reduce(stageCount - 1) { min($0, stage[$1]) }
    return first...max(first, last)
  }

  /// Moves a unit to a stage with its option of least cost there that is known.
  ///
  /// - Returns: whether it may be there.
  private mutating func place(_ unit: Int, _ target: Int) -> Bool {
    guard target != stage[unit], target < stageCount, window(unit).contains(target) else { return false }
    let own = options[unit][target % 2]
    guard !isFixed[unit], !own.isEmpty else { return false }
    if target % 2 != stage[unit] % 2 {
      state.move(unit, to: own.count == 1 ? own[0] : own[random.below(own.count)])
    }
    stage[unit] = target
    return true
  }

  private mutating func sweep(_ units: some Sequence<Int>, to target: Int) {
    guard target < stageCount else { return }
    for (count, unit) in units.enumerated() {
      if place(unit, target) { keep() }
      if count & 1023 == 0, clock.spend(1024 * Self.ticksPerMove) { return }
    }
  }

  private mutating func anneal(moves: Int) {
    guard !order.isEmpty else { return }
    var current = cost
    // Units that were moved, or looked at, since the work was counted.
    var tries = 0
    var undone: [(unit: Int, option: Int, stage: Int)] = []
    for move in 0..<moves {
      if move & 255 == 0 {
        if clock.spend(tries * Self.ticksPerMove) { return }
        tries = 0
      }
      tries += 1
      if move & 0xffff == 0xffff {
        state.refresh()
        current = cost
      }
      let heat = scale * 0.003 * (1 - Double(move) / Double(moves))
      undone.removeAll(keepingCapacity: true)
      let first = order[random.below(order.count)]
      // Half of the moves take one unit, the others a stretch whose length is drawn alike from all magnitudes.
      let isSingle = random.below(2) == 0
      let length = isSingle ? 1 : 1 + random.below(1 << (1 + random.below(9)))
      let target = neighbours == nil ? 1 - stage[first] : stage[first] + (random.below(2) == 0 ? 1 : -1)
      if options[first][Int(state.side[first])].count > 1, random.below(3) == 0 {
        let own = options[first][Int(state.side[first])]
        undone.append((first, state.option[first], stage[first]))
        state.move(first, to: own[random.below(own.count)])
      } else if target >= 0, target < stageCount {
        // Towards later stages the last unit goes first, so that the window of each is open.
        let step = target > stage[first] ? -1 : 1
        var place = position[first]
        for _ in 0..<min(length, Self.longest) where place >= 0 && place < order.count {
          let unit = order[place]
          place += step
          tries += 1
          guard stage[unit] != target else { continue }
          let before = (unit, state.option[unit], stage[unit])
          if self.place(unit, target) { undone.append(before) }
        }
      }
      if undone.isEmpty { continue }
      let next = cost
      if next <= current || random.unit() < PortableMath.exp((current - next) / max(heat, 1e-300)) {
        current = next
        if next < best.value * (1 - Self.worthwhile) { best = (next, state.option, stage) }
        continue
      }
      tries += undone.count
      for (unit, option, own) in undone.reversed() {
        if state.option[unit] != option { state.move(unit, to: option) }
        stage[unit] = own
      }
    }
  }
}

extension SplitDescent {
  /// Betters the plan in hand.
  struct Step: SearchStep {
    let name = StepName.splitDescent
    private static let movesPerUnit = 200

    func applies(to context: SplitContext) -> Bool { context.incumbent.assignment != nil }

    func run(_ context: SplitContext, within clock: SearchClock) {
      guard let start = context.incumbent.assignment else { return }
      var descent = SplitDescent(
        context.table, from: start, order: context.order ?? UnitOrder(context.problem),
        seed: context.incumbent.options.seed, clock: clock)
      context.incumbent.offer(descent.run(moves: Self.movesPerUnit * context.problem.units.count))
    }
  }
}

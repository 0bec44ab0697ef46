import Rules

/// A plan of items on devices that annealing changes, one item after the other.
protocol AnnealedPlan: Sendable {
  var model: GraphModel { get }
  var nets: FlatNets { get }
  var home: [Int] { get }
  var mode: [Int] { get }
  /// Modes an item has on a device.
  func modeCount(_ item: Int, _ device: Int) -> Int
  mutating func move(_ item: Int, to device: Int, mode: Int)

  /// What is lowered; positive.
  var cost: Double { get }
  /// Brings the cost up to date with the moves.
  mutating func settle()
  /// Brings it back to what it was, once the moves since are undone.
  mutating func unsettle(to cost: Double)
  /// Drops the rounding of many moves, and sets what the cost is relative to.
  mutating func refresh(fromScratch: Bool)
  /// Seconds: the objective.
  var value: Double { get }
  var fitsMemory: Bool { get }

  /// Of a proposal, and of each item that it moves.
  var ticksPerMove: (proposal: Int, item: Int) { get }
  /// Moves between two looks at the clock.
  var movesPerCheck: Int { get }
}

/// Simulated annealing (Kirkpatrick, Gelatt, Vecchi 1983) over single items, connected clusters and exchanges, with one seed.
///
/// With `positions` every net between ordered items must lead to the same or a later position, the staged form of an
/// acyclic quotient graph; a move that breaks it is not tried.
struct Annealing<Plan: AnnealedPlan> {
  struct Result: Sendable {
    var homes: [Int]
    var modes: [Int]
    /// Seconds; `.infinity` when memory was never kept.
    var value: Double
    var moves: Int
  }

  enum Move { case item, cluster, exchange, mode }

  /// How the temperature, a relative change of the cost, falls.
  enum Cooling {
    case geometric
    /// With the square of the moves that are left.
    case quadratic
  }

  private let model: GraphModel
  private let positions: [Int]?
  /// One is drawn for each proposal.
  private let mix: [Move]
  private let largestCluster: Int
  private var plan: Plan
  private var random: SearchRandom
  private var best: Result
  private var journal: [(item: Int, home: Int, mode: Int)] = []
  private var mark: [Int32]
  private var markRound: Int32 = 0
  private var cluster: [Int] = []

  /// - Parameter mix: moves by how often they are to be tried.
  init(
    _ start: Plan, positions: [Int]?, mix: [(move: Move, count: Int)], largestCluster: Int, seed: UInt64
  ) {
    model = start.model
    self.positions = positions
    self.mix = mix.flatMap { Array(repeating: $0.move, count: $0.count) }
    self.largestCluster = largestCluster
    plan = start
    random = SearchRandom(seed: seed)
    best = Result(
      homes: start.home, modes: start.mode, value: start.fitsMemory ? start.value : .infinity, moves: 0)
    mark = Array(repeating: 0, count: start.model.itemCount)
  }

  /// Runs a number of moves with the temperature falling from `hot` to `cold`.
  ///
  /// - Parameter shouldStop: told the ticks of the moves since.
  mutating func run(
    moves: Int, hot: Double, cold: Double, cooling: Cooling = .geometric, target: Double,
    shouldStop: (Int) -> Bool
  ) -> Result {
    guard model.problem.devices.count > 1, model.itemCount > 0, moves > 0 else { return best }
    var temperature = hot
    let block = 256
    let factor = PortableMath.pow(cold / hot, 1 / Double(max(1, moves / block)))
    let ticks = plan.ticksPerMove
    var work = 0
    defer { _ = shouldStop(work) }
    let gain = model.itemCount > Self.largeModel ? Self.largeModelGain : Self.rounding
    plan.refresh(fromScratch: false)
    for number in 0..<moves {
      if number % block == 0 {
        if best.value <= target { break }
        switch cooling {
        case .geometric: temperature *= factor
        case .quadratic:
          let left = 1 - Double(number) / Double(moves)
          temperature = cold + (hot - cold) * left * left
        }
        if number % plan.movesPerCheck == 0 {
          if shouldStop(work) { break }
          work = ticks.proposal * plan.movesPerCheck
        }
        if number % (block * 64) == 0 { plan.refresh(fromScratch: true) }
      }
      let before = plan.cost
      journal.removeAll(keepingCapacity: true)
      propose()
      if journal.isEmpty { continue }
      work += ticks.item * journal.count
      plan.settle()
      best.moves += 1
      let change = (plan.cost - before) / before
      if plan.cost <= before || random.unit() < PortableMath.exp(-change / temperature) {
        if plan.cost < before { note(gain: gain) }
      } else {
        for entry in journal.reversed() { plan.move(entry.item, to: entry.home, mode: entry.mode) }
        plan.unsettle(to: before)
      }
    }
    note(gain: Self.rounding)
    return best
  }

  private static var rounding: Double { 1e-12 }
  /// Improvements smaller than this are not worth a copy of a large plan.
  private static var largeModelGain: Double { 5e-4 }
  private static var largeModel: Int { 2_000 }

  /// Remembers the plan when it is better by the gain: a smaller cost alone does not mean that.
  private mutating func note(gain: Double) {
    let value = plan.value
    guard value < best.value * (1 - gain), plan.fitsMemory else { return }
    best.homes = plan.home
    best.modes = plan.mode
    best.value = value
  }

  // MARK: Moves

  private mutating func propose() {
    let item = random.below(model.itemCount)
    switch mix[random.below(mix.count)] {
    case .item: _ = tryMove(item, to: target(for: item))
    case .cluster: moveCluster(from: item)
    case .exchange: exchange(item)
    case .mode:
      let count = plan.modeCount(item, plan.home[item])
      if count > 1 { shift(item, to: plan.home[item], mode: random.below(count)) }
    }
  }

  /// A device where the item has a neighbour, or any.
  private mutating func target(for item: Int) -> Int {
    let start = plan.nets.start[item]
    let count = plan.nets.start[item + 1] - start
    if count > 0 && random.below(4) > 0 {
      let net = plan.nets.index[start + random.below(count)]
      let producer = plan.nets.producer[net]
      if producer != item && random.below(2) == 0 { return plan.home[producer] }
      return plan.home[randomReader(of: net)]
    }
    return random.below(model.problem.devices.count)
  }

  private mutating func randomReader(of net: Int) -> Int {
    plan.nets.readers[plan.nets.readerStart[net] + random.below(plan.nets.readerCount[net])]
  }

  private mutating func tryMove(_ item: Int, to device: Int) -> Bool {
    guard device != plan.home[item], isAllowed(item, device) else { return false }
    let count = plan.modeCount(item, device)
    shift(item, to: device, mode: count == 1 ? 0 : random.below(count))
    return true
  }

  private func isAllowed(_ item: Int, _ device: Int) -> Bool {
    guard plan.modeCount(item, device) > 0 else { return false }
    guard let positions else { return true }
    let position = positions[device]
    for before in model.predecessors[item] where positions[plan.home[before]] > position { return false }
    for after in model.successors[item] where positions[plan.home[after]] < position { return false }
    return true
  }

  private mutating func shift(_ item: Int, to device: Int, mode: Int) {
    journal.append((item, plan.home[item], plan.mode[item]))
    plan.move(item, to: device, mode: mode)
  }

  /// Moves connected items of one device together. In staged form the order of moves decides which are allowed:
  /// towards later positions the last item goes first.
  private mutating func moveCluster(from seed: Int) {
    let source = plan.home[seed]
    let device = target(for: seed)
    guard device != source else { return }
    let size = 2 + random.below(largestCluster - 1)
    markRound += 1
    cluster.removeAll(keepingCapacity: true)
    cluster.append(seed)
    mark[seed] = markRound
    var head = 0
    while head < cluster.count && cluster.count < size {
      let item = cluster[head]
      head += 1
      for slot in plan.nets.start[item]..<plan.nets.start[item + 1] where cluster.count < size {
        let net = plan.nets.index[slot]
        grow(plan.nets.producer[net], source)
        // A tensor with many readers would swallow the whole cluster: take a few.
        for _ in 0..<min(3, plan.nets.readerCount[net]) where cluster.count < size {
          grow(randomReader(of: net), source)
        }
      }
    }
    if positions != nil {
      moveStaged(to: device)
    } else {
      for item in cluster { _ = tryMove(item, to: device) }
    }
  }

  private mutating func grow(_ item: Int, _ source: Int) {
    if mark[item] == markRound || plan.home[item] != source { return }
    mark[item] = markRound
    cluster.append(item)
  }

  /// Repeats passes over the cluster until no further item may move.
  private mutating func moveStaged(to device: Int) {
    var left = cluster
    for _ in 0..<cluster.count {
      let waiting = left.filter { !tryMove($0, to: device) }
      if waiting.count == left.count { return }
      left = waiting
    }
  }

  private mutating func exchange(_ item: Int) {
    let other = random.below(model.itemCount)
    let (a, b) = (plan.home[item], plan.home[other])
    guard a != b, tryMove(item, to: b) else { return }
    _ = tryMove(other, to: a)
  }
}

import Rules

/// Simulated annealing of the latency over single items, connected clusters and exchanges, with one seed.
struct LatencyAnnealing {
  struct Result: Sendable {
    var homes: [Int]
    var modes: [Int]
    /// Seconds; `.infinity` when no allowed plan was met.
    var latency: Double
    var moves: Int
  }

  private let model: GraphModel
  private let neighbours: [[Int]]
  private var state: LatencyState
  private var random: SearchRandom
  private var journal: [(item: Int, home: Int, mode: Int)] = []
  private var mark: [Int32]
  private var markRound: Int32 = 0
  private var cluster: [Int] = []

  static let largestCluster = 32
  /// Of one move, which works the whole latency out again.
  private static let ticksPerItem = 4
  /// What a full device's worth of excess memory costs, as a part of the latency.
  static let excessWeight = 2.0

  init(_ state: LatencyState, seed: UInt64) {
    model = state.model
    self.state = state
    random = SearchRandom(seed: seed)
    mark = Array(repeating: 0, count: state.model.itemCount)
    neighbours = state.model.netsOf.enumerated().map { item, nets in
      var found: Set<Int> = []
      for net in nets {
        found.insert(state.model.nets[net].producer)
        if state.model.nets[net].producer == item { found.formUnion(state.model.nets[net].consumers) }
      }
      found.remove(item)
      return found.sorted()
    }
  }

  /// - Parameter shouldStop: told the ticks every few moves.
  mutating func run(
    moves: Int, hot: Double, cold: Double, target: Double, shouldStop: (Int) -> Bool
  ) -> Result {
    var current = cost()
    var best = Result(homes: state.home, modes: state.mode, latency: .infinity, moves: 0)
    if state.excess == 0 && current < .infinity { best.latency = current }
    guard model.problem.devices.count > 1, model.itemCount > 0 else { return best }
    var ticks = 0
    for number in 0..<moves {
      if number & 63 == 0 {
        if best.latency <= target || shouldStop(ticks) { break }
        ticks = 64 * Self.ticksPerItem * (model.itemCount + model.nets.count)
      }
      // Falls with the square of the time left.
      let left = 1 - Double(number) / Double(moves)
      let temperature = cold + (hot - cold) * left * left
      journal.removeAll(keepingCapacity: true)
      propose()
      if journal.isEmpty { continue }
      best.moves += 1
      let next = cost()
      let isBetter = next <= current
      let threshold = -PortableMath.ln(max(random.unit(), 0x1p-54)) * temperature
      if next < .infinity && (isBetter || next - current < threshold * min(current, 1e300)) {
        current = next
        if next < best.latency * (1 - 1e-12) && state.excess == 0 {
          best.homes = state.home
          best.modes = state.mode
          best.latency = next
        }
      } else {
        for entry in journal.reversed() { state.move(entry.item, to: entry.home, mode: entry.mode) }
      }
    }
    return best
  }

  private mutating func cost() -> Double {
    let latency = state.latency()
    return latency * (1 + Self.excessWeight * state.excess)
  }

  private mutating func propose() {
    let item = random.below(model.itemCount)
    switch random.below(8) {
    case 0..<3: tryMove(item, to: target(for: item))
    case 3..<7: moveCluster(from: item)
    default: exchange(item)
    }
  }

  private mutating func target(for item: Int) -> Int {
    let around = neighbours[item]
    if !around.isEmpty && random.below(3) > 0 { return state.home[around[random.below(around.count)]] }
    return random.below(model.problem.devices.count)
  }

  private mutating func tryMove(_ item: Int, to device: Int) {
    let count = state.modeCount(item, device)
    guard count > 0, device != state.home[item] || count > 1 else { return }
    journal.append((item, state.home[item], state.mode[item]))
    state.move(item, to: device, mode: count == 1 ? 0 : random.below(count))
  }

  private mutating func moveCluster(from seed: Int) {
    let source = state.home[seed]
    let device = target(for: seed)
    guard device != source else { return }
    let size = 2 + random.below(Self.largestCluster - 1)
    markRound += 1
    cluster.removeAll(keepingCapacity: true)
    cluster.append(seed)
    mark[seed] = markRound
    var head = 0
    while head < cluster.count && cluster.count < size {
      for next in neighbours[cluster[head]]
      where mark[next] != markRound && state.home[next] == source && cluster.count < size {
        mark[next] = markRound
        cluster.append(next)
      }
      head += 1
    }
    for item in cluster { tryMove(item, to: device) }
  }

  private mutating func exchange(_ item: Int) {
    let other = random.below(model.itemCount)
    let (a, b) = (state.home[item], state.home[other])
    guard a != b else { return }
    tryMove(item, to: b)
    tryMove(other, to: a)
  }
}

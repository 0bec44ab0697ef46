import Rules

/// Simulated annealing over single items, connected clusters and exchanges, with one seed.
///
/// With `positions` every net between ordered items must lead to the same or a later position, the staged form of an
/// acyclic quotient graph; a move that breaks it is not tried.
struct Annealing {
  struct Result: Sendable {
    var homes: [Int]
    var modes: [Int]
    /// Seconds; `.infinity` when memory was never kept.
    var largestLoad: Double
    var moves: Int
  }

  private let model: GraphModel
  private let positions: [Int]?
  private var state: PlacementState
  private var random: SearchRandom
  private var best: Result
  private var journal: [(item: Int, home: Int, mode: Int)] = []
  private var mark: [Int32]
  private var markRound: Int32 = 0
  private var cluster: [Int] = []

  static let largestCluster = 24
  private static let ticksPerMove = 100

  init(_ start: PlacementState, positions: [Int]?, seed: UInt64) {
    model = start.model
    self.positions = positions
    state = start
    random = SearchRandom(seed: seed)
    best = Result(
      homes: start.home, modes: start.mode,
      largestLoad: start.fitsMemory ? start.largestLoad : .infinity, moves: 0)
    mark = Array(repeating: 0, count: start.model.itemCount)
  }

  /// Runs a number of moves with the temperature falling from `hot` to `cold` (relative changes of the cost).
  ///
  /// - Parameter shouldStop: told the ticks every few thousand moves.
  mutating func run(
    moves: Int, hot: Double, cold: Double, target: Double, shouldStop: (Int) -> Bool
  ) -> Result {
    let devices = state.deviceCount
    guard devices > 1, model.itemCount > 0, moves > 0 else { return best }
    var temperature = hot
    let block = 256
    let cooling = PortableMath.pow(cold / hot, 1 / Double(max(1, moves / block)))
    // Items moved, and moves, since the work was counted.
    var shifts = 0
    defer { _ = shouldStop(Self.ticksPerMove * shifts) }
    let gain = model.itemCount > Self.largeModel ? Self.largeModelGain : Self.rounding
    state.refresh(scale: max(state.largestLoad, 1e-300))
    for number in 0..<moves {
      if number % block == 0 {
        if best.largestLoad <= target { break }
        temperature *= cooling
        if number % (block * 16) == 0 {
          if shouldStop(Self.ticksPerMove * shifts) { break }
          shifts = block * 16
        }
        if number % (block * 64) == 0 {
          state.rebuild()
          state.refresh(scale: max(state.largestLoad, 1e-300))
        }
      }
      let before = state.cost
      journal.removeAll(keepingCapacity: true)
      propose()
      if journal.isEmpty { continue }
      shifts += journal.count
      state.settle()
      best.moves += 1
      let change = (state.cost - before) / before
      if change <= 0 || random.unit() < PortableMath.exp(-change / temperature) {
        if state.cost < before { note(gain: gain) }
      } else {
        for entry in journal.reversed() { state.move(entry.item, to: entry.home, mode: entry.mode) }
        state.settle()
      }
    }
    note(gain: Self.rounding)
    return best
  }

  private static let rounding = 1e-12
  /// Improvements smaller than this are not worth a copy of a large plan.
  private static let largeModelGain = 5e-4
  private static let largeModel = 2_000

  /// Remembers the plan when its largest load is smaller by the gain: a smaller cost alone does not mean that.
  private mutating func note(gain: Double) {
    let largest = state.largestLoad
    guard largest < best.largestLoad * (1 - gain), state.fitsMemory else { return }
    best.homes = state.home
    best.modes = state.mode
    best.largestLoad = largest
  }

  private mutating func propose() {
    let item = random.below(model.itemCount)
    let kind = random.below(16)
    if kind < 7 {
      _ = tryMove(item, to: target(for: item))
    } else if kind < 11 {
      moveCluster(from: item)
    } else if kind < 15 {
      exchange(item)
    } else {
      let count = state.modeCount(item, state.home[item])
      if count > 1 { shift(item, to: state.home[item], mode: random.below(count)) }
    }
  }

  /// A device where the item has a neighbour, or any.
  private mutating func target(for item: Int) -> Int {
    let start = state.nets.start[item]
    let count = state.nets.start[item + 1] - start
    if count > 0 && random.below(4) > 0 {
      let net = state.nets.index[start + random.below(count)]
      let producer = state.nets.producer[net]
      if producer != item && random.below(2) == 0 { return state.home[producer] }
      return state.home[randomReader(of: net)]
    }
    return random.below(state.deviceCount)
  }

  private mutating func randomReader(of net: Int) -> Int {
    state.nets.readers[state.nets.readerStart[net] + random.below(state.nets.readerCount[net])]
  }

  private mutating func tryMove(_ item: Int, to device: Int) -> Bool {
    guard device != state.home[item], isAllowed(item, device) else { return false }
    let count = state.modeCount(item, device)
    shift(item, to: device, mode: count == 1 ? 0 : random.below(count))
    return true
  }

  private func isAllowed(_ item: Int, _ device: Int) -> Bool {
    guard state.modeCount(item, device) > 0 else { return false }
    guard let positions else { return true }
    let position = positions[device]
    for before in model.predecessors[item] where positions[state.home[before]] > position { return false }
    for after in model.successors[item] where positions[state.home[after]] < position { return false }
    return true
  }

  private mutating func shift(_ item: Int, to device: Int, mode: Int) {
    journal.append((item, state.home[item], state.mode[item]))
    state.move(item, to: device, mode: mode)
  }

  /// Moves connected items of one device together. In staged form the order of moves decides which are allowed:
  /// towards later positions the last item goes first.
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
      let item = cluster[head]
      head += 1
      for slot in state.nets.start[item]..<state.nets.start[item + 1] where cluster.count < size {
        let net = state.nets.index[slot]
        grow(state.nets.producer[net], source)
        // A tensor with many readers would swallow the whole cluster: take a few.
        for _ in 0..<min(3, state.nets.readerCount[net]) where cluster.count < size {
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
    if mark[item] == markRound || state.home[item] != source { return }
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
    let (a, b) = (state.home[item], state.home[other])
    guard a != b, tryMove(item, to: b) else { return }
    _ = tryMove(other, to: a)
  }
}

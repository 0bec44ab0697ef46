import Placement
import Rules

/// Changes tables' entries and places under the exact loads, to bring all loads down to a goal within memory.
///
/// A heuristic, simulated annealing (Kirkpatrick, Gelatt, Vecchi 1983): a table gets another entry or card, or two tables
/// of like size exchange their sites. The energy is what loads exceed an aim, relative, and what memory exceeds its room,
/// whose weight follows whether memory is kept. Every round starts hot, where the number of tables on the host, on cards
/// and copied still changes, and ends with a cool one that aims a little below the best arrangement so far.
/// Deterministic: seeded, a fixed number of steps.
struct TableAnnealing {
  private var state: TableArrangement
  private(set) var best: TableArrangement
  private var bestValue: Double
  private let goal: Double
  private let allowed: Range<Int>
  private let isAllowed: (TableArrangement) -> Bool
  private let moves: TableMoves
  private var random: SearchRandom
  /// Seconds: loads above it are energy.
  private var aim: Double
  private var memoryWeight = 1.0

  private struct Phase {
    var steps: Int
    /// Temperatures at its ends; it falls geometrically.
    var hottest: Double
    var coldest: Double
    /// How far below the best arrangement it aims, relative; `nil` to aim at the goal.
    var below: Double?
    /// In what part of the trials memory may be exceeded.
    var exceeding: Double
  }
  private static let phases = [
    Phase(steps: 1_500_000, hottest: 2e-2, coldest: 1e-4, below: nil, exceeding: 0.7),
    Phase(steps: 500_000, hottest: 3e-4, coldest: 1e-5, below: 3e-4, exceeding: 0.1),
  ]
  /// Steps of one temperature.
  private static let block = 256
  private static let ticksPerStep = 300
  private static let ticksPerCard = 15
  /// Trials between two changes of memory's weight, and its factor.
  private static let period = 200
  private static let weightStep = 1.02

  /// - Parameters:
  ///   - goal: seconds; a bottleneck this low ends the search.
  ///   - allowed: cards that may hold shards.
  ///   - isAllowed: whether rules allow it.
  init(
    _ arrangement: TableArrangement, goal: Double, allowed: Range<Int>, seed: UInt64,
    isAllowed: @escaping (TableArrangement) -> Bool
  ) {
    state = arrangement
    best = arrangement
    bestValue = arrangement.fits ? arrangement.bottleneck : .infinity
    self.goal = goal
    aim = goal
    self.allowed = allowed
    self.isAllowed = isAllowed
    moves = TableMoves(arrangement.entries)
    random = SearchRandom(seed: seed)
  }

  mutating func run(rounds: Int, clock: SearchClock) {
    guard goal > 0, !state.entries.isEmpty, !allowed.isEmpty else { return }
    for _ in 0..<rounds {
      memoryWeight = 1
      for phase in Self.phases {
        run(phase, clock)
        if bestValue <= goal || clock.isOver { return }
      }
    }
  }

  private struct Energy {
    /// Sum of what loads exceed the aim, relative to it.
    var load = 0.0
    /// Sum of what memory exceeds its room, relative to it.
    var memory = 0.0
    /// Seconds.
    var largest = 0.0
  }

  private var energy: Energy {
    var energy = Energy()
    energy.largest = state.loads.hostLoad
    energy.load = max(0, energy.largest - aim)
    energy.memory = state.loads.hostExcess
    for card in 0..<state.loads.cardCount {
      let load = state.loads.load(of: card)
      energy.largest = max(energy.largest, load)
      energy.load += max(0, load - aim)
      energy.memory += state.loads.excess(of: card)
    }
    energy.load /= aim
    return energy
  }

  private mutating func run(_ phase: Phase, _ clock: SearchClock) {
    aim = goal
    if let below = phase.below { aim = max(goal, min(bestValue, state.bottleneck) * (1 - below)) }
    var current = energy
    var exceeding = 0
    var trials = 0
    var temperature = phase.hottest
    for step in 0..<phase.steps {
      if step % Self.block == 0 {
        let ticks = Self.ticksPerStep + Self.ticksPerCard * state.loads.cardCount
        if clock.spend(step == 0 ? 0 : Self.block * ticks) { return }
        let progress = Double(step) / Double(phase.steps)
        temperature = phase.hottest * PortableMath.pow(phase.coldest / phase.hottest, progress)
      }
      guard let change = moves.propose(state, allowed: allowed, &random) else { continue }
      trials += 1
      if trials == Self.period {
        let isOften = Double(exceeding) > phase.exceeding * Double(Self.period)
        memoryWeight = min(100, max(0.01, memoryWeight * (isOften ? Self.weightStep : 1 / Self.weightStep)))
        exceeding = 0
        trials = 0
      }
      let old = change.map { TableMoves.Site(of: $0.table, in: state) }
      for site in change { state.put(site.table, site.pick, on: site.cards) }
      let next = energy
      let rise = next.load - current.load + memoryWeight * (next.memory - current.memory)
      if rise <= 0 || random.unit() < PortableMath.exp(-rise / temperature) {
        current = next
        if next.memory == 0, next.largest < bestValue * (1 - 1e-9), isAllowed(state) {
          best = state
          bestValue = next.largest
          if bestValue <= goal { return }
          if let below = phase.below {
            aim = max(goal, bestValue * (1 - below))
            current = energy
          }
        }
      } else {
        for site in old { state.put(site.table, site.pick, on: site.cards) }
      }
      if current.memory > 0 { exceeding += 1 }
    }
  }
}

import Hardware
import Plan

/// Machines that a rate may be served on: systems with some of their cards.
struct MachineMenu {
  struct Machine {
    /// Of the menu's systems.
    var system: Int
    /// Cards by kind.
    var counts: [Int]
    var cards: Int
    /// `nil` where cards are counted.
    var price: Double?

    /// What is to be least.
    var cost: Double { price ?? Double(cards) }

    /// Whether every plan on it is one on another machine as well.
    func isPart(of other: Machine) -> Bool {
      system == other.system && zip(counts, other.counts).allSatisfy { $0 <= $1 }
    }
  }

  private let systems: [System]
  private let kinds: [CardKinds]
  /// The cheapest first, of equal price that with the fewest cards.
  let machines: [Machine]

  /// Beyond it there are too many to go through.
  private static let most = 200_000

  /// `nil` where there are too many.
  init?(_ systems: [System], prices: MachinePrices?) {
    let kinds = systems.map { CardKinds(system: $0) }
    var machines: [Machine] = []
    for (index, system) in systems.enumerated() {
      var counts: [[Int]] = [[]]
      for count in kinds[index].counts {
        guard counts.count <= Self.most / (count + 1) else { return nil }
        counts = counts.flatMap { begun in (0...count).map { begun + [$0] } }
      }
      guard machines.count + counts.count <= Self.most else { return nil }
      machines += counts.map { counts in
        let part = Self.part(of: system, kinds[index], counts)
        return Machine(
          system: index, counts: counts, cards: part.cards.count, price: prices?.price(of: part))
      }
    }
    self.systems = systems
    self.kinds = kinds
    // Stable, so that equals stay in the order of systems.
    self.machines = machines.enumerated().sorted {
      ($0.element.cost, $0.element.cards, $0.offset) < ($1.element.cost, $1.element.cards, $1.offset)
    }.map(\.element)
  }

  func system(of machine: Machine) -> System {
    Self.part(of: systems[machine.system], kinds[machine.system], machine.counts)
  }

  /// The first cards of each kind.
  private static func part(of system: System, _ kinds: CardKinds, _ counts: [Int]) -> System {
    var left = counts
    var part = system
    part.cards = zip(system.cards, kinds.kindOfCard).filter { _, kind in
      left[kind] -= 1
      return left[kind] >= 0
    }.map(\.0)
    return part
  }
}

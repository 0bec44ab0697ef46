import CostModel
import Graph
import Hardware
import Plan

/// A lower bound on the time before the results of all tables are where the operators behind them run.
///
/// With those operators copied to each of k cards, the link into the average one of them takes in, of a table
///
/// - on the host: its results;
/// - on cards: its results from the other k - 1 of k, its indices on its own;
/// - copied to every card: its indices, for k times the memory.
///
/// With those operators on the host, its link takes in the results of all tables on cards. Either way a device looks up its
/// tables once their indices are there, and sends their results when all of them are: three steps one after the other.
///
/// Link, host and cards each are one sum over tables, of which time is at least the largest. Weighed by figures that add up
/// to 1 they are a single sum, and the least of that which memory allows is the relaxation of a knapsack with several choices
/// (Sinha and Zoltners 1979). The weights are sought by fictitious play (Brown 1951).
struct ResultInflow {
  /// Sums that time is at least the largest of: what a link takes in; host and cards, once by cores and once by DRAM.
  private typealias Loads = SIMD8<Double>

  private enum Sum {
    static let link = 0
    static let hostCores = 1
    static let hostDRAM = 2
    static let cardCores = 3
    static let cardDRAM = 4
    static let count = 5
  }

  /// One way to place a table.
  private struct Choice {
    var place: TableChoice.Place
    /// Bytes, of all its pieces or of one copy.
    var memory: Double
    var results: Double
    var indices: Double
    /// Seconds of its look-ups.
    var cores: Double
    var dram: Double

    func isNoWorse(than other: Choice) -> Bool {
      place == other.place && memory <= other.memory && results <= other.results && indices <= other.indices
        && cores <= other.cores && dram <= other.dram
    }
  }

  /// A choice as a point of the knapsack.
  private struct Point {
    var memory: Double
    var loads: Loads
  }

  /// The points of all tables, each table's by memory.
  private struct Points {
    var all: [Point] = []
    /// By table: where its points end.
    var ends: [Int] = []

    mutating func add(_ table: [Point]) {
      all += table.sorted { $0.memory < $1.memory }
      ends.append(all.count)
    }
  }

  /// From one point of a table to the next that more memory allows.
  private struct Step {
    var memory: Double
    var saving: Double
    var change: Loads
  }

  /// By table.
  private let choices: [[Choice]]
  /// Whether cards are alike and no rule tells them apart.
  private let countsCards: Bool
  /// Whether the indices of every table come with the request, so that each device looks all its tables up at once.
  private let isOneStep: Bool
  private let link: Link?
  private let uplink: Link

  private static let rounds = 40

  init(task: PlanningTask, kinds: CardKinds, menu: TableMenu) {
    countsCards = kinds.representatives.count == 1 && !task.rules.tellCardsApart
    isOneStep = menu.entries.allSatisfy { $0.allSatisfy { $0.effects.allSatisfy { $0.indexBytes > 0 } } }
    uplink = task.system.uplink
    let cards = kinds.representatives.map { task.system.cards[$0] }
    link = cards.map(\.link).max { $0.sustained < $1.sustained }
    choices = menu.entries.map { entries in
      Self.undominated(
        entries.map { entry in
          let processors: [Processor] =
            switch entry.choice.place {
            case .host: [task.system.host.processor]
            case .cards(let kind): entry.effects.map { _ in cards[kind].processor }
            case .everyCard: cards.map(\.processor)
            }
          // The figures of a copy are those of the kind of card that suits it.
          func figure(_ value: (ShardEffect, Processor) -> Double) -> Double {
            let values = zip(entry.effects, processors).map(value)
            return entry.choice.place == .everyCard ? values.min() ?? 0 : values.reduce(0, +)
          }
          return Choice(
            place: entry.choice.place,
            memory: entry.choice.place == .host ? 0 : figure { effect, _ in effect.memory },
            results: figure { effect, _ in effect.resultBytes },
            indices: figure { effect, _ in effect.indexBytes },
            cores: figure { $0.cores / Double(max(1, $1.cores)) }, dram: figure { effect, _ in effect.dram })
        })
    }
  }

  private static func undominated(_ all: [Choice]) -> [Choice] {
    all.indices.filter { place in
      !all.indices.contains { other in
        other != place && all[other].isNoWorse(than: all[place])
          && (other < place || !all[place].isNoWorse(than: all[other]))
      }
    }.map { all[$0] }
  }

  /// - Parameters:
  ///   - isOnHost: Whether what reads the results is on the host, or else on every card.
  ///   - rooms: Bytes for tables, by card.
  ///   - cards: Numbers of cards that may be in use.
  /// - Returns: Seconds, over every placement of a family; infinite where there is none.
  func seconds(
    isOnHost: Bool, rooms: some Sequence<Double>, _ sites: TableSites, cards: ClosedRange<Int>
  ) -> Double {
    let rooms = rooms.sorted(by: >)
    var weights = Loads.zero
    weights[Sum.link] = 1
    var least = Double.infinity
    for inUse in cards where inUse > 0 {
      for family in families(sites, inUse: inUse) {
        let points = points(isOnHost: isOnHost, family, inUse: inUse)
        let room = rooms.prefix(holders(family, inUse: inUse)).reduce(0, +)
        let certain = certain(isOnHost: isOnHost, family, inUse: inUse)
        // A bound that is not below another's is not looked at further.
        least = min(
          least, Self.largest(points, room: room, certain: certain, enough: least, weights: &weights))
      }
    }
    return least
  }

  /// By where tables are in any case, since each such place is a command; where cards are alike also by how many of them
  /// hold tables of their own.
  private func families(_ sites: TableSites, inUse: Int) -> [TableSites] {
    func uses(_ use: TableSites.Use) -> [TableSites.Use] { use == .either ? [.always, .never] : [use] }
    let holders = min(sites.cards.lowerBound, inUse)...min(sites.cards.upperBound, inUse)
    let numbers = countsCards ? holders.map { $0...$0 } : [holders]
    return uses(sites.everyCard).flatMap { everyCard in
      uses(sites.host).flatMap { host in
        numbers.map { TableSites(cards: $0, host: host, everyCard: everyCard) }
      }
    }
  }

  /// The cards whose room counts: of alike ones those that hold tables of their own, beside their copies.
  private func holders(_ sites: TableSites, inUse: Int) -> Int {
    countsCards ? max(1, sites.cards.upperBound) : inUse
  }

  private func points(isOnHost: Bool, _ sites: TableSites, inUse: Int) -> Points {
    let count = Double(inUse)
    let holders = Double(holders(sites, inUse: inUse))
    var points = Points()
    for choices in choices {
      let table = choices.filter { sites.allows($0.place) }.map { choice in
        /// The part of it that the average card in use does for a request that it takes in.
        let part: Double =
          switch choice.place {
          case .host: 0
          case .everyCard: 1
          case .cards: 1 / count
          }
        let results = choice.results / (link?.sustained ?? .infinity)
        let indices = choice.indices / (link?.sustained ?? .infinity)
        var loads = Loads.zero
        var around = 0.0
        if isOnHost {
          loads[Sum.link] = part > 0 ? choice.results / uplink.sustained : 0
          around = part > 0 ? indices + results : 0
        } else {
          loads[Sum.link] = part * indices + (1 - part) * results
          around = part > 0 ? indices : results
        }
        if !isOneStep { around = 0 }
        if part > 0 {
          loads[Sum.cardCores] = part * (around + choice.cores)
          loads[Sum.cardDRAM] = part * (around + choice.dram)
        } else {
          loads[Sum.hostCores] = around + choice.cores
          loads[Sum.hostDRAM] = around + choice.dram
        }
        return Point(
          memory: choice.place == .everyCard ? choice.memory * holders : choice.memory, loads: loads)
      }
      points.add(table)
    }
    return points
  }

  /// Seconds of the commands that there are in any case.
  private func certain(isOnHost: Bool, _ sites: TableSites, inUse: Int) -> Loads {
    var loads = Loads.zero
    guard !isOnHost, let command = link?.commandSeconds else { return loads }
    let others = Double(sites.cards.lowerBound) * Double(inUse - 1) / Double(inUse)
    let copies = sites.everyCard == .always && isOneStep ? command : 0
    loads[Sum.link] = others * command + (sites.host == .always ? command : 0) + copies
    (loads[Sum.cardCores], loads[Sum.cardDRAM]) = (copies, copies)
    if sites.host == .always, isOneStep { (loads[Sum.hostCores], loads[Sum.hostDRAM]) = (command, command) }
    return loads
  }

  /// - Parameter weights: To start from; at the end those of the best bound.
  private static func largest(
    _ points: Points, room: Double, certain: Loads, enough: Double, weights: inout Loads
  ) -> Double {
    var current = weights
    var best = 0.0
    for round in 0..<rounds where best < enough {
      guard var loads = least(points, room: room, weights: current) else { return .infinity }
      loads += certain
      let value = (current * loads).sum()
      if value > best { (best, weights) = (value, current) }
      var largest = 0
      for sum in 1..<Sum.count where loads[sum] > loads[largest] { largest = sum }
      current *= 1 - 1 / Double(round + 2)
      current[largest] += 1 / Double(round + 2)
    }
    return best
  }

  /// The sums of the least weighed sum that the room allows, the last table in part; `nil` where it allows none.
  private static func least(_ points: Points, room: Double, weights: Loads) -> Loads? {
    var room = room
    var sum = Loads.zero
    var steps: [Step] = []
    steps.reserveCapacity(points.all.count)
    let seconds = points.all.map { ($0.loads * weights).sum() }
    var hull: [Int] = []
    var start = 0
    for end in points.ends {
      keepHull(start..<end, points.all, seconds, &hull)
      start = end
      guard let first = hull.first else { return nil }
      room -= points.all[first].memory
      sum += points.all[first].loads
      for (before, after) in zip(hull, hull.dropFirst()) {
        steps.append(
          Step(
            memory: points.all[after].memory - points.all[before].memory,
            saving: seconds[before] - seconds[after],
            change: points.all[after].loads - points.all[before].loads))
      }
    }
    guard room >= 0 else { return nil }
    if room < steps.reduce(0, { $0 + $1.memory }) {
      steps.sort { $0.saving * $1.memory > $1.saving * $0.memory }
    }
    for step in steps where room > 0 {
      let part = min(1, room / step.memory)
      sum += part * step.change
      room -= part * step.memory
    }
    return sum
  }

  /// The points of a table that mixtures of others do not reach, least memory first.
  private static func keepHull(
    _ table: Range<Int>, _ points: [Point], _ seconds: [Double], _ hull: inout [Int]
  ) {
    hull.removeAll(keepingCapacity: true)
    for next in table {
      if let last = hull.last {
        if seconds[next] >= seconds[last] { continue }
        if points[next].memory <= points[last].memory { hull.removeLast() }
      }
      while hull.count > 1, case let (a, b) = (hull[hull.count - 2], hull[hull.count - 1]),
        (seconds[a] - seconds[b]) * (points[next].memory - points[a].memory)
          <= (seconds[a] - seconds[next]) * (points[b].memory - points[a].memory)
      { hull.removeLast() }
      hull.append(next)
    }
  }
}

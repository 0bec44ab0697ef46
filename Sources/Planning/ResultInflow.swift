import CostModel
import Graph
import Hardware
import Plan

/// A lower bound on the time before the results of all tables are where one device reads them, for every placement.
///
/// Whether tables are whole or in pieces, on one card or copied, a request is read somewhere. Into a card that reads, its
/// link takes in, of a table
///
/// - on the host or on another card: its results;
/// - on the card itself, which has to have room for it: its indices.
///
/// With the reader on the host, its link takes in the results of all tables on cards. Either way the host and the other
/// cards look up their tables once the indices of all are there, and send their results when all of them are: three steps one
/// after the other. A card with copies and tables by itself reads them in two goes, of which one may wait for its indices while the
/// other reads: so n other cards take n + 1 goes, and time is at least the mean of those, or else of what each card reads. The
/// indices of all goes leave the host one after the other: those of a go after those of all before it. A
/// table in pieces is in part here and in part there, and its pieces take no less than their part of the whole. Where cards have
/// links of their own to each other, what comes over those is left out of what the link takes in.
///
/// Link, host, reading card, the average other card and goes in turn each are one sum over tables, of which time is at least the largest.
/// Weighed by figures that add up to 1 they are a single sum, and the least of that which memory allows is the relaxation of a
/// knapsack with several choices (Sinha and Zoltners 1979). The weights are sought by fictitious play (Brown 1951). Commands
/// count where tables are in any case, so the least is over the numbers of devices that send results.
struct ResultInflow {
  /// Sums that time is at least the largest of: what a link takes in; devices, once by cores and once by DRAM.
  private typealias Loads = SIMD8<Double>

  private enum Sum {
    static let link = 0
    static let hostCores = 1
    static let hostDRAM = 2
    static let cardCores = 3
    static let cardDRAM = 4
    static let otherCores = 5
    static let otherDRAM = 6
    static let turns = 7
    static let count = 8
  }

  /// A whole table in one precision.
  private struct Whole {
    /// Bytes.
    var memory: Double
    var results: Double
    var indices: Double
    /// Seconds of its look-ups.
    var cores: Double
    var dram: Double

    func isNoWorse(than other: Whole) -> Bool {
      memory <= other.memory && results <= other.results && indices <= other.indices
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

  /// Which devices hold tables.
  private struct Holders {
    var host: Bool
    /// The reading card, where a card reads.
    var own: Bool
    /// Cards; of those that read beside the reader.
    var others: ClosedRange<Int>
  }

  /// By table.
  private let onHost: [[Whole]]
  /// By table, each figure that of the kind of card that suits it.
  private let onCards: [[Whole]]
  /// Whether the indices of every table come with the request, so that each device looks all its tables up at once.
  private let isOneStep: Bool
  /// Whether look-ups take cards' cores longer than their DRAM, in sum.
  private let isBoundByCores: Bool
  /// Bytes, by card.
  private let rooms: [Double]
  private let link: Link?
  /// The same from card to card.
  private let peer: Link?
  private let hasPeerLinks: Bool
  private let uplink: Link

  private static let rounds = 40
  /// Numbers of other cards up to here are looked at one by one, larger ones in ranges that double.
  private static let single = 8

  init(task: PlanningTask, kinds: CardKinds) {
    let menu = TableMenu(task: task, kinds: kinds, shardCounts: [])
    isOneStep = menu.entries.allSatisfy { $0.allSatisfy { $0.pieces.allSatisfy { $0.indexBytes > 0 } } }
    uplink = task.system.uplink
    rooms = task.system.cards.map { Double($0.usableBytes) }
    let cards = kinds.representatives.map { task.system.cards[$0] }
    let law = LoadLaw(task.costs)
    func best(betweenCards: Bool) -> Link? {
      let links = kinds.representatives.map { law.link(ofDevice: $0 + 1, betweenCards: betweenCards) }
      return links.max { $0.sustained < $1.sustained }.map { fastest in
        var link = fastest
        link.commandSeconds = links.map(\.commandSeconds).min() ?? 0
        return link
      }
    }
    link = best(betweenCards: false)
    peer = best(betweenCards: true)
    hasPeerLinks = task.system.hasPeerLinks
    func whole(_ entry: TableMenu.Entry, _ processors: [Processor]) -> Whole {
      // The figures of a copy are those of the kind of card that suits it.
      func figure(_ value: (TablePiece, Processor) -> Double) -> Double {
        zip(entry.pieces, processors).map(value).min() ?? 0
      }
      return Whole(
        memory: figure { piece, _ in piece.memory }, results: figure { piece, _ in piece.resultBytes },
        indices: figure { piece, _ in piece.indexBytes },
        cores: figure { $0.coreSeconds / Double(max(1, $1.cores)) },
        dram: figure { piece, _ in piece.dramSeconds })
    }
    onHost = menu.entries.map { entries in
      Self.undominated(
        entries.filter { $0.choice.place == .host }.map { whole($0, [task.system.host.processor]) })
    }
    onCards = menu.entries.map { entries in
      Self.undominated(
        entries.compactMap { entry in
          switch entry.choice.place {
          case .host: nil
          case .cards(let kind): whole(entry, [cards[kind].processor])
          case .everyCard: whole(entry, cards.map(\.processor))
          }
        })
    }
    isBoundByCores = onCards.reduce(0) { $0 + ($1.first.map { $0.cores - $0.dram } ?? 0) } > 0
  }

  private static func undominated(_ all: [Whole]) -> [Whole] {
    all.indices.filter { place in
      !all.indices.contains { other in
        other != place && all[other].isNoWorse(than: all[place])
          && (other < place || !all[place].isNoWorse(than: all[other]))
      }
    }.map { all[$0] }
  }

  /// Seconds; infinite where there is no placement.
  ///
  /// - Parameter isOnHost: Whether what reads the results is on the host, or else on a card.
  func seconds(isOnHost: Bool) -> Double {
    guard isOnHost || !rooms.isEmpty else { return .infinity }
    var weights = Loads.zero
    weights[Sum.link] = 1
    let room = isOnHost ? rooms.reduce(0, +) : rooms.max() ?? 0
    var least = Double.infinity
    for holders in holders(isOnHost: isOnHost) {
      let turns = turns(isOnHost: isOnHost, holders)
      // A bound that is not below another's is not looked at further.
      least = min(
        least,
        Self.largest(
          points(isOnHost: isOnHost, holders, turns), room: room,
          certain: certain(isOnHost: isOnHost, holders, turns), enough: least, weights: &weights))
    }
    return least
  }

  private func holders(isOnHost: Bool) -> [Holders] {
    let most = rooms.count - (isOnHost ? 0 : 1)
    var ranges = (0...min(max(0, most), Self.single)).map { $0...$0 }
    while let last = ranges.last?.upperBound, last < most { ranges.append(last + 1...min(most, 2 * last)) }
    let all = [true, false].flatMap { host in
      (isOnHost ? [false] : [true, false]).flatMap { own in
        ranges.map { Holders(host: host, own: own, others: $0) }
      }
    }
    // All tables have to have room somewhere.
    let needed = onCards.reduce(0) { $0 + ($1.map(\.memory).min() ?? .infinity) }
    let largest = rooms.sorted(by: >)
    return all.filter { holders in
      holders.host
        || needed <= largest.prefix(holders.others.upperBound + (holders.own ? 1 : 0)).reduce(0, +)
    }
  }

  /// Seconds from when the indices of a table begin to leave the host until its look-ups are done.
  private func readingInTurn(_ whole: Whole) -> Double {
    whole.indices / min(link?.sustained ?? .infinity, uplink.sustained)
      + (isBoundByCores ? whole.cores : whole.dram)
  }

  private func turns(isOnHost: Bool, _ holders: Holders) -> IndexTurns {
    guard isOneStep else { return IndexTurns(goes: 0, leaving: 0, taking: 0) }
    let back = (isOnHost ? link : peer)?.sustained ?? .infinity
    let tables = onCards.compactMap(\.first)
    return IndexTurns(
      goes: holders.others.upperBound + (isOnHost ? 1 : holders.own ? 2 : 0),
      leaving: tables.reduce(0) { $0 + $1.indices / uplink.sustained },
      taking: tables.reduce(0) { $0 + readingInTurn($1) + $1.results / back })
  }

  private func points(isOnHost: Bool, _ holders: Holders, _ turns: IndexTurns) -> Points {
    let bandwidth = link?.sustained ?? .infinity
    let fromCards = peer?.sustained ?? .infinity
    func steps(_ whole: Whole) -> Double {
      isOneStep ? whole.indices / bandwidth + whole.results / (isOnHost ? bandwidth : fromCards) : 0
    }
    let others = Double(max(1, holders.others.upperBound))
    let (around, reading) = onCards.compactMap(\.first).reduce((0, 0)) {
      ($0.0 + steps($1), $0.1 + max($1.cores, $1.dram))
    }
    let countsSteps = (around + reading) / (others + 1) > reading / others
    let part = 1 / (countsSteps ? others + 1 : others)
    var points = Points()
    for (onHost, onCards) in zip(onHost, onCards) {
      var table: [Point] = []
      if holders.host {
        table += onHost.map { whole in
          var loads = Loads.zero
          if !isOnHost { loads[Sum.link] = whole.results / bandwidth }
          let around = isOneStep ? loads[Sum.link] : 0
          loads[Sum.hostCores] = around + whole.cores
          loads[Sum.hostDRAM] = around + whole.dram
          return Point(memory: 0, loads: loads)
        }
      }
      if holders.own {
        table += onCards.map { whole in
          var loads = Loads.zero
          loads[Sum.link] = whole.indices / bandwidth
          (loads[Sum.cardCores], loads[Sum.cardDRAM]) = (whole.cores, whole.dram)
          loads[Sum.turns] = turns.least(
            leaving: whole.indices / uplink.sustained, taking: readingInTurn(whole))
          return Point(memory: whole.memory, loads: loads)
        }
      }
      if holders.others.upperBound > 0 {
        table += onCards.map { whole in
          var loads = Loads.zero
          let results = whole.results / (isOnHost ? uplink.sustained : fromCards)
          if isOnHost || !hasPeerLinks { loads[Sum.link] = results }
          let around = countsSteps ? steps(whole) : 0
          loads[Sum.otherCores] = part * (around + whole.cores)
          loads[Sum.otherDRAM] = part * (around + whole.dram)
          loads[Sum.turns] = turns.least(
            leaving: whole.indices / uplink.sustained,
            taking: readingInTurn(whole) + whole.results / (isOnHost ? bandwidth : fromCards))
          return Point(memory: isOnHost ? whole.memory : 0, loads: loads)
        }
      }
      points.add(table)
    }
    return points
  }

  /// Seconds of the commands that there are in any case.
  private func certain(isOnHost: Bool, _ holders: Holders, _ turns: IndexTurns) -> Loads {
    var loads = Loads.zero
    guard let link else { return loads }
    let others = Double(holders.others.lowerBound)
    let back = (isOnHost ? link : peer)?.commandSeconds ?? 0
    for (place, weight) in turns.weights.enumerated() {
      let before = min(Double(place), others) * uplink.commandSeconds
      let around = Double(place) < others ? min(link.commandSeconds, uplink.commandSeconds) + back : 0
      loads[Sum.turns] += weight * (before + around)
    }
    guard !isOnHost else {
      loads[Sum.link] = others * uplink.commandSeconds
      return loads
    }
    let own = holders.own && isOneStep ? link.commandSeconds : 0
    let sending = (hasPeerLinks ? 0 : others) + (holders.host ? 1 : 0)
    loads[Sum.link] = sending * link.commandSeconds + own
    (loads[Sum.cardCores], loads[Sum.cardDRAM]) = (own, own)
    if holders.host, isOneStep {
      (loads[Sum.hostCores], loads[Sum.hostDRAM]) = (link.commandSeconds, link.commandSeconds)
    }
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

/// What waits for one waist of a model and is awaited by the next: see ``LatencyBound``.
///
/// Inside, nodes are counted from 0, the first waist, to the last one, the second.
struct LatencySection {
  typealias Side = LatencyBound.Side

  /// By node: on the host and on a card.
  private var seconds: [[Double]]
  private var isUnit: [Bool]
  /// By node.
  private var incoming: [[LatencyBound.Edge]]

  private let cardCount: Int
  /// Where a unit may be.
  private var sides: [Side] { cardCount > 1 ? Side.allCases : cardCount == 1 ? [.host, .card] : [.host] }

  private var inner: Range<Int> { 1..<(seconds.count - 1) }
  private var end: Int { seconds.count - 1 }

  /// - Parameters: as ``LatencyBound`` holds them; nodes in topological order.
  init(
    from start: Int, to end: Int, seconds: [[Double]], isUnit: [Bool], incoming: [[LatencyBound.Edge]],
    cardCount: Int
  ) {
    self.cardCount = cardCount
    var waits = Array(repeating: false, count: end - start + 1)
    var isAwaited = waits
    waits[0] = true
    isAwaited[end - start] = true
    for node in (start + 1)..<(end + 1) {
      waits[node - start] = incoming[node].contains { $0.from >= start && waits[$0.from - start] }
    }
    for node in ((start + 1)..<(end + 1)).reversed() where isAwaited[node - start] {
      for edge in incoming[node] where edge.from >= start { isAwaited[edge.from - start] = true }
    }
    let nodes = (start...end).filter { waits[$0 - start] && isAwaited[$0 - start] }
    var number: [Int?] = waits.map { _ in nil }
    for (index, node) in nodes.enumerated() { number[node - start] = index }
    self.seconds = nodes.map { seconds[$0] }
    self.isUnit = nodes.map { isUnit[$0] }
    self.incoming = nodes.map { node in
      node == start
        ? []
        : incoming[node].compactMap { edge in
          guard edge.from >= start, let from = number[edge.from - start], let to = number[node - start]
          else { return nil }
          return .init(from: from, to: to, seconds: edge.seconds, betweenCards: edge.betweenCards)
        }
    }
  }

  /// Least seconds from the end of the first waist on the host or a card to the start of the second.
  func least(_ from: Side, _ to: Side) -> Double {
    let forward = ways(from)
    let through = arrival(end, to, forward)
    guard from == to else { return max(through, dividedAtWill) }
    let onSame = min(
      max(onOneSide(from), through), max(onBothSides(from, forward, waysBack(to)), dividedAtWill))
    guard from == .card, sides.contains(.other) else { return onSame }
    return min(onSame, max(arrival(end, .other, forward), dividedAtWill))
  }

  private func onOneSide(_ side: Side) -> Double {
    inner.reduce(0.0) { isUnit[$1] ? $0 + seconds[$1][side.figure] : $0 }
  }

  /// Least seconds when some nodes are elsewhere than both waists.
  ///
  /// A node there takes a way through it, and in less time than `visit` of a node that node stays; what stays takes
  /// turns. So some number of the nodes with the shortest ways leaves, and the rest adds up.
  private func onBothSides(_ side: Side, _ forward: [[Double]], _ rest: [[Double]]) -> Double {
    let nodes = inner.map { node in
      let visits = sides.filter { $0 != side }.map { forward[node][$0.rawValue] + rest[node][$0.rawValue] }
      return (visit: visits.min() ?? .infinity, own: isUnit[node] ? seconds[node][side.figure] : 0)
    }
    let leaving = nodes.filter { $0.own == .infinity }.map(\.visit).max() ?? 0
    let free = nodes.filter { $0.own < .infinity }.sorted { $0.visit < $1.visit }
    var staying = free.reduce(0) { $0 + $1.own }
    var least = leaving > 0 ? max(leaving, staying) : .infinity
    for node in free {
      staying -= node.own
      least = min(least, max(node.visit, leaving, staying))
    }
    return least
  }

  /// By node, then side: the earliest end, counted from the end of the first waist.
  private func ways(_ from: Side) -> [[Double]] {
    var finish = [Side.allCases.map { $0 == from ? 0 : Double.infinity }]
    for node in inner {
      finish.append(Side.allCases.map { arrival(node, $0, finish) + seconds[node][$0.figure] })
    }
    return finish
  }

  private func arrival(_ node: Int, _ side: Side, _ finish: [[Double]]) -> Double {
    var latest = 0.0
    for edge in incoming[node] {
      var least = Double.infinity
      for start in sides { least = min(least, finish[edge.from][start.rawValue] + edge.seconds(start, side)) }
      latest = max(latest, least)
    }
    return latest
  }

  /// By node, then side: the least time from its end to the start of the second waist.
  private func waysBack(_ to: Side) -> [[Double]] {
    var rest = seconds.map { _ in Side.allCases.map { _ in 0.0 } }
    rest[end] = Side.allCases.map { $0 == to ? 0 : .infinity }
    for node in seconds.indices.reversed() {
      for edge in incoming[node] {
        for side in sides {
          var after = Double.infinity
          for next in sides {
            let own = node == end ? 0 : seconds[node][next.figure]
            after = min(after, rest[node][next.rawValue] + own + edge.seconds(side, next))
          }
          rest[edge.from][side.rawValue] = max(rest[edge.from][side.rawValue], after)
        }
      }
    }
    return rest
  }

  /// Seconds in which the host and all cards together do the work of the units, each divided between them at will.
  private var dividedAtWill: Double {
    let cards = Double(max(1, cardCount))
    let work = inner.filter { isUnit[$0] }.map { [seconds[$0][0], seconds[$0][1] / cards] }
    var host = work.filter { $0[1] == .infinity }.reduce(0) { $0 + $1[0] }
    var card = work.filter { $0[1] < .infinity }.reduce(0) { $0 + $1[1] }
    let free = work.filter { $0[0] < .infinity && $0[1] < .infinity }
      .sorted { $0[0] * $1[1] < $1[0] * $0[1] }
    for unit in free where host < card {
      // The part that makes both equally long, or all of it.
      let part = min(1, (card - host) / max(unit[0] + unit[1], .leastNormalMagnitude))
      host += part * unit[0]
      card -= part * unit[1]
    }
    return max(host, card)
  }
}

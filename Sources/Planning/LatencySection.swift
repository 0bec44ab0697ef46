/// What waits for one waist of a model and is awaited by the next: see ``LatencyBound``.
///
/// Inside, nodes are counted from 0, the first waist, to the last one, the second.
struct LatencySection {
  private typealias Side = LatencyBound.Side

  /// By node, then side.
  private var seconds: [[Double]]
  private var isUnit: [Bool]
  /// By node.
  private var incoming: [[LatencyBound.Edge]]

  private var inner: Range<Int> { 1..<(seconds.count - 1) }
  private var end: Int { seconds.count - 1 }

  /// - Parameters: as ``LatencyBound`` holds them; nodes in topological order.
  init(
    from start: Int, to end: Int, seconds: [[Double]], isUnit: [Bool], incoming: [[LatencyBound.Edge]]
  ) {
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
          return .init(from: from, to: to, seconds: edge.seconds)
        }
    }
  }

  /// Least seconds from the end of the first waist on one side to the start of the second on another.
  func least(_ from: LatencyBound.Side, _ to: LatencyBound.Side) -> Double {
    let forward = ways(from)
    let through = arrival(end, to, forward)
    guard from == to else { return max(through, dividedAtWill) }
    return min(
      max(onOneSide(from), through), max(onBothSides(from, forward, waysBack(to)), dividedAtWill))
  }

  private func onOneSide(_ side: Side) -> Double {
    inner.reduce(0.0) { isUnit[$1] ? $0 + seconds[$1][side.rawValue] : $0 }
  }

  /// Least seconds when some nodes are on the other side than both waists.
  ///
  /// A node there takes a way through it, and in less time than `visit` of a node that node stays; what stays takes
  /// turns. So some number of the nodes with the shortest ways leaves, and the rest adds up.
  private func onBothSides(_ side: Side, _ forward: [[Double]], _ rest: [[Double]]) -> Double {
    let other = 1 - side.rawValue
    let nodes = inner.map { node in
      (
        visit: forward[node][other] + rest[node][other],
        own: isUnit[node] ? seconds[node][side.rawValue] : 0
      )
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
      finish.append(Side.allCases.map { arrival(node, $0, finish) + seconds[node][$0.rawValue] })
    }
    return finish
  }

  private func arrival(_ node: Int, _ side: Side, _ finish: [[Double]]) -> Double {
    incoming[node].reduce(0.0) { latest, edge in
      max(latest, leastOverSides(side, edge) { finish[edge.from][$0.rawValue] })
    }
  }

  /// By node, then side: the least time from its end to the start of the second waist.
  private func waysBack(_ to: Side) -> [[Double]] {
    var rest = seconds.map { _ in [0.0, 0] }
    rest[end] = Side.allCases.map { $0 == to ? 0 : .infinity }
    for node in seconds.indices.reversed() {
      for edge in incoming[node] {
        for side in Side.allCases {
          let after = leastOverSides(side, edge) { next in
            rest[node][next.rawValue] + (node == end ? 0 : seconds[node][next.rawValue])
          }
          rest[edge.from][side.rawValue] = max(rest[edge.from][side.rawValue], after)
        }
      }
    }
    return rest
  }

  private func leastOverSides(
    _ side: Side, _ edge: LatencyBound.Edge, _ value: (Side) -> Double
  ) -> Double {
    Side.allCases.map { value($0) + ($0 == side ? 0 : edge.seconds) }.min() ?? 0
  }

  /// Seconds in which host and card together do the work of the units, each divided between them at will.
  private var dividedAtWill: Double {
    let work = inner.filter { isUnit[$0] }.map { seconds[$0] }
    var host = work.filter { $0[1] == .infinity }.reduce(0) { $0 + $1[0] }
    let free = work.filter { $0[1] < .infinity }.sorted { $0[0] * $1[1] < $1[0] * $0[1] }
    var card = free.reduce(0) { $0 + $1[1] }
    for unit in free where host < card {
      // The part that makes both equally long, or all of it.
      let part = min(1, (card - host) / max(unit[0] + unit[1], .leastNormalMagnitude))
      host += part * unit[0]
      card -= part * unit[1]
    }
    return max(host, card)
  }
}

import CostModel
import Graph
import Hardware
import Plan

/// A lower bound on the latency of every placement on the host and on every card, from the narrow places of a model.
///
/// A *waist* is a unit that waits for nearly all others or is awaited by them. A *section*, what waits for one waist and is
/// awaited by the next, runs between the two, so the least times of the sections add up, whichever waists are taken. With
/// the sides of both waists fixed, a section takes at least
///
/// - all of it on one side: the sum of its units there, since a request's operators take turns on the cores of a device;
/// - on both sides: the longest way through it, every unit on the side that suits it, with the transfers in between, and
///   at least one unit on the other side where the waists are on the same; and the time in which both sides together
///   do the work, divided at will.
///
/// A dynamic program over the waists' sides takes the least of both. Table look-ups count on the ways alone, as cards may
/// keep cores apart for them. Units off every way from request to response are left out. Units are single operators: a
/// fused operator that waits for more than its kernel may run long after it.
struct LatencyBound {
  enum Side: Int, CaseIterable { case host, card }

  struct Edge {
    var from: Int
    var to: Int
    /// Of the transfer when the ends are on different sides.
    var seconds: Double
  }

  /// By node in topological order, then side; infinite where it cannot run.
  private var seconds: [[Double]] = []
  /// By node: whether it takes its turn on the cores; table look-ups do not count.
  private var isUnit: [Bool] = []
  /// By node: whether it is a table.
  private var isTable: [Bool] = []
  /// By node: edges that end there, from nodes in front of it.
  private var incoming: [[Edge]] = []
  /// By side of what reads them: seconds before the results of all tables are there.
  private var inflow = [0.0, 0]

  /// Seconds.
  private(set) var bound = 0.0

  init(task: PlanningTask, kinds: CardKinds) {
    let units = ModelUnits(
      graph: task.graph, costs: task.costs, cardKinds: kinds.representatives, joinsFused: false)
    let flows = ModelFlows(task: task, units: units)
    let times = Self.times(task: task, units: units, kinds: kinds)
    let links = kinds.representatives.map { task.system.cards[$0].link }
    let order = Self.nodesOnTheWay(flows: flows.flows, count: times.count)
    var position: [Int?] = times.map { _ in nil }
    for (place, node) in order.enumerated() { position[node] = place }
    seconds = order.map { times[$0] }
    isUnit = order.map { $0 >= 2 && $0 < 2 + units.units.count }
    isTable = order.map { $0 >= 2 + units.units.count }
    incoming = order.map { _ in [] }
    if task.hasTables { inflow = Self.inflow(task: task, kinds: kinds) }
    for flow in flows.flows {
      guard let from = position[flow.producer] else { continue }
      let link = links.map { task.costs.transferSeconds(bytes: flow.bytes, commands: 1, link: $0) }.min() ?? 0
      let uplink = task.costs.transferSeconds(bytes: flow.bytes, commands: 1, link: task.system.uplink)
      for case .some(let to) in flow.readers.map({ position[$0] }) {
        incoming[to].append(Edge(from: from, to: to, seconds: max(link, uplink)))
      }
    }
    bound = overWaists()
  }

  // MARK: The graph

  /// Least seconds of every node on host and card.
  private static func times(task: PlanningTask, units: ModelUnits, kinds: CardKinds) -> [[Double]] {
    let end = [0, Double.infinity]
    let ofUnits = units.units.map { unit in
      [
        unit.host.cores,
        zip(unit.cards, unit.supportingKinds).filter(\.1).map(\.0.cores).min() ?? .infinity,
      ]
    }
    let locations = [[Location.host], kinds.representatives.map { .card($0) }]
    let ofTables = task.graph.embeddingTables.indices.map { table in
      locations.map { places in
        places.flatMap { place in task.tablePrecisions.map { (place, $0) } }.compactMap { place, precision in
          task.costs.lookup(table: table, format: .init(precision: precision), on: place).map { cost in
            let cores = Double(max(1, task.system.processor(at: place)?.cores ?? 1))
            return max((cost.coreSeconds + cost.launchSeconds) / cores, cost.dramSeconds)
          }
        }.min() ?? .infinity
      }
    }
    return [end, end] + ofUnits + ofTables
  }

  /// What the request reaches and the response waits for, in topological order: the request first, the response last.
  private static func nodesOnTheWay(flows: [ModelFlows.Flow], count: Int) -> [Int] {
    var following: [[Int]] = Array(repeating: [], count: count)
    var missing = Array(repeating: 0, count: count)
    for flow in flows {
      following[flow.producer] += flow.readers
      for reader in flow.readers { missing[reader] += 1 }
    }
    var order: [Int] = []
    var ready = (0..<count).filter { missing[$0] == 0 }
    while let node = ready.popLast() {
      order.append(node)
      for next in following[node] {
        missing[next] -= 1
        if missing[next] == 0 { ready.append(next) }
      }
    }
    var isReached = Array(repeating: false, count: count)
    isReached[ModelFlows.request] = true
    for node in order where isReached[node] { for next in following[node] { isReached[next] = true } }
    var isAwaited = Array(repeating: false, count: count)
    isAwaited[ModelFlows.response] = true
    for node in order.reversed() where !isAwaited[node] {
      isAwaited[node] = following[node].contains { isAwaited[$0] }
    }
    let inner = order.filter { isReached[$0] && isAwaited[$0] && $0 > ModelFlows.response }
    guard isReached[ModelFlows.response] else { return [] }
    return [ModelFlows.request] + inner + [ModelFlows.response]
  }

  /// Models with more nodes have waists only where no edge passes by.
  private static let largestComparison = 3000
  /// Part of all work that may be apart from a waist, neither before nor behind it.
  private static let apart = 1e-3

  /// Ascending; the two ends are among them.
  private var waists: [Int] {
    let count = seconds.count
    guard count <= Self.largestComparison else { return passedByNone }
    let work = seconds.map { $0.min() ?? 0 }
    let total = work.reduce(0, +)
    // By node: bits of the nodes that wait for it.
    var behind = Array(repeating: [UInt64](repeating: 0, count: (count + 63) / 64), count: count)
    for node in (0..<count).reversed() {
      for edge in incoming[node] {
        behind[edge.from][node / 64] |= 1 << UInt64(node % 64)
        for word in behind[node].indices { behind[edge.from][word] |= behind[node][word] }
      }
    }
    var compared = work
    for node in 0..<count {
      for other in (node + 1)..<max(count, node + 1)
      where behind[node][other / 64] >> UInt64(other % 64) & 1 == 1 {
        compared[node] += work[other]
        compared[other] += work[node]
      }
    }
    let candidates = (0..<count).filter { total - compared[$0] <= Self.apart * total }
    // Consecutive waists must wait for each other.
    return candidates.reduce(into: []) { chain, node in
      if let last = chain.last, behind[last][node / 64] >> UInt64(node % 64) & 1 == 0 { return }
      chain.append(node)
    }
  }

  private var passedByNone: [Int] {
    var reach = 0
    var waists: [Int] = []
    var outgoing = seconds.map { _ in 0 }
    for edge in incoming.joined() { outgoing[edge.from] = max(outgoing[edge.from], edge.to) }
    for node in seconds.indices {
      if reach <= node { waists.append(node) }
      reach = max(reach, outgoing[node])
    }
    return waists
  }

  /// Of tables on the host or on every card.
  private static func inflow(task: PlanningTask, kinds: CardKinds) -> [Double] {
    let inflow = ResultInflow(
      task: task, kinds: kinds, menu: TableMenu(task: task, kinds: kinds, shardCounts: []))
    let sites = TableSites(cards: 0...0, host: .either, everyCard: .either)
    // On each card alone, whichever has most room.
    let room = task.system.cards.map { Double($0.usableBytes) }.max() ?? 0
    return Side.allCases.map { inflow.seconds(isOnHost: $0 == .host, rooms: [room], sites, cards: 1...1) }
  }

  /// By side of a waist: seconds before the results of all tables are there, where each is read by it alone.
  private func inflow(at end: Int, after start: Int) -> [Double] {
    guard start == 0 else { return [0, 0] }
    var read = 0
    for edge in incoming[end] where isTable[edge.from] { read += 1 }
    let others = incoming.indices.contains { node in
      node != end && incoming[node].contains { isTable[$0.from] }
    }
    return read > 0 && !others ? inflow : [0, 0]
  }

  private func overWaists() -> Double {
    let waists = waists
    guard let first = waists.first else { return 0 }
    var least = seconds[first]
    for (start, end) in zip(waists, waists.dropFirst()) {
      let results = inflow(at: end, after: start)
      let section = LatencySection(
        from: start, to: end, seconds: seconds, isUnit: isUnit, incoming: incoming)
      var next = [Double.infinity, .infinity]
      for from in Side.allCases where least[from.rawValue].isFinite {
        for to in Side.allCases {
          let arrival = least[from.rawValue] + max(section.least(from, to), results[to.rawValue])
          next[to.rawValue] = min(next[to.rawValue], arrival + seconds[end][to.rawValue])
        }
      }
      least = next
    }
    return least[Side.host.rawValue]
  }
}

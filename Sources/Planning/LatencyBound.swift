import CostModel
import Graph
import Hardware
import Plan

/// A lower bound on the latency of every placement, from the narrow places of a model.
///
/// A *waist* is a unit that waits for nearly all others or is awaited by them. A *section*, what waits for one waist and is
/// awaited by the next, runs between the two, so the least times of the sections add up, whichever waists are taken. A waist
/// runs on the host or on a card: the one that it is placed on, or where there are copies, the one that serves the request.
/// With the devices of both waists fixed, a section takes at least
///
/// - all of it on one device: the sum of its units there, since a request's operators take turns on the cores of a device;
/// - on several: the longest way through it, every unit on the device that suits it, with the transfers in between, and
///   at least one unit elsewhere where the waists are on the same; and the time in which the host and all cards together
///   do the work, divided at will.
///
/// A dynamic program over the waists' devices takes the least of both. Table look-ups count on the ways alone, as cards may
/// keep cores apart for them and pieces are looked up side by side; what brings all results together is ``ResultInflow``.
/// Units off every way from request to response are left out. Units are single operators: a fused operator that waits for
/// more than its kernel may run long after it.
struct LatencyBound {
  /// Where a unit is, seen from a waist on a card.
  enum Side: Int, CaseIterable {
    case host, card
    /// A card that is not that of the waist.
    case other

    /// What a unit takes there is in this place of its figures.
    var figure: Int { self == .host ? 0 : 1 }
  }

  struct Edge {
    var from: Int
    var to: Int
    /// Of the transfer between the host and a card, seconds.
    var seconds: Double
    /// Of that from card to card.
    var betweenCards: Double

    func seconds(_ start: Side, _ end: Side) -> Double {
      start == end ? 0 : start == .host || end == .host ? seconds : betweenCards
    }
  }

  /// By node in topological order: seconds on the host and on a card, infinite where it cannot run.
  private var seconds: [[Double]] = []
  /// By node: whether it takes its turn on the cores; table look-ups do not count.
  private var isUnit: [Bool] = []
  /// By node: whether it is a table.
  private var isTable: [Bool] = []
  /// By node: edges that end there, from nodes in front of it.
  private var incoming: [[Edge]] = []
  /// For what reads them on the host and on a card: seconds before the results of all tables are there.
  private var inflow = [0.0, 0]
  private let cardCount: Int

  /// Seconds.
  private(set) var bound = 0.0

  init(task: PlanningTask, kinds: CardKinds) {
    cardCount = task.system.cards.count
    let units = ModelUnits(
      graph: task.graph, costs: task.costs, cardKinds: kinds.representatives, joinsFused: false)
    let flows = ModelFlows(task: task, units: units)
    let costs = PathCosts(PlacementQuestion(task), allowsSplits: task.allowsSplits)
    let end = [0, Double.infinity]
    let times =
      [end, end] + units.units.map { costs.seconds($0.operators[0]) }
      + task.graph.embeddingTables.indices.map(costs.seconds(ofTable:))
    let order = Self.nodesOnTheWay(flows: flows.flows, count: times.count)
    var position: [Int?] = times.map { _ in nil }
    for (place, node) in order.enumerated() { position[node] = place }
    let firstTable = 2 + units.units.count
    seconds = order.map { times[$0] }
    isUnit = order.map { $0 >= 2 && $0 < firstTable }
    isTable = order.map { $0 >= firstTable }
    incoming = order.map { _ in [] }
    if task.hasTables {
      let results = ResultInflow(task: task, kinds: kinds)
      inflow = [results.seconds(isOnHost: true), results.seconds(isOnHost: false)]
    }
    for flow in flows.flows {
      guard let from = position[flow.producer] else { continue }
      for reader in flow.readers {
        guard let to = position[reader] else { continue }
        let share = flow.producer >= firstTable || reader >= firstTable ? costs.part : 1
        let transfer = costs.transfer(ofBytes: Int(share * Double(flow.bytes)))
        incoming[to].append(
          Edge(from: from, to: to, seconds: transfer.around, betweenCards: transfer.between))
      }
    }
    bound = overWaists()
  }

  // MARK: The graph

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
    let sides = cardCount > 0 ? [Side.host, .card] : [.host]
    var least = seconds[first]
    for (start, end) in zip(waists, waists.dropFirst()) {
      let results = inflow(at: end, after: start)
      let section = LatencySection(
        from: start, to: end, seconds: seconds, isUnit: isUnit, incoming: incoming, cardCount: cardCount)
      var next = [Double.infinity, .infinity]
      for from in sides where least[from.figure].isFinite {
        for to in sides {
          let time = max(section.least(from, to), results[to.figure])
          next[to.figure] = min(next[to.figure], least[from.figure] + time + seconds[end][to.figure])
        }
      }
      least = next
    }
    return least[Side.host.figure]
  }
}

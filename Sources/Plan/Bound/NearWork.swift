import Graph
import HeapModule

/// What must have run on an operator's own device before it, since from elsewhere it would have come too late.
///
/// Let an operator v on side s start at t, and B(u) be a bound on the time at which anything that waits for u arrives on v's
/// device when u is on another one: the end of u there, and the quickest way on from it that crosses over. Whatever v waits for with
/// B(u) > t is on v's own device, where operators take turns. So for every set N of operators that v waits for,
///
///     t >= min over u in N of B(u),    or    t >= least start of N on s + sum over N of seconds on s
///
/// and t is at least the smaller of the two. Sets are grown by the largest B. (With one delay for all edges this is the bound of
/// Papadimitriou and Yannakakis, 1990, which is at least half of the optimum on any number of devices.) Table look-ups take no turns.
struct NearWork {
  private struct Candidate: Comparable {
    var away: Double
    var op: Int
    static func < (a: Candidate, b: Candidate) -> Bool { (a.away, a.op) < (b.away, b.op) }
  }

  /// By operator, then side: seconds, infinite where it cannot be.
  private let seconds: [[Double]]
  private let takesTurns: [Bool]
  /// By operator: what it reads from, and least seconds from its end to the arrival of something that waits for it.
  private let producers: [[Int]]
  private let crossings: [Crossings]
  private let mostInSet: Int
  private var starts: [[Double]] = []
  /// By operator: the last for which it was looked at.
  private var lastSeen: [Int]

  /// To a device from another one: from cards to the host, from the host to a card, from a card to another.
  private struct Crossings {
    var toHost = Double.infinity
    var fromHost = Double.infinity
    var betweenCards = Double.infinity
  }

  /// Operators in sets, of all operators together: a quarter of a second or so.
  private static let mostWork = 1_000_000
  private static let setSizes = 8...512

  init(graph: Graph, costs: PathCosts) {
    let seconds = graph.operators.indices.map { costs.seconds(OperatorID($0)) }
    self.seconds = seconds
    takesTurns = graph.operators.indices.map { !costs.isLookup(OperatorID($0)) }
    producers = graph.operators.map { op in
      Set(op.inputs.compactMap { $0.flatMap { graph[$0].role.travels ? graph[$0].producer?.index : nil } })
        .sorted()
    }
    mostInSet = max(
      Self.setSizes.lowerBound, min(Self.setSizes.upperBound, Self.mostWork / max(1, graph.operators.count)))
    lastSeen = graph.operators.map { _ in -1 }
    let outputs = Set(graph.responses)
    var crossings = graph.operators.map { _ in Crossings() }
    for (index, op) in graph.operators.enumerated().reversed() {
      var least = Crossings()
      for case .some(let output) in op.outputs {
        for reader in graph[output].consumers {
          let transfer = costs.transfer(of: output, to: reader)
          let (own, next) = (seconds[reader.index], crossings[reader.index])
          least.toHost = min(least.toHost, transfer.around, own[1] + next.toHost)
          least.fromHost = min(least.fromHost, transfer.around, own[0] + next.fromHost)
          least.betweenCards = min(
            least.betweenCards, transfer.between, own[1] + next.betweenCards,
            transfer.around + own[0] + next.fromHost)
        }
        if outputs.contains(output) {
          least.toHost = min(least.toHost, costs.transfer(of: output, to: nil).around)
        }
      }
      crossings[index] = least
    }
    self.crossings = crossings
  }

  func end(of op: OperatorID, _ side: PathSide) -> Double {
    starts[op.index][side.rawValue] + seconds[op.index][side.rawValue]
  }

  /// When the result of an operator can be on a device of a side, wherever the operator is.
  func arrival(of op: OperatorID, at side: PathSide, _ transfer: PathCosts.Transfer) -> Double {
    let (host, card) = (end(of: op, .host), end(of: op, .card))
    return side == .host ? min(host, card + transfer.around) : min(card, host + transfer.around)
  }

  /// The next operator in order.
  ///
  /// - Parameter notBefore: By side: what is known of its start.
  mutating func add(_ op: OperatorID, notBefore: [Double]) {
    starts.append(notBefore)
    for side in PathSide.allCases where seconds[op.index][side.rawValue].isFinite {
      starts[op.index][side.rawValue] = raised(op.index, side, notBefore[side.rawValue])
    }
  }

  /// B: when something that waits for it can be on another device of a side.
  private func away(_ op: Int, _ side: PathSide) -> Double {
    let id = OperatorID(op)
    switch side {
    case .host: return end(of: id, .card) + crossings[op].toHost
    case .card:
      return min(
        end(of: id, .host) + crossings[op].fromHost, end(of: id, .card) + crossings[op].betweenCards)
    }
  }

  private mutating func raised(_ op: Int, _ side: PathSide, _ known: Double) -> Double {
    var least = known
    var (away, first, work) = (Double.infinity, Double.infinity, 0.0)
    var waiting = Heap<Candidate>()
    let visit = 2 * op + side.rawValue
    var found = producers[op]
    for _ in 0..<mostInSet {
      for producer in found where lastSeen[producer] != visit {
        lastSeen[producer] = visit
        waiting.insert(Candidate(away: self.away(producer, side), op: producer))
      }
      guard let next = waiting.popMax(), next.away > least else { break }
      away = min(away, next.away)
      if takesTurns[next.op] {
        first = min(first, starts[next.op][side.rawValue])
        work += seconds[next.op][side.rawValue]
        least = max(least, min(away, first + work))
      }
      found = producers[next.op]
    }
    return least
  }
}

import MinimumCut

/// One case of a ``PlacementQuestion`` with everything pooled that sums let pool, to be bounded by prices.
///
/// For a placement x let load_r(x) be the busy seconds of row r, summed over the cards of a pool, and memory_k(x) the bytes
/// held. For prices p_r, q_k >= 0 that draw at most the bottleneck's weight on the bottleneck (``ObjectiveWeights``),
///
///     objective(x) >= sum_r p_r load_r(x) + sum_k q_k (memory_k(x) - capacity_k)       since x fits
///                  >= min over all x of the same
///
/// (weak duality), and the minimum is found exactly for placements that are cheaper than any real one:
///
/// - an operator is on the host or on cards, there at the least of its priced costs; likewise a table in each allowed
///   precision. A table in several shards costs no less than some whole one: shards of a cut have in sum the bytes,
///   look-ups, bursts and results of the whole table at least, and a mixture of sites is a mixture of their costs;
/// - a tensor that goes between host and cards is charged once a direction, by its bytes; between cards it is free, but for
///   look-up results on their way to the reader whose site the case fixes;
/// - with anything on cards that the response waits for, there is at least one command each way; with tables of the reader on
///   cards, one for their indices, and with some on the host, one for their results;
/// - what tables lose is a row like memory, where a budget limits it;
/// - activations count nothing, look-up buffers for one request in flight.
///
/// What is left is a minimum cut between the host and the cards.
package struct PlacementRelaxation: Sendable {
  /// Something that is on the host or on cards: alternatives of each, one of which it pays; none where it cannot be there.
  struct Node: Sendable {
    var host: [[BoundAmount]] = []
    var cards: [[BoundAmount]] = []
    /// By alternative on cards: what it brings to holders, in sum over them; empty where none of them makes a holder.
    var holders: [[BoundAmount]] = []
  }

  /// What holders add: commands of one, on cards and on their own links, and the results that go from one to another.
  struct Holders: Sendable {
    /// Of the pool.
    var cards: Int
    /// Commands of each: for indices to it, and for results to the other cards.
    var indexCommand: [BoundAmount]
    var resultCommand: [BoundAmount]
    /// Seconds of a command into a card, for indices and for results.
    var indexCommandSeconds: Double
    var resultCommandSeconds: Double
    /// By node: results of a table on a holder, as seconds of the link into a card.
    var results: [Double]
  }

  /// A tensor from its maker to its readers; `nil` is the request or the response, on the host.
  struct Flow: Sendable {
    var producer: Int?
    /// Without the producer; ascending.
    var readers: [Int]
    var isResponse: Bool
    /// Alternatives of what it costs to bring it to cards, and back to the host.
    var toCards: [[BoundAmount]]
    var toHost: [[BoundAmount]]
  }

  package let rows: BoundRows
  package let pools: [CardPool]
  package let weights: ObjectiveWeights
  /// By row of memory.
  package let capacities: [Double]
  /// By node.
  package let units: [BoundUnit]
  private let holders: Holders?
  /// By node: see ``Node``.
  private let (onHost, onCards, onHolders): (PricedAlternatives, PricedAlternatives, PricedAlternatives)
  /// By flow: see ``Flow``.
  private let (toCards, toHost): (PricedAlternatives, PricedAlternatives)
  private let readers: [Int]
  private var network: FlowNetwork
  private let wiring: [Wiring]
  /// By node: from the source, and to the sink.
  private let ends: [(toCards: Int, toHost: Int)]

  /// A flow in the network.
  private struct Wiring: Sendable {
    var producer: Int?
    /// In ``PlacementRelaxation/readers``.
    var readers: Range<Int>
    var isResponse: Bool
    var needsHub: Bool
    /// Arcs of the two directions.
    var toCards: Int?
    var toHost: Int?
  }

  /// A node that is on cards, or on the host, as soon as one of its members is.
  struct Indicator: Sendable {
    var node: Int
    var members: [Int]
    var isOfHost: Bool
  }

  init(
    rows: BoundRows, pools: [CardPool], weights: ObjectiveWeights, capacities: [Double], nodes: [Node],
    units: [BoundUnit], flows: [Flow], indicators: [Indicator], holders: Holders?
  ) {
    self.rows = rows
    self.pools = pools
    self.weights = weights
    self.capacities = capacities
    self.units = units
    self.holders = holders
    onHost = PricedAlternatives(nodes.map(\.host))
    onCards = PricedAlternatives(nodes.map(\.cards))
    onHolders = PricedAlternatives(nodes.map(\.holders))
    toCards = PricedAlternatives(flows.map(\.toCards))
    toHost = PricedAlternatives(flows.map(\.toHost))
    var readers: [Int] = []
    let source = nodes.count
    let sink = nodes.count + 1
    let hubs = flows.count { $0.needsHub } * 2
    var network = FlowNetwork(nodeCount: sink + 1 + hubs, source: source, sink: sink)
    ends = nodes.indices.map { (network.addArc(source, $0, 0), network.addArc($0, sink, 0)) }
    var hub = sink
    wiring = flows.map { flow in
      var wiring = Wiring(
        producer: flow.producer, readers: readers.count..<(readers.count + flow.readers.count),
        isResponse: flow.isResponse, needsHub: flow.needsHub)
      readers += flow.readers
      guard flow.needsHub else {
        if let producer = flow.producer, let reader = flow.readers.first {
          wiring.toCards = network.addArc(producer, reader, 0)
          if !flow.isResponse { wiring.toHost = network.addArc(reader, producer, 0) }
        }
        return wiring
      }
      let start = flow.producer ?? source
      hub += 1
      // On the cards' side as soon as one reader is.
      for reader in flow.readers { _ = network.addArc(hub, reader, .infinity) }
      wiring.toCards = network.addArc(start, hub, 0)
      hub += 1
      if flow.producer != nil, !flow.isResponse {
        for reader in flow.readers { _ = network.addArc(reader, hub, .infinity) }
        wiring.toHost = network.addArc(hub, start, 0)
      }
      return wiring
    }
    self.readers = readers
    for indicator in indicators {
      for member in indicator.members {
        _ =
          indicator.isOfHost
          ? network.addArc(member, indicator.node, .infinity)
          : network.addArc(indicator.node, member, .infinity)
      }
    }
    self.network = network
  }

  /// What prices prove, and the placement that is least under them.
  package struct Answer {
    /// A lower bound on the objective; infinite where no placement is left.
    package var value: Double
    /// By row: what the least placement uses.
    package var use: [Double]
    /// By node: whether that placement has it on the host; empty where there is none.
    package var isOnHost: [Bool]
    /// Whether the minimum was found, not just a lower bound on it.
    package var isExact: Bool
    /// A count of the work.
    package var arcsSeen: Int
  }

  /// - Parameters:
  ///   - prices: By row; finite and at least 0. Such as draw too much on the bottleneck's weight are scaled down.
  ///   - sides: Units that are on the host, or on cards, in the placements that the bound is for.
  ///   - arcLimit: Of the minimum cut; what it found until then is a bound all the same.
  package func answer(to prices: [Double], sides: [BoundSide] = [], arcLimit: Int = .max) -> Answer {
    let used = weights.used(by: prices, rows: rows, pools: pools)
    let scale = used > weights.bottleneck ? weights.bottleneck / used : 1
    let prices = prices.map { $0 * scale }
    guard let scope = BoundScope(sides, most: holders?.cards ?? 0) else {
      return Answer(value: .infinity, use: rows.zeros, isOnHost: [], isExact: true, arcsSeen: 0)
    }
    var host = units.indices.map { onHost.least($0, prices) }
    var cards = units.indices.map { leastOnCards($0, prices, scope) }
    for side in scope.sides {
      for node in units.indices where units[node] == side.unit {
        if side.isOnHost { cards[node].cost = .infinity } else { host[node].cost = .infinity }
      }
    }
    var network = network
    for (index, flow) in wiring.enumerated() {
      let toCards = toCards.least(index, prices).cost
      let toHost = toHost.least(index, prices).cost
      if let producer = flow.producer {
        if flow.isResponse { cards[producer].cost += toHost }
      } else if !flow.needsHub, !flow.readers.isEmpty {
        cards[readers[flow.readers.lowerBound]].cost += toCards
      }
      if let arc = flow.toCards { network.setCapacity(arc, toCards) }
      if let arc = flow.toHost { network.setCapacity(arc, toHost) }
    }
    var value = 0.0
    for (node, arcs) in ends.enumerated() {
      let least = min(host[node].cost, cards[node].cost)
      guard least.isFinite else {
        return Answer(value: .infinity, use: rows.zeros, isOnHost: [], isExact: true, arcsSeen: 0)
      }
      value += least
      network.setCapacity(arcs.toCards, cards[node].cost - least)
      network.setCapacity(arcs.toHost, host[node].cost - least)
    }
    let before = network.arcsSeen
    value += network.minimumCut(arcLimit: arcLimit)
    let seen = network.arcsSeen - before
    for (row, capacity) in zip(rows.memories, capacities) { value -= prices[row] * capacity }
    let commands = holderCommands(scope)
    for amount in commands { value += prices[amount.row] * amount.value }
    let isExact = seen < arcLimit
    guard isExact, value.isFinite else {
      return Answer(
        value: value, use: rows.zeros, isOnHost: [], isExact: isExact, arcsSeen: seen + units.count)
    }
    let isOnHost = units.indices.map(network.isOnSourceSide)
    var use = use(prices, scope, host: host, cards: cards, isOnHost)
    for amount in commands { use[amount.row] += amount.value }
    return Answer(
      value: value, use: use, isOnHost: isOnHost, isExact: true, arcsSeen: seen + units.count)
  }

  /// Holders that there can be at most; 0 where they are not told apart.
  package var mostHolders: Int { holders?.cards ?? 0 }

  /// Whether the number of holders matters under prices.
  package func pricesHolders(_ prices: [Double]) -> Bool {
    guard let holders else { return false }
    let commands = (holders.indexCommand + holders.resultCommand).map(\.row) + [rows.holder(.linkIn)]
    return commands.contains { prices[$0] > 0 }
  }

  /// Commands that every placement with so many holders has, the first one's for indices not counted: see
  /// ``BoundUnit/cardTables``.
  private func holderCommands(_ scope: BoundScope) -> [BoundAmount] {
    guard let holders, scope.holders.lowerBound > 0 else { return [] }
    let least = Double(scope.holders.lowerBound)
    let each =
      holders.indexCommandSeconds + (least - 1) / Double(holders.cards) * holders.resultCommandSeconds
    return holders.indexCommand.map { BoundAmount($0.row, $0.value * (least - 1)) }
      + holders.resultCommand.map { BoundAmount($0.row, $0.value * least) }
      + [BoundAmount(rows.holder(.linkIn), each)]
  }

  /// Whether an alternative on cards can be there with so many holders.
  private func isPossible(_ node: Int, _ alternative: Int, _ scope: BoundScope) -> Bool {
    holders == nil || scope.holders.upperBound > 0 || onHolders.isEmpty(node, alternative)
  }

  /// Visits what an alternative on cards uses with so many holders.
  ///
  /// Of n holders each has the n-th part of what they have together, and n - 1 of n results for it come from others. With m
  /// cards in use, n and 2 at least, the part (m - 1) / m of its own results leaves it.
  private func visit(_ node: Int, _ alternative: Int, _ scope: BoundScope, _ body: (BoundAmount) -> Void) {
    onCards.visit(node, alternative, body)
    guard let holders, !onHolders.isEmpty(node, alternative) else { return }
    let (least, most) = (Double(scope.holders.lowerBound), Double(scope.holders.upperBound))
    onHolders.visit(node, alternative) { amount in
      let part =
        amount.row == rows.holder(.linkOut) ? max(0.5, (least - 1) / max(1, least)) : 1
      body(BoundAmount(amount.row, part * amount.value / most))
    }
    if least > 1 {
      body(
        BoundAmount(
          rows.holder(.linkIn),
          holders.results[node] * (least - 1) / least / Double(holders.cards)))
    }
  }

  private func leastOnCards(_ node: Int, _ prices: [Double], _ scope: BoundScope) -> PricedAlternatives.Choice
  {
    guard holders != nil, onHolders.count(node) > 0 else { return onCards.least(node, prices) }
    var best: PricedAlternatives.Choice = (.infinity, 0)
    for index in 0..<onCards.count(node) where isPossible(node, index, scope) {
      var cost = 0.0
      visit(node, index, scope) { cost += prices[$0.row] * $0.value }
      if cost < best.cost { best = (cost, index) }
    }
    return best
  }

  /// Seconds or joules: how much a unit's side matters under prices.
  package func priced(_ node: Int, _ prices: [Double]) -> Double {
    onHost.least(node, prices).cost + onCards.least(node, prices).cost
  }

  /// What the placement of a minimum cut uses, by row.
  private func use(
    _ prices: [Double], _ scope: BoundScope, host: [PricedAlternatives.Choice],
    cards: [PricedAlternatives.Choice], _ sides: [Bool]
  ) -> [Double] {
    var use = rows.zeros
    func add(_ amount: BoundAmount) { use[amount.row] += amount.value }
    for node in units.indices {
      if sides[node] {
        onHost.visit(node, host[node].index, add)
      } else if isPossible(node, cards[node].index, scope) {
        visit(node, cards[node].index, scope, add)
      }
    }
    for (index, flow) in wiring.enumerated() {
      let isFromHost = flow.producer.map { sides[$0] } ?? true
      let isRead =
        readers[flow.readers].contains { sides[$0] != isFromHost } || (flow.isResponse && !isFromHost)
      guard isRead else { continue }
      let amounts = isFromHost ? toCards : toHost
      if amounts.count(index) > 0 { amounts.visit(index, amounts.least(index, prices).index, add) }
    }
    return use
  }
}

extension PlacementRelaxation.Flow {
  /// Whether one arc a direction does not do: several readers wait for one transfer.
  fileprivate var needsHub: Bool { readers.count > 1 }
}

extension BoundRows {
  fileprivate var zeros: [Double] { Array(repeating: 0, count: count) }
}

import CostModel
import Graph
import Hardware

/// A ``PlacementQuestion`` on cards of several kinds, with the site of every node told apart: the host, each pool of alike
/// cards, or copies. For small questions, where which pool something is on decides more than prices tell; for the smallest
/// each card is a pool of its own.
///
/// What a placement has of a pool is summed over its cards. It is cheaper than any real placement in the same ways as
/// ``PlacementRelaxation``, but for tensors between pools, which are charged here; and a command into a card, and one out of
/// it, comes with anything on its pool that the request reaches and the response waits for.
package struct SiteChoices: Sendable {
  /// What something uses at a site, in a precision where it is a table.
  package struct Alternative: Sendable {
    package var amounts: [BoundAmount]
    package var precision: Precision?
  }

  /// Alternatives, one of which is paid; none where something cannot be there.
  package struct Site: Sendable {
    package var alternatives: [Alternative]
    /// Whether it may be on one card of the pool by itself, or one copy of several be there.
    package var maySingle: Bool
    package var mayCopy: Bool
  }

  package struct Node: Sendable {
    package var host: [Alternative]
    /// By pool.
    package var pools: [Site]
    package var isTable: Bool
    /// Whether the request reaches it and the response waits for it.
    package var isOnTheWay: Bool
  }

  /// A tensor from its maker to its readers; `nil` is the request, on the host.
  package struct Flow: Sendable {
    package var producer: Int?
    /// Without the producer; ascending.
    package var readers: [Int]
    package var isResponse: Bool
    /// By pool: seconds of a link into a card that reads it, and of one out of a card that makes it.
    package var into: [Double]
    package var outOf: [Double]
    /// Seconds on the uplink, from the host and from the cards.
    package var uplinkOut: Double
    package var uplinkIn: Double
  }

  package let rows: BoundRows
  package let pools: [CardPool]
  package let weights: ObjectiveWeights
  /// By row of memory.
  package let capacities: [Double]
  package let nodes: [Node]
  package let flows: [Flow]
  /// By pool: seconds of a command on a card's link.
  package let commandSeconds: [Double]
  /// The operator that reads the results of most tables, those tables, and those whose indices the request brings: a card
  /// with the reader takes in the indices of its own tables in one command, and later the results of others in another.
  package let reader: Int?
  package let read: [Int]
  package let direct: [Int]
  package let uplinkCommandSeconds: Double
  /// Whether cards write to each other, past the uplink.
  package let isPeerToPeer: Bool
  /// Whether they have links of their own for that, which have no rows.
  package let hasPeerLinks: Bool

  /// Operators times cards up to which every card is looked at by itself.
  private static let mostToTellApart = 400

  /// `nil` where cards are of one kind.
  package init?(_ question: PlacementQuestion) {
    guard CardKinds(system: question.system, memoryCounts: false).representatives.count > 1 else {
      return nil
    }
    let system = question.system
    let single = system.cards.indices.map { CardPool(card: $0, count: 1, alike: [$0]) }
    let tellsApart = question.graph.operators.count * single.count <= Self.mostToTellApart
    let served = ServedLookups(graph: question.graph)
    let pivot = PivotReader(graph: question.graph, served: served)
    let builder = RelaxationBuilder(
      question, served: served, pivot: pivot, case: .any, pools: tellsApart ? single : nil)
    rows = builder.rows
    pools = builder.pools
    weights = ObjectiveWeights(question.objective, system: system, pools: builder.pools)
    capacities = builder.memoryCapacities()
    (nodes, flows) = builder.siteChoices()
    let tables = question.graph.embeddingTables.indices.filter { pivot?.results[$0] ?? 0 > 0 }
    let firstTable = nodes.count - question.graph.embeddingTables.count
    reader = pivot.map { pivot in (0..<pivot.op.index).count { served.table[$0] == nil } }
    read = tables.map { firstTable + $0 }
    direct = tables.filter(builder.isDirect).map { firstTable + $0 }
    commandSeconds = builder.pools.map { system.cards[$0.card].link.commandSeconds }
    uplinkCommandSeconds = system.uplink.commandSeconds
    isPeerToPeer = system.peerToPeer
    hasPeerLinks = system.hasPeerLinks
  }
}

extension RelaxationBuilder {
  /// Nodes are the operators that no table serves, in graph order, then the tables.
  fileprivate func siteChoices() -> ([SiteChoices.Node], [SiteChoices.Flow]) {
    let (operators, nodeOfOperator) = numbering
    let onTheWay = Set(onTheWay(nodeOfOperator))
    var nodes = operators.map(siteNode(of:)) + graph.embeddingTables.indices.map(siteNode(ofTable:))
    for node in nodes.indices { nodes[node].isOnTheWay = onTheWay.contains(node) }
    return (nodes, siteFlows(nodeOfOperator))
  }

  private func siteNode(of op: OperatorID) -> SiteChoices.Node {
    let sites = question.rules.operatorSites[op.index]
    let choices = cardChoices(op)
    return .init(
      host: node(of: op).host.map { .init(amounts: $0) },
      pools: pools.indices.map { pool in
        .init(
          alternatives: choices.compactMap { choice in choice[pool].map { .init(amounts: amounts($0)) } },
          maySingle: pools[pool].alike.contains { sites.cards[$0] }, mayCopy: sites.everyCard)
      }, isTable: false, isOnTheWay: false)
  }

  private func siteNode(ofTable table: Int) -> SiteChoices.Node {
    let sites = question.rules.tableSites[table]
    func alternatives(_ location: Location, pool: Int? = nil) -> [SiteChoices.Alternative] {
      question.tablePrecisions.compactMap { precision in
        lookup(table, TableFormat(precision: precision), on: location, pool: pool).map {
          .init(amounts: amounts($0) + loss(table, precision), precision: precision)
        }
      }
    }
    return .init(
      host: sites.host ? alternatives(.host) : [],
      pools: pools.indices.map { pool in
        .init(
          alternatives: alternatives(.card(pools[pool].card), pool: pool),
          maySingle: pools[pool].alike.contains { sites.cards[$0] }, mayCopy: sites.everyCard)
      }, isTable: true, isOnTheWay: false)
  }

  private func siteFlows(_ nodeOfOperator: [Int?]) -> [SiteChoices.Flow] {
    carried(nodeOfOperator).map { carried in
      let onCards = pools.map { bytes(of: carried, on: .card($0.card)) }
      // Where the maker is decides how wide its tensor is: the least is certain.
      let least = min(bytes(of: carried, on: .host), onCards.min() ?? 0)
      return .init(
        producer: carried.producer, readers: carried.readers, isResponse: carried.isResponse,
        into: pools.indices.map { seconds(least, of: $0) },
        outOf: pools.indices.map { seconds(onCards[$0], of: $0) },
        uplinkOut: seconds(least, of: nil), uplinkIn: seconds(onCards.min() ?? 0, of: nil))
    }
  }
}

import CostModel
import Graph
import Hardware

/// Derives the ``PlacementRelaxation`` of one case from model, system and costs.
struct RelaxationBuilder {
  private let question: PlacementQuestion
  private let served: ServedLookups
  private let pivot: PivotReader?
  private let which: BoundCase
  private let pools: [CardPool]
  private let rows: BoundRows

  private var graph: Graph { question.graph }
  private var system: System { question.system }
  private var costs: CostModel { question.costs }

  init(
    _ question: PlacementQuestion, served: ServedLookups, pivot: PivotReader?, case which: BoundCase,
    shares: [Double]
  ) {
    self.question = question
    self.served = served
    self.pivot = pivot
    self.which = which
    pools = Self.pools(question.system, apart: which, shares: shares)
    rows = BoundRows(pools: pools.count)
  }

  private static func pools(_ system: System, apart which: BoundCase, shares: [Double]) -> [CardPool] {
    let kinds = CardKinds(system: system, memoryCounts: false)
    var lists = kinds.representatives.indices.map { kind in
      system.cards.indices.filter { kinds.kindOfCard[$0] == kind }
    }
    if case .card(let card) = which {
      lists = [[card]] + lists.map { $0.filter { $0 != card } }.filter { !$0.isEmpty }
    }
    return lists.compactMap { cards in
      cards.first.map { card in
        CardPool(
          card: card, count: cards.count, share: shares[card],
          alike: system.cards.indices.filter { kinds.kindOfCard[$0] == kinds.kindOfCard[card] })
      }
    }
  }

  // MARK: Relaxation

  /// Nodes are the operators that no table serves, in graph order, then the tables, then those that stand for commands.
  func relaxation() -> PlacementRelaxation {
    var nodeOfOperator = [Int?](repeating: nil, count: graph.operators.count)
    var nodes: [PlacementRelaxation.Node] = []
    for index in graph.operators.indices where served.table[index] == nil {
      nodeOfOperator[index] = nodes.count
      nodes.append(node(of: OperatorID(index)))
    }
    let firstTable = nodes.count
    nodes += graph.embeddingTables.indices.map(node(ofTable:))
    for (index, table) in served.table.enumerated() {
      if let table { nodeOfOperator[index] = firstTable + table }
    }
    var units = graph.operators.indices.filter { served.table[$0] == nil }.map {
      BoundUnit.op(OperatorID($0))
    }
    units += graph.embeddingTables.indices.map { BoundUnit.table($0) }
    var indicators: [PlacementRelaxation.Indicator] = []
    for command in commands(firstTable: firstTable, nodeOfOperator) {
      indicators.append(.init(node: nodes.count, members: command.members, isOfHost: command.isOfHost))
      nodes.append(command.node)
      units.append(command.unit)
    }
    return PlacementRelaxation(
      rows: rows, pools: pools,
      weights: ObjectiveWeights(question.objective, system: system, pools: pools),
      capacities: memoryCapacities(), nodes: nodes, units: units, flows: flows(nodeOfOperator),
      indicators: indicators)
  }

  /// Of a pool that is only a part of the cards that are alike, the largest: rules may leave them unlike amounts, and a
  /// case stands for all of them. One byte more a device, as bytes are rounded where they are counted.
  private func memoryCapacities() -> [Double] {
    [question.rules.capacities[0] + 1]
      + pools.map { pool in
        let largest = pool.alike.map { question.rules.capacities[$0 + 1] + 1 }.sorted(by: >)
        return largest.prefix(pool.count).reduce(0, +)
      }
  }

  // MARK: Operators

  private func node(of op: OperatorID) -> PlacementRelaxation.Node {
    let sites = question.rules.operatorSites[op.index]
    var node = PlacementRelaxation.Node()
    let isPivot = pivot?.op == op
    if sites.host, !isPivot || which.allows(.host), let cost = costs.cost(of: op, on: .host) {
      node.host = [
        amounts([
          (rows.row(.cores), cost.seconds), (rows.row(.dram), cost.dramSeconds),
          (rows.hostMemory, costs.sharedWeightBytes(of: op, on: .host)),
        ])
      ]
    }
    let onPools = pools.indices.map { cardAmounts(op, pool: $0) }
    for (pool, entry) in pools.enumerated() {
      guard let own = onPools[pool], entry.alike.contains(where: { sites.cards[$0] }),
        !isPivot || which.allows(.card(entry.card))
      else { continue }
      node.cards.append(amounts(own))
    }
    if sites.everyCard, !isPivot || which.allows(.everyCard) || (which != .host && system.cards.count == 1),
      let copies = copies(onPools)
    {
      node.cards.append(copies)
    }
    return node
  }

  /// One card of a pool for every request.
  private func cardAmounts(_ op: OperatorID, pool: Int) -> [(Int, Double)]? {
    let location = Location.card(pools[pool].card)
    guard let cost = costs.cost(of: op, on: location),
      let divided = costs.cost(of: op, on: location, coreFraction: Self.fewCores)
    else { return nil }
    return [
      (rows.row(.cores, pool: pool), graph.embeddingTables.isEmpty ? 0 : divided.seconds * Self.fewCores),
      (rows.row(.dense, pool: pool), cost.seconds), (rows.row(.dram, pool: pool), cost.dramSeconds),
      (rows.memory(pool: pool), costs.sharedWeightBytes(of: op, on: location)),
    ]
  }

  /// A card that keeps the part 1 - f of its cores for look-ups is busy, over all cores, for the look-ups' time on all of
  /// them and f times the dense operators' on the rest. That grows with f, and this is the least.
  private static let fewCores = 1e-9

  /// A copy on every card: loads by share, memory on each. `nil` where a card lacks it.
  private func copies(_ onPools: [[(Int, Double)]?]) -> [BoundAmount]? {
    var pairs: [(Int, Double)] = []
    for (pool, entry) in pools.enumerated() {
      guard let own = onPools[pool] else { return nil }
      pairs += own.map { row, value in
        (row, Double(entry.count) * value * (rows.memories.contains(row) ? 1 : entry.share))
      }
    }
    return pairs.isEmpty ? nil : amounts(pairs)
  }

  // MARK: Tables

  private func node(ofTable table: Int) -> PlacementRelaxation.Node {
    let sites = question.rules.tableSites[table]
    var node = PlacementRelaxation.Node()
    for precision in question.tablePrecisions {
      let format = TableFormat(precision: precision)
      func isLeft(_ site: PlacementSite) -> Bool {
        question.rules.allows(
          table: table, option: PlanRules.optionName(split: .whole, site: site, precision: precision))
      }
      if sites.host, isLeft(.host), let pairs = lookup(table, format, on: .host) {
        node.host.append(amounts(pairs))
      }
      let onPools = pools.indices.map { lookup(table, format, on: .card(pools[$0].card), pool: $0) }
      if question.rules.allowsOnCards(table, precision) {
        for (pool, entry) in pools.enumerated() {
          guard let own = onPools[pool], entry.alike.contains(where: { sites.cards[$0] }) else { continue }
          node.cards.append(amounts(own + crossing(table, format, from: pool)))
        }
      }
      if sites.everyCard, isLeft(.everyCard), let copies = copies(onPools) {
        node.cards.append(copies + copiesCrossing(table, format))
      }
    }
    return node
  }

  /// The whole table on one device.
  private func lookup(
    _ table: Int, _ format: TableFormat, on location: Location, pool: Int? = nil
  ) -> [(Int, Double)]? {
    guard let cost = costs.lookup(table: table, format: format, on: location),
      let cores = system.processor(at: location)?.cores
    else { return nil }
    let busy = (cost.coreSeconds + cost.launchSeconds) / Double(max(1, cores))
    let bytes = Double(costs.tableBytes(table, format: format)) + Double(cost.bufferBytes)
    guard let pool else {
      return [(rows.row(.cores), busy), (rows.row(.dram), cost.dramSeconds), (rows.hostMemory, bytes)]
    }
    return [
      (rows.row(.cores, pool: pool), busy), (rows.row(.dram, pool: pool), cost.dramSeconds),
      (rows.memory(pool: pool), bytes),
    ]
  }

  /// Seconds on the links of a table's results that go from one card to the reader elsewhere.
  private func crossing(_ table: Int, _ format: TableFormat, from pool: Int) -> [(Int, Double)] {
    let bytes = pivotBytes(table, format, on: .card(pools[pool].card))
    switch which {
    case .any, .host: return []
    case .everyCard:
      let away = 1 - pools[pool].share
      // When fewer cards are in use, each of them sends more, but less in all passes the uplink: from half on, as from two
      // cards; with one the reader is on it.
      return leaving(pool, bytes: away * bytes, hopBytes: min(away, 0.5) * bytes)
        + pools.indices.flatMap { other in
          let others = Double(pools[other].count - (other == pool ? 1 : 0))
          return entering(other, bytes: others * pools[other].share * bytes)
        }
    case .card:
      return pool == 0 ? [] : leaving(pool, bytes: bytes) + entering(0, bytes: bytes)
    }
  }

  /// The same for a table copied to every card: nothing where the reader is, too.
  private func copiesCrossing(_ table: Int, _ format: TableFormat) -> [BoundAmount] {
    guard case .card = which else { return [] }
    let bytes = pivotBytes(table, format, on: .card(0))
    return amounts(
      pools.indices.dropFirst().flatMap { pool in
        let part = Double(pools[pool].count) * pools[pool].share * bytes
        return leaving(pool, bytes: part) + entering(0, bytes: part)
      })
  }

  /// Bytes of a table's results that the case's reader reads.
  private func pivotBytes(_ table: Int, _ format: TableFormat, on location: Location) -> Double {
    guard let pivot, pivot.results[table] > 0,
      let cost = costs.lookup(table: table, format: format, on: location)
    else { return 0 }
    return Double(pivot.results[table])
      * Double(cost.resultBytes / max(1, graph.embeddingTables[table].lookups.count))
  }

  /// Out of a card and, where cards cannot write to each other, through host memory.
  private func leaving(_ pool: Int, bytes: Double, hopBytes: Double? = nil) -> [(Int, Double)] {
    let own = [(rows.row(.linkOut, pool: pool), seconds(bytes, system.cards[pools[pool].card].link))]
    guard !system.peerToPeer else { return own }
    let hop = seconds(hopBytes ?? bytes, system.uplink)
    return own + [(rows.row(.uplinkIn), hop), (rows.row(.uplinkOut), hop)]
  }

  private func entering(_ pool: Int, bytes: Double) -> [(Int, Double)] {
    [(rows.row(.linkIn, pool: pool), seconds(bytes, system.cards[pools[pool].card].link))]
  }

  /// Without the command, which other tensors may share.
  private func seconds(_ bytes: Double, _ link: Link) -> Double { link.seconds(bytes: bytes, commands: 0) }

  // MARK: Transfers

  private func flows(_ nodeOfOperator: [Int?]) -> [PlacementRelaxation.Flow] {
    let outputs = Set(graph.outputs)
    var flows: [PlacementRelaxation.Flow] = []
    for (index, tensor) in graph.tensors.enumerated() where tensor.role != .constant {
      let id = TensorID(index)
      var producer: Int?
      var results: Int?
      if let op = tensor.producer {
        producer = nodeOfOperator[op.index]
        results = served.table[op.index]
      }
      var readers: Set<Int> = []
      for consumer in tensor.consumers {
        guard let reader = nodeOfOperator[consumer.index], reader != producer else { continue }
        guard let table = served.table[consumer.index] else {
          readers.insert(reader)
          continue
        }
        guard served.firstIndexTensor[table] == id else { continue }
        flows.append(
          .init(
            producer: producer, readers: [reader], isResponse: false,
            toCards: pools.indices.map {
              toPool($0, bytes: indexBytes(table, on: .card(pools[$0].card)))
            },
            toHost: pools.indices.map { fromPool($0, bytes: indexBytes(table, on: .host)) }))
      }
      let isResponse = outputs.contains(id) && producer != nil
      guard !readers.isEmpty || isResponse else { continue }
      let isPivotInput = pivot.map { tensor.consumers.contains($0.op) } ?? false
      let bytes = pools.indices.map { pool in
        results.map { resultBytes($0, on: .card(pools[pool].card)) } ?? Double(costs.transferBytes(of: id))
      }
      let hostBytes = results.map { resultBytes($0, on: .host) } ?? Double(costs.transferBytes(of: id))
      flows.append(
        .init(
          producer: producer, readers: readers.sorted(), isResponse: isResponse,
          toCards: toCards(bytes: hostBytes, isPivotInput: isPivotInput),
          toHost: pools.indices.map { fromPool($0, bytes: bytes[$0]) }))
    }
    return flows
  }

  /// Alternatives; the one way where the case says which cards it goes to.
  private func toCards(bytes: Double, isPivotInput: Bool) -> [[BoundAmount]] {
    switch which {
    case .everyCard where isPivotInput:
      [
        amounts(
          [(rows.row(.uplinkOut), seconds(bytes, system.uplink))]
            + pools.indices.flatMap { pool in
              entering(pool, bytes: Double(pools[pool].count) * pools[pool].share * bytes)
            })
      ]
    case .card where isPivotInput: [toPool(0, bytes: bytes)]
    default: pools.indices.map { toPool($0, bytes: bytes) }
    }
  }

  private func toPool(_ pool: Int, bytes: Double) -> [BoundAmount] {
    amounts([(rows.row(.uplinkOut), seconds(bytes, system.uplink))] + entering(pool, bytes: bytes))
  }

  private func fromPool(_ pool: Int, bytes: Double) -> [BoundAmount] {
    amounts([
      (rows.row(.linkOut, pool: pool), seconds(bytes, system.cards[pools[pool].card].link)),
      (rows.row(.uplinkIn), seconds(bytes, system.uplink)),
    ])
  }

  /// Of one of a table's results; independent of how it is stored.
  private func resultBytes(_ table: Int, on location: Location) -> Double {
    let cost = costs.lookup(table: table, format: .int8, on: location)
    return Double((cost?.resultBytes ?? 0) / max(1, graph.embeddingTables[table].lookups.count))
  }

  private func indexBytes(_ table: Int, on location: Location) -> Double {
    Double(costs.lookup(table: table, format: .int8, on: location)?.indexBytes ?? 0)
  }

  private struct Command {
    var unit: BoundUnit
    var node: PlacementRelaxation.Node
    var members: [Int]
    var isOfHost = false
  }

  /// Commands that come with anything on cards, one each way. With the reader on cards there is one to them for the indices
  /// of its tables there, and one for the results of those on the host; a placement has one of the two.
  private func commands(firstTable: Int, _ nodeOfOperator: [Int?]) -> [Command] {
    let crossing = onTheWay(nodeOfOperator)
    let uplink = system.uplink.commandSeconds
    func alternatives(_ up: BoundRows.HostRow, _ link: BoundRows.CardRow) -> [[BoundAmount]] {
      pools.indices.map { pool in
        let command = system.cards[pools[pool].card].link.commandSeconds
        return amounts([(rows.row(up), uplink), (rows.row(link, pool: pool), command)])
      }
    }
    let toCards = alternatives(.uplinkOut, .linkIn)
    let toHost = Command(
      unit: .cards, node: .init(host: [[]], cards: alternatives(.uplinkIn, .linkOut)), members: crossing)
    guard let pivot, which != .host, which != .any else {
      return [.init(unit: .cards, node: .init(host: [[]], cards: toCards), members: crossing), toHost]
    }
    let onTheWay = Set(crossing)
    let tables = pivot.results.indices.filter { pivot.results[$0] > 0 }.map { firstTable + $0 }
      .filter(onTheWay.contains)
    return [
      .init(unit: .cardTables, node: .init(host: [[]], cards: toCards), members: tables),
      .init(unit: .hostTables, node: .init(host: toCards, cards: [[]]), members: tables, isOfHost: true),
      toHost,
    ]
  }

  /// Nodes that the request reaches and the response waits for.
  private func onTheWay(_ nodeOfOperator: [Int?]) -> [Int] {
    let outputs = Set(graph.outputs)
    var isReached = Array(repeating: false, count: graph.operators.count)
    for (index, op) in graph.operators.enumerated() {
      for case .some(let input) in op.inputs where graph[input].role != .constant {
        if graph[input].producer.map({ isReached[$0.index] }) ?? true { isReached[index] = true }
      }
    }
    var isAwaited = isReached
    for (index, op) in graph.operators.enumerated().reversed() {
      isAwaited[index] = op.outputs.contains { output in
        guard let output else { return false }
        return outputs.contains(output) || graph[output].consumers.contains { isAwaited[$0.index] }
      }
    }
    let nodes = graph.operators.indices.filter { isReached[$0] && isAwaited[$0] }
    return Set(nodes.compactMap { nodeOfOperator[$0] }).sorted()
  }

  private func amounts(_ pairs: [(Int, Double)]) -> [BoundAmount] {
    pairs.filter { $0.1 > 0 }.map { BoundAmount($0.0, $0.1) }
  }
}

import CostModel
import Graph
import Hardware

/// What moves between the host and the cards.
extension RelaxationBuilder {
  func flows(_ nodeOfOperator: [Int?]) -> [PlacementRelaxation.Flow] {
    let outputs = Set(graph.responses)
    var flows: [PlacementRelaxation.Flow] = []
    for (index, tensor) in graph.tensors.enumerated() where tensor.role.travels {
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

  /// Alternatives; the one way where the case says which card it goes to.
  private func toCards(bytes: Double, isPivotInput: Bool) -> [[BoundAmount]] {
    if isPivotInput, case .card = which { return [toPool(0, bytes: bytes)] }
    if isPivotInput, rows.hasHolders {
      let part = seconds(bytes, system.cards[pools[0].card].link) / Double(pools[0].count)
      return [toPool(0, bytes: bytes) + [BoundAmount(rows.holder(.linkIn), part)]]
    }
    return pools.indices.map { toPool($0, bytes: bytes) }
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
  func resultBytes(_ table: Int, on location: Location) -> Double {
    let cost = costs.lookup(table: table, format: .int8, on: location)
    return Double((cost?.resultBytes ?? 0) / max(1, graph.embeddingTables[table].lookups.count))
  }

  func indexBytes(_ table: Int, on location: Location) -> Double {
    Double(costs.lookup(table: table, format: .int8, on: location)?.indexBytes ?? 0)
  }

  struct Command {
    var unit: BoundUnit
    var node: PlacementRelaxation.Node
    var members: [Int]
    var isOfHost = false
  }

  /// Commands that come with anything on cards, one each way. With the reader on cards there is one to them for indices of its
  /// tables there, and one for the results of those on the host.
  func commands(firstTable: Int, _ nodeOfOperator: [Int?]) -> [Command] {
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
    let read = graph.embeddingTables.indices.filter { pivot.results[$0] > 0 }
    return [
      .init(
        unit: .cardTables, node: .init(host: [[]], cards: toCards),
        members: read.filter(isDirect).map { firstTable + $0 }),
      .init(
        unit: .hostTables, node: .init(host: toCards, cards: [[]]),
        members: read.map { firstTable + $0 }, isOfHost: true),
      toHost,
    ]
  }

  /// Nodes that the request reaches and the response waits for.
  func onTheWay(_ nodeOfOperator: [Int?]) -> [Int] {
    let outputs = Set(graph.responses)
    var isReached = Array(repeating: false, count: graph.operators.count)
    for (index, op) in graph.operators.enumerated() {
      for case .some(let input) in op.inputs where graph[input].role.travels {
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
}

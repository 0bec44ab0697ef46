import CostModel
import Graph
import Hardware

/// What moves between the host and the cards.
extension RelaxationBuilder {
  /// Something that moves, with the nodes that make and read it; `nil` is the request, or for readers the response.
  struct Carried {
    enum Content {
      /// Of a table, in place of the tensor that holds them.
      case indices(Int)
      case results(Int)
      case activation
    }

    var tensor: TensorID
    var content: Content
    var producer: Int?
    /// Without the producer; ascending.
    var readers: [Int]
    var isResponse: Bool
  }

  /// In the order of tensors; a table's indices in front of what else reads their tensor.
  func carried(_ nodeOfOperator: [Int?]) -> [Carried] {
    let outputs = Set(graph.responses)
    var carried: [Carried] = []
    for (index, tensor) in graph.tensors.enumerated() where tensor.role.travels {
      let id = TensorID(index)
      let producer = tensor.producer.flatMap { nodeOfOperator[$0.index] }
      let results = tensor.producer.flatMap { served.table[$0.index] }
      var readers: Set<Int> = []
      for consumer in tensor.consumers {
        guard let reader = nodeOfOperator[consumer.index], reader != producer else { continue }
        guard let table = served.table[consumer.index] else {
          readers.insert(reader)
          continue
        }
        guard served.firstIndexTensor[table] == id else { continue }
        carried.append(
          .init(
            tensor: id, content: .indices(table), producer: producer, readers: [reader], isResponse: false))
      }
      let isResponse = outputs.contains(id) && producer != nil
      guard !readers.isEmpty || isResponse else { continue }
      carried.append(
        .init(
          tensor: id, content: results.map { .results($0) } ?? .activation, producer: producer,
          readers: readers.sorted(), isResponse: isResponse))
    }
    return carried
  }

  /// As the device that makes or reads it has it.
  func bytes(of carried: Carried, on location: Location) -> Double {
    switch carried.content {
    case .indices(let table): Double(law.indexBytes(table, on: location))
    case .results(let table): Double(law.resultBytesOfOne(table, on: location))
    case .activation: Double(costs.transferBytes(of: carried.tensor))
    }
  }

  func flows(_ nodeOfOperator: [Int?]) -> [PlacementRelaxation.Flow] {
    carried(nodeOfOperator).map { carried in
      let onCards = pools.map { bytes(of: carried, on: .card($0.card)) }
      let onHost = bytes(of: carried, on: .host)
      var flow = PlacementRelaxation.Flow(
        producer: carried.producer, readers: carried.readers, isResponse: carried.isResponse, toCards: [],
        toHost: [])
      if case .indices = carried.content {
        // They are as wide as who looks up wants them.
        flow.toCards = pools.indices.map { toPool($0, bytes: onCards[$0]) }
        flow.toHost = pools.indices.map { fromPool($0, bytes: onHost) }
      } else {
        let consumers = graph[carried.tensor].consumers
        let isPivotInput = pivot.map { consumers.contains($0.op) } ?? false
        flow.toCards = toCards(bytes: onHost, isPivotInput: isPivotInput)
        flow.toHost = pools.indices.map { fromPool($0, bytes: onCards[$0]) }
      }
      return flow
    }
  }

  /// Alternatives; the one way where the case says which card it goes to.
  private func toCards(bytes: Double, isPivotInput: Bool) -> [[BoundAmount]] {
    if isPivotInput, case .card = which { return [toPool(0, bytes: bytes)] }
    if isPivotInput, rows.hasHolders {
      let part = seconds(bytes, of: 0) / Double(pools[0].count)
      return [toPool(0, bytes: bytes) + [BoundAmount(rows.holder(.linkIn), part)]]
    }
    return pools.indices.map { toPool($0, bytes: bytes) }
  }

  private func toPool(_ pool: Int, bytes: Double) -> [BoundAmount] {
    amounts([outOf(nil, bytes: bytes), into(pool, bytes: bytes)])
  }

  private func fromPool(_ pool: Int, bytes: Double) -> [BoundAmount] {
    amounts([outOf(pool, bytes: bytes), into(nil, bytes: bytes)])
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

import CostModel
import Graph
import Hardware
import Plan

/// Busy seconds of every resource under a placement, derived anew from the definitions, operator by operator and tensor by
/// tensor: slow, and with nothing in common with the lowering but the cost model's figures.
struct LoadOracle {
  let graph: Graph
  let system: System
  let placement: ModelPlacement
  let costs: CostModel

  /// Where something is that serves the requests of one replica: 0 is the host.
  private typealias Device = Int
  /// What one device runs between two crossings: a partition.
  private struct Round: Hashable {
    var device: Device
    var level: Int
    var isSparse: Bool
    /// Partitions of copies and of single cards are apart, also where they meet on a card.
    var isCopy: Bool
  }
  /// A table's shard, or an operator.
  private enum Actor: Hashable {
    case op(Int)
    case lookup(Int, shard: Int)
  }
  /// Tensors that go from one round to the same first reader cross as one command.
  private struct Command: Hashable {
    var from: Round?
    var to: Device
    var isForCopy: Bool
    var first: Round?
  }

  /// By resource of `Lowering.resource`.
  ///
  /// - Parameter shares: By card in use: the part of the requests that its replica serves.
  func loads(shares: [Double]) -> [Double] {
    var total = Array(repeating: 0.0, count: 4 + (linksCards ? 7 : 5) * system.cards.count)
    let replicas = placement.hasCopies ? Array(zip(placement.usedCards, shares)) : [(0, 1)]
    for (card, share) in replicas {
      for (resource, seconds) in loads(ofReplicaOn: card) { total[resource] += share * seconds }
    }
    return total
  }

  private func loads(ofReplicaOn replica: Int) -> [(resource: Int, seconds: Double)] {
    var loads: [(Int, Double)] = []
    func add(_ lane: Lowering.DeviceLane, _ device: Device, _ seconds: Double) {
      loads.append((Lowering.resource(lane, device: device), seconds))
    }
    for actor in actors {
      let device = device(of: actor, replica)
      switch actor {
      case .op(let op):
        guard let cost = costs.cost(of: OperatorID(op), on: location(device), coreFraction: dense(device))
        else { continue }
        add(.dense, device, cost.seconds)
        add(.dram, device, cost.dramSeconds)
      case .lookup(let op, _):
        guard let table = tableOfOperator[op], let cost = lookup(table, on: device) else { continue }
        let part = 1 / Double(graph.embeddingTables[table].lookups.count)
        let apart = device == 0 ? 0 : placement.sparseCores[device - 1]
        let cores = apart > 0 ? apart : processor(device).cores
        add(
          apart > 0 ? .sparse : .dense, device, part * (cost.coreSeconds + cost.launchSeconds) / Double(cores)
        )
        add(.dram, device, part * cost.dramSeconds)
      }
    }
    for (device, table) in readersOfSums(replica) {
      let split = placement.tables[table].split
      guard
        let sum = costs.partialSum(
          table: table, split: split, on: location(device), coreFraction: dense(device))
      else { continue }
      let part = 1 / Double(graph.embeddingTables[table].lookups.count)
      add(.dense, device, part * sum.seconds)
      add(.dram, device, part * sum.dramSeconds)
    }
    for (command, bytes) in commands(replica) {
      let from = command.from?.device ?? 0
      let stops =
        from == 0 || command.to == 0 || system.peerToPeer ? [from, command.to] : [from, 0, command.to]
      for (sender, receiver) in zip(stops, stops.dropFirst()) {
        if sender > 0, receiver > 0, linksCards {
          let own = 4 + 5 * system.cards.count
          loads.append((own + 2 * (receiver - 1), peerSeconds(bytes, receiver)))
          loads.append((own + 2 * (sender - 1) + 1, peerSeconds(bytes, sender)))
        } else {
          add(.linkOut, sender, seconds(bytes, sender))
          add(.linkIn, receiver, seconds(bytes, receiver))
        }
      }
    }
    return loads
  }

  // MARK: Who acts where

  /// By operator: the table whose shards run it.
  private var tableOfOperator: [Int?] {
    graph.operators.indices.map { op in
      graph.embeddingTables.firstIndex { $0.lookups.contains(OperatorID(op)) }
    }
  }

  private var actors: [Actor] { graph.operators.indices.flatMap(actors) }

  /// Those that do an operator's work.
  private func actors(_ op: Int) -> [Actor] {
    guard let table = tableOfOperator[op] else { return [.op(op)] }
    return placement.tables[table].shards.indices.map { .lookup(op, shard: $0) }
  }

  private func site(of actor: Actor) -> PlacementSite {
    switch actor {
    case .op(let op): placement.operators[op]
    case .lookup(let op, let shard): placement.tables[tableOfOperator[op] ?? 0].shards[shard].site
    }
  }

  private func device(of actor: Actor, _ replica: Int) -> Device {
    switch site(of: actor) {
    case .host: 0
    case .card(let card): card + 1
    case .everyCard: replica + 1
    }
  }

  private func round(of actor: Actor, _ replica: Int) -> Round {
    let level: Int
    let isSparse: Bool
    switch actor {
    case .op(let op): (level, isSparse) = (levels[op], false)
    case .lookup(let op, _): (level, isSparse) = (levels[op], true)
    }
    return Round(
      device: device(of: actor, replica), level: level, isSparse: isSparse,
      isCopy: site(of: actor) == .everyCard)
  }

  /// Crossings on the longest way to an operator: whatever a table serves is beyond one, as are its results.
  private var levels: [Int] {
    var levels: [Int] = []
    for (op, entry) in graph.operators.enumerated() {
      let ways = entry.inputs.compactMap { $0.flatMap { graph[$0].producer } }.map { before in
        let isSame =
          tableOfOperator[op] == nil && tableOfOperator[before.index] == nil
          && placement.operators[op] == placement.operators[before.index]
        return levels[before.index] + (isSame ? 0 : 1)
      }
      let least = tableOfOperator[op] != nil || placement.operators[op] != .host ? 1 : 0
      levels.append(max(least, ways.max() ?? 0))
    }
    return levels
  }

  // MARK: What is sent

  /// Each tensor goes once from whoever makes it to each site that reads it; the response to the host.
  private func commands(_ replica: Int) -> [Command: Int] {
    var commands: [Command: Int] = [:]
    for index in graph.tensors.indices where graph.tensors[index].role.travels {
      let id = TensorID(index)
      let makers: [Actor?] = graph[id].producer.map { actors($0.index) } ?? [nil]
      let readers = graph[id].consumers.flatMap { actors($0.index) }
      for maker in makers {
        let from = maker.map { site(of: $0) } ?? .host
        for (site, group) in Dictionary(grouping: readers, by: site(of:)) where site != from {
          let rounds = group.map { round(of: $0, replica) }
          let first = rounds.min {
            ($0.level, $0.isSparse ? 0 : 1) < ($1.level, $1.isSparse ? 0 : 1)
          }
          let command = Command(
            from: maker.map { round(of: $0, replica) }, to: device(of: group[0], replica),
            isForCopy: site == .everyCard, first: first)
          commands[command, default: 0] +=
            maker.flatMap { resultBytes($0, replica) } ?? bytes(id, to: group, replica)
        }
        if let maker, graph.responses.contains(id), from != .host {
          let command = Command(from: round(of: maker, replica), to: 0, isForCopy: false, first: nil)
          commands[command, default: 0] += resultBytes(maker, replica) ?? costs.transferBytes(of: id)
        }
      }
    }
    // Copies and what is on their card by itself do not cross a link to meet.
    return commands.filter { ($0.key.from?.device ?? 0) != $0.key.to }
  }

  /// Of a table's results; `nil` for other tensors.
  private func resultBytes(_ maker: Actor, _ replica: Int) -> Int? {
    guard case .lookup(let op, let shard) = maker, let table = tableOfOperator[op] else { return nil }
    let cost = lookup(table, on: representative(placement.tables[table].shards[shard].site))
    return (cost?.resultBytes ?? 0) / graph.embeddingTables[table].lookups.count
  }

  /// The indices of each shard that is charged with this tensor, beside the whole tensor where operators read it.
  private func bytes(_ id: TensorID, to group: [Actor], _ replica: Int) -> Int {
    var whole = 0
    var indices = 0
    for reader in group {
      guard case .lookup(let op, let shard) = reader, let table = tableOfOperator[op] else {
        whole = costs.transferBytes(of: id)
        continue
      }
      guard isCharged(id, table: table) else { continue }
      indices +=
        lookup(table, on: representative(placement.tables[table].shards[shard].site))?.indexBytes ?? 0
    }
    return whole + indices
  }

  /// All index inputs of a table are one figure, which the first one brings.
  private func isCharged(_ id: TensorID, table: Int) -> Bool {
    let inputs = graph.embeddingTables[table].lookups.flatMap { graph[$0].inputs.compactMap { $0 } }
    return inputs.first { graph[$0].role != .constant } == id
  }

  /// Where the partial sums of each look-up into row shards are added up: at every site that reads them, once.
  private func readersOfSums(_ replica: Int) -> [(Device, table: Int)] {
    graph.embeddingTables.enumerated().flatMap { table, entry -> [(Device, table: Int)] in
      guard placement.tables[table].shards.count > 1 else { return [] }
      return entry.lookups.flatMap { lookup -> [(Device, table: Int)] in
        let readers = graph[lookup].outputs.compactMap { $0 }.flatMap { graph[$0].consumers }
          .flatMap { actors($0.index) }
        return Dictionary(grouping: readers, by: site(of:)).values.map { (device(of: $0[0], replica), table) }
      }
    }
  }

  // MARK: Figures

  private func representative(_ site: PlacementSite) -> Device {
    switch site {
    case .host: 0
    case .card(let card): card + 1
    case .everyCard: 1
    }
  }

  private func lookup(_ table: Int, on device: Device) -> LookupCost? {
    let entry = placement.tables[table]
    return costs.lookup(table: table, format: entry.format, split: entry.split, on: location(device))
  }

  private func location(_ device: Device) -> Location { device == 0 ? .host : .card(device - 1) }

  private func processor(_ device: Device) -> Processor {
    device == 0 ? system.host.processor : system.cards[device - 1].processor
  }

  /// Part of a device's cores that run what is not looked up.
  private func dense(_ device: Device) -> Double {
    guard device > 0 else { return 1 }
    let cores = system.cards[device - 1].processor.cores
    return Double(cores - placement.sparseCores[device - 1]) / Double(cores)
  }

  private func seconds(_ bytes: Int, _ device: Device) -> Double {
    let link = device == 0 ? system.uplink : system.cards[device - 1].link
    return link.commandSeconds + Double(bytes) / link.sustained
  }

  /// Whether cards exchange over links of their own, which come after all other resources: into each card, out of it.
  private var linksCards: Bool {
    system.peerToPeer && system.cards.count > 1 && !system.cards.contains { $0.peerLink == nil }
  }

  private func peerSeconds(_ bytes: Int, _ device: Device) -> Double {
    guard let link = system.cards[device - 1].peerLink else { return 0 }
    return link.commandSeconds + Double(bytes) / link.sustained
  }
}

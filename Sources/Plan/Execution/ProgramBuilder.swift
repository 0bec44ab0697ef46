import CostModel
import Graph
import Hardware

/// Builds the tasks of every replica; see ``Lowering`` for the formulas.
struct ProgramBuilder {
  let graph: Graph
  let system: System
  let placement: ModelPlacement
  let costs: CostModel
  let partitions: PartitionGraph
  /// Transfers by the first partition that waits for them; those that none waits for come last.
  private let incoming: [[Int]]

  init(
    graph: Graph, system: System, placement: ModelPlacement, costs: CostModel, partitions: PartitionGraph
  ) {
    self.graph = graph
    self.system = system
    self.placement = placement
    self.costs = costs
    self.partitions = partitions
    var incoming: [[Int]] = Array(repeating: [], count: partitions.partitions.count + 1)
    for (index, transfer) in partitions.transfers.enumerated() {
      incoming[transfer.receivers.first ?? partitions.partitions.count].append(index)
    }
    self.incoming = incoming
  }

  func build() -> ExecutionProgram {
    let (cards, shares) = replicas
    var times: Times = [:]
    let common = CommonTasks(
      computes: partitions.partitions.indices.map {
        isCommon(partition: $0) ? compute($0, replica: nil, &times) : nil
      },
      hops: partitions.transfers.map { isCommon($0) ? hops($0, parts: indexParts($0), replica: nil) : nil },
      parts: partitions.transfers.map(indexParts))
    var variants = zip(cards, shares).map { card, share in
      ExecutionProgram.Variant(
        card: card.map { $0 + 1 }, share: share, tasks: tasks(replica: card, common, &times))
    }
    let resources = Lowering.resources(of: system)
    // A placement's own shares are for cards that are unlike: alike ones take turns.
    if placement.hasCopies, CardKinds(system: system, memoryCounts: false).areUnlike(placement.usedCards) {
      variants = ReplicaShares.balanced(variants, resources: resources)
    }
    let usage = DeviceUsage(
      graph: graph, system: system, placement: placement, costs: costs, partitions: partitions)
    return ExecutionProgram(
      resources: resources, devices: usage.devices(),
      tables: graph.embeddingTables.map {
        .init(
          name: $0.name, averageLookups: $0.averageLookups, maximumLookups: $0.maximumLookups)
      },
      variants: variants)
  }

  /// The card that stands for each replica, and the part of all requests that it serves.
  private var replicas: (cards: [Int?], shares: [Double]) {
    if placement.hasCopies {
      return (
        placement.usedCards,
        ReplicaShares.shares(graph: graph, cards: placement.usedCards, costs: costs)
      )
    }
    guard placement.groups > 1 else { return ([nil], [1]) }
    let groups = 0..<placement.groups
    return (groups.map { $0 * placement.cardsPerGroup }, groups.map { _ in 1 / Double(placement.groups) })
  }

  // MARK: Tasks of one replica

  /// What is the same for every replica but for its predecessors, so that a thousand replicas do not each make it.
  private struct CommonTasks {
    /// By partition; `nil` where it depends on the replica.
    var computes: [ExecutionProgram.Task?]
    /// By transfer; `nil` where they depend on the replica.
    var hops: [[ExecutionProgram.Task]?]
    /// By transfer.
    var parts: [[ExecutionProgram.TablePart]]
  }

  private func isCommon(_ site: PlacementSite) -> Bool {
    site == .host || (site != .everyCard && placement.groups == 1)
  }

  private func isCommon(partition index: Int) -> Bool { isCommon(partitions.partitions[index].site) }

  private func isCommon(_ transfer: PartitionTransfer) -> Bool {
    isCommon(transfer.destination) && transfer.source.map(isCommon(partition:)) ?? true
  }

  private func tasks(
    replica: Int?, _ common: CommonTasks, _ times: inout Times
  ) -> [ExecutionProgram.Task] {
    var tasks: [ExecutionProgram.Task] = []
    var taskOfPartition: [Int?] = Array(repeating: nil, count: partitions.partitions.count)
    var arrivals: [[Int]] = Array(repeating: [], count: partitions.partitions.count)
    for partition in 0...partitions.partitions.count {
      for index in incoming[partition] {
        let transfer = partitions.transfers[index]
        var after = transfer.source.flatMap { taskOfPartition[$0] }.map { [$0] } ?? []
        for var hop in common.hops[index] ?? hops(transfer, parts: common.parts[index], replica: replica) {
          hop.predecessors = after
          after = [tasks.count]
          tasks.append(hop)
        }
        for receiver in transfer.receivers { arrivals[receiver] += after }
      }
      guard partition < partitions.partitions.count else { break }
      let local = partitions.localPredecessors[partition].compactMap { taskOfPartition[$0] }
      taskOfPartition[partition] = tasks.count
      var task = common.computes[partition] ?? compute(partition, replica: replica, &times)
      let before = local + arrivals[partition]
      task.predecessors = before.count > 1 ? Set(before).sorted() : before
      tasks.append(task)
    }
    return tasks.isEmpty ? [passThrough] : tasks
  }

  /// What the host does for a model whose outputs are inputs or constants: it takes no time.
  private var passThrough: ExecutionProgram.Task {
    .init(
      name: "\(Partition.Role.dense.rawValue)0@host", kind: .host, device: 0,
      legs: [.init(resource: Lowering.resource(.dense, device: 0), seconds: 0)])
  }

  /// The device (0 is the host) that a site means for one replica.
  private func device(_ site: PlacementSite, replica: Int?) -> Int {
    switch site {
    case .host: 0
    case .card(let index): placement.card(index, forRequestsOf: replica ?? 0) + 1
    case .everyCard: (replica ?? 0) + 1
    }
  }

  /// The task of a partition, without predecessors.
  private func compute(_ index: Int, replica: Int?, _ times: inout Times) -> ExecutionProgram.Task {
    let partition = partitions.partitions[index]
    let device = device(partition.site, replica: replica)
    let name = "\(partition.role.rawValue)\(partition.level)@\(deviceName(device))"
    let (time, parts) = time(ofPartition: index, onDevice: device, &times)
    let lane: Lowering.DeviceLane =
      partition.role == .sparse && device > 0 && placement.sparseCores(ofCard: device - 1) > 0
      ? .sparse : .dense
    var legs = [
      ExecutionProgram.Leg(
        resource: Lowering.resource(lane, device: device), seconds: time.cores)
    ]
    if time.dram > 0 {
      legs.append(.init(resource: Lowering.resource(.dram, device: device), seconds: time.dram))
    }
    return ExecutionProgram.Task(
      name: name, kind: device == 0 ? .host : (partition.role == .sparse ? .sparse : .dense),
      device: device, legs: legs, tables: parts)
  }

  /// The tasks of a transfer, each after the one before it; none when sender and receiver are the same device.
  private func hops(
    _ transfer: PartitionTransfer, parts: [ExecutionProgram.TablePart], replica: Int?
  ) -> [ExecutionProgram.Task] {
    let stops = Crossing.stops(
      from: transfer.source.map { device(partitions.partitions[$0].site, replica: replica) } ?? 0,
      to: device(transfer.destination, replica: replica), host: 0, peerToPeer: system.peerToPeer)
    return zip(stops, stops.dropFirst()).map { hop, next in
      let isBetweenCards = hop > 0 && next > 0
      let own = isBetweenCards && system.hasPeerLinks
      func leg(
        _ lane: Lowering.DeviceLane, _ peer: Lowering.PeerLane, _ device: Int
      ) -> ExecutionProgram.Leg {
        .init(
          resource: own
            ? Lowering.resource(peer, card: device - 1, of: system)
            : Lowering.resource(lane, device: device),
          seconds: transfer.seconds(onDevice: device, betweenCards: isBetweenCards, costs))
      }
      return ExecutionProgram.Task(
        name: "\(deviceName(hop))>\(deviceName(next))", kind: .transfer, device: next, source: hop,
        legs: [leg(.linkOut, .peerOut, hop), leg(.linkIn, .peerIn, next)], bytes: transfer.bytes,
        tables: parts)
    }
  }

  private func indexParts(_ transfer: PartitionTransfer) -> [ExecutionProgram.TablePart] {
    // What is sent with its padding takes as long for few look-ups as for many.
    guard transfer.bytes > 0, !costs.options.without.contains(.partialTransfers) else { return [] }
    return transfer.indexBytes.sorted { $0.key < $1.key }.map {
      .init(table: $0.key, fraction: Double($0.value) / Double(transfer.bytes))
    }
  }

  private func deviceName(_ device: Int) -> String {
    device == 0 ? "host" : system.cards[device - 1].name
  }

  // MARK: Times

  /// On the first card in use for a replicated one.
  func time(ofPartition index: Int) -> DeviceWork {
    var times: Times = [:]
    let device = device(partitions.partitions[index].site, replica: placement.usedCards.first)
    return time(ofPartition: index, onDevice: device, &times).work
  }

  private typealias Time = (work: DeviceWork, parts: [ExecutionProgram.TablePart])

  /// Those that are known: alike cards that divide their cores alike take alike long.
  private typealias Times = [TimeKey: Time]

  private struct TimeKey: Hashable {
    var partition: Int
    var kind: Int
    var sparseCores: Int
  }

  private func time(ofPartition index: Int, onDevice device: Int, _ times: inout Times) -> Time {
    let location: Location = device == 0 ? .host : .card(device - 1)
    let key = TimeKey(
      partition: index, kind: costs.kindNumber(at: location),
      sparseCores: device == 0 ? 0 : placement.sparseCores(ofCard: device - 1))
    if let known = times[key] { return known }
    let partition = partitions.partitions[index]
    let time: Time
    switch partition.role {
    case .dense: time = (denseTime(index, on: location), [])
    case .sparse:
      let sparse = SparseTime(partition, on: location, placement: placement, costs: costs)
      time = (sparse.work, sparse.parts)
    }
    times[key] = time
    return time
  }

  private func denseTime(_ index: Int, on location: Location) -> DeviceWork {
    let law = LoadLaw(costs)
    var time = DeviceWork()
    let fraction = denseFraction(on: location)
    for op in partitions.partitions[index].operators {
      if let work = law.work(of: op, on: location, coreFraction: fraction) { time += work }
    }
    for (table, lookups) in partitions.partialSums[index].sorted(by: { $0.key < $1.key }) {
      let sums = law.partialSums(
        of: table, split: placement.tables[table].split, lookups: lookups, on: location,
        coreFraction: fraction)
      if let sums { time += sums }
    }
    return time
  }

  private func denseFraction(on location: Location) -> Double {
    switch location {
    case .host: 1
    case .card(let index):
      Double(system.cards[index].processor.cores - placement.sparseCores(ofCard: index))
        / Double(system.cards[index].processor.cores)
    }
  }
}

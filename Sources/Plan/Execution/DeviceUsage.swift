import CostModel
import Graph
import Hardware

/// What every device holds under a placement, bytes.
///
/// Static: each constant once per device that uses it, and the table shards there. Per request in flight: the peak of
/// the activations of the device's operators, and look-up buffers at their padded maximum.
public struct DeviceUsage {
  let graph: Graph
  let system: System
  let placement: ModelPlacement
  let costs: CostModel
  let partitions: PartitionGraph

  /// The host first, then the cards.
  func devices() -> [ExecutionProgram.Device] {
    let host = system.host
    var held = Held(costs: costs)
    var devices = [
      device(
        .host, name: "host", memoryBytes: host.usableBytes, processor: host.processor, isHost: true, &held)
    ]
    for (index, card) in system.cards.enumerated() {
      devices.append(
        device(
          .card(index), name: card.name, memoryBytes: card.usableBytes, processor: card.processor,
          isHost: false, &held))
    }
    return devices
  }

  /// Bytes of operators on kinds of devices, worked out once for all devices that run the same.
  private struct Held {
    struct Key: Hashable {
      var kind: Int
      var rounds: [[OperatorID]]
    }

    let costs: CostModel
    private var known: [Key: (weights: Int, activations: Int)] = [:]

    init(costs: CostModel) { self.costs = costs }

    /// - Parameter rounds: Operators of each partition.
    mutating func bytes(of rounds: [[OperatorID]], on location: Location) -> (weights: Int, activations: Int)
    {
      let key = Key(kind: costs.kindNumber(at: location), rounds: rounds)
      if let bytes = known[key] { return bytes }
      let bytes = (
        costs.weightBytes(of: rounds.flatMap(\.self), on: location),
        costs.peakActivationBytes(ofRounds: rounds, on: location)
      )
      known[key] = bytes
      return bytes
    }
  }

  private func device(
    _ location: Location, name: String, memoryBytes: Int, processor: Processor, isHost: Bool,
    _ held: inout Held
  ) -> ExecutionProgram.Device {
    let here = partitions.partitions.filter { runs($0.site, on: location) }
    let (weights, peak) = held.bytes(of: here.map(\.operators), on: location)
    var staticBytes = Double(weights)
    var buffers = 0.0
    for shard in here.flatMap(\.shards)
    // A shard that serves its table's look-ups in several partitions is held once.
    where shard.lookups.first == graph.embeddingTables[shard.table].lookups.first {
      let entry = placement.tables[shard.table]
      let range = entry.shards[shard.shard]
      let piece = LoadLaw(costs).piece(
        of: shard.table, entry.format, split: entry.split, rows: range.rows.count,
        columns: range.columns.count, on: location)
      guard let piece else { continue }
      staticBytes += piece.constantBytes
      buffers += piece.bufferBytes
    }
    let activations = Double(peak) + buffers
    var device = ExecutionProgram.Device(
      name: name, isHost: isHost, memoryBytes: memoryBytes,
      staticBytes: Int(exactly: staticBytes.rounded()) ?? .max,
      activationBytes: Int(exactly: activations.rounded()) ?? .max, inFlightLimit: 1,
      // A card that holds nothing is off.
      idleWatts: isHost || !here.isEmpty ? processor.idleWatts : 0, busyWatts: processor.busyWatts)
    device.limitInFlight(costs.options.requestsInFlight, cards: placement.cardsInUse)
    return device
  }

  private func runs(_ site: PlacementSite, on location: Location) -> Bool {
    switch (site, location) {
    case (.host, .host): true
    case (.card(let a), .card(let b)):
      placement.groups == 1 ? a == b : b < placement.cardsInUse && b % placement.cardsPerGroup == a
    case (.everyCard, .card(let card)): placement.position(ofCard: card) != nil
    default: false
    }
  }
}

extension ExecutionProgram.Device {
  /// Lets so many requests in flight hold activations on a card at once. The host takes part in the requests of every card
  /// in use, as far as it has room.
  public mutating func limitInFlight(_ requests: Int, cards: Int) {
    guard isHost else {
      inFlightLimit = requests
      return
    }
    let (all, overflow) = requests.multipliedReportingOverflow(by: max(1, cards))
    let room =
      activationBytes > 0 ? max(0, memoryBytes - min(memoryBytes, staticBytes)) / activationBytes : .max
    inFlightLimit = max(1, min(overflow ? .max : all, room))
  }
}

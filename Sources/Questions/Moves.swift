import CostModel
import Partitioner

/// What has to be loaded where to get from one plan to another, in an order in which no device ever holds more than it has.
public struct Moves: Sendable, Encodable {
  public struct Step: Sendable, Encodable {
    public enum Kind: String, Sendable, Encodable {
      /// Something is loaded onto a device.
      case load
      /// Something is dropped to make room, and loaded again later.
      case drop
    }
    public var kind: Kind
    /// A table, a shard of one, or the weights of operators.
    public var what: String
    /// The device that has it; absent where it comes from storage, through the host.
    public var from: String?
    public var to: String
    public var bytes: Int
    /// Over the links that it crosses.
    public var seconds: Double
  }

  public var steps: [Step]
  /// Of everything that is loaded.
  public var bytes: Int
  /// One step after the other.
  public var seconds: Double
  /// What is dropped before it can be loaded again, so that requests wait for it in between.
  public var droppedBytes: Int

  /// A piece of data on a device: what it is tells whether another piece is the same.
  private struct Piece: Hashable {
    var device: String
    var what: String
    var bytes: Int
  }

  /// - Parameters:
  ///   - old: what devices hold now. Devices that the new plan's system does not have hold nothing any more.
  ///   - new: what they shall hold.
  init(from old: (plan: PlanDocument, model: Model), to new: (plan: PlanDocument, model: Model)) {
    let system = new.plan.system
    let devices = ["host"] + system.cards.map(\.name)
    let there = Set(devices)
    let before = Self.pieces(old.plan, old.model).filter { there.contains($0.device) }
    let after = Self.pieces(new.plan, new.model)
    let (had, wanted) = (Set(before), Set(after))
    // Beside the activations of requests in flight, which go on.
    var free = Dictionary(
      new.plan.predictedOfMixture.memory.map {
        ($0.device, Saturating.sum($0.capacityBytes, -max(0, $0.usedBytes - $0.staticBytes)))
      },
      uniquingKeysWith: { first, _ in first })
    for piece in before { free[piece.device] = Saturating.sum(free[piece.device] ?? 0, -piece.bytes) }
    let open = after.filter { !had.contains($0) }
    var holders: [String: [String]] = [:]
    for piece in before { holders[piece.what, default: []].append(piece.device) }
    // What nobody needs any more on its device, in order; it may still be copied from there.
    let surplus = before.filter { !wanted.contains($0) }
    var isReleased = Array(repeating: false, count: surplus.count)
    var surplusOfWhat: [String: [Int]] = [:]
    for (index, piece) in surplus.enumerated() { surplusOfWhat[piece.what, default: []].append(index) }
    var openOfWhat: [String: Int] = [:]
    for piece in open { openOfWhat[piece.what, default: 0] += 1 }
    var steps: [Step] = []

    func release(_ index: Int) {
      guard !isReleased[index] else { return }
      let piece = surplus[index]
      isReleased[index] = true
      free[piece.device] = Saturating.sum(free[piece.device] ?? 0, piece.bytes)
      holders[piece.what]?.removeAll { $0 == piece.device }
    }
    for (index, piece) in surplus.enumerated() where openOfWhat[piece.what] == nil { release(index) }
    var isLoaded = Array(repeating: false, count: open.count)
    var first = 0
    while let least = isLoaded[first...].firstIndex(of: false) {
      first = least
      let fitting = open.indices[first...].first {
        !isLoaded[$0] && open[$0].bytes <= free[open[$0].device] ?? 0
      }
      if fitting == nil,
        let least = surplus.indices.filter({ !isReleased[$0] }).min(by: {
          surplus[$0].bytes < surplus[$1].bytes
        })
      {
        // Nothing fits until something goes that is only needed elsewhere.
        let piece = surplus[least]
        steps.append(
          .init(kind: .drop, what: piece.what, from: nil, to: piece.device, bytes: piece.bytes, seconds: 0))
        release(least)
        continue
      }
      // Weights that operators share are counted for each of them, so that the last may fit and not seem to.
      let next = fitting ?? first
      let piece = open[next]
      isLoaded[next] = true
      // From a card where one has it, so that the host's storage is not read.
      let source = holders[piece.what]?.first { $0 != piece.device }
      steps.append(
        Step(
          kind: .load, what: piece.what, from: source, to: piece.device, bytes: piece.bytes,
          seconds: Self.seconds(piece.bytes, from: source, to: piece.device, in: system)))
      free[piece.device] = Saturating.sum(free[piece.device] ?? 0, -piece.bytes)
      holders[piece.what, default: []].append(piece.device)
      openOfWhat[piece.what, default: 1] -= 1
      if openOfWhat[piece.what] == 0 { surplusOfWhat[piece.what]?.forEach(release) }
    }
    self.steps = steps
    let loads = steps.filter { $0.kind == .load }
    bytes = loads.reduce(0) { Saturating.sum($0, $1.bytes) }
    seconds = steps.reduce(0) { $0 + $1.seconds }
    droppedBytes = steps.filter { $0.kind == .drop }.reduce(0) { Saturating.sum($0, $1.bytes) }
  }

  /// What every device holds under a plan, in the order of the plan.
  private static func pieces(_ plan: PlanDocument, _ model: Model) -> [Piece] {
    func devices(_ site: String, _ plan: PlanDocument) -> [String] {
      if site == "host" { return [site] }
      return plan.cores.filter {
        $0.isInUse && (site == "every card" || plan.counterpart(ofCard: $0.card) == site)
      }
      .map(\.card)
    }
    var pieces: [Piece] = []
    for table in plan.tables {
      for shard in table.shards {
        var what = "table \(NameText.shown(table.name)) in \(table.precision.rawValue)"
        if table.split != .whole {
          what +=
            table.split == .rows
            ? ", rows \(shard.firstRow) to \(shard.firstRow + shard.rows - 1)"
            : ", columns \(shard.firstColumn) to \(shard.firstColumn + shard.columns - 1)"
        }
        pieces += devices(shard.site, plan).map { Piece(device: $0, what: what, bytes: shard.bytes) }
      }
    }
    let costs = Partitioner.costs(of: plan, model: model)
    // What is compiled for a padding bucket has weights of its own.
    let parts =
      [(plan, "")]
      + (plan.buckets?.buckets ?? []).compactMap { bucket in
        bucket.plan.map { ($0, ", padded to \(bucket.longest)") }
      }
    let indexOfName = Dictionary(
      model.graph.operators.enumerated().map { ($1.name, OperatorID($0)) },
      uniquingKeysWith: { first, _ in first })
    for (part, partition, words) in parts.flatMap({ part, words in
      part.partitions.map { (part, $0, words) }
    }) where partition.role == .dense {
      for name in partition.operators {
        for device in devices(partition.site, part) {
          guard let id = indexOfName[name],
            let location = PlacementSite(name: device, in: plan.system)?.representative
          else { continue }
          let bytes = costs.weightBytes(of: id, on: location)
          if bytes > 0 {
            pieces.append(
              Piece(
                device: device, what: "weights of \(NameText.shown(name))" + words, bytes: bytes))
          }
        }
      }
    }
    return pieces
  }

  /// Over the links crossed, the slowest of which counts: each byte is on all of them at once.
  private static func seconds(_ bytes: Int, from source: String?, to target: String, in system: System)
    -> Double
  {
    var slowest = 0.0
    let isDirect = system.peerToPeer && source != nil && source != "host" && target != "host"
    for device in [source, target] {
      guard let device, let card = system.cards.firstIndex(where: { $0.name == device }) else { continue }
      let link = (isDirect ? system.peerLink(ofCard: card) : nil) ?? system.cards[card].link
      slowest = max(slowest, link.seconds(bytes: Double(bytes), commands: 1))
    }
    if !isDirect, target != "host" || source != nil {
      slowest = max(slowest, system.uplink.seconds(bytes: Double(bytes), commands: 1))
    }
    return slowest
  }
}

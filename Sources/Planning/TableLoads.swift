import CostModel
import Hardware
import Plan

/// The loads of a placement of tables on a dense skeleton, kept as sums that a moved shard updates in constant time.
///
/// With A, D, I, R the core seconds, DRAM seconds, index bytes and result bytes of the shards of card k, s(k) the share
/// of requests whose replica is there, n(k) 1 where the card has shards, and c the command overhead of its link:
///
///     cores(k) = base + A(k) / cores                    dram(k) = base + D(k)
///     in(k)    = base + n(k) c + I(k) / bw + s(k) x sum over j != k of (n(j) c + R(j) / bw)
///     out(k)   = base + (1 - s(k)) (n(k) c + R(k) / bw)
///
/// when the results are read on every card; when they are read on the host, out(k) carries them all and in(k) none. Row
/// shards' partial sums are added up by the readers' cores.
/// The figures equal those of the lowering with undivided cores.
struct TableLoads {
  private let task: PlanningTask
  private let skeleton: DenseSkeleton
  private let share: [Double]
  /// By card: sums over its own shards.
  private(set) var cores: [Double]
  private(set) var dram: [Double]
  private(set) var index: [Double]
  private(set) var result: [Double]
  private(set) var memory: [Double]
  private(set) var count: [Int]
  /// By card: seconds of adding up row shards' partial sums, for its share of the requests; cores and DRAM.
  private var sums: [(cores: Double, dram: Double)]
  private var hostSum = (cores: 0.0, dram: 0.0)
  private var resultTotal = 0.0
  private var sources = 0
  /// Fixed for the search: tables on the host and on every card.
  private var hostCores = 0.0
  private var hostDRAM = 0.0
  private var hostResult = 0.0
  private var hostTables = 0
  private var everyIndex = 0.0
  private var everyResult = 0.0
  private var everyTables = 0
  private(set) var hostMemory = 0.0

  init(task: PlanningTask, skeleton: DenseSkeleton, share: [Double]) {
    self.task = task
    self.skeleton = skeleton
    self.share = share
    let zeros = task.system.cards.map { _ in 0.0 }
    (cores, dram, index, result, memory) = (zeros, zeros, zeros, zeros, zeros)
    count = task.system.cards.map { _ in 0 }
    sums = task.system.cards.map { _ in (0, 0) }
  }

  mutating func addToHost(_ effect: ShardEffect) {
    hostCores += effect.cores
    hostDRAM += effect.dram
    hostResult += effect.resultBytes
    hostMemory += effect.memory
    hostTables += 1
  }

  /// - Parameter effects: By card.
  mutating func addToEveryCard(_ effects: [ShardEffect]) {
    for (card, effect) in effects.enumerated() {
      cores[card] += share[card] * effect.cores
      dram[card] += share[card] * effect.dram
      memory[card] += effect.memory
    }
    everyIndex += effects.first?.indexBytes ?? 0
    everyResult += effects.first?.resultBytes ?? 0
    everyTables += 1
  }

  /// Whoever reads the table adds its row shards' results up.
  mutating func addPartialSum(ofTable table: Int, split: TableSplit) {
    if skeleton.after == .host {
      let cost = task.costs.partialSum(table: table, split: split, on: .host)
      hostSum.cores += cost?.seconds ?? 0
      hostSum.dram += cost?.dramSeconds ?? 0
      return
    }
    for card in sums.indices {
      let cost = task.costs.partialSum(table: table, split: split, on: .card(card))
      sums[card].cores += share[card] * (cost?.seconds ?? 0)
      sums[card].dram += share[card] * (cost?.dramSeconds ?? 0)
    }
  }

  mutating func add(_ effect: ShardEffect, to card: Int) { change(effect, card, 1) }

  mutating func remove(_ effect: ShardEffect, from card: Int) { change(effect, card, -1) }

  private mutating func change(_ effect: ShardEffect, _ card: Int, _ sign: Double) {
    cores[card] += sign * effect.cores
    dram[card] += sign * effect.dram
    index[card] += sign * effect.indexBytes
    result[card] += sign * effect.resultBytes
    resultTotal += sign * effect.resultBytes
    memory[card] += sign * effect.memory
    let before = count[card]
    count[card] += sign > 0 ? 1 : -1
    if before == 0 { sources += 1 }
    if count[card] == 0 { sources -= 1 }
  }

  func fits(_ card: Int) -> Bool { memory[card] <= skeleton.freeBytes[card + 1] }

  var hostFits: Bool { hostMemory <= skeleton.freeBytes[0] }

  /// The largest load of a card's own resources, seconds.
  func load(of card: Int) -> Double {
    let entry = task.system.cards[card]
    let bandwidth = entry.link.sustained
    let command = entry.link.commandSeconds
    let own = count[card] > 0
    var incoming = base(.linkIn, card) + (own ? command + index[card] / bandwidth : 0)
    if everyTables > 0 { incoming += share[card] * (command + everyIndex / bandwidth) }
    var outgoing = base(.linkOut, card)
    if skeleton.after == .everyCard {
      let others = Double(sources - (own ? 1 : 0))
      incoming += share[card] * (others * command + (resultTotal - result[card]) / bandwidth)
      if hostTables > 0 { incoming += share[card] * (command + hostResult / bandwidth) }
      if own { outgoing += (1 - share[card]) * (command + result[card] / bandwidth) }
    } else {
      if own { outgoing += command + result[card] / bandwidth }
      if everyTables > 0 { outgoing += share[card] * (command + everyResult / bandwidth) }
    }
    return max(
      base(.dense, card) + sums[card].cores + cores[card] / Double(entry.processor.cores),
      base(.dram, card) + sums[card].dram + dram[card],
      incoming, outgoing)
  }

  /// The largest load of the host and its uplink, seconds.
  var hostLoad: Double {
    let uplink = task.system.uplink
    let command = uplink.commandSeconds
    let host = task.system.host.processor
    var out = skeleton.base[Lowering.resource(.linkOut, device: 0)]
    var incoming = skeleton.base[Lowering.resource(.linkIn, device: 0)]
    for card in count.indices where count[card] > 0 {
      out += command + index[card] / uplink.sustained
      if skeleton.after == .host {
        incoming += command + result[card] / uplink.sustained
      } else if !task.system.peerToPeer {
        let hop = (1 - share[card]) * (command + result[card] / uplink.sustained)
        incoming += hop
        out += hop
      }
    }
    if everyTables > 0 {
      out += command + everyIndex / uplink.sustained
      if skeleton.after == .host { incoming += command + everyResult / uplink.sustained }
    }
    if hostTables > 0 && skeleton.after == .everyCard { out += command + hostResult / uplink.sustained }
    return max(
      skeleton.base[Lowering.resource(.dense, device: 0)] + hostSum.cores
        + hostCores / Double(host.cores),
      skeleton.base[Lowering.resource(.dram, device: 0)] + hostSum.dram + hostDRAM, incoming, out)
  }

  private func base(_ lane: Lowering.DeviceLane, _ card: Int) -> Double {
    skeleton.base[Lowering.resource(lane, device: card + 1)]
  }
}

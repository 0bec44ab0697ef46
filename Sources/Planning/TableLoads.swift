import CostModel
import Hardware
import Plan

/// The loads of a placement of tables on a dense skeleton, kept as sums that a changed table updates in constant time.
///
/// With A, D, I, R the core seconds, DRAM seconds, index bytes and result bytes of the shards of card k, s(k) the share
/// of requests whose replica is there, n(k) 1 where the card has shards, and c the command overhead of its link, by the terms of
/// `LoadLaw`, with the parts of `Crossing`:
///
///     cores(k) = base + A(k) / cores                    dram(k) = base + D(k)
///     in(k)    = base + n(k) c + I(k) / bw + s(k) x sum over j != k of (n(j) c + R(j) / bw)
///     out(k)   = base + (1 - s(k)) (n(k) c + R(k) / bw)
///
/// when the results are read on every card; when they are read on the host, out(k) carries them all and in(k) none. Row
/// shards' partial sums are added up by the readers' cores. Where cards have links of their own to each other, what comes from other
/// cards, and goes to them, is on those in place of in(k) and out(k).
/// The figures equal those of the lowering with undivided cores.
struct TableLoads {
  /// What a card brings, and its loads without tables.
  private struct Card {
    var kind: Int
    var share: Double
    var bandwidth: Double
    var command: Double
    /// Of what carries results to readers and from other cards: the same link, or one of its own.
    var peerBandwidth: Double
    var peerCommand: Double
    var cores: Double
    var freeBytes: Double
    var dense: Double
    var dram: Double
    var linkIn: Double
    var linkOut: Double
    var peerIn = 0.0
    var peerOut = 0.0
    /// The parts of the requests for which results cross its link: of its own shards out of it; of other cards' shards and of
    /// the host's tables into it. The same of copies, with what tells them the rows in.
    var ownOut = 0.0
    var othersIn = 0.0
    var hostIn = 0.0
    var copiesOut = 0.0
    var copiesIn = 0.0
    /// The parts for which its shards' results pass the uplink, from the host and to it.
    var uplinkOut = 0.0
    var uplinkIn = 0.0
  }
  /// Over the shards of a card, and the copies on it.
  private struct Sums {
    var cores = 0.0
    var dram = 0.0
    var index = 0.0
    var result = 0.0
    var memory = 0.0
    var count = 0
    /// Seconds of adding up row shards' partial sums, for its share of the requests.
    var partialCores = 0.0
    var partialDRAM = 0.0
  }

  private let cards: [Card]
  private let host: Card
  /// The parts of the requests for which results of the host's tables, and of copies, pass the uplink.
  private let hostOut: Double
  private let copiesIntoHost: Double
  /// Whether results are read on every card, and not on the host.
  private let isReadOnCards: Bool
  /// Whether these go from card to card over links of their own.
  private let isByPeers: Bool
  private var sums: [Sums]
  private var hostSums = Sums()
  private var copies = Sums()
  /// Over all cards.
  private var resultTotal = 0.0
  private var sources = 0

  init(task: PlanningTask, kinds: CardKinds, skeleton: DenseSkeleton, share: [Double]) {
    let law = LoadLaw(task.costs)
    let isReadOnCards = skeleton.after == .everyCard
    func card(_ processor: Processor, kind: Int, share: Double, device: Int) -> Card {
      let link = law.link(ofDevice: device)
      let peer = law.link(ofDevice: device, betweenCards: isReadOnCards)
      func base(_ lane: Lowering.DeviceLane) -> Double {
        skeleton.base[Lowering.resource(lane, device: device)]
      }
      return Card(
        kind: kind, share: share, bandwidth: link.sustained, command: link.commandSeconds,
        peerBandwidth: peer.sustained, peerCommand: peer.commandSeconds,
        cores: Double(processor.cores), freeBytes: skeleton.freeBytes[device], dense: base(.dense),
        dram: base(.dram), linkIn: base(.linkIn), linkOut: base(.linkOut))
    }
    let peerToPeer = task.system.peerToPeer
    func crossing(_ site: PlacementSite) -> Crossing { Crossing(from: site, to: skeleton.after) }
    cards = task.system.cards.enumerated().map { index, entry in
      var card = card(
        entry.processor, kind: kinds.kindOfCard[index], share: share[index], device: index + 1)
      if task.system.hasPeerLinks {
        card.peerIn = skeleton.base[Lowering.resource(.peerIn, card: index, of: task.system)]
        card.peerOut = skeleton.base[Lowering.resource(.peerOut, card: index, of: task.system)]
      }
      let own = crossing(.card(index))
      card.ownOut = own.leaving(index, share: share[index])
      card.uplinkOut = own.leavingHost(peerToPeer: peerToPeer) { share[$0] }
      card.uplinkIn = own.enteringHost(peerToPeer: peerToPeer) { share[$0] }
      let another = index == 0 ? 1 : 0
      card.othersIn = crossing(.card(another)).entering(index, share: share[index])
      card.hostIn = crossing(.host).entering(index, share: share[index])
      card.copiesOut = crossing(.everyCard).leaving(index, share: share[index])
      card.copiesIn = Crossing(from: .host, to: .everyCard).entering(index, share: share[index])
      return card
    }
    host = card(task.system.host.processor, kind: 0, share: 1, device: 0)
    hostOut = crossing(.host).leavingHost(peerToPeer: peerToPeer) { share[$0] }
    copiesIntoHost = crossing(.everyCard).enteringHost(peerToPeer: peerToPeer) { share[$0] }
    self.isReadOnCards = isReadOnCards
    isByPeers = skeleton.isReadByPeers(in: task.system)
    sums = cards.map { _ in Sums() }
  }

  // MARK: Changes

  /// - Parameter places: By shard, the card that holds it; empty for the host and for copies.
  mutating func add(_ entry: TableMenu.Entry, on places: [Int]) { change(entry, places, 1) }

  mutating func remove(_ entry: TableMenu.Entry, from places: [Int]) { change(entry, places, -1) }

  private mutating func change(_ entry: TableMenu.Entry, _ places: [Int], _ sign: Double) {
    switch entry.choice.place {
    case .host:
      for piece in entry.pieces { Self.change(&hostSums, piece, sign) }
    case .everyCard:
      for card in cards.indices {
        let piece = entry.pieces[cards[card].kind]
        let share = sign * cards[card].share
        sums[card].cores += share * piece.coreSeconds
        sums[card].dram += share * piece.dramSeconds
        sums[card].memory += sign * piece.memory
      }
      if let any = entry.pieces.first { Self.change(&copies, any, sign) }
    case .cards:
      if !entry.sums.isEmpty { changeSum(entry.sums, sign) }
      for (piece, card) in zip(entry.pieces, places) { change(piece, card, sign) }
    }
  }

  /// Whoever reads a table adds its row shards' results up.
  private mutating func changeSum(_ entries: [DeviceWork], _ sign: Double) {
    guard isReadOnCards else {
      hostSums.partialCores += sign * entries[0].cores
      hostSums.partialDRAM += sign * entries[0].dram
      return
    }
    for card in cards.indices {
      let entry = entries[cards[card].kind + 1]
      sums[card].partialCores += sign * cards[card].share * entry.cores
      sums[card].partialDRAM += sign * cards[card].share * entry.dram
    }
  }

  mutating func move(_ piece: TablePiece, from card: Int, to target: Int) {
    change(piece, card, -1)
    change(piece, target, 1)
  }

  private mutating func change(_ piece: TablePiece, _ card: Int, _ sign: Double) {
    let before = sums[card].count
    Self.change(&sums[card], piece, sign)
    resultTotal += sign * piece.resultBytes
    if before == 0 { sources += 1 }
    if sums[card].count == 0 { sources -= 1 }
  }

  private static func change(_ sums: inout Sums, _ piece: TablePiece, _ sign: Double) {
    sums.cores += sign * piece.coreSeconds
    sums.dram += sign * piece.dramSeconds
    sums.index += sign * piece.indexBytes
    sums.result += sign * piece.resultBytes
    sums.memory += sign * piece.memory
    sums.count += sign > 0 ? 1 : -1
  }

  // MARK: Figures

  var cardCount: Int { cards.count }

  /// Whether shards may move between two cards without other costs.
  func areAlike(_ a: Int, _ b: Int) -> Bool { cards[a].kind == cards[b].kind }

  func isOf(_ card: Int, kind: Int) -> Bool { cards[card].kind == kind }

  func fits(_ card: Int) -> Bool { sums[card].memory <= cards[card].freeBytes }

  /// Part of the bytes left for tables that the card's tables take beyond them; 0 where they fit.
  func excess(of card: Int) -> Double { Self.excess(sums[card].memory, of: cards[card].freeBytes) }

  var hostExcess: Double { Self.excess(hostSums.memory, of: host.freeBytes) }

  private static func excess(_ bytes: Double, of free: Double) -> Double {
    max(0, bytes - free) / max(1, free)
  }

  /// The largest load of a card's own resources, seconds.
  func load(of index: Int) -> Double {
    let card = cards[index]
    let own = sums[index]
    let hasShards = own.count > 0
    var incoming = card.linkIn + (hasShards ? card.command + own.index / card.bandwidth : 0)
    let others = Double(sources - (hasShards ? 1 : 0))
    let fromOthers =
      card.othersIn * (others * card.peerCommand + (resultTotal - own.result) / card.peerBandwidth)
    if copies.count > 0 { incoming += card.copiesIn * (card.command + copies.index / card.bandwidth) }
    if !isByPeers { incoming += fromOthers }
    if hostSums.count > 0 { incoming += card.hostIn * (card.command + hostSums.result / card.bandwidth) }
    var outgoing = isByPeers ? card.peerOut : card.linkOut
    if copies.count > 0 {
      outgoing += card.copiesOut * (card.peerCommand + copies.result / card.peerBandwidth)
    }
    if hasShards { outgoing += card.ownOut * (card.peerCommand + own.result / card.peerBandwidth) }
    let rest = isByPeers ? max(card.linkOut, card.peerIn + fromOthers) : max(card.peerIn, card.peerOut)
    return max(
      card.dense + own.partialCores + own.cores / card.cores, card.dram + own.partialDRAM + own.dram,
      max(incoming, outgoing, rest))
  }

  /// The largest load of the host and its uplink, seconds.
  var hostLoad: Double {
    var outgoing = host.linkOut
    var incoming = host.linkIn
    for (card, own) in zip(cards, sums) where own.count > 0 {
      outgoing += host.command + own.index / host.bandwidth
      let results = host.command + own.result / host.bandwidth
      incoming += card.uplinkIn * results
      outgoing += card.uplinkOut * results
    }
    if copies.count > 0 {
      outgoing += host.command + copies.index / host.bandwidth
      incoming += copiesIntoHost * (host.command + copies.result / host.bandwidth)
    }
    if hostSums.count > 0 { outgoing += hostOut * (host.command + hostSums.result / host.bandwidth) }
    return max(
      host.dense + hostSums.partialCores + hostSums.cores / host.cores,
      host.dram + hostSums.partialDRAM + hostSums.dram, incoming, outgoing)
  }
}

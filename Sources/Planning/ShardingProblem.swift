import CostModel
import Graph
import Hardware
import Placement
import Plan

/// The placement of tables on a dense skeleton, as a `Problem` without nets.
///
/// Its objective never exceeds the real bottleneck of the same placement, so that its bound holds for the model:
/// - results flow into cards that depend on where others sit; their average over the cards of a kind is a shared
///   resource, and the average of a resource is at most its largest load;
/// - where a card without tables is certain, it takes in its part of all results, which is another shared resource, and
///   the average is over the cards that may hold tables: of n such cards, each of the others' n - 1 results comes in,
///   and with n between a and b its figures are taken at whichever end is less;
/// - where cards have links of their own to each other, lane `out` is the way out of those for results that cards read, and what comes
///   in over them is left out;
/// - look-ups and dense operators are charged as if each had all cores;
/// - what readers spend on adding up row shards is left out;
/// - commands are charged only where every placement of the family has them: see ``TableSites``.
struct ShardingProblem {
  let problem: Problem
  /// By table: what each option of the problem stands for; the problem's first unit is the skeleton.
  let entries: [[TableMenu.Entry]]

  private enum Lane: Int { case cores, dram, linkIn, linkOut, dense }
  /// Shared resources: the two directions of the uplink, the average inflow of every card kind, and the inflow of a
  /// card without tables, which is charged where there are such cards and all are alike.
  private static let uplinkOut = 0
  private static let uplinkIn = 1
  private static func inflow(_ kind: Int) -> Int { 3 + kind }
  private static let idleInflow = 2

  init(
    task: PlanningTask, skeleton: DenseSkeleton, kinds: CardKinds, share: [Double], sites: TableSites,
    menu: TableMenu, leastCards: Int? = nil
  ) {
    var units = [Problem.Unit]()
    var kept: [[TableMenu.Entry]] = []
    let context = Context(
      task: task, skeleton: skeleton, kinds: kinds, share: share, sites: sites,
      leastCards: leastCards)
    units.append(context.skeletonUnit())
    for (table, entry) in task.graph.embeddingTables.enumerated() {
      var options: [Problem.Option] = []
      var meaning: [TableMenu.Entry] = []
      options.reserveCapacity(menu.entries[table].count)
      meaning.reserveCapacity(menu.entries[table].count)
      let left = task.rules.sites(ofTable: table, operators: skeleton.operators)
      for offer in menu.entries[table] {
        guard let option = context.option(offer, table: entry, left: left) else { continue }
        options.append(option)
        meaning.append(offer)
      }
      units.append(.init(name: entry.name, options: options))
      kept.append(meaning)
    }
    entries = kept
    var problem = Problem(
      name: task.graph.name, devices: context.devices(), lanes: ["cores", "dram", "in", "out", "dense"],
      shared: ["uplink.out", "uplink.in", "in of cards without tables"]
        + kinds.representatives.map { "\(task.system.cards[$0].model).in (average)" },
      units: units)
    task.rules.addJointRules(
      to: &problem, unitOfOperator: { _ in nil }, unitOfTable: { $0 + 1 }, device: { $0 })
    self.problem = problem
  }

  private struct Context {
    let task: PlanningTask
    let skeleton: DenseSkeleton
    let kinds: CardKinds
    let share: [Double]
    let sites: TableSites
    /// Where the bound holds for fewer cards as well: how many are in use at least; `nil` where all are.
    let leastCards: Int?
    /// By kind: devices that may hold tables, ascending.
    let devicesOfKind: [[Int]]
    private let coresOfKind: [Double]
    /// Whether results go from card to card over links of their own.
    private let isByPeers: Bool
    /// By kind: what carries results out of a card.
    private let resultLinks: [Link]

    init(
      task: PlanningTask, skeleton: DenseSkeleton, kinds: CardKinds, share: [Double], sites: TableSites,
      leastCards: Int?
    ) {
      self.task = task
      self.skeleton = skeleton
      self.kinds = kinds
      self.share = share
      self.sites = sites
      self.leastCards = leastCards
      devicesOfKind = kinds.representatives.indices.map { kind in
        (0..<sites.cards.upperBound).filter { kinds.kindOfCard[$0] == kind }.map { $0 + 1 }
      }
      coresOfKind = kinds.representatives.map { Double(task.system.cards[$0].processor.cores) }
      let isByPeers = skeleton.isReadByPeers(in: task.system)
      self.isByPeers = isByPeers
      resultLinks = kinds.representatives.map {
        LoadLaw(task.costs).link(ofDevice: $0 + 1, betweenCards: isByPeers)
      }
    }

    private func resultLink(_ card: Int) -> Link { resultLinks[kinds.kindOfCard[card]] }

    /// Seconds that it has without tables.
    private func resultBase(_ card: Int) -> Double {
      isByPeers
        ? skeleton.base[Lowering.resource(.peerOut, card: card, of: task.system)]
        : base(.linkOut, device: card + 1)
    }

    /// Cards that may hold tables, ascending.
    var cards: Range<Int> { 0..<sites.cards.upperBound }

    /// How many cards hold tables in any case.
    var certainCards: Int { sites.cards.lowerBound }

    var hasIdleCards: Bool { cards.count < task.system.cards.count }

    /// What `bytes` of results add to the inflow of a card without tables; `nil` where there may be none.
    func idleInflow(results bytes: Double) -> Problem.Amount? {
      guard hasIdleCards, skeleton.after == .everyCard else { return nil }
      return .init(ShardingProblem.idleInflow, share[0] * bytes / link(0).sustained)
    }

    /// The cards of a kind that its inflow is averaged over; fewer than all only where all cards are alike.
    func averaged(_ kind: Int) -> Int { hasIdleCards ? cards.count : kinds.counts[kind] }

    /// What part of the results that start on cards of a kind a replica of that kind takes in over its link, on average.
    func inflowShare(_ kind: Int) -> Double {
      if isByPeers { return 0 }
      // On c alike cards in use, (c - 1) / c of all results come in, 1 / c of them to each. That falls with c from 2 on, so
      // all cards take in least; on one card nothing comes from others.
      if let leastCards, leastCards < 2 || kinds.counts.count > 1 { return 0 }
      let count = Double(hasIdleCards ? certainCards : kinds.counts[kind])
      return count > 0 ? (count - 1) / count : 0
    }

    /// Where results go from a site.
    func results(from site: PlacementSite) -> Crossing { Crossing(from: site, to: skeleton.after) }

    /// Command seconds per batch that a replica pays for copied tables' indices and results, and for those of the host's tables.
    func siteCommands(_ card: Int) -> (incoming: Double, outgoing: Double) {
      let command = task.system.cards[card].link.commandSeconds
      var (into, outOf) = (0.0, 0.0)
      if sites.everyCard == .always {
        into += Crossing(from: .host, to: .everyCard).entering(card, share: share[card])
        outOf += results(from: .everyCard).leaving(card, share: share[card])
      }
      if sites.host == .always { into += results(from: .host).entering(card, share: share[card]) }
      return (into * command, outOf * resultLink(card).commandSeconds)
    }

    func base(_ lane: Lowering.DeviceLane, device: Int) -> Double {
      skeleton.base[Lowering.resource(lane, device: device)]
    }

    func link(_ kind: Int) -> Link { task.system.cards[kinds.representatives[kind]].link }

    func devices() -> [Problem.Device] {
      var devices = [
        Problem.Device(
          name: "host", group: 0, memory: max(0, skeleton.freeBytes[0]),
          baseLoad: [
            base(.dense, device: 0), base(.dram, device: 0), base(.linkIn, device: 0),
            base(.linkOut, device: 0), 0,
          ])
      ]
      for card in task.system.cards.indices {
        let command = task.system.cards[card].link.commandSeconds
        let isSparse = card < certainCards
        let extra = siteCommands(card)
        devices.append(
          Problem.Device(
            name: task.system.cards[card].name,
            group: 1 + kinds.kindOfCard[card] * 3 + (isSparse ? 0 : cards.contains(card) ? 1 : 2),
            memory: max(0, skeleton.freeBytes[card + 1]),
            baseLoad: [
              0, base(.dram, device: card + 1),
              base(.linkIn, device: card + 1) + (isSparse ? command : 0) + extra.incoming,
              resultBase(card) + (isSparse ? outShare(card) * resultLink(card).commandSeconds : 0)
                + extra.outgoing,
              base(.dense, device: card + 1),
            ]))
      }
      return devices
    }

    /// Fraction of a card's results that leave it.
    func outShare(_ card: Int) -> Double {
      guard skeleton.after == .everyCard, let leastCards else {
        return results(from: .card(card)).leaving(card, share: share[card])
      }
      return kinds.counts.count > 1 ? 0 : 1 - 1 / Double(max(1, leastCards))
    }

    func skeletonUnit() -> Problem.Unit {
      var shared = [
        Problem.Amount(ShardingProblem.uplinkOut, base(.linkOut, device: 0)),
        Problem.Amount(ShardingProblem.uplinkIn, base(.linkIn, device: 0)),
      ]
      let command = task.system.uplink.commandSeconds * Double(certainCards)
      shared[0].seconds += command
      if skeleton.after == .host { shared[1].seconds += command }
      if idleInflow(results: 0) != nil {
        let commands = isByPeers ? 0 : share[0] * Double(certainCards) * link(0).commandSeconds
        shared.append(
          .init(
            ShardingProblem.idleInflow, base(.linkIn, device: 1) + siteCommands(0).incoming + commands))
      }
      for (kind, card) in kinds.representatives.enumerated() {
        var seconds = base(.linkIn, device: card + 1) + siteCommands(card).incoming
        if certainCards > 0 {
          // Commands of the certain cards' own indices, and of what the averaged cards take in from them.
          let own = Double(certainCards) / Double(hasIdleCards ? certainCards : kinds.counts[kind])
          seconds += own * link(kind).commandSeconds
          if skeleton.after == .everyCard {
            seconds += share[card] * Double(certainCards) * inflowShare(kind) * link(kind).commandSeconds
          }
        }
        shared.append(.init(ShardingProblem.inflow(kind), seconds))
      }
      return .init(
        name: "dense operators",
        options: [
          .init(
            name: "fixed", shards: [.init(devices: [0], loads: [], memory: 0)],
            shared: shared.filter { $0.seconds > 0 })
        ])
    }

    /// - Parameter left: What rules leave to the table.
    func option(
      _ offer: TableMenu.Entry, table: EmbeddingTable, left: PlanRules.Sites
    ) -> Problem.Option? {
      switch offer.choice.place {
      case .host: sites.host.isAllowed && left.host ? hostOption(offer, table) : nil
      case .everyCard: sites.everyCard.isAllowed && left.everyCard ? everyCardOption(offer, table) : nil
      case .cards(let kind): cardOption(offer, kind: kind, table, left: left)
      }
    }

    private func hostOption(_ offer: TableMenu.Entry, _ table: EmbeddingTable) -> Problem.Option? {
      guard let piece = offer.pieces.first else { return nil }
      let results = results(from: .host)
      let out = results.leavingHost(peerToPeer: task.system.peerToPeer) { share[$0] }
      var shared = [
        Problem.Amount(ShardingProblem.uplinkOut, out * piece.resultBytes / task.system.uplink.sustained)
      ]
      if let idle = idleInflow(results: piece.resultBytes) { shared.append(idle) }
      for (kind, card) in kinds.representatives.enumerated() {
        let part = results.entering(card, share: share[card])
        shared.append(
          .init(ShardingProblem.inflow(kind), part * piece.resultBytes / link(kind).sustained))
      }
      let work = piece.work(cores: Double(task.system.host.processor.cores))
      return Problem.Option(
        name: offer.name,
        shards: [.init(devices: [0], loads: amounts(work), memory: piece.memory)],
        shared: shared.filter { $0.seconds > 0 }, penalty: penalty(offer.choice, table))
    }

    private func everyCardOption(_ offer: TableMenu.Entry, _ table: EmbeddingTable) -> Problem.Option? {
      guard let any = offer.pieces.first else { return nil }
      let indices = Crossing(from: .host, to: .everyCard)
      let results = results(from: .everyCard)
      let uplink = task.system.uplink.sustained
      let back = results.enteringHost(peerToPeer: task.system.peerToPeer) { share[$0] }
      var shared: [Problem.Amount] = [
        .init(ShardingProblem.uplinkOut, any.indexBytes / uplink),
        .init(ShardingProblem.uplinkIn, back * any.resultBytes / uplink),
      ]
      if let idle = idleInflow(results: any.indexBytes) { shared.append(idle) }
      for (kind, card) in kinds.representatives.enumerated() {
        let part = indices.entering(card, share: share[card])
        shared.append(
          .init(ShardingProblem.inflow(kind), part * offer.pieces[kind].indexBytes / link(kind).sustained))
      }
      let loads = kinds.representatives.enumerated().map { kind, card in
        let piece = offer.pieces[kind]
        return amounts(
          share[card] * piece.work(cores: coresOfKind[kind]),
          indices.entering(card, share: share[card]) * piece.indexBytes / link(kind).sustained,
          results.leaving(card, share: share[card]) * piece.resultBytes / resultLinks[kind].sustained)
      }
      let shards = kinds.kindOfCard.enumerated().map { card, kind in
        Problem.Shard(devices: [1 + card], loads: loads[kind], memory: offer.pieces[kind].memory)
      }
      return Problem.Option(
        name: offer.name, shards: shards,
        shared: shared.filter { $0.seconds > 0 }, penalty: penalty(offer.choice, table))
    }

    private func cardOption(
      _ offer: TableMenu.Entry, kind: Int, _ table: EmbeddingTable, left: PlanRules.Sites
    ) -> Problem.Option? {
      let devices = devices(ofKind: kind, left)
      guard !devices.isEmpty, offer.pieces.count <= devices.count else { return nil }
      let cores = coresOfKind[kind]
      let bandwidth = link(kind).sustained
      let resultBandwidth = resultLinks[kind].sustained
      let out = outShare(kinds.representatives[kind])
      var shards: [Problem.Shard] = []
      shards.reserveCapacity(offer.pieces.count)
      var (indexBytes, resultBytes) = (0.0, 0.0)
      var last: TablePiece?
      for piece in offer.pieces {
        indexBytes += piece.indexBytes
        resultBytes += piece.resultBytes
        if piece == last {
          shards[shards.count - 1].count += 1
        } else {
          shards.append(
            Problem.Shard(
              devices: devices,
              loads: amounts(
                piece.work(cores: cores), piece.indexBytes / bandwidth,
                out * piece.resultBytes / resultBandwidth),
              memory: piece.memory))
        }
        last = piece
      }
      return Problem.Option(
        name: offer.name, shards: shards,
        shared: shared(indexBytes: indexBytes, resultBytes: resultBytes, kind: kind, outShare: out),
        penalty: penalty(offer.choice, table))
    }

    /// What a table's shards on cards of a kind add to shared resources.
    private func shared(
      indexBytes: Double, resultBytes: Double, kind: Int, outShare: Double
    ) -> [Problem.Amount] {
      let uplink = task.system.uplink.sustained
      let hop = skeleton.after != .host && !task.system.peerToPeer ? outShare * resultBytes / uplink : 0
      var shared: [Problem.Amount] = []
      shared.reserveCapacity(3 + kinds.representatives.count)
      func add(_ index: Int, _ seconds: Double) { if seconds > 0 { shared.append(.init(index, seconds)) } }
      add(ShardingProblem.uplinkOut, indexBytes / uplink + hop)
      add(ShardingProblem.uplinkIn, skeleton.after == .host ? resultBytes / uplink : hop)
      if !isByPeers { add(ShardingProblem.idleInflow, idleInflow(results: resultBytes)?.seconds ?? 0) }
      // The average over the cards of a kind: its own indices, and its replicas' part of results from elsewhere.
      for (other, card) in kinds.representatives.enumerated() where averaged(other) > 0 {
        let bandwidth = link(other).sustained
        let isOwn = other == kind
        var seconds = isOwn ? indexBytes / bandwidth / Double(averaged(other)) : 0
        if skeleton.after == .everyCard, !isByPeers {
          let fromElsewhere = isOwn ? inflowShare(kind) : leastCards == nil ? 1 : 0
          seconds += share[card] * fromElsewhere * resultBytes / bandwidth
        }
        add(ShardingProblem.inflow(other), seconds)
      }
      return shared
    }

    /// Those that may hold a table's shards, ascending.
    private func devices(ofKind kind: Int, _ left: PlanRules.Sites) -> [Int] {
      if !left.cards.contains(false) { return devicesOfKind[kind] }
      return devicesOfKind[kind].filter { left.cards[$0 - 1] }
    }

    /// Elements stored in less than the best-liked precision.
    private func penalty(_ choice: TableChoice, _ entry: EmbeddingTable) -> Double {
      choice.precision == task.tablePrecisions[0] ? 0 : Double(entry.rows) * Double(entry.dimension)
    }

    private func amounts(
      _ work: DeviceWork, _ linkIn: Double = 0, _ linkOut: Double = 0
    ) -> [Problem.Amount] {
      var amounts: [Problem.Amount] = []
      amounts.reserveCapacity(4)
      if work.cores > 0 { amounts.append(.init(Lane.cores.rawValue, work.cores)) }
      if work.dram > 0 { amounts.append(.init(Lane.dram.rawValue, work.dram)) }
      if linkIn > 0 { amounts.append(.init(Lane.linkIn.rawValue, linkIn)) }
      if linkOut > 0 { amounts.append(.init(Lane.linkOut.rawValue, linkOut)) }
      return amounts
    }
  }
}

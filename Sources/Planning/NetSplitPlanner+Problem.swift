import CostModel
import Graph
import Hardware
import Placement
import Plan

/// The model as a ``Problem`` of two devices, the host and the cards taken as one.
extension NetSplitPlanner {
  /// Cores, DRAM, the two directions of the link and, where cores may be set apart for look-ups, those of dense operators
  /// and of look-ups, by card kind.
  static let lanesPerKind = 6
  static let denseLane = 4
  static let sparseLane = 5

  /// How often host and cards may take turns.
  enum Turns {
    case any
    /// As often as the operators that cards cannot run make necessary, with at least a net on the host in front of the
    /// cards' and one behind it.
    case fewest
  }

  /// What a problem is made for.
  ///
  /// Commands are batched by partition, so a net alone need not pay for one; and operators that stay on the host need no
  /// activations on cards. So the bound charges neither, and its plan is tried as well; where that has no room, and no
  /// other does, one is sought that charges the memory alone.
  enum Purpose: CaseIterable { case plan, bound, planWithoutCommands }

  /// `nil` where nets form a circle, so that no unit has an earliest turn.
  private func fewestStages(of problem: Problem) -> Int? {
    let sides = problem.units.map { unit in unit.options.contains { $0.shards[0].devices == [1] } ? 1 : 0 }
    return NetSplit.stages(of: sides, in: problem).map { max(3, ($0.max() ?? 2) + 1) }
  }

  // MARK: Problem

  /// - Parameter division: How the cores of cards may be divided in what the problem bounds; in a plan's they are shared,
  ///   but for a single division.
  func problem(_ purpose: Purpose, turns: Turns, division: CoreDivision = .any) -> Problem {
    let isBound = purpose == .bound
    let chargesCommands = purpose == .plan
    var entries = [hostOnly("request"), hostOnly("response")]
    let division = setsCoresApart && (isBound || division.halves.isEmpty) ? division : .shared
    entries += units.units.map { entry($0, spansCards: isBound, division) }
    entries += task.graph.embeddingTables.indices.map { tableEntry($0, spansCards: isBound, division) }
    let lanes =
      ["host.cores", "host.dram", "uplink.in", "uplink.out"]
      + kinds.representatives.flatMap { card in
        ["cores", "dram", "in", "out", "dense", "sparse"].map { "\(task.system.cards[card].model).\($0)" }
      }
    let usable = task.system.cards.map { Double($0.usableBytes) }.max() ?? 0
    var problem = Problem(
      name: task.graph.name,
      devices: [
        .init(
          name: "host", group: 0, memory: Double(task.system.host.usableBytes),
          baseLoad: uplinkLoad(lanes: lanes.count)),
        .init(
          name: "every card", group: 1, memory: isBound ? usable : max(0, cardCapacities().min() ?? 0),
          baseLoad: baseLoad(lanes: lanes.count)),
      ],
      lanes: lanes, units: entries, nets: nets(chargesCommands: chargesCommands))
    // Single cards keep apart, and share out, what cards taken as one cannot: the bound leaves those rules out.
    task.rules.addJointRules(
      to: &problem, unitOfOperator: { units.unitOfOperator[$0].map(flows.index(ofUnit:)) },
      unitOfTable: flows.index(ofTable:), device: { $0 == 0 ? 0 : isBound ? nil : 1 },
      apart: !isBound)
    if turns == .fewest { problem.stages = fewestStages(of: problem) }
    return problem
  }

  /// With anything on the cards, each batch crosses the uplink at least once in each direction that it has to take.
  private func uplinkLoad(lanes: Int) -> [Double] {
    var load = Array(repeating: 0.0, count: lanes)
    if mustEnterCards { load[2] = task.system.uplink.commandSeconds }
    if mustLeaveCards { load[3] = task.system.uplink.commandSeconds }
    return load
  }

  /// With anything on the cards, each batch takes at least one command in each direction that it has to take.
  private func baseLoad(lanes: Int) -> [Double] {
    var load = Array(repeating: 0.0, count: lanes)
    for (kind, card) in kinds.representatives.enumerated() {
      let command = share[kind] * task.system.cards[card].link.commandSeconds
      if mustEnterCards { load[lane(kind, 2)] = command }
      if mustLeaveCards { load[lane(kind, 3)] = command }
    }
    return load
  }

  /// Whether the first operator on a card is sent something, whichever it is: not where one makes up what it computes, or reads
  /// nothing but its state.
  private var mustEnterCards: Bool {
    task.graph.operators.allSatisfy { $0.inputs.contains { $0.map { task.graph[$0].role.travels } == true } }
  }

  /// Whether the last operator on a card sends something, whichever it is: not where one computes nothing but a state.
  private var mustLeaveCards: Bool {
    let sent = Set(task.graph.responses)
    return task.graph.operators.allSatisfy {
      $0.outputs.contains { $0.map { !task.graph[$0].consumers.isEmpty || sent.contains($0) } == true }
    }
  }

  /// Seconds in which a unit keeps all cores of a card busy, and those that are not set apart for look-ups.
  private func denseSeconds(
    _ unit: ModelUnits.Unit, kind: Int, _ division: CoreDivision
  ) -> (all: Double, dense: Double) {
    let shared = unit.cards[kind].cores
    guard !division.shares else { return (shared, setsCoresApart ? shared : 0) }
    let card = Location.card(kinds.representatives[kind])
    func spread(_ part: Double) -> Double {
      unit.operators.reduce(0) { sum, op in
        sum + (task.costs.spreadSeconds(of: op, on: card, coreFraction: part) ?? 0)
      }
    }
    return (spread(division.leastDense), spread(division.mostDense) / division.mostDense)
  }

  /// Whether plans may keep cores of a card for look-ups.
  var setsCoresApart: Bool { task.hasTables && !task.rules.without.contains(.cores) }

  func lane(_ kind: Int, _ offset: Int) -> Int { 4 + kind * NetSplitPlanner.lanesPerKind + offset }

  private func hostOnly(_ name: String) -> Problem.Unit {
    .init(name: name, options: [.init(name: "host", shards: [.init(devices: [0], loads: [], memory: 0)])])
  }

  /// Whether device 1 is left to a unit: every card, or in the bound's problem also a single one.
  private func leavesCards(_ sites: PlanRules.Sites, spansCards: Bool) -> Bool {
    sites.everyCard || (spansCards && sites.cards.contains(true))
  }

  private func entry(_ unit: ModelUnits.Unit, spansCards: Bool, _ division: CoreDivision) -> Problem.Unit {
    let sites = task.rules.sites(of: unit.operators)
    var options: [Problem.Option] = []
    if sites.host {
      options.append(
        .init(
          name: "host",
          shards: [
            .init(
              devices: [0], loads: amounts([(0, unit.host.cores), (1, unit.host.dram)]),
              memory: Double(task.costs.weightBytes(of: unit.operators, on: .host)))
          ]))
    }
    if unit.isSupportedOnCards, leavesCards(sites, spansCards: spansCards) {
      let loads = unit.cards.enumerated().flatMap { kind, cost -> [(Int, Double)] in
        let busy = denseSeconds(unit, kind: kind, division)
        return [
          (lane(kind, 0), share[kind] * busy.all), (lane(kind, 1), share[kind] * cost.dram),
          (lane(kind, Self.denseLane), share[kind] * busy.dense),
        ]
      }
      let bytes = kinds.representatives.map { card in
        Double(task.costs.weightBytes(of: unit.operators, on: .card(card)))
          + (spansCards ? 0 : stateBytes(of: unit.operators, card: card))
      }
      options.append(
        .init(
          name: "every card",
          shards: [.init(devices: [1], loads: amounts(loads), memory: bytes.max() ?? 0)]))
    }
    return .init(name: unit.name, options: options)
  }

  func tableEntry(_ table: Int, spansCards: Bool, _ division: CoreDivision = .shared) -> Problem.Unit {
    var options: [Problem.Option] = []
    let sites = task.rules.tableSites[table]
    let law = LoadLaw(task.costs)
    for (rank, precision) in task.tablePrecisions.enumerated() {
      let format = TableFormat(precision: precision)
      let penalty = Double(rank)
      func isLeft(_ site: PlacementSite) -> Bool {
        task.rules.allows(
          table: table, option: PlanRules.optionName(split: .whole, site: site, precision: precision))
      }
      if sites.host, isLeft(.host), let piece = law.piece(of: table, format, on: .host) {
        let work = piece.work(cores: Double(task.system.host.processor.cores))
        options.append(
          .init(
            name: "host \(precision.rawValue)",
            shards: [
              .init(
                devices: [0], loads: amounts([(0, work.cores), (1, work.dram)]), memory: piece.constantBytes)
            ], penalty: penalty))
      }
      let isOnCards = isLeft(.everyCard) || (spansCards && task.rules.allowsOnCards(table, precision))
      guard isOnCards, leavesCards(sites, spansCards: spansCards) else { continue }
      let pieces = kinds.representatives.compactMap { law.piece(of: table, format, on: .card($0)) }
      guard pieces.count == kinds.representatives.count, let any = pieces.first else { continue }
      // How much longer look-ups take on the cores that they have.
      let slowdown = division.mayShare ? 0 : 1 / division.mostSparse
      let loads = pieces.enumerated().flatMap { kind, piece in
        let cores = Double(task.system.cards[kinds.representatives[kind]].processor.cores)
        let work = share[kind] * piece.work(cores: cores)
        return [
          (lane(kind, 0), work.cores), (lane(kind, 1), work.dram),
          (lane(kind, Self.sparseLane), work.cores * slowdown),
        ]
      }
      options.append(
        .init(
          name: "every card \(precision.rawValue)",
          shards: [.init(devices: [1], loads: amounts(loads), memory: any.constantBytes)], penalty: penalty))
    }
    return .init(name: task.graph.embeddingTables[table].name, options: options)
  }

  private func amounts(_ pairs: [(Int, Double)]) -> [Problem.Amount] {
    pairs.filter { $0.1 > 0 }.map { Problem.Amount($0.0, $0.1) }
  }

  private func nets(chargesCommands: Bool) -> [Problem.Net] {
    flows.flows.map { net($0.producer, $0.readers, bytes: $0.bytes, chargesCommands) }
  }

  private func net(_ producer: Int, _ consumers: [Int], bytes: Int, _ chargesCommands: Bool) -> Problem.Net {
    let commands = chargesCommands ? 1 : 0
    let uplink = task.costs.transferSeconds(bytes: bytes, commands: commands, link: task.system.uplink)
    let links = kinds.representatives.enumerated().map { kind, card in
      share[kind]
        * task.costs.transferSeconds(
          bytes: bytes, commands: commands, link: task.system.cards[card].link)
    }
    return Problem.Net(
      producer: producer, consumers: consumers,
      out: [
        amounts([(3, uplink)]),
        amounts(links.enumerated().map { (lane($0.offset, 3), $0.element) }),
      ],
      incoming: [
        amounts([(2, uplink)]),
        amounts(links.enumerated().map { (lane($0.offset, 2), $0.element) }),
      ])
  }

  // MARK: Memory

  /// Of all requests in flight.
  func stateBytes(of operators: [OperatorID], card: Int) -> Double {
    Double(task.costs.stateBytes(of: operators, on: .card(card)))
      * Double(max(1, task.costs.options.requestsInFlight))
  }

  private var operatorsOnCards: [OperatorID] {
    units.units.filter(\.isSupportedOnCards).flatMap(\.operators).sorted()
  }

  /// By kind: bytes left for constants when every operator's activations and states are on the card.
  private func room() -> [Double] {
    let operators = operatorsOnCards
    return zip(kinds.representatives, cardCapacities()).map { $1 - stateBytes(of: operators, card: $0) }
  }

  /// By kind: bytes left for constants and states when every operator's activations are on the card.
  func cardCapacities() -> [Double] {
    let operators = operatorsOnCards
    return kinds.representatives.map { card in
      let buffers = task.graph.embeddingTables.indices.reduce(0) { sum, table in
        sum
          + (task.costs.lookup(table: table, format: .init(precision: .int8), on: .card(card))?.bufferBytes
            ?? 0)
      }
      let activations = Double(task.costs.activationBytes(of: operators, on: .card(card)))
      return Double(task.system.cards[card].usableBytes)
        - max(0, activations - stateBytes(of: operators, card: card)) - Double(buffers)
        * Double(task.costs.options.requestsInFlight)
    }
  }

  /// Whether the smallest copy of all constants and its activations fits every card.
  func fitsEveryCard() -> Bool { room().allSatisfy { $0 > smallestCopyBytes } }

  /// The same with all states on the host.
  func fitsEveryCardWithoutStates() -> Bool { cardCapacities().allSatisfy { $0 > smallestCopyBytes } }

  /// Whether the operators that cards run, with their activations and all tables' buffers, fit every card.
  func denseFitsEveryCard() -> Bool { room().allSatisfy { $0 > smallestDenseBytes } }

  var smallestDenseBytes: Double {
    let operators = operatorsOnCards
    return Double(
      kinds.representatives.map { task.costs.weightBytes(of: operators, on: .card($0)) }.max() ?? 0)
  }

  var smallestCopyBytes: Double {
    let tables = task.graph.embeddingTables.indices.reduce(0.0) { sum, table in
      sum
        + (task.tablePrecisions.map { Double(task.costs.tableBytes(table, format: .init(precision: $0))) }
          .min() ?? 0)
    }
    return smallestDenseBytes + tables
  }
}

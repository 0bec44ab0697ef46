import CostModel
import Graph
import Hardware

/// Derives the ``PlacementRelaxation`` of one case from model, system and costs.
///
/// A copy on every card in use loads each by its share of the requests, which is a mixture of single ones: where cards make
/// more than one pool it counts as one of those. In one pool of n cards it costs no less than a single one and takes n times
/// the memory. With only m of n cards in use it takes m times the memory of m cards, and loads them n / m times as much as
/// they would be loaded here; so what holds for all n holds for fewer.
struct RelaxationBuilder {
  let question: PlacementQuestion
  /// Kept, as costs are dear to copy for each operator.
  let law: LoadLaw
  let served: ServedLookups
  let pivot: PivotReader?
  let which: BoundCase
  let pools: [CardPool]
  let rows: BoundRows

  var graph: Graph { question.graph }
  var system: System { question.system }
  var costs: CostModel { question.costs }

  /// - Parameter pools: By default one for each kind of card, and for the card of the case.
  init(
    _ question: PlacementQuestion, served: ServedLookups, pivot: PivotReader?, case which: BoundCase,
    pools: [CardPool]? = nil
  ) {
    self.question = question
    law = LoadLaw(question.costs)
    self.served = served
    self.pivot = pivot
    self.which = which
    let pools = pools ?? Self.pools(question.system, apart: which)
    self.pools = pools
    rows = BoundRows(
      pools: pools.count, hasHolders: which == .everyCard && pools.count == 1,
      hasAccuracy: question.errorLimit != nil)
  }

  private static func pools(_ system: System, apart which: BoundCase) -> [CardPool] {
    let kinds = CardKinds(system: system, memoryCounts: false)
    var lists = kinds.representatives.indices.map { kind in
      system.cards.indices.filter { kinds.kindOfCard[$0] == kind }
    }
    if case .card(let card) = which {
      lists = [[card]] + lists.map { $0.filter { $0 != card } }.filter { !$0.isEmpty }
    }
    return lists.compactMap { cards in
      cards.first.map { card in
        CardPool(
          card: card, count: cards.count,
          alike: system.cards.indices.filter { kinds.kindOfCard[$0] == kinds.kindOfCard[card] })
      }
    }
  }

  // MARK: Relaxation

  /// The operators that no table serves, in graph order, whose nodes come first, with those of the tables behind them; and by
  /// operator its node, or its table's.
  var numbering: (operators: [OperatorID], nodeOfOperator: [Int?]) {
    let operators = graph.operators.indices.filter { served.table[$0] == nil }.map { OperatorID($0) }
    var nodeOfOperator = served.table.map { table in table.map { operators.count + $0 } }
    for (node, op) in operators.enumerated() { nodeOfOperator[op.index] = node }
    return (operators, nodeOfOperator)
  }

  /// Nodes are those of the ``numbering``, then those that stand for commands.
  func relaxation() -> PlacementRelaxation {
    let (operators, nodeOfOperator) = numbering
    let firstTable = operators.count
    var nodes = operators.map(node(of:)) + graph.embeddingTables.indices.map(node(ofTable:))
    var units = operators.map { BoundUnit.op($0) } + graph.embeddingTables.indices.map { BoundUnit.table($0) }
    var indicators: [PlacementRelaxation.Indicator] = []
    for command in commands(firstTable: firstTable, nodeOfOperator) {
      indicators.append(.init(node: nodes.count, members: command.members, isOfHost: command.isOfHost))
      nodes.append(command.node)
      units.append(command.unit)
    }
    return PlacementRelaxation(
      rows: rows, pools: pools,
      weights: ObjectiveWeights(question.objective, system: system, pools: pools),
      capacities: memoryCapacities(), nodes: nodes, units: units, flows: flows(nodeOfOperator),
      indicators: indicators, holders: holders(firstTable: firstTable, count: nodes.count))
  }

  /// Of a pool that is only a part of the cards that are alike, the largest: rules may leave them unlike amounts, and a
  /// case stands for all of them. One byte more a device, as bytes are rounded where they are counted.
  func memoryCapacities() -> [Double] {
    [question.rules.capacities[0] + 1]
      + pools.map { pool in
        let largest = pool.alike.map { question.rules.capacities[$0 + 1] + 1 }.sorted(by: >)
        return largest.prefix(pool.count).reduce(0, +)
      } + (rows.hasHolders ? [(question.rules.capacities.dropFirst().max() ?? 0) + 1] : [])
      + (question.errorLimit.map { [$0 * (1 + 1e-9) * BoundRows.accuracyUnit] } ?? [])
  }

  // MARK: Operators

  func node(of op: OperatorID) -> PlacementRelaxation.Node {
    let sites = question.rules.operatorSites[op.index]
    var node = PlacementRelaxation.Node()
    let isPivot = pivot?.op == op
    if sites.host, !isPivot || which.allows(.host), let work = law.work(of: op, on: .host) {
      node.host = [
        amounts([
          (rows.row(.cores), work.cores), (rows.row(.dram), work.dram),
          (rows.hostMemory, costs.sharedWeightBytes(of: op, on: .host)),
        ])
      ]
    }
    if !isPivot || which != .host {
      node.cards = cardChoices(op).flatMap { choice in
        alternatives(
          choice, sites: sites, isLeft: { !isPivot || self.which.allows(.card($0)) },
          isCopyLeft: !isPivot || which.allows(.everyCard))
      }
    }
    return node
  }

  /// By precision that an operator may have on cards, what it costs on one card of each pool; `nil` where a card lacks it.
  func cardChoices(_ op: OperatorID) -> [[[(Int, Double)]?]] {
    guard let layers = question.layers, let choices = layers.choices(of: op, graph) else {
      return [pools.indices.map { cardAmounts(op, pool: $0) }]
    }
    return choices.map { precision, own in
      pools.indices.map { pool in
        cardAmounts(op, pool: pool, own ?? costs).map { $0 + loss(op, precision, pool: pool) }
      }
    }
  }

  /// What a layer in a precision takes of the accuracy budget, once, wherever it is on cards.
  private func loss(_ op: OperatorID, _ precision: LayerPrecision, pool: Int) -> [(Int, Double)] {
    guard rows.hasAccuracy, let errors = question.layers?.question.errors else { return [] }
    let placed = precision.choice(among: system.cards[pools[pool].card].processor.matrix.keys)
    return [(rows.accuracy, errors.weighted(op, in: placed) * BoundRows.accuracyUnit)]
  }

  /// Ways to be on cards.
  ///
  /// - Parameters:
  ///   - onPools: What it costs on one card of each pool; `nil` where a card lacks it.
  ///   - isLeft: Whether it may be on a card by itself, as far as the case is concerned.
  ///   - isCopyLeft: The same for copies.
  func alternatives(
    _ onPools: [[(Int, Double)]?], sites: PlanRules.Sites, isLeft: (Int) -> Bool, isCopyLeft: Bool
  ) -> [[BoundAmount]] {
    let isOnePool = pools.count == 1
    var result: [[BoundAmount]] = []
    for (pool, entry) in pools.enumerated() {
      guard let own = onPools[pool] else { continue }
      let mayBeSingle = entry.alike.contains { sites.cards[$0] } && isLeft(entry.card)
      // A copy on the one card in use is on that card.
      let mayBeCopy = sites.everyCard && (isCopyLeft || isLeft(entry.card))
      if mayBeSingle || (mayBeCopy && (!isOnePool || entry.count == 1)) {
        result.append(amounts(own))
      } else if mayBeCopy, isCopyLeft {
        result.append(copies(own, entry.count))
      }
    }
    return result
  }

  /// A copy on each card of a pool: the loads of one, the memory of all.
  func copies(_ own: [(Int, Double)], _ count: Int) -> [BoundAmount] {
    amounts(own.map { row, value in (row, rows.memories.contains(row) ? Double(count) * value : value) })
  }

  /// One card of a pool for every request.
  ///
  /// - Parameter own: Costs in a precision of its own, whose weights may have as much of the chip as those of any mixture.
  private func cardAmounts(_ op: OperatorID, pool: Int, _ own: CostModel? = nil) -> [(Int, Double)]? {
    guard let own else { return cardAmounts(op, pool: pool, law, residentShare: nil) }
    let share = question.costs.residentShare(on: .card(pools[pool].card))
    return cardAmounts(op, pool: pool, LoadLaw(own), residentShare: share)
  }

  private func cardAmounts(
    _ op: OperatorID, pool: Int, _ law: LoadLaw, residentShare: Double?
  ) -> [(Int, Double)]? {
    let location = Location.card(pools[pool].card)
    guard
      let work = law.work(of: op, on: location, residentShare: residentShare),
      let spread = law.costs.spreadSeconds(of: op, on: location)
    else { return nil }
    return [
      (rows.row(.cores, pool: pool), graph.embeddingTables.isEmpty ? 0 : spread),
      (rows.row(.dense, pool: pool), work.cores), (rows.row(.dram, pool: pool), work.dram),
      (rows.memory(pool: pool), law.costs.sharedWeightBytes(of: op, on: location)),
    ]
  }

  // MARK: Tables

  func node(ofTable table: Int) -> PlacementRelaxation.Node {
    let sites = question.rules.tableSites[table]
    var node = PlacementRelaxation.Node()
    for precision in question.tablePrecisions {
      let format = TableFormat(precision: precision)
      func isLeft(_ site: PlacementSite) -> Bool {
        question.rules.allows(
          table: table, option: PlanRules.optionName(split: .whole, site: site, precision: precision))
      }
      if sites.host, isLeft(.host), let pairs = lookup(table, format, on: .host) {
        node.host.append(amounts(pairs) + loss(table, precision))
      }
      let onPools = pools.indices.map { lookup(table, format, on: .card(pools[$0].card), pool: $0) }
      let crossed = pools.indices.map { pool in onPools[pool].map { $0 + crossing(table, format, from: pool) }
      }
      var left = sites
      left.everyCard = left.everyCard && isLeft(.everyCard)
      if !question.rules.allowsOnCards(table, precision) { left.forbidSingleCards() }
      let known = node.cards.count
      node.cards += alternatives(crossed, sites: left, isLeft: { _ in true }, isCopyLeft: true).map {
        $0 + loss(table, precision)
      }
      guard rows.hasHolders, let own = onPools[0] else { continue }
      if node.cards.count > known, left.cards.contains(true) {
        node.holders.append(holding(table, format, own))
      } else if node.cards.count > known {
        node.holders.append([])
      }
      // The reader is on every card, so copies save the way to it.
      if left.everyCard {
        node.cards.append(
          copies(own, pools[0].count) + copyOnHolder(table, format, own) + loss(table, precision))
        node.holders.append([])
      }
    }
    return node
  }

  /// What a table in a precision takes of the accuracy budget, once, wherever it is.
  func loss(_ table: Int, _ precision: Precision) -> [BoundAmount] {
    guard rows.hasAccuracy, let accuracy = question.accuracy else { return [] }
    return amounts([
      (rows.accuracy, accuracy.errors.weighted(table, in: precision) * BoundRows.accuracyUnit)
    ])
  }

  /// The whole table on one device.
  func lookup(
    _ table: Int, _ format: TableFormat, on location: Location, pool: Int? = nil
  ) -> [(Int, Double)]? {
    guard let piece = law.piece(of: table, format, on: location),
      let cores = system.processor(at: location)?.cores
    else { return nil }
    let work = piece.work(cores: Double(max(1, cores)))
    guard let pool else {
      return [(rows.row(.cores), work.cores), (rows.row(.dram), work.dram), (rows.hostMemory, piece.memory)]
    }
    return [
      (rows.row(.cores, pool: pool), work.cores), (rows.row(.dram, pool: pool), work.dram),
      (rows.memory(pool: pool), piece.memory),
    ]
  }

  /// Seconds on the links of a table's results that go from one card to the reader elsewhere.
  ///
  /// With the reader on every one of n alike cards, the part (n - 1) / n. With m in use it is (m - 1) / m, and they are loaded
  /// n / m times as much: n (m - 1) / m^2 >= (n - 1) / n for m from 2 to n; with one in use the reader is on that card. The
  /// uplink is one for all cards, so there only half of the results are certain. Links of their own between cards have no rows: what
  /// goes over those is left out.
  func crossing(_ table: Int, _ format: TableFormat, from pool: Int) -> [(Int, Double)] {
    if system.hasPeerLinks { return [] }
    let bytes = pivotBytes(table, format, on: .card(pools[pool].card))
    switch which {
    case .everyCard where pools.count == 1:
      let away = bytes * Double(pools[0].count - 1) / Double(pools[0].count)
      return leaving(0, bytes: away, throughHost: bytes / 2) + [into(0, bytes: away)]
    case .card where pool > 0:
      return leaving(pool, bytes: bytes, throughHost: bytes) + [into(0, bytes: bytes)]
    default: return []
    }
  }

  /// Bytes of a table's results that the case's reader reads.
  func pivotBytes(_ table: Int, _ format: TableFormat, on location: Location) -> Double {
    guard let pivot, pivot.results[table] > 0 else { return 0 }
    return Double(pivot.results[table]) * Double(law.resultBytesOfOne(table, format, on: location))
  }

  /// Out of a card and, where cards cannot write to each other, through host memory.
  func leaving(_ pool: Int, bytes: Double, throughHost: Double) -> [(Int, Double)] {
    let own = [outOf(pool, bytes: bytes)]
    return system.peerToPeer ? own : own + [into(nil, bytes: throughHost), outOf(nil, bytes: throughHost)]
  }

  /// Seconds of bytes on the link out of a pool, or of the host: `nil`.
  func outOf(_ pool: Int?, bytes: Double) -> (Int, Double) {
    (pool.map { rows.row(.linkOut, pool: $0) } ?? rows.row(.uplinkOut), seconds(bytes, of: pool))
  }

  /// The same of the link into it.
  func into(_ pool: Int?, bytes: Double) -> (Int, Double) {
    (pool.map { rows.row(.linkIn, pool: $0) } ?? rows.row(.uplinkIn), seconds(bytes, of: pool))
  }

  /// On the link of a pool, or of the host.
  func seconds(_ bytes: Double, of pool: Int?) -> Double {
    law.seconds(bytes, on: law.link(ofDevice: pool.map { pools[$0].card + 1 } ?? 0))
  }

  func amounts(_ pairs: [(Int, Double)]) -> [BoundAmount] {
    pairs.reduce(into: []) { if $1.1 > 0 { $0.append(BoundAmount($1.0, $1.1)) } }
  }
}

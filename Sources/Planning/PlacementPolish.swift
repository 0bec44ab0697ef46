import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Improves a plan under its exact figures by small changes: fewer cards in use, operators elsewhere, tables elsewhere, cut
/// or stored otherwise, cores divided otherwise.
///
/// A heuristic: the first change that helps is taken, tables in a seeded random order, until a round brings nothing or the
/// work is done. It knows nothing of how the plan was found, so it serves objectives that no problem states exactly.
struct PlacementPolish {
  private let task: PlanningTask
  private let clock: SearchClock
  private let kinds: CardKinds
  /// Those that tables may be stored in.
  private let precisions: [Precision]
  private let ticksPerTrial: Int
  /// Whether operators move to copies on every card as well.
  private let movesToCopies: Bool
  private(set) var best: Candidate {
    didSet { leastBusy = Candidate(best.placement, task: task, followsTurns: false) }
  }
  /// The best one if requests did not hold each other up.
  private var leastBusy: Candidate
  private var random: SearchRandom

  /// Part of the objective that a change must save: less is noise.
  private static let leastGain = 1e-6
  /// A lowering takes about so many ticks an operator, table or shard, and once more for every replica.
  private static let ticksPerItem = 150

  /// - Parameters:
  ///   - precisions: those of the plan among them.
  ///   - movesToCopies: whether operators move to copies on every card as well as to single ones: a pipeline that is better
  ///     than copies is often further away than the first of them.
  init(
    _ plan: Candidate, precisions: [Precision], movesToCopies: Bool = true, task: PlanningTask,
    clock: SearchClock
  ) {
    self.movesToCopies = movesToCopies
    self.task = task
    self.clock = clock
    self.precisions = precisions
    kinds = CardKinds(system: task.system)
    best = plan
    leastBusy = Candidate(plan.placement, task: task, followsTurns: false)
    random = SearchRandom(seed: task.search.seed)
    let items = task.graph.operators.count + 4 * task.graph.embeddingTables.count
    ticksPerTrial = Self.ticksPerItem * items * (1 + task.system.cards.count)
  }

  mutating func run() {
    while !clock.isOver {
      let value = best.value(task.objective)
      useFewerCards()
      storeAllAlike()
      divideCores()
      moveUnits()
      moveTables()
      guard best.value(task.objective) >= value * (1 - Self.leastGain) else { continue }
      swapUnits()
      if best.value(task.objective) >= value * (1 - Self.leastGain) { return }
    }
  }

  /// - Returns: whether the placement is taken.
  @discardableResult
  private mutating func attempt(_ placement: ModelPlacement) -> Bool {
    guard !clock.spend(ticksPerTrial) else { return false }
    var candidate = Candidate(placement, task: task, followsTurns: false)
    guard candidate.isBetter(than: leastBusy, for: task, tolerance: Self.leastGain) else { return false }
    if candidate.loads.leavesTurnsOut {
      guard !clock.spend(Self.ticksOfTurns) else { return false }
      candidate = candidate.followed(task)
    }
    guard candidate.isBetter(than: best, for: task, tolerance: Self.leastGain) else { return false }
    best = candidate
    return true
  }

  /// Of following requests, for two numbers of them.
  private static let ticksOfTurns = 15_000_000

  // MARK: Changes of the whole

  /// Tables of the last cards go to the first ones, where least is.
  private mutating func useFewerCards() {
    for count in stride(from: best.placement.cardsPerGroup - 1, to: 0, by: -1) {
      if let folded = folded(best.placement, onto: count) { attempt(folded) }
    }
  }

  /// `nil` where an operator is on a card by itself that is left out.
  private func folded(_ placement: ModelPlacement, onto count: Int) -> ModelPlacement? {
    func isLeft(_ site: PlacementSite) -> Bool {
      if case .card(let card) = site { card < count } else { true }
    }
    guard placement.operators.allSatisfy(isLeft), count < placement.cardsPerGroup else { return nil }
    var folded = placement
    folded.sparseCores = Array(placement.sparseCores.prefix(count))
    var held = Array(repeating: 0.0, count: count)
    func weigh(_ table: Int, _ shard: TableShard) -> Double {
      Double(
        task.costs.tableBytes(
          table, format: placement.tables[table].format, rows: shard.rows.count, columns: shard.columns.count)
      )
    }
    for (table, entry) in placement.tables.enumerated() {
      for shard in entry.shards {
        if case .card(let card) = shard.site, card < count { held[card] += weigh(table, shard) }
      }
    }
    for (table, entry) in placement.tables.enumerated() {
      for (index, shard) in entry.shards.enumerated() where !isLeft(shard.site) {
        let card = held.indices.min { (held[$0], $0) < (held[$1], $1) } ?? 0
        held[card] += weigh(table, shard)
        folded.tables[table].shards[index].site = .card(card)
      }
    }
    return folded
  }

  private mutating func storeAllAlike() {
    for precision in precisions {
      var placement = best.placement
      for table in placement.tables.indices { placement.tables[table].format = .init(precision: precision) }
      if placement != best.placement, isReadable(placement) { attempt(placement) }
    }
  }

  private mutating func divideCores() {
    guard task.hasTables, !task.rules.without.contains(.cores) else { return }
    let inUse = best.placement.cardsPerGroup
    let most = task.system.cards.prefix(inUse).map(\.processor.cores).min() ?? 1
    for cores in stride(from: 0, to: most, by: max(1, most / 16)) {
      var placement = best.placement
      placement.sparseCores = Array(repeating: cores, count: inUse)
      if placement != best.placement { attempt(placement) }
    }
  }

  private func isReadable(_ placement: ModelPlacement) -> Bool {
    placement.tables.enumerated().allSatisfy { table, entry in
      entry.shards.allSatisfy { shard in
        let locations = placement.locations(at: shard.site)
        // Without cards in use, a copy on every one of them is nowhere.
        return !locations.isEmpty
          && locations.allSatisfy {
            task.costs.lookup(table: table, format: entry.format, split: entry.split, on: $0) != nil
          }
      }
    }
  }

  // MARK: Operators

  /// Each unit by itself to every site, where there are few of them.
  private mutating func moveUnits() {
    let units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    let sites =
      (movesToCopies ? [.host, .everyCard] : [.host])
      + (0..<best.placement.cardsPerGroup).map { PlacementSite.card($0) }
    guard units.units.count * sites.count <= Self.mostUnitMoves else { return }
    for unit in units.units {
      for site in sites where !clock.isOver {
        let cards = best.placement.cards(at: site)
        guard cards.allSatisfy({ unit.supportingKinds[kinds.kindOfCard[$0]] }),
          site == .host || !cards.isEmpty,
          unit.operators.contains(where: { best.placement.operators[$0.index] != site })
        else { continue }
        var placement = best.placement
        for op in unit.operators { placement.operators[op.index] = site }
        attempt(placement)
      }
    }
  }

  private static let mostUnitMoves = 2000

  /// Two units with constants in each other's place, where a device has no room for both.
  private mutating func swapUnits() {
    let units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    let heavy = units.units.filter { unit in
      let sites = Set(unit.operators.map { best.placement.operators[$0.index] })
      return sites.count == 1 && task.costs.weightBytes(of: unit.operators, on: .host) > 0
    }
    guard heavy.count * heavy.count <= 2 * Self.mostUnitMoves else { return }
    let largest = heavy.map { Double(task.costs.weightBytes(of: $0.operators, on: .host)) }.max() ?? 0
    guard best.excessBytes.contains(where: { -$0 < largest }) else { return }
    func mayBe(_ unit: ModelUnits.Unit, _ site: PlacementSite) -> Bool {
      best.placement.cards(at: site).allSatisfy { unit.supportingKinds[kinds.kindOfCard[$0]] }
    }
    for (index, one) in heavy.enumerated() {
      for other in heavy[..<index] where !clock.isOver {
        let sites = [one, other].map { best.placement.operators[$0.operators[0].index] }
        guard sites[0] != sites[1], mayBe(one, sites[1]), mayBe(other, sites[0]) else { continue }
        var placement = best.placement
        for op in one.operators { placement.operators[op.index] = sites[1] }
        for op in other.operators { placement.operators[op.index] = sites[0] }
        attempt(placement)
      }
    }
  }

  // MARK: Tables

  private mutating func moveTables() {
    var order = Array(task.graph.embeddingTables.indices)
    for index in order.indices.dropLast() { order.swapAt(index, index + random.below(order.count - index)) }
    for table in order {
      for choice in choices(table) where !clock.isOver { move(table, to: choice) }
    }
  }

  private mutating func move(_ table: Int, to choice: TableChoice) {
    var placement = best.placement
    let count = choice.pieces(of: task.graph.embeddingTables[table]).count
    var cards: [Int] = []
    if case .cards(let kind) = choice.place {
      let own = (0..<placement.cardsPerGroup).filter { kinds.kindOfCard[$0] == kind }
      guard own.count >= count else { return }
      cards = Array(leastBusy(own).prefix(count))
    }
    placement.tables[table] = choice.placement(of: task.graph.embeddingTables[table], cards: cards)
    if placement.tables[table] != best.placement.tables[table], isReadable(placement) { attempt(placement) }
  }

  /// By what look-ups keep their cores and DRAM busy, and links.
  private func leastBusy(_ cards: [Int]) -> [Int] {
    func load(_ card: Int) -> Double {
      [Lowering.DeviceLane.sparse, .dram, .linkOut].reduce(0) {
        $0 + best.loads.loads[Lowering.resource($1, device: card + 1)]
      }
    }
    return cards.map { ($0, load($0)) }.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map(\.0)
  }

  private func choices(_ table: Int) -> [TableChoice] {
    let counts = task.allowsSplits ? [2, 3, 4, 6].filter { $0 <= best.placement.cardsPerGroup } : []
    return TableChoice.all(
      for: task.graph.embeddingTables[table], precisions: precisions, kinds: kinds.representatives.count,
      shardCounts: counts
    ).filter { task.rules.allows(table: table, option: $0.optionName) }
  }
}

import CostModel
import Graph
import Hardware
import Placement
import Plan

/// Plans models whose tables do not fit every card: tables over cards, dense operators on the host or on every card.
///
/// For each dense skeleton and each number of cards that hold tables the sharding problem is solved; the least of their
/// bounds holds for all. The tables' places are then polished under the exact loads, and the division of each card's
/// cores is chosen by trying all.
struct ShardingPlanner {
  private let task: PlanningTask
  private let kinds: CardKinds
  private let units: ModelUnits
  private let share: [Double]
  private let start: ContinuousClock.Instant

  init(task: PlanningTask, startedAt start: ContinuousClock.Instant) {
    self.task = task
    self.start = start
    kinds = CardKinds(system: task.system)
    units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    share = ReplicaShares.shares(graph: task.graph, system: task.system, costs: task.costs)
  }

  private struct Found {
    var candidate: Candidate
    var provedBy: String
  }

  func plan() throws(PlanningFailure) -> PlannedModel {
    let choices = task.graph.embeddingTables.map { table in
      TableChoice.all(
        for: table, precisions: task.tablePrecisions, kinds: kinds.representatives.count,
        shardCounts: task.allowsSplits ? shardCounts : [])
    }
    var best: Found?
    var bound = Double.infinity
    var wasStopped = false
    for skeleton in DenseSkeleton.all(task: task, units: units) {
      guard skeleton.freeBytes.dropFirst().allSatisfy({ $0 >= 0 }), skeleton.freeBytes[0] >= 0 else {
        continue
      }
      for sparseCards in cardCounts {
        let floor = floor(skeleton, sparseCards: sparseCards, choices: choices)
        if let best, floor >= best.candidate.loads.bottleneckSeconds * (1 - task.search.gap / 2) {
          bound = min(bound, floor)
          continue
        }
        let sharding = ShardingProblem(
          task: task, skeleton: skeleton, kinds: kinds, share: share, sparseCards: sparseCards,
          choices: choices)
        let solution = try solve(sharding.problem)
        switch solution.certificate.status {
        case .infeasible: continue
        case .limit:
          wasStopped = true
          bound = min(bound, max(floor, solution.certificate.bound))
        case .optimal, .feasible: bound = min(bound, max(floor, solution.certificate.bound))
        }
        guard let assignment = solution.assignment else { continue }
        let candidate = refine(
          assignment, sharding: sharding, skeleton: skeleton, sparseCards: sparseCards,
          goal: solution.certificate.bound)
        if candidate.isBetter(than: best?.candidate, for: task) {
          best = Found(candidate: candidate, provedBy: solution.certificate.provedBy)
        }
      }
    }
    guard let best else {
      if wasStopped { throw .limit("no plan within the time limit; allow more time") }
      throw .infeasible(MemoryShortage(task: task, units: units, kinds: kinds).reasons())
    }
    let onHost = Candidate(hostPlacement(), task: task)
    return PlannedModel(
      placement: best.candidate.placement,
      bound: ObjectiveBound(
        task: task, units: units, kinds: kinds, share: kinds.representatives.map { share[$0] }
      ).bound(bottleneck: bound, onHost: onHost),
      provedBy: best.provedBy, scope: scope, notes: notes(best.candidate.placement))
  }

  /// Into how many shards a table may be cut.
  private var shardCounts: [Int] { [2, 3, 4, 6].filter { $0 <= task.system.cards.count } }

  /// Numbers of cards that hold tables: all of them tried where cards are alike, else only all cards.
  private var cardCounts: [Int] {
    let all = task.system.cards.count
    return kinds.representatives.count == 1 ? (1...max(1, all)).reversed() : [all]
  }

  private var scope: String {
    "every placement of \(task.graph.embeddingTables.count) tables (whole or in \(shardCounts.map(String.init).joined(separator: ", ")) shards by rows or columns"
      + " on cards, copied to every card, or on the host; \(task.tablePrecisions.map(\.rawValue).joined(separator: " or ")))"
      + " with the operators before and behind the look-ups each on the host or on every card"
  }

  private func solve(_ problem: Problem) throws(PlanningFailure) -> Solution {
    do {
      return try Optimizer.solve(problem, options: task.search(startedAt: start, gap: task.search.gap / 4))
    } catch {
      throw .refused("\(error)")
    }
  }

  /// A bound without solving: each lane's least total over the cards that hold tables, and the dense part alone.
  private func floor(_ skeleton: DenseSkeleton, sparseCards: Int, choices: [[TableChoice]]) -> Double {
    // The host's own lanes and the dense lane are paid whatever the tables do.
    skeleton.base.max() ?? 0
  }

  // MARK: From the problem to a placement

  private func refine(
    _ assignment: Assignment, sharding: ShardingProblem, skeleton: DenseSkeleton, sparseCards: Int,
    goal: Double
  ) -> Candidate {
    var loads = TableLoads(task: task, skeleton: skeleton, share: share)
    var items: [TablePolisher.Item] = []
    var itemsOfTable: [[Int]] = []
    let picks = zip(sharding.choices, assignment.choices.dropFirst()).map { $0[$1.option] }
    for (table, entry) in task.graph.embeddingTables.enumerated() {
      let choice = picks[table]
      var own: [Int] = []
      let devices = assignment.choices[table + 1].devices
      for (piece, device) in zip(choice.pieces(of: entry), devices) {
        func effect(_ location: Location) -> ShardEffect? {
          ShardEffect(
            choice, table: table, rows: piece.rows.count, columns: piece.columns.count, on: location,
            costs: task.costs)
        }
        switch choice.place {
        case .host: effect(.host).map { loads.addToHost($0) }
        case .everyCard:
          loads.addToEveryCard(task.system.cards.indices.compactMap { effect(.card($0)) })
        case .cards:
          guard let shard = effect(.card(device - 1)) else { continue }
          loads.add(shard, to: device - 1)
          own.append(items.count)
          items.append(.init(effect: shard, card: device - 1, allowed: 0..<sparseCards))
        }
      }
      itemsOfTable.append(own)
    }
    var polisher = TablePolisher(items: items, loads: loads, kindOfCard: kinds.kindOfCard)
    polisher.run(goal: goal * (1 + task.search.gap / 10), isCancelled: task.search.isCancelled)
    let tables = task.graph.embeddingTables.indices.map { table in
      tablePlacement(table, picks[table], cards: itemsOfTable[table].map { polisher.items[$0].card })
    }
    return divideCores(
      ModelPlacement(
        operators: skeleton.operators, tables: tables, sparseCores: task.system.cards.map { _ in 0 }))
  }

  private func tablePlacement(_ table: Int, _ choice: TableChoice, cards: [Int]) -> TablePlacement {
    let pieces = choice.pieces(of: task.graph.embeddingTables[table])
    let shards = pieces.enumerated().map { index, piece in
      let site: PlacementSite =
        switch choice.place {
        case .host: .host
        case .everyCard: .everyCard
        case .cards: .card(cards[index])
        }
      return TableShard(site: site, rows: piece.rows, columns: piece.columns)
    }
    return TablePlacement(
      format: TableFormat(precision: choice.precision), split: choice.split, shards: shards)
  }

  /// The best division of every card's cores between look-ups and dense partitions, undivided included.
  private func divideCores(_ placement: ModelPlacement) -> Candidate {
    var best = Candidate(placement, task: task)
    let most = task.system.cards.map(\.processor.cores).min() ?? 1
    let step = max(1, most / 16)
    for cores in stride(from: step, to: most, by: step) {
      var divided = placement
      divided.sparseCores = task.system.cards.map { _ in cores }
      let candidate = Candidate(divided, task: task)
      if candidate.isBetter(than: best, for: task) { best = candidate }
    }
    return best
  }

  private func hostPlacement() -> ModelPlacement {
    ModelPlacement(
      operators: task.graph.operators.map { _ in .host },
      tables: task.graph.embeddingTables.indices.map { table in
        tablePlacement(
          table,
          TableChoice(
            precision: task.tablePrecisions.last ?? .int8, split: .whole, place: .host), cards: [])
      }, sparseCores: task.system.cards.map { _ in 0 })
  }

  // MARK: Words

  private func notes(_ placement: ModelPlacement) -> [String] {
    var notes: [String] = []
    let first = task.tablePrecisions[0]
    let smaller = placement.tables.indices.filter { placement.tables[$0].format.precision != first }
    if !smaller.isEmpty {
      let all = task.graph.embeddingTables.indices.reduce(0.0) {
        $0 + Double(task.costs.tableBytes($1, format: .init(precision: first)))
      }
      let room = task.system.cards.reduce(0.0) { $0 + Double($1.usableBytes) }
      let precisions = Set(smaller.map { placement.tables[$0].format.precision.rawValue }).sorted()
      notes.append(
        "\(smaller.count) of \(placement.tables.count) tables are stored in \(precisions.joined(separator: ", ")): all in "
          + "\(first.rawValue) take \(gigabytes(all)) and the cards have \(gigabytes(room)) for everything")
    }
    let onHost = placement.tables.count { $0.shards.contains { $0.site == .host } }
    if onHost > 0 {
      notes.append("\(onHost) tables stay in host memory, where their look-ups are cheap enough")
    }
    let copied = placement.tables.count { $0.shards.contains { $0.site == .everyCard } }
    if copied > 0 {
      notes.append(
        "\(copied) tables are copied to every card, which saves sending their results between cards")
    }
    let split = placement.tables.count { $0.split != .whole }
    if split > 0 { notes.append("\(split) tables are split over several cards") }
    return notes
  }
}

/// Bytes as decimal gigabytes for people.
func gigabytes(_ bytes: Double) -> String {
  let tenths = (bytes / 1e8).rounded() / 10
  return "\(tenths) GB"
}

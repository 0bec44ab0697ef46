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

  /// One sharding problem and what is proven about it so far.
  private struct Case {
    var skeleton: DenseSkeleton
    var sites: TableSites
    /// `nil` when the dense part alone was too long to look further.
    var sharding: ShardingProblem?
    var solution: Solution

    /// Keeps the better assignment and the better bound of two searches.
    mutating func take(_ other: Solution) {
      let bound = max(solution.certificate.bound, other.certificate.bound)
      if other.certificate.objective ?? .infinity < solution.certificate.objective ?? .infinity {
        solution = other
      }
      solution.certificate.bound = bound
    }
  }

  /// Gap at which a first look stops: enough for the relaxation and a greedy plan.
  private static let firstLookGap = 0.3

  private static let mostCardsToDivide = 32

  /// Below this requested gap, cases that stay open are searched for longer.
  private static let thoroughGap = 0.005

  func plan() throws(PlanningFailure) -> PlannedModel {
    var cases = try looks()
    guard !cases.isEmpty || !task.rules.isEmpty else {
      throw .infeasible(MemoryShortage(task: task, units: units, kinds: kinds).reasons())
    }
    // The case with the least bound first: once it is solved, most others are beaten by theirs.
    cases.sort { $0.solution.certificate.bound < $1.solution.certificate.bound }
    var best: Candidate?
    var bound = Double.infinity
    var provedBy = ""
    for var entry in cases {
      let isBeaten =
        best.map {
          entry.solution.certificate.bound >= $0.loads.bottleneckSeconds * (1 - task.search.gap / 2)
        } ?? false
      if !isBeaten, let sharding = entry.sharding {
        if (entry.solution.certificate.gap ?? 1) > task.search.gap / 2 {
          let solution = try solve(sharding.problem, gap: task.search.gap / 2)
          entry.take(solution)
        }
        if let candidate = refine(entry, sharding), candidate.isBetter(than: best, for: task) {
          best = candidate
          provedBy = entry.solution.certificate.provedBy
        }
      }
      bound = min(bound, entry.solution.certificate.bound)
    }
    if best == nil, !task.rules.isEmpty, !task.search.isCancelled() {
      throw .noneFound(["no placement of the tables was found that keeps the rules"])
    }
    guard let best else { throw .limit("no plan within the time limit; allow more time (--time-limit)") }
    return PlannedModel(
      placement: best.placement,
      bound: ObjectiveBound(
        task: task, units: units, kinds: kinds, share: kinds.representatives.map { share[$0] }
      ).bound(bottleneck: bound, onHost: Candidate(hostPlacement(), task: task)),
      provedBy: provedBy, scope: scope, notes: notes(best.placement))
  }

  /// A first look at every dense skeleton and case of sites; cases without a solution are left out.
  ///
  /// The case that allows most gives an incumbent; what its plan beats by the dense part alone is not looked at, and a
  /// case whose relaxation it beats is left at that. The other cases are independent, so several threads share them and
  /// the answer does not depend on their number.
  private func looks() throws(PlanningFailure) -> [Case] {
    let menu = TableMenu(task: task, kinds: kinds, shardCounts: task.allowsSplits ? shardCounts : [])
    let sites = TableSites.cases(
      cards: task.system.cards.count, kinds: kinds, areToldApart: task.rules.tellCardsApart)
    var incumbent = Double.infinity
    var cases: [Case] = []
    for skeleton in DenseSkeleton.all(task: task, units: units)
    where skeleton.freeBytes.allSatisfy({ $0 >= 0 }) {
      let dense = skeleton.base.max() ?? 0
      if dense >= incumbent {
        cases.append(
          Case(skeleton: skeleton, sites: sites[0], sharding: nil, solution: Self.unsolved(bound: dense)))
        continue
      }
      for part in [sites.prefix(1), sites.dropFirst()] {
        let enough = incumbent.isFinite ? incumbent * (1 - task.search.gap / 2) : nil
        let looked = Parallel.map(count: part.count, threads: task.search.threads) { index in
          look(skeleton: skeleton, sites: part[part.startIndex + index], menu: menu, enough: enough)
        }
        for result in looked {
          let entry: Case?
          do { entry = try result.get() } catch { throw error }
          if let entry { cases.append(entry) }
        }
        if let first = cases.last, let sharding = first.sharding, part.count == 1,
          let candidate = refine(first, sharding), candidate.fits
        {
          incumbent = min(incumbent, candidate.loads.bottleneckSeconds)
        }
      }
    }
    return cases
  }

  /// `nil` when the case has no solution.
  private func look(
    skeleton: DenseSkeleton, sites: TableSites, menu: TableMenu, enough: Double?
  ) -> Result<Case?, PlanningFailure> {
    let sharding = ShardingProblem(
      task: task, skeleton: skeleton, kinds: kinds, share: share, sites: sites, menu: menu)
    if sharding.entries.contains(where: \.isEmpty) { return .success(nil) }
    do {
      let solution = try solve(
        sharding.problem, gap: enough == nil ? task.search.gap / 2 : Self.firstLookGap, enough: enough)
      if solution.certificate.status == .infeasible { return .success(nil) }
      return .success(Case(skeleton: skeleton, sites: sites, sharding: sharding, solution: solution))
    } catch {
      return .failure(error)
    }
  }

  private static func unsolved(bound: Double) -> Solution {
    Solution(
      assignment: nil,
      certificate: .init(
        status: .limit, objective: nil, bound: bound, provedBy: "dense part alone", seconds: 0, nodes: 0))
  }

  /// Into how many shards a table may be cut.
  private var shardCounts: [Int] { [2, 3, 4, 6].filter { $0 <= task.system.cards.count } }

  private var scope: String {
    "every placement of \(task.graph.embeddingTables.count) tables (whole or in \(shardCounts.map(String.init).joined(separator: ", ")) shards by rows or columns"
      + " on cards, copied to every card, or on the host; \(task.tablePrecisions.map(\.rawValue).joined(separator: " or ")))"
      + " with the operators before and behind the look-ups each on the host or on every card\(task.rules.scope)"
  }

  private func solve(
    _ problem: Problem, gap: Double, enough: Double? = nil
  ) throws(PlanningFailure) -> Solution {
    var options = task.search(startedAt: start, gap: gap)
    options.sufficientBound = enough
    options.effort = task.search.gap < Self.thoroughGap ? .thorough : .brief
    do {
      return try Optimizer.solve(problem, options: options)
    } catch {
      throw .refused("\(error)")
    }
  }

  // MARK: From the problem to a placement

  private func refine(_ entry: Case, _ sharding: ShardingProblem) -> Candidate? {
    guard let assignment = entry.solution.assignment else { return nil }
    let skeleton = entry.skeleton
    var loads = TableLoads(task: task, skeleton: skeleton, share: share)
    var items: [TablePolisher.Item] = []
    var itemsOfTable: [[Int]] = []
    let picks = zip(sharding.entries, assignment.choices.dropFirst()).map { $0[$1.option] }
    for (table, offer) in picks.enumerated() {
      var own: [Int] = []
      switch offer.choice.place {
      case .host: for effect in offer.effects { loads.addToHost(effect) }
      case .everyCard: loads.addToEveryCard(kinds.kindOfCard.map { offer.effects[$0] })
      case .cards:
        for (effect, device) in zip(offer.effects, assignment.choices[table + 1].devices) {
          loads.add(effect, to: device - 1)
          own.append(items.count)
          items.append(.init(effect: effect, card: device - 1, allowed: 0..<entry.sites.sparseCards))
        }
      }
      itemsOfTable.append(own)
    }
    func placement(_ items: [TablePolisher.Item]) -> ModelPlacement {
      ModelPlacement(
        operators: skeleton.operators,
        tables: task.graph.embeddingTables.indices.map { table in
          tablePlacement(table, picks[table].choice, cards: itemsOfTable[table].map { items[$0].card })
        }, sparseCores: task.system.cards.map { _ in 0 })
    }
    var polisher = TablePolisher(items: items, loads: loads, kindOfCard: kinds.kindOfCard) { items in
      task.rules.isEmpty || task.rules.breaches(of: placement(items), graph: task.graph).isEmpty
    }
    polisher.run(
      goal: entry.solution.certificate.bound * (1 + task.search.gap / 10),
      isCancelled: task.search.isCancelled)
    return divideCores(placement(polisher.items))
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
    // Lowering grows with the square of the cards; many of them leave the cores undivided.
    guard task.system.cards.count <= Self.mostCardsToDivide else { return best }
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
      let reason =
        all > room
        ? "all in \(first.rawValue) take \(gigabytes(all)) and the cards have \(gigabytes(room)) for everything"
        : "all in \(first.rawValue) would take \(gigabytes(all)) of the cards' \(gigabytes(room)), and what is saved makes "
          + "room for copies that shorten the bottleneck"
      notes.append(
        "\(smaller.count) of \(placement.tables.count) tables are stored in \(precisions.joined(separator: ", ")): "
          + reason)
    }
    let onHost = placement.tables.count { $0.shards.contains { $0.site == .host } }
    if onHost > 0 {
      notes.append("\(tables(onHost)) in host memory, where the look-ups are cheap enough")
    }
    let copied = placement.tables.count { $0.shards.contains { $0.site == .everyCard } }
    if copied > 0 {
      notes.append(
        "\(tables(copied)) copied to every card, which saves sending results between cards")
    }
    let split = placement.tables.count { $0.split != .whole }
    if split > 0 { notes.append("\(tables(split)) split over several cards") }
    return notes
  }
  private func tables(_ count: Int) -> String { count == 1 ? "1 table is" : "\(count) tables are" }
}

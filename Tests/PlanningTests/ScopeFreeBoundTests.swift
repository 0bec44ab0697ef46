import CostModel
import Graph
import Hardware
import Plan
import TestSupport
import Testing

@testable import Planning

/// The bound over everything against everything there is, lowered and added up as the verifier does it.
@Suite struct ScopeFreeBoundTests {
  @Test(arguments: Array(1...24) as [UInt64])
  func noPlacementIsBelowIt(seed: UInt64) throws {
    let task = try SmallQuestions.task(seed: seed, objective: .throughput)
    var least: [PlanObjective: Double] = [:]
    SmallQuestions.forEachPlacement(task) { placement in
      let candidate = Candidate(placement, task: task)
      guard candidate.fits else { return }
      for objective in PlanObjective.allCases {
        least[objective] = min(least[objective] ?? .infinity, candidate.value(objective))
      }
    }
    for objective in PlanObjective.allCases {
      var task = task
      task.objective = objective
      let proven = ScopeFreeBound.prove(task)
      guard let least = least[objective] else { continue }
      #expect(proven.bound <= least * (1 + 1e-9), "\(objective)")
      #expect(proven.proof.bound <= proven.bound, "\(objective)")
      // What goes over links between cards is left out, which may be nearly all where those to the host are slow.
      if !task.system.hasPeerLinks { #expect(proven.proof.bound > 0.1 * least, "\(objective)") }
    }
  }

  private func proven(_ task: PlanningTask) -> (question: PlacementQuestion, proof: PlanDocument.PriceProof) {
    let question = PlacementQuestion(
      graph: task.graph, system: task.system, costs: task.costs, objective: task.objective,
      tablePrecisions: task.tablePrecisions, rules: task.rules)
    return (question, ScopeFreeBound.prove(task).proof)
  }

  @Test(arguments: Array(1...8) as [UInt64], PlanObjective.allCases)
  func itsPricesProveIt(seed: UInt64, objective: PlanObjective) throws {
    let (question, proof) = proven(try SmallQuestions.task(seed: seed, objective: objective))
    #expect(question.value(of: proof) == proof.bound)
  }

  /// Any prices prove something; only what they prove may be claimed.
  @Test(arguments: Array(1...8) as [UInt64])
  func otherPricesProveNoMoreThanHolds(seed: UInt64) throws {
    let task = try SmallQuestions.task(seed: seed, objective: .throughput)
    let (question, proof) = proven(task)
    var least = Double.infinity
    SmallQuestions.forEachPlacement(task, most: 200) { placement in
      let candidate = Candidate(placement, task: task)
      if candidate.fits { least = min(least, candidate.value(.throughput)) }
    }
    func changed(
      _ entry: PlanDocument.PriceProof.Case, _ by: (inout Double) -> Void
    ) -> PlanDocument.PriceProof.Case {
      var entry = entry
      entry.prices = entry.prices?.map { price in
        var price = price
        by(&price.price)
        return price
      }
      entry.split = entry.split.map { split in
        .init(by: split.by, name: split.name, branches: split.branches.map { changed($0, by) })
      }
      return entry
    }
    let changes: [(inout Double) -> Void] = [
      { $0 *= 1000 }, { $0 = -$0 }, { $0 = .infinity }, { $0 = .nan }, { $0 /= 2 }, { $0 += 1 },
    ]
    for by in changes {
      var tampered = proof
      tampered.cases = tampered.cases.map { changed($0, by) }
      #expect(question.value(of: tampered) <= least * (1 + 1e-9))
    }
    var partial = proof
    partial.cases.removeLast()
    #expect(question.value(of: partial) == 0)
  }

  /// The same prices on a question with more placements.
  @Test(arguments: Array(1...12) as [UInt64])
  func moreFreedomNeverRaisesWhatPricesProve(seed: UInt64) throws {
    let task = try SmallQuestions.task(seed: seed, objective: .throughput)
    let (question, proof) = proven(task)
    var precise = question
    precise.tablePrecisions = [.fp16, .int8, .int4]
    #expect(precise.value(of: proof) <= proof.bound)
    var roomy = question
    for card in roomy.system.cards.indices { roomy.system.cards[card].reservedBytes = 0 }
    roomy.rules = PlanRules(graph: roomy.graph, system: roomy.system)
    #expect(roomy.value(of: proof) <= proof.bound)
  }

  /// A climber that changes one thing at a time, idle cards, cores and cuts among them, and keeps what is better.
  @Test(arguments: Array(1...16) as [UInt64], PlanObjective.allCases)
  func noClimberGetsBelowIt(seed: UInt64, objective: PlanObjective) throws {
    let task = try SmallQuestions.task(seed: seed, objective: objective)
    let bound = ScopeFreeBound.prove(task).bound
    var random = SeededRandom(seed: seed)
    var best: Candidate?
    var starts: [ModelPlacement] = []
    SmallQuestions.forEachPlacement(task, most: 20) { starts.append($0) }
    for start in starts {
      var current = Candidate(start, task: task)
      for _ in 0..<120 {
        let next = changed(current.placement, task, &random)
        guard isRunnable(next, task) else { continue }
        let candidate = Candidate(next, task: task)
        let isBetter = candidate.value(objective) <= current.value(objective)
        if candidate.fits, isBetter || !current.fits { current = candidate }
      }
      if current.fits, current.value(objective) < best?.value(objective) ?? .infinity { best = current }
    }
    if let best { #expect(bound <= best.value(objective) * (1 + 1e-9)) }
  }

  private func changed(
    _ placement: ModelPlacement, _ task: PlanningTask, _ random: inout SeededRandom
  ) -> ModelPlacement {
    var next = placement
    let count = next.cardsPerGroup
    let sites = [PlacementSite.host, .everyCard] + (0..<count).map { .card($0) }
    let site = sites[Int.random(in: 0..<sites.count, using: &random)]
    switch Int.random(in: 0..<6, using: &random) {
    case 0 where count > 1: next.sparseCores.removeLast()
    case 1 where count < task.system.cards.count: next.sparseCores.append(0)
    case 2:
      let most = task.system.cards[0].processor.cores - 1
      for card in next.sparseCores.indices {
        next.sparseCores[card] = Int.random(in: 0...most, using: &random)
      }
    case 3,
      4 where next.tables.isEmpty:
      next.operators[Int.random(in: 0..<next.operators.count, using: &random)] = site
    default:
      guard !next.tables.isEmpty else { break }
      let table = Int.random(in: 0..<next.tables.count, using: &random)
      let entry = task.graph.embeddingTables[table]
      let precision = task.tablePrecisions[Int.random(in: 0..<task.tablePrecisions.count, using: &random)]
      let cut = Int.random(in: 1...3, using: &random)
      next.tables[table] = .init(
        format: .init(precision: precision), split: cut == 1 ? .whole : .rows(shards: cut),
        shards: (0..<cut).map { part in
          .init(
            site: cut == 1 ? site : sites[Int.random(in: 0..<sites.count, using: &random)],
            rows: (entry.rows * part / cut)..<(entry.rows * (part + 1) / cut), columns: 0..<entry.dimension)
        })
    }
    return next
  }

  private func isRunnable(_ placement: ModelPlacement, _ task: PlanningTask) -> Bool {
    func isThere(_ site: PlacementSite) -> Bool {
      placement.cards(at: site).allSatisfy { $0 < placement.cardsInUse }
    }
    return placement.operators.enumerated().allSatisfy { op, site in
      isThere(site) && placement.cards(at: site).allSatisfy { task.costs.supports(OperatorID(op), card: $0) }
    }
      && placement.tables.enumerated().allSatisfy { table, entry in
        entry.shards.allSatisfy { shard in
          let places =
            placement.locations(at: shard.site)
          return isThere(shard.site)
            && places.allSatisfy {
              task.costs.lookup(table: table, format: entry.format, split: entry.split, on: $0) != nil
            }
        }
      }
  }
}

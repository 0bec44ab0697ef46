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
      let bound = ScopeFreeBound.prove(task).proof.bound
      guard let least = least[objective] else { continue }
      #expect(bound <= least * (1 + 1e-9), "\(objective)")
      #expect(bound > 0.1 * least, "\(objective)")
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
}

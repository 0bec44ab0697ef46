import Graph
import Partitioner
import TestSupport
import Testing

@Suite struct UncertaintyTests {
  private static func plan(
    _ model: Model, draws: Int = 50, robust: Bool = false, threads: Int = 2, seed: UInt64 = 1,
    objective: PlanObjective = .throughput
  ) throws -> PlanDocument {
    try PlanCheckTests.plan(
      model,
      options: PlanOptions(
        objective: objective, threads: threads, seed: seed,
        uncertainty: UncertaintyOptions(draws: draws, isRobust: robust)))
  }

  @Test func aPlanSaysHowItChangesWithinTheErrors() throws {
    let model = try PlanCheckTests.recommendation()
    for objective in PlanObjective.allCases {
      let plan = try Self.plan(model, objective: objective)
      let entry = try #require(plan.uncertainty)
      #expect(entry.draws == 50 && !entry.isRobust)
      #expect(entry.p10 < entry.p50 && entry.p50 < entry.p90)
      #expect(entry.p10 < plan.certificate.objective && plan.certificate.objective < entry.p90)
      #expect(abs(entry.limits.reduce(0) { $0 + $1.share } - 1) < 1e-9)
      #expect(entry.limits.map(\.share) == entry.limits.map(\.share).sorted(by: >))
      #expect((0...1).contains(entry.staysBest))
      #expect((entry.alternatives == 0) == (entry.alternativeP90 == nil))
      #expect(Partitioner.check(plan, model: model).isEmpty)
      // The plan itself is the one that is planned without.
      var plain = try PlanCheckTests.plan(model, options: PlanOptions(objective: objective))
      plain.uncertainty = entry
      #expect(plain == plan)
    }
  }

  @Test func theRobustPlanHasTheLeastTail() throws {
    let model = try PlanCheckTests.recommendation()
    let (best, robust) = (try Self.plan(model), try Self.plan(model, robust: true))
    let (usual, entry) = (try #require(best.uncertainty), try #require(robust.uncertainty))
    #expect(entry.isRobust && entry.p90 <= usual.p90)
    #expect(entry.p90 <= entry.alternativeP90 ?? .infinity)
    #expect(robust.certificate.objective >= best.certificate.bound)
    #expect(Partitioner.check(robust, model: model).isEmpty)
  }

  @Test func theSameDrawsForAnyNumberOfThreads() throws {
    let model = try PlanCheckTests.recommendation()
    let plans = try [1, 2, 5].map { try Partitioner.encode(Self.plan(model, robust: true, threads: $0)) }
    #expect(Set(plans).count == 1)
    #expect(try Self.plan(model, seed: 2).uncertainty != Self.plan(model).uncertainty)
  }

  @Test func theCheckDrawsAgain() throws {
    let model = try PlanCheckTests.recommendation()
    let plan = try Self.plan(model)
    func kinds(_ change: (inout PlanDocument.UncertaintyEntry) -> Void) throws -> [Violation.Kind] {
      var changed = plan
      var entry = try #require(plan.uncertainty)
      change(&entry)
      changed.uncertainty = entry
      return Partitioner.check(changed, model: model).map(\.kind)
    }
    #expect(try kinds { _ in } == [])
    #expect(try kinds { $0.p90 *= 1.01 } == [.uncertainty])
    #expect(try kinds { $0.seed += 1 } == [.uncertainty])
    #expect(try kinds { $0.limits[0].resource = "nothing" } == [.uncertainty])
    #expect(try kinds { $0.staysBest = 1.5 } == [.uncertainty])
    #expect(try kinds { $0.draws = 1 << 40 } == [.uncertainty])
    #expect(try kinds { $0.p10 = -.infinity } == [.unusableFigure])
  }

  @Test func drawsOutOfRangeAreRefused() throws {
    let model = Model(graph: try SampleNets.chain(length: 3))
    for draws in [-1, 0, 9, 10_001, Int.max] {
      let error = #expect(throws: PartitionError.self) { try Self.plan(model, draws: draws) }
      #expect(error?.kind == .usage)
    }
  }

  /// What is measured is not uncertain: with all operators measured only links are.
  @Test func measuredTimesDoNotChange() throws {
    let graph = try SampleNets.chain(length: 3)
    let model = Model(graph: graph)
    let entries = graph.operators.flatMap { op in
      [("host", 1e-3), ("nnp-i-1100", 1e-5)].map {
        MeasuredCosts.Entry(operator: op.name, device: $0.0, seconds: $0.1)
      }
    }
    let options = PlanOptions(
      measured: try MeasuredCosts(entries), uncertainty: UncertaintyOptions(draws: 20))
    let plan = try PlanCheckTests.plan(model, cards: 1, options: options)
    let entry = try #require(plan.uncertainty)
    #expect(plan.predicted.bottleneckResource == "card0.dense")
    #expect(entry.p10 == entry.p90 || entry.limits.count > 1)
  }
}

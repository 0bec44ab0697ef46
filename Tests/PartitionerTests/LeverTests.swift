import TestSupport
import Testing

@testable import Partitioner

/// Decisions that plans can do without.
@Suite struct LeverTests {
  private func model(seed: Int) throws -> Model {
    var random = SeededRandom(seed: UInt64(seed))
    let rows = (0..<5).map { _ in Int.random(in: 1...30, using: &random) * 100_000 }
    return Model(
      graph: try SampleNets.recommendation(
        rows: rows, lookups: rows.map { _ in Int.random(in: 1...40, using: &random) },
        hidden: [64, 512][seed % 2]))
  }

  private func system(megabytes: Int) throws -> System {
    var system = try Partitioner.system(cards: 4)
    for card in system.cards.indices {
      system.cards[card].reservedBytes = system.cards[card].processor.dram.bytes - megabytes * 1_000_000
    }
    return system
  }

  /// With everything the plan is never worse than without something, by more than the gap.
  @Test(arguments: 1...4, [PlanObjective.throughput, .latency, .energy])
  func allIsNeverWorse(seed: Int, objective: PlanObjective) throws {
    let (model, system) = (try model(seed: seed), try system(megabytes: seed < 3 ? 200 : 60))
    let work = WorkBudget(effort: 0.1)
    let all = try Partitioner.plan(model, on: system, options: PlanOptions(objective: objective, work: work))
    for lever in Lever.allCases {
      let options = PlanOptions(objective: objective, work: work, without: [lever])
      guard let plan = try? Partitioner.plan(model, on: system, options: options) else { continue }
      #expect(Partitioner.check(plan, model: model).isEmpty, "\(lever)")
      #expect(plan.request.without == [lever])
      // Who has fewer choices is not below a bound for all of them.
      #expect(all.certificate.bound <= plan.certificate.objective * (1 + 1e-9), "\(lever)")
      #expect(
        all.certificate.objective <= plan.certificate.objective * (1 + options.gap), "\(lever)")
      let isKept = keeps(plan, without: lever)
      #expect(isKept, "\(lever)")
    }
  }

  private func keeps(_ plan: PlanDocument, without lever: Lever) -> Bool {
    let sites = plan.partitions.map(\.site) + plan.tables.flatMap { $0.shards.map(\.site) }
    return switch lever {
    // NNP-I cards run everything in these models.
    case .netSplit: !plan.partitions.contains { $0.site == "host" && $0.role == .dense }
    case .copies: !sites.contains("every card")
    case .split: plan.tables.allSatisfy { $0.shards.count == 1 }
    case .groups: plan.groups == nil
    case .cores: plan.cores.allSatisfy { $0.sparseCores == 0 }
    case .cut: plan.model.cut == nil
    case .partialTransfers, .narrowActivations: true
    case .peerToPeer: !plan.system.peerToPeer
    case .commandBatching: plan.transfers.allSatisfy { $0.commands == max(1, $0.tensors) }
    }
  }

  /// Look-ups of half the padded length: with the padding, the same plan sends more.
  @Test func paddingIsSentInFull() throws {
    var graph = try SampleNets.recommendation(rows: [200_000, 300_000])
    for index in graph.embeddingTables.indices { graph.embeddingTables[index].averageLookups /= 2 }
    let (model, system) = (Model(graph: graph), try system(megabytes: 200))
    func indexBytes(_ without: Set<Lever>) throws -> Int {
      let plan = try Partitioner.plan(
        model, on: system, options: PlanOptions(without: without.union([.netSplit])))
      #expect(Partitioner.check(plan, model: model).isEmpty)
      return plan.transfers.filter { $0.fromPartition == nil }.reduce(0) { $0 + $1.bytes }
    }
    #expect(try indexBytes([.partialTransfers]) > indexBytes([]))
  }

  @Test func leftOutDecisionsAreKeptInTheFile() throws {
    let plan = try Partitioner.plan(
      try model(seed: 1), on: try system(megabytes: 200), options: PlanOptions(without: [.groups, .netSplit]))
    let read = try Partitioner.decodePlan(bytes: Array(Partitioner.encode(plan).utf8), name: "plan")
    #expect(read.request.without == [.netSplit, .groups])
    #expect(read.request.leftOut == [.netSplit, .groups])
  }
}

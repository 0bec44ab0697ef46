import Partitioner
import TestSupport
import Testing

/// Plans of small models: what the facade promises, and what the verifier catches.
@Suite struct PlanCheckTests {
  /// Six tables that do not fit one card twice, so that they are spread over cards.
  static func recommendation() throws -> Model {
    let rows = [90_000_000, 60_000_000, 40_000_000, 500_000, 20_000, 30_000_000]
    return Model(graph: try SampleNets.recommendation(rows: rows))
  }

  static func plan(_ model: Model, cards: Int = 2, options: PlanOptions = PlanOptions()) throws
    -> PlanDocument
  {
    try Partitioner.plan(model, on: Partitioner.system(cards: cards), options: options)
  }

  @Test func aPlanHoldsAndSaysSo() throws {
    let model = try Self.recommendation()
    let plan = try Self.plan(model)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    #expect(plan.certificate.bound <= plan.certificate.objective)
    #expect(plan.certificate.objective == plan.predicted.bottleneckSeconds)
    #expect(plan.tables.count == 6)
    #expect(plan.predicted.memory.allSatisfy { $0.usedBytes <= $0.capacityBytes })
  }

  @Test func thePlanNamesWhatKeepsTheBottleneckBusy() throws {
    let model = try Self.recommendation()
    for objective in PlanObjective.allCases {
      let plan = try Self.plan(model, options: PlanOptions(objective: objective))
      let named = try #require(plan.predicted.bottleneckOperators)
      #expect(!named.isEmpty && named.count <= 5)
      #expect(named.map(\.seconds) == named.map(\.seconds).sorted(by: >))
      let sum = named.map(\.seconds).reduce(0, +)
      #expect(sum > 0 && sum <= plan.predicted.bottleneckSeconds * (1 + 1e-9))
      #expect(named.allSatisfy { entry in model.graph.operators.contains { $0.name == entry.operator } })
      var renamed = plan
      renamed.predicted.bottleneckOperators?[0].operator = "another"
      #expect(Partitioner.check(renamed, model: model).contains { $0.kind == .loadMismatch })
    }
    // All of a chain on one device: every operator's time is there.
    let chain = Model(graph: try SampleNets.chain(length: 3, middle: "Relu"))
    let plan = try Self.plan(chain, cards: 1)
    let sum = try #require(plan.predicted.bottleneckOperators).map(\.seconds).reduce(0, +)
    #expect(abs(sum - plan.predicted.bottleneckSeconds) <= 1e-9 * sum)
  }

  @Test func theSameInputGivesTheSameBytes() throws {
    let model = try Self.recommendation()
    var options = PlanOptions()
    let first = try Partitioner.encode(Self.plan(model, options: options))
    options.threads = 1
    let second = try Partitioner.encode(Self.plan(model, options: options))
    #expect(first == second)
    let read = try Partitioner.decodePlan(bytes: Array(first.utf8), name: "plan.json")
    #expect(try Partitioner.encode(read) == first)
  }

  @Test func theSimulatorAgreesWithThePrediction() throws {
    let model = try Self.recommendation()
    for objective in PlanObjective.allCases {
      let plan = try Self.plan(model, options: PlanOptions(objective: objective))
      let simulator = try Partitioner.simulator(of: plan, model: model)
      let alone = try #require(simulator.emptySystemLatencySeconds().max())
      #expect(abs(alone - plan.predicted.latencySeconds) <= 0.01 * alone)
      var options = SimulationOptions(load: .backToBack)
      options.requests = 2000
      let report = try simulator.run(options)
      let predicted = plan.predicted.throughputPerSecond
      #expect(abs(report.throughputPerSecond.value - predicted) <= 0.05 * predicted)
    }
  }

  /// Nobody knows what the operator in the middle costs: it stays on the host, and nothing is proven.
  @Test func unknownOperatorProvesNothing() throws {
    let model = Model(graph: try SampleNets.chain(length: 6, middle: "NoSuchOperator"))
    let plan = try Self.plan(model)
    #expect(plan.certificate.status == .incomplete)
    #expect(plan.certificate.reason?.contains("NoSuchOperator") == true)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    let host = plan.partitions.filter { $0.site == "host" }.flatMap(\.operators)
    let unknown = model.graph.operators.filter { $0.type == "NoSuchOperator" }.map(\.name)
    #expect(!unknown.isEmpty && unknown.allSatisfy { host.contains($0) })
    var proven = plan
    proven.certificate.status = .proven
    #expect(Partitioner.check(proven, model: model).contains { $0.kind == .certificate })
  }

  @Test func whatCardsCannotRunStaysOnTheHost() throws {
    let model = Model(graph: try SampleNets.chain(length: 6, middle: "Softmax"))
    var system = try Partitioner.system(cards: 2)
    for index in system.cards.indices { system.cards[index].unsupportedOperators = ["Softmax"] }
    let plan = try Partitioner.plan(model, on: system)
    let host = plan.partitions.filter { $0.site == "host" }.flatMap(\.operators)
    #expect(host.contains("middle"))
    #expect(Partitioner.check(plan, model: model).isEmpty)
  }

  @Test func aModelThatFitsNowhereIsRefusedWithNumbers() throws {
    let model = Model(graph: try SampleNets.recommendation(rows: [3_000_000_000, 900_000_000]))
    #expect {
      try Self.plan(model, cards: 1)
    } throws: { error in
      guard let error = error as? PartitionError, error.kind == .infeasible else { return false }
      return error.problems.contains { $0.contains("GB in int8") }
        && error.problems.contains { $0.contains("--cards") }
    }
  }

  @Test func optionsOutOfRangeAreNamedTogether() throws {
    let model = try Self.recommendation()
    #expect {
      try Self.plan(model, options: PlanOptions(gap: .nan, tablePrecisions: [], threads: 0))
    } throws: { error in
      (error as? PartitionError)?.kind == .usage && (error as? PartitionError)?.problems.count == 3
    }
  }

  // MARK: Tampering

  private func kinds(_ plan: PlanDocument, _ model: Model) -> Set<Violation.Kind> {
    Set(Partitioner.check(plan, model: model).map(\.kind))
  }

  @Test func tamperingIsCaughtAndNamed() throws {
    let model = try Self.recommendation()
    let plan = try Self.plan(model)
    func expect(
      _ kind: Violation.Kind, location: SourceLocation = #_sourceLocation,
      _ change: (inout PlanDocument) throws -> Void
    ) rethrows {
      var tampered = plan
      try change(&tampered)
      let found = kinds(tampered, model)
      #expect(found.contains(kind), "found \(found)", sourceLocation: location)
    }
    expect(.missingTable) { $0.tables.removeLast() }
    expect(.duplicateTable) { $0.tables.append($0.tables[0]) }
    expect(.unknownTable) { $0.tables[0].name = "nobody" }
    expect(.shardOverlap) { plan in
      var shard = plan.tables[0].shards[0]
      shard.rows = plan.tables[0].shards[0].rows
      plan.tables[0].split = .rows
      plan.tables[0].shards.append(shard)
    }
    expect(.shardGap) {
      $0.tables[0].split = .rows
      $0.tables[0].shards[0].rows -= 1
    }
    expect(.shardOutOfRange) { $0.tables[0].shards[0].rows = .max }
    expect(.byteCount) { $0.tables[0].shards[0].bytes += 1 }
    expect(.byteCount) { $0.transfers[0].bytes += 1 }
    expect(.transferMismatch) { $0.transfers.removeLast() }
    expect(.transferMismatch) { $0.transfers[0].commands = 7 }
    expect(.memoryExceeded) { plan in
      for table in plan.tables.indices {
        plan.tables[table].precision = .fp32
        for shard in plan.tables[table].shards.indices
        where plan.tables[table].shards[shard].site != "every card" {
          plan.tables[table].shards[shard].site = "card0"
        }
      }
    }
    expect(.memoryMismatch) { $0.predicted.memory[1].usedBytes -= 1 }
    expect(.unknownSite) { $0.tables[0].shards[0].site = "card99" }
    expect(.coreAllocation) { $0.cores[0].denseCores += 1 }
    expect(.loadMismatch) { $0.predicted.loads[0].seconds += 1e-3 }
    expect(.loadMismatch) { $0.predicted.bottleneckSeconds *= 0.9 }
    expect(.latencyMismatch) { $0.predicted.latencySeconds *= 0.9 }
    expect(.latencyBudget) { $0.predicted.meetsLatencyBudget = false }
    expect(.energyMismatch) { $0.predicted.energyJoulesPerBatch *= 0.9 }
    expect(.certificate) { $0.certificate.objective *= 0.9 }
    expect(.certificate) { $0.certificate.bound = $0.certificate.objective * 2 }
    expect(.certificate) { $0.certificate.gap = 0.5 }
    expect(.unusableFigure) { $0.predicted.latencySeconds = -1 }
    expect(.unusableFigure) { $0.certificate.bound = .nan }
    expect(.modelChanged) { $0.model.sha256 = "0123" }
  }

  @Test func operatorsMustBePlacedOnceAndInOrder() throws {
    let model = Model(graph: try SampleNets.chain(length: 4))
    let plan = try Self.plan(model)
    let first = try #require(plan.partitions.firstIndex { $0.operators.count >= 3 })
    var missing = plan
    let name = missing.partitions[first].operators.removeLast()
    #expect(kinds(missing, model).contains(.missingOperator))
    var twice = plan
    twice.partitions[first].operators.append(name)
    #expect(kinds(twice, model).contains(.duplicateOperator))
    var unknown = plan
    unknown.partitions[first].operators.append("nobody")
    #expect(kinds(unknown, model).contains(.unknownOperator))
    var cyclic = plan
    let middle = cyclic.partitions[first].operators.remove(at: 1)
    var other = cyclic.partitions[first]
    other.id = cyclic.partitions.count
    other.operators = [middle]
    cyclic.partitions.append(other)
    #expect(kinds(cyclic, model).contains(.partitionCycle))
  }

  @Test func anOperatorOnACardThatCannotRunItIsNamed() throws {
    let model = Model(graph: try SampleNets.chain(length: 4))
    var plan = try Self.plan(model)
    for index in plan.system.cards.indices { plan.system.cards[index].unsupportedOperators = ["MatMul"] }
    #expect(kinds(plan, model).contains(.unsupportedOperator))
  }

  @Test func misspeltKeysAreNamedAllAtOnce() throws {
    let text = try Partitioner.encode(Self.plan(try Self.recommendation()))
    #expect(throws: Never.self) { try Partitioner.decodePlan(bytes: Array(text.utf8), name: "p") }
    let wrong = text.replacing("\"sparseCores\"", with: "\"extra\": 1, \"sparseCores\"", maxReplacements: 1)
      .replacing("\"notes\" :", with: "\"groupz\" : 1, \"notes\" :", maxReplacements: 1)
    let error = #expect(throws: PartitionError.self) {
      try Partitioner.decodePlan(bytes: Array(wrong.utf8), name: "p")
    }
    #expect(error?.kind == .badInput)
    #expect(
      error?.problems == [
        "p: not a plan: cores[0].extra: is not known", "p: not a plan: groupz: is not known",
      ])
  }

  @Test func aNewerPlanIsRefusedByVersion() throws {
    let text = try Partitioner.encode(Self.plan(Self.recommendation()))
    let newer = text.replacing("\"version\" : 1", with: "\"version\" : 2")
    #expect {
      try Partitioner.decodePlan(bytes: Array(newer.utf8), name: "plan.json")
    } throws: { error in
      let error = error as? PartitionError
      return error?.kind == .badInput && error?.problems.first?.contains("version 2") == true
    }
  }
}

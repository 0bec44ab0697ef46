import Partitioner
import TestSupport
import Testing

/// Planning for a compiler: its answers, assignments, and tasks that are cancelled.
@Suite struct CompilerTests {
  @Test func aCompilersAnswersAreKeptAndCheckedWithoutIt() throws {
    let model = Model(graph: try SampleNets.chain(length: 5, middle: "Relu"))
    let system = try Partitioner.system(cards: 2)
    let graph = model.graph
    let refused = graph.operators[2].name
    var hooks = CompilerHooks()
    hooks.supports = { graph[$0.op].name == refused ? false : nil }
    hooks.kernel = { $0.index < 2 ? 0 : nil }
    let options = try Partitioner.ask(hooks, about: model, on: system)
    let plan = try Partitioner.plan(model, on: system, options: options)
    #expect(plan.site(of: refused) == .host)
    #expect(plan.compiler?.refusals.map(\.device) == ["nnp-i-1100"])
    #expect(plan.compiler?.kernels == [[graph.operators[0].name, graph.operators[1].name]])
    #expect(plan.site(of: graph.operators[0].name) == plan.site(of: graph.operators[1].name))

    let read = try Partitioner.decodePlan(bytes: Array(Partitioner.encode(plan).utf8), name: "plan.json")
    #expect(read == plan)
    #expect(Partitioner.check(read, model: model).isEmpty)
    // Without the record the operator's place on the host still holds; with it, a place on a card does not.
    var moved = read
    for index in moved.partitions.indices where moved.partitions[index].operators.contains(refused) {
      moved.partitions[index].site = "every card"
    }
    #expect(Partitioner.check(moved, model: model).contains { $0.kind == .unsupportedOperator })
  }

  @Test func cardsOfTwoModelsAreAskedApart() throws {
    let model = Model(graph: try SampleNets.chain(length: 4, middle: "Relu"))
    var system = try Partitioner.system(cards: 2)
    system.cards[1].model = "other"
    var hooks = CompilerHooks()
    hooks.supports = { $0.device != "other" }
    let options = try Partitioner.ask(hooks, about: model, on: system)
    let plan = try Partitioner.plan(model, on: system, options: options)
    #expect(Partitioner.check(plan, model: model).isEmpty)
    let assignments = try #require(plan.assignments(in: model.graph))
    #expect(assignments.allSatisfy { !$0.devices.contains(.card(1)) })
  }

  @Test func everyOperatorHasAPlace() throws {
    let model = try PlanCheckTests.recommendation()
    let plan = try PlanCheckTests.plan(model)
    let assignments = try #require(plan.assignments(in: model.graph))
    #expect(assignments.count == model.graph.operators.count)
    for (op, assignment) in zip(model.graph.operators, assignments) {
      #expect(!assignment.devices.isEmpty && assignment.devices == assignment.devices.sorted())
      if let table = assignment.table {
        let entry = try #require(plan.tables.first { $0.name == table })
        #expect(Set(assignment.sites.map { $0.name(in: plan.system) }) == Set(entry.shards.map(\.site)))
        #expect(plan.site(of: op.name) == nil)
      } else {
        #expect(assignment.sites == [try #require(plan.site(of: op.name))])
        let id = try #require(assignment.partition)
        #expect(plan.partitions.first { $0.id == id }?.operators.contains(op.name) == true)
      }
    }
    #expect(plan.assignments(in: try SampleNets.chain(length: 2, middle: "Relu")) == nil)
  }

  @Test func aCancelledTaskHasTheBestPlanSoFar() async throws {
    let model = try PlanCheckTests.recommendation()
    let system = try Partitioner.system(cards: 2)
    let options = PlanOptions(gap: 0, work: .unlimited)
    let (found, news) = AsyncStream.makeStream(of: Void.self)
    let task = Task {
      defer { news.finish() }
      return try await Partitioner.planInBackground(model, on: system, options: options) { progress in
        if progress.incumbent != nil { news.yield() }
      }
    }
    for await _ in found { task.cancel() }
    #expect(Partitioner.check(try await task.value, model: model).isEmpty)
  }

  @Test func aTaskThatIsCancelledAtOnceEnds() async throws {
    let model = try PlanCheckTests.recommendation()
    let system = try Partitioner.system(cards: 2)
    let task = Task {
      try await Partitioner.planInBackground(
        model, on: system, options: PlanOptions(gap: 0, work: .unlimited))
    }
    task.cancel()
    switch await task.result {
    case .success(let plan): #expect(Partitioner.check(plan, model: model).isEmpty)
    case .failure(let error): #expect((error as? PartitionError)?.kind == .infeasible)
    }
  }
}

import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Plan

/// A state is not sent, is held by every request in flight, and is changed in place.
@Suite struct StateTests {
  private static let cacheBytes = 8 * 64 * 1024 * 64 * 2

  private func program(_ states: StateChoice) throws -> (ExecutionProgram, CostModel) {
    var builder = GraphBuilder(name: "cache")
    builder.states = states
    let cache = builder.input("past_0", .float16, [8, 64, 1023, 64])
    let new = builder.input("new", .float16, [8, 64, 1, 64])
    let grown = builder.add("Concat", [cache, new], name: "present_0", attributes: ["axis": .int(2)])
    builder.output(grown)
    builder.output(
      builder.add(
        "ReduceMean", [grown, builder.constant("axes", .int64, [1], values: .ints([2]))],
        name: "mean", attributes: ["keepdims": .int(0)]))
    let graph = try builder.build().graph
    let system = try SystemCatalog.system(cards: 1)
    let costs = CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 3))
    let placement = ModelPlacement(
      operators: graph.operators.map { _ in .card(0) }, tables: [], sparseCores: [0])
    return (Lowering(graph: graph, system: system, placement: placement, costs: costs).program, costs)
  }

  @Test func aStateIsNotSent() throws {
    let sent = try program(.none).0
    let kept = try program(.named).0
    func bytes(_ program: ExecutionProgram) -> Int { program.variants[0].tasks.reduce(0) { $0 + $1.bytes } }
    #expect(bytes(sent) - bytes(kept) == Self.cacheBytes / 1024 * 1023 + Self.cacheBytes)
    #expect(bytes(kept) > 0)
  }

  @Test func everyRequestInFlightHoldsOne() throws {
    let kept = try program(.named).0
    #expect(kept.devices[1].activationBytes >= Self.cacheBytes)
    #expect(kept.devices[1].activationBytes < Self.cacheBytes * 3 / 2)
    #expect(kept.devices[1].inFlightLimit == 3)
  }

  @Test func whatIsAppendedAloneIsWritten() throws {
    let costs = try program(.named).1
    let whole = try program(.none).1
    let kept = try #require(costs.cost(of: OperatorID(0), on: .card(0)))
    let copied = try #require(whole.cost(of: OperatorID(0), on: .card(0)))
    #expect(kept.bytes == 2 * Double(Self.cacheBytes) / 1024)
    #expect(copied.bytes == 2 * Double(Self.cacheBytes))
  }
}

import Foundation
import Graph
import Hardware
import Testing

@testable import CostModel

struct CostTableTests {
  /// A layer with its activation, a Softmax that cards lack where they are told so, and a view.
  private static func graph() -> Graph {
    var b = GraphBuilder()
    let layer = b.gemm("fc", b.input("x", [1000, 500]), out: 500)
    let active = b.elementwise("relu", "Relu", layer)
    let soft = b.add("soft", "Softmax", [active], [1000, 500], kind: .vector, vectorOperations: 2_500_000)
    b.output(b.add("flat", "Flatten", [soft], [500_000], kind: .movement, isView: true))
    return b.graph
  }

  @Test func rowsAddUpToTheDevice() throws {
    let graph = Self.graph()
    let costs = CostModel(graph: graph, system: Machine.system(cards: [Machine.card(0), Machine.card(1)]))
    let table = CostTable(costs)
    #expect(table.devices.map(\.name) == ["host", "toy"])
    #expect(table.devices.map(\.count) == [1, 2])
    #expect(table.rows.count == 8)
    for (device, location) in zip(table.devices, [Location.host, .card(0)]) {
      let whole = graph.operators.indices.compactMap { costs.cost(of: OperatorID($0), on: location)?.seconds }
        .reduce(0, +)
      let rows = table.rows.filter { $0.device == device.name }
      #expect(rows.map(\.seconds).reduce(0, +) == whole && device.seconds == whole)
      let types = table.types.filter { $0.device == device.name }
      #expect(abs(types.map(\.seconds).reduce(0, +) - whole) <= 1e-12 * whole)
      #expect(types.map(\.seconds) == types.map(\.seconds).sorted(by: >))
      #expect(types.map(\.operators).reduce(0, +) == 4)
    }
  }

  @Test func rowsSayWhatLimits() throws {
    let table = CostTable(CostModel(graph: Self.graph(), system: Machine.system()))
    let rows = Dictionary(
      table.rows.filter { $0.device == "toy" }.map { ($0.operator, $0) }, uniquingKeysWith: { a, _ in a })
    let layer = try #require(rows["fc"])
    // 500 M operations at 1 TOPS peak take 0.5 ms, the model says 1 ms and a launch of 1 us.
    #expect(layer.limit == .compute && layer.precision == .int8 && layer.operations == 500_000_000)
    #expect(abs(layer.efficiency - 0.5e-3 / 1.001e-3) < 1e-12)
    // 250 kB of int8 weights, 1 MB of fp16 in, 1 MB out.
    #expect(layer.bytes == 2_250_000)
    let relu = try #require(rows["relu"])
    #expect(relu.fusedInto == "fc" && relu.limit == .none && relu.seconds == 0 && relu.efficiency == 0)
    #expect(rows["soft"]?.precision == .fp16)
    let host = try #require(table.rows.first { $0.device == "host" && $0.operator == "fc" })
    #expect(host.precision == .fp32 && host.bytes == 5_000_000)
  }

  @Test func whatACardCannotRunHasNoRow() throws {
    let cards = [Machine.card(0), Machine.card(1, unsupported: ["Softmax"])]
    let table = CostTable(CostModel(graph: Self.graph(), system: Machine.system(cards: cards)))
    // Two kinds of one model are told apart.
    #expect(table.devices.map(\.name) == ["host", "toy", "toy (card1)"])
    #expect(table.devices.map(\.unsupportedOperators) == [0, 0, 1])
    #expect(!table.rows.contains { $0.device == "toy (card1)" && $0.type == "Softmax" })
  }

  @Test func lookUpsAreInThePrecisionOfTheirTable() throws {
    var b = GraphBuilder()
    b.output(b.lookup("bag", rows: 1000, dimension: 64, bags: 10, maximum: 100, average: 50))
    let table = CostTable(CostModel(graph: b.graph, system: Machine.system()))
    let row = try #require(table.rows.first { $0.device == "toy" })
    // 50 rows of 64 + 4 bytes, in bursts of 64.
    #expect(row.precision == .int8 && row.bytes == 50 * 128)
    #expect(row.efficiency > 0 && row.efficiency <= 1)
  }
}

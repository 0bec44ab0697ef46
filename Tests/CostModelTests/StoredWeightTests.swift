import CostModel
import Graph
import Hardware
import Testing

/// What a device holds and reads of constants that are stored narrow or looked up.
struct StoredWeightTests {
  /// A product with a weight of 1024 x 512 that is computed from `bytes` of codes and scales.
  private static func product(narrow: Tensor.Stored) -> CostModel {
    var builder = GraphBuilder()
    let weight = builder.constant("w", [1024, 512])
    let x = builder.input("x", [1, 1024])
    builder.output(builder.add("mm", "MatMul", [x, weight], [1, 512], kind: .matrix))
    var graph = builder.graph
    graph.tensors[weight.index].narrow = narrow
    return CostModel(graph: graph, system: Machine.system())
  }

  @Test func codesAndScalesWhereTheyAreLess() throws {
    let mm = OperatorID(0)
    let four = Self.product(narrow: .init(type: .int4, bytes: 300_000))
    #expect(four.weightBytes(of: mm, on: .card(0)) == 300_000)
    // The engine's 8 bits are less than 8 bits and scales; the host's 32 are not.
    let eight = Self.product(narrow: .init(type: .int8, bytes: 600_000))
    #expect(eight.weightBytes(of: mm, on: .card(0)) == 1024 * 512)
    #expect(eight.weightBytes(of: mm, on: .host) == 600_000)
    let (few, many) = (four.cost(of: mm, on: .host), eight.cost(of: mm, on: .host))
    #expect(try #require(few).dramSeconds < #require(many).dramSeconds)
  }

  @Test func tiedProjectionIsHeldOnceAtMatrixPrecisionAndLooksUpRows() throws {
    var builder = GraphBuilder()
    let table = builder.constant("table", [5000, 64])
    let ids = builder.input("ids", [4], .int64)
    let rows = builder.add("embed", "Gather", [table, ids], [4, 64], kind: .movement)
    builder.output(builder.add("head", "MatMul", [rows, table], [4, 5000], kind: .matrix))
    let model = CostModel(graph: builder.graph, system: Machine.system())
    let (embed, head) = (builder.graph.op("embed"), builder.graph.op("head"))
    #expect(model.weightBytes(of: head, on: .card(0)) == 5000 * 64)
    #expect(model.weightBytes(of: [embed, head], on: .card(0)) == 5000 * 64)
    // Four rows are written, and no more bytes than that are read of the table: ids, rows and rows again at 8 GB/s.
    let read = try #require(model.cost(of: embed, on: .host))
    #expect(abs(read.dramSeconds - Double(4 * 8 + 2 * 4 * 64 * 4) / 8e9) < 1e-7)
  }
}

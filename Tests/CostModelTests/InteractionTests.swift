import CostModel
import Graph
import Hardware
import Testing

/// The dot products of all pairs of features, as one kernel and as several.
struct InteractionTests {
  private static let parts = ["features", "stacked", "turned", "products", "flat", "pairs", "joined"]

  /// Ten items of three features of width 8: joined, multiplied by themselves, three pairs picked, the first feature beside them.
  ///
  /// - Parameter later: Whether what stands beside the pairs is computed after the features are joined.
  private static func graph(later: Bool = false, isGram: Bool = true) -> Graph {
    var b = GraphBuilder()
    let first = b.input("x", [10, 8])
    let others = [b.input("y", [10, 8]), b.input("z", [10, 8])]
    let flat = b.add("features", "Concat", [first] + others, [10, 24], kind: .movement)
    let stacked = b.add("stacked", "Reshape", [flat], [10, 3, 8], kind: .movement, isView: true)
    let side = later ? b.elementwise("side", "Relu", first) : first
    let turned = b.add(
      "turned", "Transpose", [isGram ? stacked : b.input("keys", [10, 3, 8])], [10, 8, 3], kind: .movement)
    let products = b.add(
      "products", "MatMul", [stacked, turned], [10, 3, 3], kind: .matrix, matrixOperations: 2 * 10 * 9 * 8)
    let row = b.add("flat", "Reshape", [products], [10, 9], kind: .movement, isView: true)
    let pairs = b.add(
      "pairs", "Gather", [row, b.constant("triangle", [3], .int64)], [10, 3], kind: .movement)
    let joined = b.add("joined", "Concat", [side, pairs], [10, 11], kind: .movement)
    b.output(b.gemm("top", joined, out: 4))
    return b.graph
  }

  private static func system(joins: Bool) -> System {
    var card = Machine.card(0)
    if joins { card.processor.jointKernels = [.interaction] }
    return Machine.system(cards: [card])
  }

  @Test func aKernelReadsTheFeaturesAndWritesThePairs() throws {
    let graph = Self.graph()
    let model = CostModel(graph: graph, system: Self.system(joins: true))
    for name in Self.parts.dropFirst() { #expect(model.fusedInto(graph.op(name)) == graph.op("features")) }
    let cost = try #require(model.cost(of: graph.op("products"), on: .card(0)))
    // Three features of 10 x 8 and 10 x 11 results in fp16; the triangle's three indices of 8 bytes from DRAM or SRAM.
    #expect(cost.bytes == Double(2 * (3 * 80 + 110) + 24))
    #expect(cost.launchSeconds == 1e-6)
    for name in Self.parts where name != "products" {
      #expect(model.cost(of: graph.op(name), on: .card(0))?.seconds == 0)
    }
  }

  /// A device that says nothing of such kernels starts one for each operator, though they are placed as one.
  @Test func elsewhereEveryOperatorIsAKernel() throws {
    let graph = Self.graph()
    let model = CostModel(graph: graph, system: Self.system(joins: false))
    #expect(model.fusedInto(graph.op("products")) == graph.op("features"))
    for place in [Location.host, .card(0)] {
      for name in ["features", "turned", "products", "pairs", "joined"] {
        #expect(try #require(model.cost(of: graph.op(name), on: place)).launchSeconds == 1e-6)
      }
    }
    let rows = CostTable(model).rows
    #expect(rows.allSatisfy { $0.operator != "products" || $0.fusedInto == nil })
  }

  /// What stands beside the pairs has to be there when the kernel starts.
  @Test func whatComesLaterIsNotInTheKernel() {
    let graph = Self.graph(later: true)
    let model = CostModel(graph: graph, system: Self.system(joins: true))
    #expect(model.fusedInto(graph.op("pairs")) == graph.op("features"))
    #expect(model.fusedInto(graph.op("joined")) == nil)
  }

  /// Queries by keys are no interaction of features.
  @Test func productsOfTwoTensorsAreNone() {
    let graph = Self.graph(isGram: false)
    let model = CostModel(graph: graph, system: Self.system(joins: true))
    for name in ["turned", "products", "pairs", "joined"] { #expect(model.fusedInto(graph.op(name)) == nil) }
  }

  /// Where look-ups and interactions are joint, single rows are read from their tables; sums of several are not.
  @Test(arguments: [1, 2]) func rowsAreReadFromTheirTables(perBag: Int) throws {
    var b = GraphBuilder()
    let x = b.input("x", [1000, 64])
    let rows = ["t", "u"].map {
      b.lookup(
        $0, rows: 100_001, dimension: 64, bags: 1000, maximum: 1000 * perBag, average: 1000 * Double(perBag))
    }
    let flat = b.add("features", "Concat", [x] + rows, [1000, 192], kind: .movement)
    let stacked = b.add("stacked", "Reshape", [flat], [1000, 3, 64], kind: .movement, isView: true)
    let turned = b.add("turned", "Transpose", [stacked], [1000, 64, 3], kind: .movement)
    b.output(
      b.add(
        "products", "MatMul", [stacked, turned], [1000, 3, 3], kind: .matrix, matrixOperations: 2 * 9 * 64_000
      ))
    var card = Machine.card(0)
    card.processor.sram = nil
    card.processor.cache = Cache(bytes: 1000, speedup: 1)
    card.processor.jointKernels = [.lookups, .interaction]
    let model = CostModel(graph: b.graph, system: Machine.system(cards: [card]))
    let product = try #require(model.cost(of: b.graph.op("products"), on: .card(0)))
    let lookup = try #require(model.lookup(table: 0, format: .int8, on: .card(0)))
    // Features of 1000 x 64 and results of 1000 x 9 in fp16 at 8 GB/s; indices of 8 and lengths of 4 bytes.
    let (feature, results) = (128_000.0, 18_000.0)
    let (ids, reads) = (Double(8000 * perBag + 4000), Double(1000 * perBag * 128))
    let isDirect = perBag == 1
    #expect(abs(product.dramSeconds - (feature * (isDirect ? 1 : 3) + results) / 8e9) < 1e-15)
    #expect(abs(lookup.dramSeconds - reads / 5e9 - (ids + (isDirect ? 0 : feature)) / 8e9) < 1e-15)
  }
}

import Testing

@testable import Graph

/// What depends on constants alone is done before the first batch.
@Suite struct FoldedConstantsTests {
  private func constant(_ graph: Graph, _ name: String) throws -> Tensor {
    try #require(graph.tensors.first { $0.name == name && $0.role == .constant })
  }

  @Test func weightOfCodesAndScalesIsHeldAsStored() throws {
    var builder = GraphBuilder(name: "g")
    let codes = builder.constant("codes", .int4, [256, 64])
    let scales = builder.constant("scales", .float16, [8, 64])
    let weight = builder.add(
      "DequantizeLinear", [codes, scales], name: "weight",
      attributes: ["axis": .int(0), "block_size": .int(32)])
    builder.output(builder.add("MatMul", [builder.input("x", .float32, [1, 256]), weight], name: "mm"))
    let graph = try builder.build().graph
    #expect(graph.operators.map(\.name) == ["mm"])
    let tensor = try constant(graph, "weight")
    #expect(tensor.shape == [256, 64] && tensor.type == .float16)
    #expect(tensor.stored == Tensor.Stored(type: .int4, bytes: 256 * 64 / 2 + 8 * 64 * 2))
    #expect(graph.operators[0].work.weightBytes == 8192 + 1024)
    // Scales are no parameters.
    #expect(GraphStatistics(graph).parameters == 256 * 64)
    #expect(GraphStatistics(graph).vectorFlops == 0)
  }

  @Test func quantisedInTheModelAndBackIsHeldAsCodes() throws {
    var builder = GraphBuilder(name: "g")
    let scale = builder.constant("scale", .float32, [])
    let codes = builder.add(
      "QuantizeLinear",
      [builder.constant("w", .float32, [64, 32]), scale, builder.constant("zero", .int8, [])])
    let weight = builder.add("DequantizeLinear", [codes, scale], name: "weight")
    builder.output(builder.add("MatMul", [builder.input("x", .float32, [1, 64]), weight]))
    let graph = try builder.build().graph
    #expect(try constant(graph, "weight").stored.bytes == 64 * 32 + 4)
    #expect(GraphStatistics(graph).parameters == 64 * 32)
  }

  @Test func computedWeightsAreOperatorsNoMore() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [2, 8])
    let v = builder.constant("v", .float32, [8, 16])
    let norm = builder.add("ReduceL2", [v], attributes: ["axes": .ints([0])])
    let weighted = builder.add(
      "Mul", [builder.add("Div", [v, norm]), builder.constant("g", .float32, [1, 16])])
    let low = builder.add(
      "MatMul", [builder.constant("a", .float32, [8, 2]), builder.constant("b", .float32, [2, 16])])
    let merged = builder.add("Add", [weighted, low], name: "merged")
    let halves = builder.add(
      "Split", [merged], outputs: 2, name: "halves", attributes: ["axis": .int(1), "num_outputs": .int(2)])
    let packed = builder.add("Concat", [halves[1], halves[0]], name: "packed", attributes: ["axis": .int(1)])
    builder.output(builder.add("MatMul", [x, packed], name: "mm"))
    let graph = try builder.build().graph
    #expect(graph.operators.map(\.name) == ["mm"])
    #expect(try constant(graph, "packed").stored.bytes == 8 * 16 * 4)
    #expect(graph.operators[0].work.weightBytes == 8 * 16 * 4)
    #expect(GraphStatistics(graph).parameters == 128 + 16 + 16 + 32)
  }

  @Test func repeatedConstantsAreHeldOnce() throws {
    var builder = GraphBuilder(name: "g")
    let shape = builder.constant("shape", .int64, [2], values: .ints([512, 64]))
    let mask = builder.add("Expand", [builder.constant("row", .float32, [1, 64]), shape], name: "mask")
    builder.output(builder.add("Add", [builder.input("x", .float32, [512, 64]), mask]))
    let graph = try builder.build().graph
    #expect(graph.operators.count == 1)
    #expect(try constant(graph, "mask").stored.bytes == 64 * 4)
  }

  @Test func rearrangedAndRepeatedComputationsShareATensor() throws {
    var builder = GraphBuilder(name: "g")
    let table = builder.constant("table", .float32, [100, 16])
    let x = builder.input("x", .float32, [4, 16])
    let turned = builder.add("Transpose", [table], attributes: ["perm": .ints([1, 0])])
    let scale = builder.constant("scale", .float32, [])
    let codes = builder.constant("codes", .int8, [16, 16])
    let twins = (0..<2).map { _ in builder.add("DequantizeLinear", [codes, scale]) }
    let rows = builder.add("Gather", [table, builder.input("ids", .int64, [4])], name: "rows")
    let y = builder.add(
      "MatMul", [builder.add("MatMul", [builder.add("Add", [x, rows]), twins[0]]), twins[1]])
    builder.output(builder.add("MatMul", [y, turned], name: "logits"))
    let graph = try builder.build().graph
    let shared = try #require(graph.tensors.firstIndex { $0.name == "table" })
    #expect(graph[TensorID(shared)].consumers.map { graph[$0].name } == ["rows", "logits"])
    #expect(graph.tensors.filter { $0.role == .constant && !$0.consumers.isEmpty }.count == 2)
    #expect(graph.operators.first { $0.name == "rows" }?.work.weightBytes == 4 * 16 * 4)
    #expect(graph.embeddingTables.isEmpty)
  }

  @Test func tablesMadeOfStoredOnesCountOnce() throws {
    var builder = GraphBuilder(name: "g")
    let tables = builder.add(
      "Split", [builder.constant("stack", .float32, [60_000, 8])], outputs: 2, name: "t",
      attributes: ["axis": .int(0), "num_outputs": .int(2)])
    let codes = builder.constant("codes", .uint8, [500, 8])
    let third = builder.add("DequantizeLinear", [codes, builder.constant("s", .float32, [500])], name: "u")
    for (index, table) in (tables + [third]).enumerated() {
      let rows = builder.add("Gather", [table, builder.input("i\(index)", .int64, [2, 4])])
      builder.output(builder.add("ReduceSum", [rows], attributes: ["axes": .ints([1])]))
    }
    let graph = try builder.build().graph
    #expect(graph.embeddingTables.map(\.name) == ["t:0", "t:1", "u"])
    let statistics = GraphStatistics(graph)
    #expect(statistics.parameters == 60_000 * 8 + 500 * 8)
    #expect(statistics.embeddingParameters == statistics.parameters)
    #expect(
      statistics.embeddingTables[2].type == "uint8" && statistics.embeddingTables[2].bytes == 4000 + 2000)
    #expect(statistics.weightBytes == 60_000 * 8 * 4 + 6000)
  }

  @Test func randomNumbersAreDrawnEveryTime() throws {
    var builder = GraphBuilder(name: "g")
    let w = builder.constant("w", .float32, [4, 4])
    let noise = builder.add("RandomNormalLike", [w], name: "noise")
    let noisy = builder.add("Add", [w, noise], name: "noisy")
    let unknown = builder.add("Table", [w], domain: "acme", name: "unknown")
    builder.declare(unknown, .float32, [4, 4])
    builder.output(builder.add("Sum", [builder.input("x", .float32, [4, 4]), noisy, unknown], name: "y"))
    #expect(try builder.build().graph.operators.map(\.name) == ["noise", "noisy", "unknown", "y"])
  }

  @Test func constantOutputsSurvive() throws {
    var builder = GraphBuilder(name: "g")
    let w = builder.constant("w", .float32, [4, 4])
    let squared = builder.add("Mul", [w, w], name: "squared")
    let same = builder.add("Transpose", [w], name: "turned")
    for value in [squared, same, builder.add("Relu", [builder.input("x", .float32, [2])], name: "y")] {
      builder.output(value)
    }
    let graph = try builder.build().graph
    #expect(graph.outputs.map { graph[$0].name } == ["squared", "turned", "y"])
    #expect(graph.operators.map(\.name) == ["y"])
  }
}

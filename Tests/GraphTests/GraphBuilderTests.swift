import Testing

@testable import Graph

@Suite struct GraphBuilderTests {
  @Test func graphIsLinkedBothWays() throws {
    var builder = GraphBuilder(name: "net")
    let x = builder.input("x", .float32, [2, 4])
    let w = builder.constant("w", .float32, [4, 3])
    let h = builder.add("MatMul", [x, w], name: "mm")
    builder.output(builder.add("Add", [h, h], name: "double"))
    let graph = try builder.build().graph
    #expect(graph.name == "net" && graph.sourceNodeCount == 2)
    #expect(graph[TensorID(1)].name == "w" && graph[TensorID(1)].consumers == [OperatorID(0)])
    let hidden = try #require(graph.tensors.first { $0.name == "mm" })
    #expect(hidden.producer == OperatorID(0) && hidden.consumers == [OperatorID(1)])
    #expect(graph.outputs.map { graph[$0].producer } == [OperatorID(1)])
    #expect(graph[graph.inputs[0]].role == .input)
  }

  @Test func weightSharedThroughIdentityIsOneTensor() throws {
    var builder = GraphBuilder(name: "net")
    let x = builder.input("x", .float32, [1, 8])
    let w = builder.constant("w", .float32, [8, 8])
    let same = builder.add("Identity", [w])
    builder.output(builder.add("MatMul", [builder.add("MatMul", [x, w]), same]))
    let graph = try builder.build().graph
    #expect(graph.tensors.filter { $0.role == .constant }.map(\.name) == ["w"])
    #expect(graph[TensorID(1)].consumers == [OperatorID(0), OperatorID(1)])
    #expect(GraphStatistics(graph).parameters == 64)
  }

  @Test func problemsAreCollected() throws {
    var builder = GraphBuilder(name: "net")
    let x = builder.input("x", .float32, [2, 4])
    _ = builder.add("Relu", [x], name: "same")
    _ = builder.add("Relu", [GraphBuilder(name: "other").strayValue], name: "same")
    let error = #expect(throws: GraphError.self) { try builder.build() }
    #expect(error?.problems.count == 2)
  }

  @Test(arguments: [[-1, 2], [1 << 40, 1 << 40], [1 << 62]]) func impossibleInputs(shape: [Int]) {
    var builder = GraphBuilder(name: "net")
    builder.output(builder.add("Relu", [builder.input("x", .float32, shape)]))
    let error = #expect(throws: GraphError.self) { try builder.build() }
    #expect(error?.problems.contains { $0.field == "x" } == true)
  }

  @Test func operationsThatOverflowAreRefused() {
    var builder = GraphBuilder(name: "net")
    let a = builder.input("a", .int8, [1 << 23, 1 << 23])
    let b = builder.input("b", .int8, [1 << 23, 1 << 23])
    builder.output(builder.add("MatMul", [a, b]))
    #expect(throws: GraphError.self) { try builder.build() }
  }

  @Test func unknownOperatorNeedsADeclaration() throws {
    var builder = GraphBuilder(name: "net")
    let y = builder.add("Mystery", [builder.input("x", .float32, [4])], domain: "acme")
    builder.output(y)
    let open = try builder.build()
    #expect(open.graph[open.graph.outputs[0]].shape == [0])
    #expect(open.findings.contains { $0.field == y.name })
    builder.declare(y, .float16, [3])
    let declared = try builder.build().graph
    #expect(declared[declared.outputs[0]].bytes == 6)
  }
}

extension GraphBuilder {
  /// A value of another builder.
  fileprivate var strayValue: Value {
    var builder = self
    return builder.input("stray", .float32, [1])
  }
}

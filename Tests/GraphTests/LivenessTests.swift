import Testing

@testable import Graph

@Suite struct LivenessTests {
  @Test func whatNothingReadsCostsNothingAndIsSaid() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [2, 8])
    _ = builder.constant("left over", .float32, [1000, 1000])
    let dead = builder.add("MatMul", [x, builder.constant("w", .float32, [8, 64])], name: "dead")
    _ = builder.add("Mystery", [dead], domain: "acme", name: "deader")
    builder.output(builder.add("Relu", [x], name: "y"))
    let built = try builder.build()
    #expect(built.graph.operators.map(\.name) == ["y"])
    #expect(built.graph.tensors.map(\.name) == ["x", "y"])
    #expect(GraphStatistics(built.graph).parameters == 0 && built.graph.sourceNodeCount == 3)
    #expect(built.findings.map(\.severity) == [.note, .note])
    #expect(built.findings[0].message.contains("'dead', 'deader'"))
    #expect(built.findings[1].message.contains("'left over', 'w'"))
  }

  @Test func oneIsNamedAsThePlace() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [2])
    _ = builder.add("Exp", [x], name: "dead")
    builder.output(builder.add("Relu", [x]))
    #expect(try builder.build().findings.map(\.node) == ["dead"])
  }
}

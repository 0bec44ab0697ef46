import Testing

@testable import Graph

/// What is not known marks everything that depends on it.
@Suite struct IncompleteFiguresTests {
  @Test func everythingBehindAnUnknownShapeIsMarked() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [4, 8])
    let before = builder.add("Relu", [x], name: "before")
    let strange = builder.add("Strange", [before], domain: "my.domain", name: "strange")
    let behind = builder.add("MatMul", [strange, builder.constant("w", .float32, [8, 8])], name: "behind")
    builder.output(behind)
    let graph = try builder.build().graph
    #expect(graph.operators.map(\.work.isIncomplete) == [false, true, true])
    let incomplete = try #require(IncompleteFigures(graph))
    #expect(incomplete.operators == 2 && incomplete.total == 3)
    #expect(incomplete.sources.map { graph[$0].name } == ["strange"])
    #expect(
      incomplete.sentence.contains(
        "2 of 3 operators count too little, from 'strange' (my.domain::Strange) on"))
    #expect(GraphStatistics(graph).text.contains("figures are incomplete"))
  }

  /// With declared outputs the bytes are known, the arithmetic is not; what follows is counted.
  @Test func unknownOperatorIsMarkedAloneWhereItsOutputIsDeclared() throws {
    var builder = GraphBuilder(name: "g")
    let strange = builder.add("Strange", [builder.input("x", .float32, [4, 8])], domain: "my.domain")
    builder.declare(strange, .float32, [4, 8])
    builder.output(builder.add("Relu", [strange]))
    let graph = try builder.build().graph
    #expect(graph.operators.map(\.work.isIncomplete) == [true, false])
    #expect(graph.operators.map(\.isHostOnly) == [true, false])
  }

  @Test func namesOfOtherPeopleAreCutAndEscaped() throws {
    var builder = GraphBuilder(name: "g")
    let name = "a\nb" + String(repeating: "x", count: 500)
    builder.output(
      builder.add(
        String(repeating: "S", count: 500), [builder.input("x", .float32, [4])], domain: "my", name: name))
    let sentence = try #require(IncompleteFigures(try builder.build().graph)).sentence
    #expect(sentence.contains("from 'a\\nbxxx") && sentence.count < 250)
  }

  @Test func completeGraphHasNone() throws {
    var builder = GraphBuilder(name: "g")
    builder.output(builder.add("Relu", [builder.input("x", .float32, [4])]))
    let graph = try builder.build().graph
    #expect(IncompleteFigures(graph) == nil)
  }
}

import Testing

@testable import Graph

/// Reductions over segments as tf2onnx writes them are embedding bags like others.
@Suite struct SegmentFormsTests {
  /// What tf2onnx writes for a sum of 40 rows of 16 over segments, into 8 of them where their number is known.
  private func model(
    _ reduction: String = "ReduceSum", number: Int? = 8, isMean: Bool = false
  ) throws -> GraphBuilder.Result {
    var builder = GraphBuilder(name: "segments")
    func list(_ name: String, _ values: [Int]) -> GraphBuilder.Value {
      builder.constant(name, .int64, [values.count], values: .ints(values))
    }
    func unsqueezed(_ value: GraphBuilder.Value, _ axis: Int) -> GraphBuilder.Value {
      builder.add("Unsqueeze", [value], attributes: ["axes": .ints([axis])])
    }
    let table = builder.constant("t", .float32, [100, 16])
    let rows = builder.add("Gather", [table, builder.input("ids", .int64, [40])])
    let segments = builder.input("segments", .int64, [40])
    var many: GraphBuilder.Value
    if let number {
      many = list("number", [number])
    } else {
      let largest = builder.add(
        "ReduceMax", [segments], attributes: ["axes": .ints([0]), "keepdims": .int(0)])
      many = unsqueezed(
        builder.add("Add", [largest, builder.constant("one", .int64, [], values: .ints([1]))]), 0)
    }
    let sorted = builder.add(
      "TopK", [segments, builder.add("Shape", [segments])], outputs: 2,
      attributes: ["axis": .int(0), "largest": .int(0)])
    let unique = builder.add("Unique", [sorted[0]], outputs: 4, attributes: ["axis": .int(0)])
    let most = builder.add("ReduceMax", [unique[3]], attributes: ["axes": .ints([0]), "keepdims": .int(1)])
    let count = builder.add("Gather", [unique[3], unique[2]])
    let place = builder.add("Mod", [list("range", Array(0..<40)), count])
    let grid = builder.add(
      "ScatterND",
      [
        builder.add(
          "ConstantOfShape", [builder.add("Concat", [many, most], attributes: ["axis": .int(0)])]),
        builder.add(
          "Concat", [unsqueezed(sorted[0], -1), unsqueezed(place, -1)], attributes: ["axis": .int(1)]),
        sorted[1],
      ])
    let row = builder.add(
      "Slice", [builder.add("Shape", [rows])],
      attributes: ["starts": .ints([1]), "ends": .ints([.max]), "axes": .ints([0])])
    let none = unsqueezed(builder.add("ConstantOfShape", [row]), 0)
    let filled = builder.add("Concat", [rows, none], attributes: ["axis": .int(0)])
    var result = builder.add(
      reduction, [builder.add("Gather", [filled, grid])],
      attributes: ["axes": .ints([1]), "keepdims": .int(0)])
    if isMean {
      let zeros = builder.add("ConstantOfShape", [many])
      let counts = builder.add(
        "ScatterElements", [zeros, unique[0], unique[3]], attributes: ["axis": .int(0)])
      let divisor = builder.add("Cast", [counts], attributes: ["to": .int(1)])
      result = builder.add("Div", [result, unsqueezed(divisor, 1)])
    }
    builder.output(builder.add("Relu", [result], name: "y"))
    return try builder.build()
  }

  private func expectBag(_ graph: Graph, bags: Int, _ location: SourceLocation = #_sourceLocation) throws {
    let table = try #require(graph.embeddingTables.first, sourceLocation: location)
    #expect(table.isPooled && table.dimension == 16 && table.bags == bags, sourceLocation: location)
    #expect(table.maximumLookups == 40, sourceLocation: location)
    #expect(graph.operators.map(\.type) == ["EmbeddingBag", "Relu"], sourceLocation: location)
    let lookup = graph[table.lookups[0]]
    let travels = lookup.inputs.compactMap { $0 }.map { graph[$0].name }
    #expect(travels == ["t", "ids", "segments"], sourceLocation: location)
  }

  @Test(arguments: ["ReduceSum", "ReduceMax"]) func knownNumber(reduction: String) throws {
    let result = try model(reduction)
    try expectBag(result.graph, bags: 8)
    #expect(IncompleteFigures(result.graph) == nil)
  }

  @Test func means() throws { try expectBag(try model(isMean: true).graph, bags: 8) }

  /// One more than the largest segment depends on data: there are at most as many as rows.
  @Test func numberFromTheLargest() throws {
    let result = try model(number: nil)
    let table = try #require(result.graph.embeddingTables.first)
    #expect(table.isPooled && table.bags == 40)
    #expect(result.findings.contains { $0.message.contains("depends on data") })
  }
}

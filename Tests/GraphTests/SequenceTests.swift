import Testing

@testable import Graph

/// Sequences, text and classical machine learning, which stay on a host.
@Suite struct SequenceTests {
  @Test func partsOfASequenceKeepTheirShapes() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [8, 10, 4])
    let parts = builder.constant("parts", .int64, [2], values: .ints([3, 7]))
    let second = builder.constant("second", .int64, [], values: .ints([-1]))
    let sequence = builder.add("SplitToSequence", [x, parts], attributes: ["axis": .int(1)])
    let item = builder.add("SequenceAt", [sequence, second])
    let weights = builder.constant("w", .float32, [4, 5])
    let product = builder.add("MatMul", [item, weights])
    let longer = builder.add("SequenceInsert", [builder.add("SequenceEmpty", []), product])
    builder.output(
      builder.add("ConcatFromSequence", [longer], attributes: ["axis": .int(0), "new_axis": .int(1)]))
    let graph = try builder.build().graph
    #expect(graph.outputs.map { graph[$0].shape } == [[1, 8, 7, 5]])
    let kinds = Dictionary(graph.operators.map { ($0.type, $0) }) { first, _ in first }
    #expect(
      kinds["MatMul"]?.work.matrixOperations == 2 * 8 * 7 * 5 * 4 && kinds["MatMul"]?.isHostOnly == false)
    #expect(kinds["SequenceAt"]?.isHostOnly == true && kinds["SplitToSequence"]?.isHostOnly == true)
    // A sequence takes the bytes of its items.
    #expect(kinds["SplitToSequence"]?.work.outputBytes == 4 * 8 * 10 * 4)
    #expect(IncompleteFigures(graph) == nil)
  }

  @Test func equalPartsAndTheirNumber() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [7, 2])
    let size = builder.constant("size", .int64, [], values: .ints([3]))
    let sequence = builder.add("SplitToSequence", [x, size])
    let last = builder.constant("last", .int64, [], values: .ints([2]))
    builder.output(builder.add("SequenceAt", [sequence, last]))
    let length = builder.add("SequenceLength", [sequence])
    let shape = builder.add(
      "Concat", [builder.add("Unsqueeze", [length], attributes: ["axes": .ints([0])])],
      attributes: ["axis": .int(0)])
    builder.output(builder.add("ConstantOfShape", [shape]))
    let graph = try builder.build().graph
    #expect(graph.outputs.map { graph[$0].shape } == [[1, 2], [3]])
  }

  @Test func textStaysOnTheHost() throws {
    var builder = GraphBuilder(name: "g")
    let text = builder.input("text", .string, [16])
    let joined = builder.add("StringConcat", [text, text])
    builder.output(
      builder.add(
        "RegexFullMatch",
        [builder.add("Reshape", [joined, builder.constant("s", .int64, [2], values: .ints([4, 4]))])]))
    let graph = try builder.build().graph
    #expect(graph.operators.allSatisfy { $0.isHostOnly })
    #expect(graph.outputs.map { graph[$0].shape } == [[4, 4]])
  }

  @Test func classifierWithMapsIsCounted() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [16, 20])
    let scores = builder.add(
      "LinearClassifier", [x], outputs: 2, domain: "ai.onnx.ml",
      attributes: [
        "classlabels_ints": .ints([0, 1, 2]), "coefficients": .floats([Double](repeating: 1, count: 60)),
      ])
    builder.output(scores[0])
    builder.output(builder.add("ZipMap", [scores[1]], domain: "ai.onnx.ml"))
    let graph = try builder.build().graph
    #expect(graph.operators.allSatisfy { $0.isHostOnly } && IncompleteFigures(graph) == nil)
    #expect(graph.operators[0].work.matrixOperations == 2 * 16 * 60)
    #expect(graph[graph.outputs[0]].shape == [16] && graph[graph.outputs[0]].type == .int64)
  }
}

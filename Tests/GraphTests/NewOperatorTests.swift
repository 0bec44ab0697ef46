import Testing

@testable import Graph

/// Operators that the standard sets gained: attention with a cache, transforms, recurrences.
@Suite struct NewOperatorTests {
  private func node(
    _ type: String, _ shapes: [[Int]?], outputs: Int = 1, attributes: [String: Attribute] = [:],
    constants: [Int: ConstantValues] = [:]
  ) throws -> (shapes: [[Int]], work: Work) {
    var builder = GraphBuilder(name: "g")
    let inputs = shapes.enumerated().map { index, shape -> GraphBuilder.Value? in
      guard let shape else { return nil }
      if let values = constants[index] { return builder.constant("i\(index)", .int64, shape, values: values) }
      return builder.input("i\(index)", .float32, shape)
    }
    for result in builder.add(type, inputs, outputs: outputs, attributes: attributes) {
      builder.output(result)
    }
    let graph = try builder.build().graph
    let last = try #require(graph.operators.last)
    return (last.outputs.compactMap { $0 }.map { graph[$0].shape }, last.work)
  }

  @Test func attentionGivesItsCacheAndItsScores() throws {
    let flat = try node(
      "Attention",
      [[2, 1, 512], [2, 1, 256], [2, 1, 256], nil, [2, 4, 127, 64], [2, 4, 127, 64]], outputs: 4,
      attributes: ["q_num_heads": .int(8), "kv_num_heads": .int(4)])
    #expect(flat.shapes == [[2, 1, 512], [2, 4, 128, 64], [2, 4, 128, 64], [2, 8, 1, 128]])
    #expect(
      flat.work.matrixOperations == 2 * 2 * 8 * 128 * 128 && flat.work.vectorOperations == 5 * 2 * 8 * 128)
    let deep = try node("Attention", [[2, 8, 3, 64], [2, 4, 7, 64], [2, 4, 7, 32]], outputs: 3)
    #expect(deep.shapes == [[2, 8, 3, 32], [2, 4, 7, 64], [2, 4, 7, 32]])
    #expect(throws: GraphError.self) { try node("Attention", [[2, 1, 512], [2, 1, 256], [2, 1, 256]]) }
  }

  /// What its own form hides of causal attention is not computed: of 16 queries over 24 keys the first sees 9, the last all.
  @Test func causalAttentionCountsWhatIsSeen() throws {
    let shapes = [[2, 4, 16, 64], [2, 2, 24, 64], [2, 2, 24, 64]]
    let causal = try node("Attention", shapes, attributes: ["is_causal": .int(1)])
    let scores = 2 * 4 * (9...24).reduce(0, +)
    #expect(causal.work.matrixOperations == 2 * scores * (64 + 64))
    #expect(causal.work.vectorOperations == 5 * scores)
    #expect(try node("Attention", shapes).work.matrixOperations == 2 * 2 * 4 * 16 * 24 * (64 + 64))
    let one = [[2, 4, 1, 64], [2, 2, 24, 64], [2, 2, 24, 64]]
    #expect(
      try node("Attention", one, attributes: ["is_causal": .int(1)]).work == node("Attention", one).work)
  }

  @Test func shortTimeTransformCountsItsFrames() throws {
    let transform = try node(
      "STFT", [[1, 1600], [], [400]], constants: [1: .ints([160])])
    #expect(transform.shapes == [[1, 8, 201, 2]])
    // 2.5 n log2(n) with the logarithm of 400 rounded up to 9, and the window.
    #expect(transform.work.vectorOperations == 8 * (5 * 400 * 9 / 2 + 400))
    let whole = try node(
      "STFT", [[1, 1600, 1], [], nil, []], attributes: ["onesided": .int(0)],
      constants: [1: .ints([100]), 3: .ints([200])])
    #expect(whole.shapes == [[1, 15, 200, 2]])
  }

  @Test func fourierTransformHalvesAndRestores() throws {
    #expect(try node("DFT", [[2, 100, 1]], attributes: ["onesided": .int(1)]).shapes == [[2, 51, 2]])
    #expect(
      try node("DFT", [[2, 100, 2], [], []], constants: [1: .ints([64]), 2: .ints([1])]).shapes == [
        [2, 64, 2]
      ])
    let back = try node("DFT", [[2, 51, 2]], attributes: ["onesided": .int(1), "inverse": .int(1)])
    #expect(back.shapes == [[2, 100, 1]])
    #expect(back.work.vectorOperations == 2 * 5 * 100 * 7 / 2)
  }

  @Test func recurrencesKeepTheirState() throws {
    let linear = try node(
      "LinearAttention", [[1, 10, 8 * 16], [1, 10, 4 * 16], [1, 10, 4 * 32]], outputs: 2,
      attributes: ["q_num_heads": .int(8), "kv_num_heads": .int(4), "update_rule": .string("linear")])
    #expect(linear.shapes == [[1, 10, 256], [1, 4, 16, 32]])
    #expect(linear.work.matrixOperations == 2 * 10 * 16 * 32 * (4 + 8))
    let convolution = try node("CausalConvWithState", [[1, 64, 10], [64, 1, 4]], outputs: 2)
    #expect(convolution.shapes == [[1, 64, 10], [1, 64, 3]])
    #expect(convolution.work.matrixOperations == 2 * 640 * 4)
  }

  @Test func gatesLossesAndWeights() throws {
    #expect(try node("SwiGLU", [[2, 3, 8], [2, 3, 8]]).shapes == [[2, 3, 8]])
    #expect(
      try node("SoftmaxCrossEntropyLoss", [[4, 10, 6], [4, 6]], outputs: 2).shapes == [[], [4, 10, 6]])
    let each = try node(
      "NegativeLogLikelihoodLoss", [[4, 10], [4]], attributes: ["reduction": .string("none")])
    #expect(each.shapes == [[4]])
  }

  /// The matrix of a filter bank follows from constants, so that nothing is computed in a run.
  @Test func filterBankIsAConstant() throws {
    var builder = GraphBuilder(name: "g")
    let scalars = [80, 400, 16_000].enumerated().map {
      builder.constant("c\($0.offset)", .int64, [], values: .ints([$0.element]))
    }
    let low = builder.constant("low", .float32, [], values: .floats([0]))
    let high = builder.constant("high", .float32, [], values: .floats([8000]))
    let bank = builder.add("MelWeightMatrix", scalars + [low, high])
    builder.output(builder.add("MatMul", [builder.input("x", .float32, [1, 10, 201]), bank]))
    let graph = try builder.build().graph
    #expect(graph.operators.map(\.type) == ["MatMul"])
    #expect(graph.outputs.map { graph[$0].shape } == [[1, 10, 80]])
  }
}

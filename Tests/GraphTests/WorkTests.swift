import Testing

@testable import Graph

/// Operation counts, against figures worked out by hand.
@Suite struct WorkTests {
  private func work(
    _ type: String, _ shapes: [[Int]], attributes: [String: Attribute] = [:], constants: Set<Int> = []
  ) throws -> Work {
    var builder = GraphBuilder(name: "g")
    let inputs = shapes.enumerated().map { index, shape in
      constants.contains(index)
        ? builder.constant("i\(index)", .float32, shape) : builder.input("i\(index)", .float32, shape)
    }
    builder.output(builder.add(type, inputs, attributes: attributes))
    return try #require(try builder.build().graph.operators.first).work
  }

  @Test func convolutionCountsEachFilterAtEachOutput() throws {
    let conv = try work(
      "Conv", [[2, 8, 10, 10], [16, 4, 3, 3]], attributes: ["group": .int(2)], constants: [1])
    #expect(conv.matrixOperations == 2 * (2 * 16 * 8 * 8) * (4 * 3 * 3))
    #expect(conv.kind == .matrix && conv.vectorOperations == 0)
    #expect(conv.weightBytes == 4 * 16 * 4 * 9 && conv.inputBytes == 4 * 1600 && conv.outputBytes == 4 * 2048)
    let transposed = try work("ConvTranspose", [[1, 8, 5, 5], [8, 4, 3, 3]])
    #expect(transposed.matrixOperations == 2 * (8 * 25) * (4 * 9))
  }

  @Test func productsCountTheInnerDimension() throws {
    #expect(try work("MatMul", [[2, 3, 4], [4, 5]]).matrixOperations == 2 * 30 * 4)
    let gemm = try work("Gemm", [[4, 3], [4, 5]], attributes: ["transA": .int(1)])
    #expect(gemm.matrixOperations == 2 * 15 * 4)
    let einsum = try work(
      "Einsum", [[2, 3, 4], [2, 4, 5]], attributes: ["equation": .string("bij,bjk->bik")])
    #expect(einsum.matrixOperations == 2 * 2 * 3 * 4 * 5)
    let lstm = try work("LSTM", [[9, 2, 16], [1, 32, 16], [1, 32, 8]])
    #expect(lstm.matrixOperations == 2 * 9 * 2 * 32 * (16 + 8))
  }

  /// The equations of ONNX for one hidden unit: three sigmoids, two tanh, four products and sums; peepholes add a product and a
  /// sum at three gates.
  @Test func gatesOfRecurrentLayersAreVectorWork() throws {
    let sizes = [[9, 2, 16], [1, 32, 16], [1, 32, 8]]
    #expect(try work("LSTM", sizes).vectorOperations == 9 * 2 * 8 * 9)
    let peepholes = sizes + [[1, 64], [2], [1, 2, 8], [1, 2, 8], [1, 24]]
    #expect(try work("LSTM", peepholes).vectorOperations == 9 * 2 * 8 * 15)
    let gru = try work("GRU", [[9, 2, 16], [2, 24, 16], [2, 24, 8]])
    #expect(gru.vectorOperations == 9 * 2 * 2 * 8 * 8 && gru.kind == .matrix)
    #expect(try work("RNN", [[9, 2, 16], [1, 8, 16], [1, 8, 8]]).vectorOperations == 9 * 2 * 8)
  }

  @Test func vectorOperatorsHaveTheirWeights() throws {
    #expect(try work("Relu", [[10]]).vectorOperations == 10)
    #expect(try work("Softmax", [[10]]).vectorOperations == 50)
    #expect(try work("LayerNormalization", [[2, 5], [5]]).vectorOperations == 80)
    #expect(try work("BatchNormalization", [[1, 2, 5], [2], [2], [2], [2]]).vectorOperations == 20)
    #expect(try work("ReduceSum", [[4, 5]]).vectorOperations == 20)
    let pool = try work("MaxPool", [[1, 1, 6, 6]], attributes: ["kernel_shape": .ints([3, 3])])
    #expect(pool.vectorOperations == 16 * 9)
  }

  @Test func viewsAndMovesCostNoArithmetic() throws {
    let view = try work("Flatten", [[2, 3, 4]])
    #expect(view.operations == 0 && view.isView && view.kind == .movement)
    let move = try work("Transpose", [[2, 3]])
    #expect(move.operations == 0 && !move.isView && move.kind == .movement)
  }

  @Test func operandReadTwiceCountsItsBytesOnce() throws {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [10])
    builder.output(builder.add("Mul", [x, x]))
    #expect(try builder.build().graph.operators[0].work.inputBytes == 40)
  }
}

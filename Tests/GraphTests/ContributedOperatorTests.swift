import Testing

@testable import Graph

/// Shapes and work of what ONNX Runtime contributes, against figures worked out by hand.
@Suite struct ContributedOperatorTests {
  private struct Node {
    var graph: Graph
    var work: Work { graph.operators[graph.operators.count - 1].work }
    func shape(_ output: Int = 0) -> [Int]? {
      graph.operators.last.flatMap { $0.outputs[output] }.map { graph[$0].shape }
    }
    func type(_ output: Int = 0) -> ElementType? {
      graph.operators.last.flatMap { $0.outputs[output] }.map { graph[$0].type }
    }
  }

  /// One node on inputs of these types and shapes; `nil` leaves an input out.
  private func node(
    _ type: String, _ inputs: [(ElementType, [Int])?], outputs: Int = 1, domain: String = "com.microsoft",
    attributes: [String: Attribute] = [:], constants: [Int: ConstantValues?] = [:]
  ) throws -> Node {
    var builder = GraphBuilder(name: "g")
    let values = inputs.enumerated().map { index, input -> GraphBuilder.Value? in
      guard let (element, shape) = input else { return nil }
      if let values = constants[index] {
        return builder.constant("i\(index)", element, shape, values: values)
      }
      return builder.input("i\(index)", element, shape)
    }
    let results = builder.add(type, values, outputs: outputs, domain: domain, attributes: attributes)
    for result in results { builder.output(result) }
    return Node(graph: try builder.build().graph)
  }

  // MARK: Layouts

  /// What ONNX Runtime puts before a blocked convolution whose input has its channels last, and behind it.
  @Test func blockedLayoutsComeFromEitherOrderOfAxes() throws {
    func reorder(_ type: String, _ shape: [Int], _ attributes: [String: Attribute]) throws -> [Int]? {
      try node(type, [(.float32, shape)], domain: "com.microsoft.nchwc", attributes: attributes).shape()
    }
    #expect(try reorder("ReorderInput", [1, 14, 28, 40], ["channels_last": .int(1)]) == [1, 40, 14, 28])
    #expect(try reorder("ReorderInput", [1, 40, 14, 28], [:]) == [1, 40, 14, 28])
    let cut: [String: Attribute] = ["channels": .int(40), "channels_last": .int(1)]
    #expect(try reorder("ReorderOutput", [1, 48, 14, 28], cut) == [1, 14, 28, 40])
  }

  // MARK: Attention

  @Test func groupedQueriesReadTheirCache() throws {
    let attributes: [String: Attribute] = ["num_heads": .int(8), "kv_num_heads": .int(2)]
    let decode = try node(
      "GroupQueryAttention",
      [
        (.float16, [3, 1, 512]), (.float16, [3, 1, 128]), (.float16, [3, 1, 128]),
        (.float16, [3, 2, 99, 64]),
        (.float16, [3, 2, 99, 64]), (.int32, [3]), (.int32, []),
      ], outputs: 3, attributes: attributes)
    #expect(decode.shape() == [3, 1, 512] && decode.shape(1) == [3, 2, 100, 64])
    #expect(decode.work.matrixOperations == 2 * 3 * 8 * 1 * 100 * (64 + 64))
    // Keys and values behind the queries, no cache.
    let packed = try node(
      "GroupQueryAttention",
      [(.float32, [1, 16, (8 + 4) * 64]), nil, nil, nil, nil, (.int32, [1]), (.int32, [])], outputs: 3,
      attributes: attributes)
    #expect(packed.shape() == [1, 16, 512] && packed.shape(2) == [1, 2, 16, 64])
    // Each query sees the keys up to its own.
    #expect(packed.work.matrixOperations == 2 * 8 * (1...16).reduce(0, +) * (64 + 64))
    // A cache of the whole length is written in place; a window bounds what is read of it.
    let shared = try node(
      "GroupQueryAttention",
      [
        (.float32, [1, 1, 512]), (.float32, [1, 1, 128]), (.float32, [1, 1, 128]),
        (.float32, [1, 2, 2048, 64]), (.float32, [1, 2, 2048, 64]), (.int32, [1]), (.int32, []),
      ], outputs: 3, attributes: attributes.merging(["local_window_size": .int(256)]) { $1 },
      constants: [6: .ints([1000])])
    #expect(shared.shape(1) == [1, 2, 2048, 64])
    #expect(shared.work.matrixOperations == 2 * 8 * 256 * 128)
  }

  /// A size that was given for the cache and is not the attention's; quantised, it may be packed.
  @Test func cachesOfOtherSizesAreRefused() throws {
    func decode(_ type: ElementType, _ cache: [Int]) throws -> [Int]? {
      try node(
        "GroupQueryAttention",
        [
          (.float16, [3, 1, 512]), (.float16, [3, 1, 128]), (.float16, [3, 1, 128]), (type, cache),
          (type, cache), (.int32, [3]), (.int32, []),
        ], outputs: 3, attributes: ["num_heads": .int(8), "kv_num_heads": .int(2)]
      ).shape()
    }
    #expect(throws: GraphError.self) { try decode(.float16, [3, 2, 99, 80]) }
    #expect(throws: GraphError.self) { try decode(.float16, [3, 8, 99, 64]) }
    #expect(try decode(.uint8, [3, 2, 99, 32]) == [3, 1, 512])
    let heads: [String: Attribute] = ["num_heads": .int(4)]
    #expect(throws: GraphError.self) {
      try node(
        "DecoderMaskedMultiHeadAttention",
        [
          (.float32, [2, 1, 64]), (.float32, [2, 1, 64]), (.float32, [2, 1, 64]), nil, nil,
          (.float32, [2, 4, 9, 8]), (.float32, [2, 4, 9, 8]),
        ], outputs: 3, attributes: heads)
    }
  }

  @Test func multiHeadAttentionHasThreeLayouts() throws {
    let heads: [String: Attribute] = ["num_heads": .int(4)]
    let cross = try node(
      "MultiHeadAttention", [(.float32, [2, 5, 64]), (.float32, [2, 7, 64]), (.float32, [2, 7, 32])],
      outputs: 4, attributes: heads)
    #expect(cross.shape() == [2, 5, 32] && cross.shape(1) == [2, 4, 7, 16])
    #expect(cross.shape(2) == [2, 4, 7, 8] && cross.shape(3) == [2, 4, 5, 7])
    #expect(cross.work.matrixOperations == 2 * 2 * 4 * 5 * 7 * (16 + 8))
    let packed = try node("MultiHeadAttention", [(.float32, [2, 5, 4, 3, 16])], attributes: heads)
    #expect(packed.shape() == [2, 5, 64])
    let cached = try node(
      "DecoderMaskedMultiHeadAttention",
      [
        (.float32, [2, 1, 64]), (.float32, [2, 1, 64]), (.float32, [2, 1, 64]), nil, nil,
        (.float32, [2, 4, 9, 16]), (.float32, [2, 4, 9, 16]),
      ], outputs: 3, attributes: heads)
    #expect(cached.shape() == [2, 1, 64] && cached.shape(1) == [2, 4, 10, 16])
  }

  @Test func attentionProjectsItsInput() throws {
    let attention = try node(
      "Attention", [(.float32, [1, 128, 768]), (.float32, [768, 2304]), (.float32, [2304])], outputs: 2,
      attributes: ["num_heads": .int(12)])
    #expect(attention.shape() == [1, 128, 768] && attention.shape(1) == [2, 1, 12, 128, 64])
    #expect(attention.work.matrixOperations == 2 * (128 * 768 * 2304 + 12 * 128 * 128 * 128))
    let quantised = try node(
      "QAttention",
      [(.uint8, [1, 8, 64]), (.int8, [64, 192]), (.float32, [192]), (.float32, []), (.float32, [])],
      attributes: ["num_heads": .int(4)])
    #expect(quantised.shape() == [1, 8, 64] && quantised.type() == .float32)
    let packed = try node(
      "PackedAttention",
      [(.float32, [20, 64]), (.float32, [64, 192]), (.float32, [192]), (.int32, [2, 12]), (.int32, [3])],
      attributes: ["num_heads": .int(4)])
    #expect(packed.shape() == [20, 64])
    #expect(packed.work.matrixOperations == 2 * (20 * 64 * 192 + 2 * 4 * 12 * 12 * 32))
  }

  @Test func pagedAttentionReadsAtMostItsBlocks() throws {
    let paged = try node(
      "PagedAttention",
      [
        (.float16, [6, 512]), (.float16, [6, 128]), (.float16, [6, 128]), (.float16, [40, 16, 2, 64]),
        (.float16, [40, 16, 2, 64]), (.int32, [3]), (.int32, [2]), (.int32, [2, 8]),
      ], outputs: 3, attributes: ["num_heads": .int(8), "kv_num_heads": .int(2)])
    #expect(paged.shape() == [6, 512] && paged.shape(1) == [40, 16, 2, 64])
    #expect(paged.work.matrixOperations == 2 * 6 * 8 * (8 * 16) * 128)
    // Half of the 8 blocks a row: 4 * 64 keys.
    let sparse = try node(
      "SparseAttention",
      [
        (.float16, [1, 1, 512]), (.float16, [1, 1, 128]), (.float16, [1, 1, 128]),
        (.float16, [1, 2, 512, 64]),
        (.float16, [1, 2, 512, 64]), (.int32, [1, 9]), (.int32, [1, 32]), (.int32, []), (.int32, [1]),
      ], outputs: 3,
      attributes: ["num_heads": .int(8), "kv_num_heads": .int(2), "sparse_block_size": .int(64)])
    #expect(sparse.shape() == [1, 1, 512] && sparse.work.matrixOperations == 2 * 8 * 256 * 128)
  }

  // MARK: Quantised products

  @Test func weightsOfFourBitsCountTwoAByte() throws {
    let product = try node(
      "MatMulNBits", [(.float16, [2, 7, 128]), (.uint8, [96, 4, 16]), (.float16, [384]), (.uint8, [192])],
      attributes: ["N": .int(96), "K": .int(128), "bits": .int(4), "block_size": .int(32)],
      constants: [1: nil, 2: nil, 3: nil])
    #expect(product.shape() == [2, 7, 96] && product.type() == .float16)
    #expect(product.work.matrixOperations == 2 * 14 * 96 * 128)
    #expect(product.work.weightBytes == 96 * 128 / 2 + 2 * 384 + 192)
    #expect(GraphStatistics(product.graph).parameters == 96 * 128)
    #expect(GraphStatistics(product.graph).weightBytes == product.work.weightBytes)
    #expect(throws: GraphError.self) {
      try node(
        "MatMulNBits", [(.float16, [2, 100]), (.uint8, [96, 4, 16]), (.float16, [384])],
        attributes: ["N": .int(96), "K": .int(128), "block_size": .int(32)])
    }
  }

  @Test func otherQuantisedProducts() throws {
    let dynamic = try node(
      "DynamicQuantizeMatMul", [(.float32, [4, 16]), (.int8, [16, 8]), (.float32, [])])
    #expect(dynamic.shape() == [4, 8] && dynamic.type() == .float32)
    let float = try node(
      "MatMulIntegerToFloat", [(.uint8, [2, 4, 16]), (.int8, [16, 8]), (.float32, []), (.float32, [])])
    #expect(float.shape() == [2, 4, 8] && float.type() == .float32)
    let gemm = try node(
      "QGemm",
      [(.uint8, [4, 16]), (.float32, []), (.uint8, []), (.int8, [8, 16]), (.float32, []), (.int8, [])],
      attributes: ["transB": .int(1)])
    #expect(
      gemm.shape() == [4, 8] && gemm.type() == .float32 && gemm.work.matrixOperations == 2 * 4 * 8 * 16)
    let lstm = try node(
      "DynamicQuantizeLSTM", [(.float32, [9, 2, 16]), (.int8, [1, 16, 32]), (.int8, [1, 8, 32])], outputs: 3)
    #expect(lstm.shape() == [9, 1, 2, 8] && lstm.shape(2) == [1, 2, 8])
    #expect(lstm.work.matrixOperations == 2 * 9 * 2 * 32 * (16 + 8))
    #expect(lstm.work.vectorOperations == 9 * 2 * 8 * 9)
    let batched = try node(
      "FusedMatMul", [(.float32, [5, 2, 3, 4]), (.float32, [2, 3, 4, 6])],
      attributes: ["transBatchA": .int(1)])
    #expect(batched.shape() == [2, 3, 5, 6] && batched.work.matrixOperations == 2 * 180 * 4)
  }

  /// Sixteen experts, of which three tokens with two choices touch at most six.
  @Test func mixturesReadTheirChosenExperts() throws {
    let shapes: [(ElementType, [Int])?] = [
      (.float32, [1, 3, 8]), (.float32, [3, 16]), (.float32, [16, 32, 8]), nil, (.float32, [16, 8, 32]),
    ]
    let mixture = try node("MoE", shapes, attributes: ["k": .int(2)], constants: [2: nil, 4: nil])
    #expect(mixture.shape() == [1, 3, 8])
    #expect(mixture.work.matrixOperations == 2 * 3 * 2 * (32 * 8 + 8 * 32))
    #expect(mixture.work.weightBytes == 2 * 4 * 16 * 256 * 6 / 16)
    // An activation of each inner element of a chosen expert.
    #expect(mixture.work.vectorOperations == 3 * 2 * 32)
    let gated = try node(
      "MoE",
      [
        (.float32, [3, 8]), (.float32, [3, 16]), (.float32, [16, 32, 8]), nil, (.float32, [16, 8, 32]), nil,
        (.float32, [16, 32, 8]),
      ], attributes: ["k": .int(2), "activation_type": .string("silu")])
    #expect(gated.work.vectorOperations == 3 * 2 * 32 * 2)
    let swish = try node(
      "MoE",
      [(.float32, [3, 8]), (.float32, [3, 16]), (.float32, [16, 64, 8]), nil, (.float32, [16, 8, 32])],
      attributes: ["k": .int(2), "activation_type": .string("swiglu")])
    #expect(swish.work.vectorOperations == 3 * 2 * 32 * 2)
    let quantised = try node(
      "QMoE",
      [
        (.float16, [3, 8]), (.float16, [3, 4]), (.uint8, [4, 32, 4]), (.float16, [4, 32]), nil,
        (.uint8, [4, 8, 16]), (.float16, [4, 8]),
      ], attributes: ["k": .int(1), "expert_weight_bits": .int(4)],
      constants: [2: nil, 3: nil, 5: nil, 6: nil])
    #expect(quantised.work.matrixOperations == 2 * 3 * (32 * 8 + 8 * 32))
    #expect(quantised.work.vectorOperations == 3 * 32)
    #expect(GraphStatistics(quantised.graph).parameters == 4 * (32 * 8 + 8 * 32))
    #expect(GraphStatistics(quantised.graph).weightBytes == 4 * (32 * 4 + 8 * 16 + 2 * 32 + 2 * 8))
  }

  // MARK: Operators on quantised activations, channels last

  @Test func quantisedActivationsKeepTheirType() throws {
    let scale: (ElementType, [Int])? = (.float32, [])
    let zero: (ElementType, [Int])? = (.uint8, [])
    let sum = try node(
      "QLinearAdd", [(.uint8, [1, 8, 4, 4]), scale, zero, (.uint8, [8, 1, 1]), scale, zero, scale, zero])
    #expect(sum.shape() == [1, 8, 4, 4] && sum.type() == .uint8)
    let concat = try node(
      "QLinearConcat",
      [scale, zero, (.uint8, [1, 2, 4]), scale, zero, (.uint8, [1, 3, 4]), scale, zero],
      attributes: ["axis": .int(1)])
    #expect(concat.shape() == [1, 5, 4])
    let pool = try node(
      "QLinearGlobalAveragePool", [(.uint8, [1, 7, 7, 32]), scale, zero, scale, zero],
      attributes: ["channels_last": .int(1)])
    #expect(pool.shape() == [1, 1, 1, 32])
    let mean = try node(
      "QLinearReduceMean", [(.uint8, [1, 32, 7, 7]), scale, zero, scale, zero],
      attributes: ["axes": .ints([2, 3]), "keepdims": .int(0)])
    #expect(mean.shape() == [1, 32])
    let conv = try node(
      "NhwcConv", [(.float32, [1, 10, 12, 8]), (.float32, [16, 8, 3, 3])],
      attributes: ["strides": .ints([2, 2])])
    #expect(conv.shape() == [1, 4, 5, 16])
    #expect(conv.work.matrixOperations == 2 * 320 * 72)
    let inner = try node(
      "MaxPool", [(.float32, [1, 10, 12, 8])], domain: "com.ms.internal.nhwc",
      attributes: ["kernel_shape": .ints([2, 2]), "strides": .ints([2, 2])])
    #expect(inner.shape() == [1, 5, 6, 8])
  }

  // MARK: Others

  @Test func rowsOfBlockQuantisedTablesAreWidened() throws {
    let rows = try node(
      "GatherBlockQuantized", [(.uint8, [1000, 32]), (.int64, [2, 5]), (.float16, [1000, 2])],
      attributes: ["bits": .int(4), "block_size": .int(32), "quantize_axis": .int(1)],
      constants: [0: nil, 2: nil])
    #expect(rows.shape() == [2, 5, 64] && rows.type() == .float16)
    #expect(GraphStatistics(rows.graph).parameters == 1000 * 64)
  }

  @Test func realTransformsHalveTheSpectrum() throws {
    let forward = try node("Rfft", [(.float32, [2, 3, 100])], attributes: ["signal_ndim": .int(1)])
    #expect(forward.shape() == [2, 3, 51, 2])
    // 2.5 n log2(n), the logarithm of 100 rounded up to 7.
    #expect(forward.work.vectorOperations == 6 * 5 * 100 * 7 / 2)
    let back = try node("Irfft", [(.float32, [2, 3, 51, 2])], attributes: ["signal_ndim": .int(1)])
    #expect(back.shape() == [2, 3, 100])
  }

  @Test func packingAndCropping() throws {
    let removed = try node("RemovePadding", [(.float32, [2, 7, 16]), (.int32, [2])], outputs: 4)
    #expect(removed.shape() == [14, 16] && removed.shape(1) == [2, 7] && removed.shape(2) == [3])
    let restored = try node("RestorePadding", [(.float32, [9, 16]), (.int32, [2, 7])])
    #expect(restored.shape() == [2, 7, 16])
    let crops = try node(
      "CropAndResize", [(.float32, [1, 3, 50, 50]), (.float32, [4, 4]), (.int32, [4]), (.int32, [2])],
      constants: [3: .ints([7, 9])])
    #expect(crops.shape() == [4, 3, 7, 9])
    let split = try node("BiasSplitGelu", [(.float32, [1, 4, 64]), (.float32, [64])])
    #expect(split.shape() == [1, 4, 32])
    let skipped = try node(
      "SkipGroupNorm",
      [(.float32, [1, 8, 8, 32]), (.float32, [32]), (.float32, [32]), (.float32, [1, 32])], outputs: 2)
    #expect(skipped.shape() == [1, 8, 8, 32] && skipped.shape(1) == [1, 8, 8, 32])
  }

  /// The word table can be placed by itself, and of the positions the first rows are read.
  @Test func embeddingWithNormalisationIsTakenApart() throws {
    var builder = GraphBuilder(name: "g")
    let words = builder.input("ids", .int32, [2, 16])
    let segments = builder.input("segments", .int32, [2, 16])
    let table = builder.constant("word", .float32, [30_000, 8])
    let positions = builder.constant("position", .float32, [512, 8])
    let kinds = builder.constant("segment", .float32, [2, 8])
    let scale = builder.constant("scale", .float32, [8])
    let results = builder.add(
      "EmbedLayerNormalization", [words, segments, table, positions, kinds, scale, scale], outputs: 2,
      domain: "com.microsoft", name: "embed")
    for result in results { builder.output(result) }
    let graph = try builder.build().graph
    #expect(graph.outputs.map { graph[$0].shape } == [[2, 16, 8], [2]])
    #expect(graph.embeddingTables.map(\.name) == ["word"] && graph.embeddingTables[0].maximumLookups == 32)
    #expect(graph.operators.contains { $0.name == "embed/word_embedding" })
    #expect(graph.sourceNodeCount == 1)
  }

  /// Names of ONNX Runtime that carry no definition would count as nothing.
  @Test(arguments: [
    "Attention", "BeamSearch", "BiasDropout", "BitmaskDropout", "CDist", "DecoderAttention", "FusedConv",
    "GatedDeltaNet", "GemmFastGelu", "Inverse", "LongformerAttention", "MatMulBnb4", "MatMulFpQ4",
    "PackedMultiHeadAttention", "QLinearSoftmax", "QLinearWhere", "QOrderedMatMul", "RelativePositionBias",
    "Sampling", "SkipSimplifiedLayerNormalization", "TransposeMatMul", "UnfoldTensor", "WordConvEmbedding",
  ])
  func contributedOperatorIsDeclared(name: String) {
    #expect(OperatorRegistry.definition(of: name, domain: "com.microsoft")?.domain == .microsoft)
  }
}

/// ONNX Runtime's other operators: projections with something around them, packing, hashing, generation.
enum ContributedOperators {
  static let definitions: [OperatorDefinition] =
    projections + movements + generation + [
      dropout("BiasDropout", mask: .bool), dropout("BitmaskDropout", mask: .uint32),
      dropout("BitmaskBiasDropout", mask: .uint32),
      operation("MurmurHash3") { node throws(ShapeProblem) in
        [TensorFact(try node.int("positive", default: 1) != 0 ? .uint32 : .int32, node.shape(0))]
      },
      operation("IsAllFinite", work: .perInput) { _ in [TensorFact(.bool, [])] },
      operation(
        "Inverse",
        work: .vector { node, _ in
          // Elimination on a matrix and a unit matrix beside it.
          Saturating.product(2, node.input(0)?.count ?? 0, node.shape(0)?.last ?? 0)
        }, ElementwiseOperators.same),
      operation("NGramHashMapping") { node throws(ShapeProblem) in try hashes(node) },
      operation("VarlenNGramHashMapping") { node throws(ShapeProblem) in try hashes(node) },
      operation("NGramRepeatBlock") { node in [TensorFact(node.elementType(1), node.shape(1))] },
      operation("HyperConnectionPostMix", work: .perOutput(4), ElementwiseOperators.same),
      operation("HyperConnectionPreMix", work: .perInput, mixed),
      operation("RelativePositionBias", work: .movement) { node in
        guard let heads = node.shape(0)?.last, let length = node.intValues(1)?.first else { return [] }
        return [TensorFact(node.elementType(0), [1, heads, length, node.intValues(2)?.first ?? length])]
      },
    ]

  private static func operation(
    _ name: String, in domain: OperatorDomain = .microsoft, work: WorkRule = .perElement,
    _ shape: @escaping ShapeRule
  ) -> OperatorDefinition {
    OperatorDefinition(name, in: domain, shape: shape, work: work)
  }

  // MARK: Projections

  private static let projections: [OperatorDefinition] = [
    operation(
      "CDist",
      work: .matrix { node, output in Saturating.product(output.count ?? 0, node.shape(0)?.last ?? 0) }
    ) { node in
      guard let a = node.shape(0), let b = node.shape(1), a.count == 2, b.count == 2 else { return [] }
      return [TensorFact(node.elementType(0), [a[0], b[0]])]
    },
    operation(
      "RouterGateUpProj",
      work: .matrix { node, _ in Saturating.product(node.input(0)?.count ?? 0, node.shape(1)?.last ?? 0) }
    ) { node throws(ShapeProblem) in
      guard let x = node.shape(0), let width = node.shape(1)?.last else { return [] }
      let router = min(width, max(0, try node.int("router_size", default: 0)))
      return [router, (width - router) / 2].map { TensorFact(node.elementType(0), x.dropLast() + [$0]) }
    },
    operation(
      "HyperConnectionLowRankMix",
      work: .matrix { node, _ in
        let columns = [2, 3, 4].reduce(0) { Saturating.sum($0, node.input($1)?.count ?? 0) }
        return Saturating.product(node.shape(0).map { Saturating.product($0.dropLast()) } ?? 0, columns)
      }
    ) { node throws(ShapeProblem) in
      guard let x = node.shape(0), let width = x.last else { return [] }
      let branches = max(1, try node.int("num_branches", default: 1))
      return [x.dropLast() + [width / branches], x.dropLast() + [branches], x].map {
        TensorFact(node.elementType(0), $0)
      }
    },
    operation(
      "GatedRelativePositionBias",
      work: .matrix { node, _ in Saturating.product(node.input(0)?.count ?? 0, node.shape(3)?.last ?? 0) }
    ) { node throws(ShapeProblem) in
      guard let bias = node.shape(2), bias.count == 4,
        let batch = node.shape(0)?.count == 3 ? node.shape(0)?.first : node.shape(7)?.first
      else { return [] }
      return [TensorFact(node.elementType(0), [batch] + bias.dropFirst())]
    },
    OperatorDefinition(
      "QEmbedLayerNormalization", in: .microsoft,
      shape: { node in
        guard let ids = node.shape(0), let width = node.shape(2)?.last, ids.count == 2 else { return [] }
        return [TensorFact(node.elementType(8), ids + [width]), TensorFact(node.elementType(0), [ids[0]])]
      }, work: .perOutput(11), quantised: QuantisedInputs(scales: Set(8...17)),
      constantsRead: { node, bytes in
        min(bytes, Saturating.product(3, node.input(0)?.count ?? 0, node.shape(2)?.last ?? 0))
      }),
    operation(
      "WordConvEmbedding",
      work: .matrix { node, output in
        Saturating.product(
          output.count ?? 0, node.shape(0)?.last ?? 0, Saturating.product(node.shape(1)?.dropFirst() ?? []))
      }
    ) { node in
      guard let words = node.shape(0), let width = node.shape(1)?.first else { return [] }
      return [TensorFact(node.elementType(1), words.dropLast() + [width])]
    },
  ]

  // MARK: Movement

  private static let movements: [OperatorDefinition] = [
    OperatorDefinition(
      "GatherBlockQuantized", in: .microsoft, shape: gatherQuantised, work: .perElement, traits: .rowLookup,
      quantised: .bytes([0], bits: "bits", scales: [2, 3])),
    OperatorDefinition(
      "GatherPacked", in: .microsoft,
      shape: { node throws(ShapeProblem) in
        guard let indices = node.shape(1), let width = try node.int("K") else { return [] }
        return [
          TensorFact(ElementType(onnxCode: try node.int("output_dtype", default: 16)), indices + [width])
        ]
      }, work: .perElement, traits: .rowLookup),
    OperatorDefinition(
      "TorchEmbedding", in: .microsoft,
      shape: { node in
        guard let table = node.shape(0), let indices = node.shape(1) else { return [] }
        return [TensorFact(node.elementType(0), indices + table.dropFirst())]
      }, work: .movement, traits: .rowLookup),
    operation("ExpandDims", work: .view) { node throws(ShapeProblem) in
      guard var shape = node.shape(0), let given = node.intValues(1)?.first else { return [] }
      shape.insert(1, at: try node.axis(given, rank: shape.count + 1))
      return [TensorFact(node.elementType(0), shape)]
    },
    operation("UnfoldTensor", work: .movement) { node throws(ShapeProblem) in
      guard var shape = node.shape(0) else { return [] }
      let axis = try node.axis(try node.int("dim", default: -1), rank: shape.count)
      let size = try node.int("size", default: 1)
      let step = try node.int("step", default: 1)
      guard size > 0, step > 0, size <= shape[axis] else {
        throw ShapeProblem("windows of \(size) in steps of \(step) do not fit \(shape[axis])", field: "size")
      }
      shape[axis] = (shape[axis] - size) / step + 1
      return [TensorFact(node.elementType(0), shape + [size])]
    },
    operation("RemovePadding", work: .movement) { node in
      guard let x = node.shape(0), x.count == 3 else { return [] }
      return [
        TensorFact(node.elementType(0), [Saturating.product(x[0], x[1]), x[2]], isBound: true),
        TensorFact(.int32, [x[0], x[1]]), TensorFact(.int32, [Saturating.sum(x[0], 1)]),
        TensorFact(.int32, [1]),
      ]
    },
    operation("RestorePadding", work: .movement) { node in
      guard let width = node.shape(0)?.last, let offsets = node.shape(1) else { return [] }
      return [TensorFact(node.elementType(0), offsets + [width])]
    },
    operation("ReorderInput", in: .channelsBlocked, work: .movement) { node throws(ShapeProblem) in
      guard var shape = node.shape(0), shape.count >= 2 else { return [] }
      if try node.int("channels_last", default: 0) != 0 {
        shape = [shape[0], shape[shape.count - 1]] + shape[1..<(shape.count - 1)]
      }
      return [TensorFact(node.elementType(0), shape)]
    },
    operation("ReorderOutput", in: .channelsBlocked, work: .movement) { node throws(ShapeProblem) in
      guard var shape = node.shape(0), shape.count >= 2 else { return [] }
      shape[1] = try node.int("channels", default: shape[1])
      if try node.int("channels_last", default: 0) != 0 { shape = [shape[0]] + shape[2...] + [shape[1]] }
      return [TensorFact(node.elementType(0), shape)]
    },
    operation("DynamicTimeWarping", work: .perInput) { node in
      guard let shape = node.shape(0) else { return [] }
      let steps = Saturating.sum(0, shape.suffix(2).reduce(0, Saturating.sum))
      return [TensorFact(.int32, [2, max(0, steps - 1)], isBound: true)]
    },
    operation("QuantizeBFP", work: .perInput) { node in
      let rank = node.shape(0).map { [$0.count] }
      return [.unknown, TensorFact(.int64, rank), TensorFact(.int64, rank)]
    },
    operation("DequantizeBFP") { node in [TensorFact(.float32, node.intValues(1))] },
    operation("PackedSparseAttentionIndexerMerge", work: .movement) { node throws(ShapeProblem) in
      guard let rows = node.shape(2)?.first, let width = try node.int("max_output_entries") else { return [] }
      return [[rows, width], [rows], [rows]].map { TensorFact(node.elementType(0), $0) }
    },
  ]

  /// Rows along the gathering axis, widened to full precision: bytes hold several narrow elements along their last axis.
  private static let gatherQuantised: ShapeRule = { node throws(ShapeProblem) in
    guard var data = node.shape(0), let indices = node.shape(1) else { return [] }
    let axis = try node.axis(try node.int("gather_axis", default: 0), rank: data.count)
    if node.elementType(0) == .uint8 {
      let bits = try node.int("bits", default: 4)
      guard bits > 0, bits <= 8 else { throw ShapeProblem("weights of \(bits) bits", field: "bits") }
      data[data.count - 1] = Saturating.product(data[data.count - 1], 8 / bits)
    }
    return [TensorFact(node.elementType(2), data[..<axis] + indices + data[(axis + 1)...])]
  }

  // MARK: Generation

  /// Loops over a decoder that is an attribute, selections from caches, contexts of other compilers: what they compute is not
  /// in the graph, so that their work is not known.
  private static let generation: [OperatorDefinition] = [
    generator("BeamSearch") { node in
      guard let batch = node.shape(0)?.first, let length = node.intValues(1)?.first,
        let beams = node.intValues(4)?.first
      else { return [] }
      return [
        TensorFact(.int32, [batch, beams, length]), TensorFact(node.elementType(5), [batch, beams]),
      ]
    },
    generator("WhisperBeamSearch") { _ in [] },
    generator("GreedySearch", sequences), generator("Sampling", sequences),
    generator("BifurcationDetector") { _ in [.unknown, TensorFact(.int64, [])] },
    generator("SpeculativePrefixCommit") { _ in [] },
    generator("EPContext") { _ in [] }, generator("Snpe") { _ in [] },
    OperatorDefinition("SparseAttentionIndexer", in: .microsoft, shape: { _ in [] }, work: .unknown),
    OperatorDefinition("PackedSparseAttentionIndexer", in: .microsoft, shape: { _ in [] }, work: .unknown),
  ]

  private static func generator(_ name: String, _ shape: @escaping ShapeRule) -> OperatorDefinition {
    OperatorDefinition(name, in: .microsoft, shape: shape, work: .unknown, traits: .hostOnly)
  }

  private static let sequences: ShapeRule = { node in
    guard let batch = node.shape(0)?.first, let length = node.intValues(1)?.first else { return [] }
    return [TensorFact(.int32, [batch, length])]
  }

  // MARK: Others

  /// A mask of bits is packed into words.
  private static func dropout(_ name: String, mask: ElementType) -> OperatorDefinition {
    operation(name) { node in
      guard let shape = node.shape(0) else { return [] }
      let count = Saturating.product(shape)
      return [
        TensorFact(node.elementType(0), shape),
        TensorFact(mask, mask == .bool ? shape : [count / 32 + (count % 32 == 0 ? 0 : 1)]),
      ]
    }
  }

  /// One hash for each head of each length of n-grams from two on.
  private static func hashes(_ node: NodeContext) throws(ShapeProblem) -> [TensorFact] {
    guard let ids = node.shape(0) else { return [] }
    let longest = try node.int("max_ngram_size", default: 2)
    let heads = try node.int("n_head_per_ngram", default: 1)
    guard longest >= 2, heads > 0 else {
      throw ShapeProblem("needs lengths from 2 on", field: "max_ngram_size")
    }
    let type = node.elementType(0)
    let past = node.type == "NGramHashMapping" ? ids.first.map { [$0, longest - 1] } : node.shape(4)
    return [TensorFact(type, ids + [Saturating.product(longest - 1, heads)]), TensorFact(type, past)]
  }

  /// Streams [..., branches, width], or flattened to [..., branches * width], become [..., width].
  private static let mixed: ShapeRule = { node in
    guard let streams = node.shape(0), let gates = node.shape(1), let branches = gates.last,
      let last = streams.last
    else { return [] }
    let isGrouped = streams.count == gates.count + 1 && streams[streams.count - 2] == branches
    guard !isGrouped else { return [TensorFact(node.elementType(0), streams.dropLast(2) + [last])] }
    return [TensorFact(node.elementType(0), streams.dropLast() + [last / max(1, branches)])]
  }
}

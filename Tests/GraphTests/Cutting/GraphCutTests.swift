import TestSupport
import Testing

@testable import Graph

/// What each of several cards computes that act as one.
@Suite struct GraphCutTests {
  private func exchanges(_ graph: Graph) -> [Collective] { graph.operators.compactMap(\.work.collective) }

  private func shape(_ name: String, _ graph: Graph) -> [Int]? {
    graph.tensors.first { $0.name == name }?.shape
  }

  /// Two products with an activation between them, and a residual around both.
  private func perceptron(width: Int = 64, hidden: Int = 256, batch: Int = 2) throws -> Graph {
    var builder = GraphBuilder(name: "perceptron")
    let x = builder.input("x", .float16, [batch, width])
    let up = builder.add("MatMul", [x, builder.constant("w1", .float16, [width, hidden])], name: "up")
    let bias = builder.add("Add", [up, builder.constant("b1", .float16, [hidden])], name: "bias")
    let down = builder.add(
      "Gemm",
      [
        builder.add("Relu", [bias], name: "act"), builder.constant("w2", .float16, [width, hidden]),
        builder.constant("b2", .float16, [width]),
      ], name: "down", attributes: ["transB": .int(1)])
    builder.output(builder.add("Add", [x, down], name: "sum"))
    return try builder.build().graph
  }

  @Test func columnsThenRowsNeedOneSum() throws {
    let whole = try perceptron()
    let part = try #require(whole.cut(over: 4))
    #expect(exchanges(part) == [.allReduce])
    #expect(shape("w1", part) == [64, 64])
    #expect(shape("b1", part) == [64])
    #expect(shape("w2", part) == [64, 64])
    // Added once, to the sum of the terms.
    #expect(shape("b2", part) == [64])
    #expect(shape("act", part) == [2, 64])
    #expect(shape("sum", part) == [2, 64])
    for name in ["up", "down"] {
      let before = try #require(whole.operators.first { $0.name == name })
      let after = try #require(part.operators.first { $0.name == name })
      #expect(after.work.matrixOperations * 4 == before.work.matrixOperations)
    }
    let names = part.operators.map(\.name)
    #expect(names == ["up", "bias", "act", "down", "down.AllReduce", "sum"])
    #expect(part.cut?.isCut == [true, true, true, true, true, false])
  }

  /// Producers and readers are those of the new operators, in order.
  @Test func tensorsKnowTheirOperators() throws {
    let part = try #require(try perceptron().cut(over: 2))
    for (index, node) in part.operators.enumerated() {
      for case let output? in node.outputs { #expect(part[output].producer?.index == index) }
      for case let input? in node.inputs {
        #expect(part[input].consumers.contains(OperatorID(index)))
        if let producer = part[input].producer { #expect(producer.index < index) }
      }
    }
  }

  @Test(arguments: [3, 5])
  func whatDoesNotDivideStaysWhole(ranks: Int) throws {
    #expect(try perceptron().cut(over: ranks) == nil)
  }

  @Test func aCutGraphIsNotCutAgain() throws {
    let part = try #require(try perceptron().cut(over: 2))
    #expect(part.cut(over: 2) == nil)
    #expect(try perceptron().cut(over: 1) == nil)
  }

  // MARK: By items of a batch

  @Test func aBatchIsSharedOutWithoutExchanges() throws {
    let whole = try perceptron(batch: 8)
    let part = try #require(whole.cut(over: 4, by: .batch))
    #expect(exchanges(part).isEmpty)
    #expect(part.cut?.kind == .batch)
    #expect(part.cut?.isCut == whole.operators.map { _ in true })
    #expect(shape("x", part) == [2, 64])
    #expect(shape("w1", part) == [64, 256])
    #expect(shape("sum", part) == [2, 64])
    for (before, after) in zip(whole.operators, part.operators) {
      #expect(after.work.matrixOperations * 4 == before.work.matrixOperations)
      #expect(after.work.weightBytes == before.work.weightBytes)
    }
    // Three cards have no equal parts of eight items.
    #expect(whole.cut(over: 3, by: .batch) == nil)
  }

  /// Convolutions, pools and views keep items apart; a sum over all items needs them in one place.
  @Test func whatNeedsAllItemsGathersThem() throws {
    var builder = GraphBuilder(name: "images")
    let x = builder.input("x", .float16, [4, 8, 16, 16])
    let conv = builder.add(
      "Conv", [x, builder.constant("w", .float16, [8, 8, 3, 3])], name: "conv",
      attributes: ["pads": .ints([1, 1, 1, 1])])
    let pool = builder.add("GlobalAveragePool", [conv], name: "pool")
    let flat = builder.add("Flatten", [pool], name: "flat")
    builder.output(flat)
    builder.output(builder.add("ReduceMean", [flat], name: "mean", attributes: ["axes": .ints([0])]))
    let part = try #require(try builder.build().graph.cut(over: 2, by: .batch))
    #expect(shape("conv", part) == [2, 8, 16, 16])
    #expect(shape("flat", part) == [2, 8])
    #expect(shape("mean", part) == [1, 8])
    #expect(exchanges(part) == [.allGather])
    #expect(part.operators.map(\.name) == ["conv", "pool", "flat", "flat.AllGather", "mean"])
    #expect(part.cut?.isCut == [true, true, true, true, false])
  }

  /// An input that an operator needs all items of is sent whole to every card, and not gathered; others read their items of it.
  @Test func whatIsReadWholeIsSentWhole() throws {
    var builder = GraphBuilder(name: "both")
    let x = builder.input("x", .float16, [4, 8])
    let y = builder.add("Relu", [x], name: "y")
    builder.output(y)
    builder.output(builder.add("ReduceMean", [x], name: "mean", attributes: ["axes": .ints([0])]))
    let part = try #require(try builder.build().graph.cut(over: 2, by: .batch))
    #expect(exchanges(part).isEmpty)
    #expect(shape("x", part) == [4, 8])
    #expect(shape("y", part) == [2, 8])
  }

  /// What a layer of attention looks up is whole on every card, which goes on with its own items.
  @Test(arguments: [false, true])
  func attentionKeepsItemsApart(isSpelled: Bool) throws {
    let whole = try decoder(isSpelled: isSpelled)
    let part = try #require(whole.cut(over: 2, by: .batch))
    #expect(exchanges(part).isEmpty)
    for (before, after) in zip(whole.tensors, part.tensors) where before.role == .constant {
      #expect(before.shape == after.shape)
    }
    let state = try #require(part.states.first)
    #expect(state.input.map { part[$0].shape.first } == 1)
  }

  /// A layer of a decoder, its attention as one operator or spelled out with repeated keys and values.
  private func decoder(isSpelled: Bool, heads: Int = 8, kvHeads: Int = 4, past: Int = 16) throws -> Graph {
    let (batch, size, hidden) = (2, 16, 256)
    let width = heads * size
    var builder = GraphBuilder(name: "decoder")
    builder.states =
      isSpelled
      ? .named
      : .pairs(["past_key_values.0.key": "attention:1", "past_key_values.0.value": "attention:2"])
    let x = builder.input("x", .float16, [batch, 1, width])
    func product(_ name: String, _ value: GraphBuilder.Value, _ rows: Int, _ columns: Int)
      -> GraphBuilder.Value
    {
      builder.add("MatMul", [value, builder.constant("\(name).w", .float16, [rows, columns])], name: name)
    }
    let q = product("q", x, width, width)
    let k = product("k", x, width, kvHeads * size)
    let v = product("v", x, width, kvHeads * size)
    let caches = ["key", "value"].map {
      builder.input("past_key_values.0.\($0)", .float16, [batch, kvHeads, past, size])
    }
    let context: GraphBuilder.Value
    if isSpelled {
      func ints(_ name: String, _ values: [Int]) -> GraphBuilder.Value {
        builder.constant(name, .int64, [values.count], values: .ints(values))
      }
      func split(_ value: GraphBuilder.Value, _ name: String, _ count: Int) -> GraphBuilder.Value {
        let split = builder.add(
          "Reshape", [value, ints("\(name).shape", [batch, 1, count, size])], name: "\(name).split")
        return builder.add(
          "Transpose", [split], name: "\(name).heads", attributes: ["perm": .ints([0, 2, 1, 3])])
      }
      let queries = split(q, "q", heads)
      let full = zip(zip([k, v], ["key", "value"]), caches).map { entry, cache -> GraphBuilder.Value in
        let (value, name) = entry
        let grown = builder.add(
          "Concat", [cache, split(value, name, kvHeads)], name: "present.0.\(name)",
          attributes: ["axis": .int(2)])
        builder.output(grown)
        let grouped = builder.add("Unsqueeze", [grown, ints("\(name).axis", [2])], name: "\(name).grouped")
        let repeated = builder.add(
          "Expand",
          [grouped, ints("\(name).repeats", [batch, kvHeads, heads / kvHeads, past + 1, size])],
          name: "\(name).expanded")
        return builder.add(
          "Reshape", [repeated, ints("\(name).merged", [batch, heads, past + 1, size])],
          name: "\(name).repeated")
      }
      let turned = builder.add(
        "Transpose", [full[0]], name: "turned", attributes: ["perm": .ints([0, 1, 3, 2])])
      let scores = builder.add("MatMul", [queries, turned], name: "scores")
      let weights = builder.add("Softmax", [scores], name: "softmax", attributes: ["axis": .int(-1)])
      let mixed = builder.add("MatMul", [weights, full[1]], name: "mixed")
      let back = builder.add("Transpose", [mixed], name: "back", attributes: ["perm": .ints([0, 2, 1, 3])])
      context = builder.add("Reshape", [back, ints("merged", [batch, 1, width])], name: "context")
    } else {
      let outputs = builder.add(
        "Attention", [q, k, v, nil, caches[0], caches[1]], outputs: 3, name: "attention",
        attributes: ["q_num_heads": .int(heads), "kv_num_heads": .int(kvHeads)])
      context = outputs[0]
      builder.output(outputs[1])
      builder.output(outputs[2])
    }
    let attended = builder.add("Add", [x, product("o", context, width, width)], name: "attended")
    let up = builder.add("Sigmoid", [product("up", attended, width, hidden)], name: "gate")
    builder.output(builder.add("Add", [attended, product("down", up, hidden, width)], name: "result"))
    return try builder.build().graph
  }

  /// One sum behind the attention and one behind the perceptron (Shoeybi et al. 2019); caches lie with their heads.
  @Test(arguments: [true, false], [2, 4])
  func aDecoderTakesTwoSumsALayer(isSpelled: Bool, ranks: Int) throws {
    let whole = try decoder(isSpelled: isSpelled)
    let part = try #require(whole.cut(over: ranks))
    #expect(exchanges(part) == [.allReduce, .allReduce])
    #expect(shape("k.w", part) == [128, 64 / ranks])
    #expect(shape("o.w", part) == [128 / ranks, 128])
    #expect(shape("past_key_values.0.key", part) == [2, 4 / ranks, 16, 16])
    #expect(shape(isSpelled ? "present.0.value" : "attention:2", part) == [2, 4 / ranks, 17, 16])
    #expect(part.stateBytes * ranks == whole.stateBytes)
    let weights = { (graph: Graph) in
      graph.tensors.filter { $0.name.hasSuffix(".w") }.reduce(0) { $0 + $1.bytes }
    }
    #expect(weights(part) * ranks == weights(whole))
    let operations = { (graph: Graph) in graph.operators.reduce(0) { $0 + $1.work.matrixOperations } }
    #expect(operations(part) * ranks == operations(whole))
    if !isSpelled {
      let attention = try #require(part.operators.first { $0.type == "Attention" })
      #expect(attention.attributes["kv_num_heads"] == .int(4 / ranks))
    }
  }

  /// Four heads of keys are not shared out over eight cards: the attention is whole, and columns and rows begin behind it.
  @Test func headsThatDoNotDivideAreNotCut() throws {
    let part = try #require(try decoder(isSpelled: false).cut(over: 8))
    let attention = try #require(part.operators.first { $0.type == "Attention" })
    #expect(attention.attributes["kv_num_heads"] == .int(4))
    #expect(shape("past_key_values.0.key", part) == [2, 4, 16, 16])
    #expect(shape("o.w", part) == [128, 16])
    #expect(shape("up.w", part) == [16, 256])
  }

  /// Filters are shared out by channel; what follows channel by channel stays so, and the next product has them whole.
  @Test func convolutionsAreCutByChannels() throws {
    var builder = GraphBuilder(name: "image")
    let x = builder.input("x", .float32, [1, 3, 8, 8])
    let first = builder.add(
      "Conv",
      [x, builder.constant("w1", .float32, [512, 3, 3, 3]), builder.constant("b1", .float32, [512])],
      name: "first", attributes: ["pads": .ints([1, 1, 1, 1])])
    let act = builder.add("Relu", [first], name: "act")
    let second = builder.add(
      "Conv", [act, builder.constant("w2", .float32, [512, 1, 3, 3])], name: "depthwise",
      attributes: ["group": .int(512), "pads": .ints([1, 1, 1, 1])])
    let pooled = builder.add("GlobalAveragePool", [second], name: "pooled")
    let flat = builder.add("Flatten", [pooled], name: "flat")
    builder.output(
      builder.add("MatMul", [flat, builder.constant("w3", .float32, [512, 10])], name: "scores"))
    let part = try #require(try builder.build().graph.cut(over: 4))
    #expect(shape("w1", part) == [128, 3, 3, 3])
    #expect(shape("w2", part) == [128, 1, 3, 3])
    #expect(part.operators.first { $0.name == "depthwise" }?.attributes["group"] == .int(128))
    #expect(shape("flat", part) == [1, 128])
    #expect(shape("w3", part) == [128, 10])
    #expect(exchanges(part) == [.allReduce])
  }

  /// A part that is gathered at once for a small product is no gain: it stays whole.
  @Test func smallProductsThatAreGatheredStayWhole() throws {
    var builder = GraphBuilder(name: "small")
    let x = builder.input("x", .float32, [4096, 16])
    let small = builder.add("MatMul", [x, builder.constant("w", .float32, [16, 16])], name: "small")
    builder.output(builder.add("Softmax", [small], name: "softmax", attributes: ["axis": .int(-1)]))
    #expect(try builder.build().graph.cut(over: 2) == nil)
  }

  @Test(
    arguments: [
      ([2, 6, 4], .parts(axis: 1), [2, 24], .parts(axis: 1)),
      ([2, 8, 4], .parts(axis: 1), [16, 4], .parts(axis: 0, repeats: 2)),
      ([2, 24], .parts(axis: 1), [2, 3, 8], .parts(axis: 2)),
      ([2, 24], .parts(axis: 1), [2, 4, 6], .parts(axis: 1)),
      ([2, 1, 8], .parts(axis: 2), [2, 8], .parts(axis: 1)),
      ([4, 2, 8], .parts(axis: 0), [8, 8], .parts(axis: 0)),
      ([16, 4], .parts(axis: 0, repeats: 2), [2, 8, 4], .parts(axis: 1)),
      ([16, 4], .parts(axis: 0, repeats: 2), [4, 4, 4], .parts(axis: 0, repeats: 2)),
      ([24, 4], .parts(axis: 0, repeats: 2), [6, 4, 4], .parts(axis: 1)),
      ([16, 4], .parts(axis: 0, repeats: 2), [1, 16, 4], .parts(axis: 1, repeats: 2)),
    ] as [([Int], CutLayout, [Int], CutLayout)])
  func partsFollowTheirElementsThroughViews(
    from shape: [Int], _ layout: CutLayout, to output: [Int], _ expected: CutLayout
  ) {
    #expect(layout.reshaped(from: shape, to: output, ranks: 2) == expected)
  }

  /// Heads joined with the batch are no part of the batch when they are taken apart again.
  @Test func headsStayHeadsBehindABatch() throws {
    var builder = GraphBuilder(name: "joined")
    let (batch, heads, steps, size) = (2, 8, 4, 16)
    let x = builder.input("x", .float32, [batch, steps, heads * size])
    func ints(_ name: String, _ values: [Int]) -> GraphBuilder.Value {
      builder.constant(name, .int64, [values.count], values: .ints(values))
    }
    func projected(_ name: String) -> GraphBuilder.Value {
      let product = builder.add(
        "MatMul", [x, builder.constant("w_\(name)", .float32, [heads * size, heads * size])], name: name)
      let split = builder.add(
        "Reshape", [product, ints("\(name)_split", [batch, steps, heads, size])])
      return builder.add("Transpose", [split], attributes: ["perm": .ints([0, 2, 1, 3])])
    }
    let queries = projected("q")
    let joined = builder.add(
      "Reshape", [projected("k"), ints("joined", [batch * heads, steps, size])])
    let turned = builder.add("Transpose", [joined], attributes: ["perm": .ints([0, 2, 1])])
    let keys = builder.add(
      "Reshape", [turned, ints("apart", [batch, heads, size, steps])], name: "keys")
    builder.output(builder.add("MatMul", [queries, keys], name: "scores"))
    let cut = try #require(try builder.build().graph.cut(over: 2))
    #expect(exchanges(cut).isEmpty)
    #expect(shape("keys", cut) == [batch, heads / 2, size, steps])
    #expect(shape("scores", cut) == [batch, heads / 2, steps, steps])
  }

  @Test func aMixtureIsCutByExperts() throws {
    var builder = GraphBuilder(name: "mixture")
    let x = builder.input("x", .float16, [4, 32])
    let routes = builder.add("MatMul", [x, builder.constant("router", .float16, [32, 8])], name: "routes")
    builder.output(
      builder.add(
        "MoE",
        [
          x, routes, builder.constant("fc1", .float16, [8, 32, 64]), nil,
          builder.constant("fc2", .float16, [8, 64, 32]),
        ], domain: "com.microsoft", name: "mixture", attributes: ["k": .int(2)]))
    let part = try #require(try builder.build().graph.cut(over: 4))
    #expect(exchanges(part) == [.allReduce])
    #expect(shape("fc1", part) == [2, 32, 64])
    #expect(shape("router", part) == [32, 8])
  }

  /// An axis of a shape that is not known is none that could be shared out.
  @Test(arguments: ["Conv", "Concat", "Transpose", "MatMul", "Attention"])
  func whatFollowsAnUnknownShapeStaysWhole(type: String) throws {
    var builder = GraphBuilder(name: "unknown")
    let x = builder.input("x", .float16, [8, 2048])
    let product = builder.add("MatMul", [x, builder.constant("w", .float16, [2048, 4096])], name: "product")
    builder.output(
      builder.add("MatMul", [product, builder.constant("v", .float16, [4096, 2048])], name: "second"))
    let mystery = builder.add("Mystery", [product], domain: "acme", name: "mystery")
    let reader =
      switch type {
      case "Conv":
        builder.add("Conv", [mystery, builder.constant("k", .float16, [64, 64, 3, 3])], name: "reader")
      case "Concat":
        builder.add("Concat", [mystery, product], name: "reader", attributes: ["axis": .int(0)])
      case "Transpose":
        builder.add("Transpose", [mystery], name: "reader", attributes: ["perm": .ints([1, 0])])
      case "MatMul":
        builder.add("MatMul", [mystery, builder.constant("k", .float16, [128, 128])], name: "reader")
      default:
        builder.add(
          "Attention", [mystery, mystery, mystery], name: "reader", attributes: ["q_num_heads": .int(4)])
      }
    builder.output(reader)
    builder.output(
      builder.add("MatMul", [reader, builder.constant("wh", .float16, [128, 128])], name: "head"))
    // Each output is as long as it was: nothing that cannot be put together again is left in parts.
    let whole = try builder.build().graph
    let part = try #require(whole.cut(over: 2))
    #expect(part.cut?.isCut.contains(true) == true)
    for output in whole.outputs {
      #expect(shape(whole[output].name, part) == whole[output].shape)
    }
  }
}

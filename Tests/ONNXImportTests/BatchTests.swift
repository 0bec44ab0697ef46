import Graph
import ONNXImport
import ONNXSchema
import Testing

/// Models written for one batch, planned for another.
@Suite struct BatchTests {
  private func reshape(_ input: String, _ output: String, _ target: String) -> Onnx_NodeProto {
    Messages.node("Reshape", [input, target], [output], name: "reshape_\(output)")
  }

  /// Self-attention of two heads on `batch` sentences of 6 tokens of width 8, as exporters write it for a fixed batch.
  private func attention(batch: Int64) -> Onnx_ModelProto {
    let turn = [Messages.attribute("perm", [0, 2, 1, 3])]
    return Messages.model(
      Messages.graph(
        [
          Messages.node("MatMul", ["x", "w"], ["q"]), reshape("q", "q4", "heads"),
          Messages.node("Transpose", ["q4"], ["qh"], attributes: turn),
          Messages.node("Transpose", ["q4"], ["kt"], attributes: [Messages.attribute("perm", [0, 2, 3, 1])]),
          Messages.node("MatMul", ["qh", "kt"], ["s"]), Messages.node("Softmax", ["s"], ["p"]),
          Messages.node("MatMul", ["p", "qh"], ["o"]),
          Messages.node("Transpose", ["o"], ["o4"], attributes: turn), reshape("o4", "y", "joined"),
        ], inputs: [Messages.value("x", [batch, 6, 8])], outputs: ["y"],
        constants: [
          Messages.tensor("w", [8, 8]), Messages.ints("heads", [batch, 6, -1, 4]),
          Messages.ints("joined", [batch, 6, -1]),
        ]))
  }

  private func same(_ a: Graph, _ b: Graph) -> Bool {
    a.operators.map(\.name) == b.operators.map(\.name) && a.operators.map(\.work) == b.operators.map(\.work)
      && a.outputs.map { a[$0].shape } == b.outputs.map { b[$0].shape }
  }

  @Test(arguments: [(1, 8), (4, 1), (4, 6), (2, 64)] as [(Int64, Int64)])
  func constantShapesFollow(from: Int64, to: Int64) throws {
    let changed = try attention(batch: from).load(["batch": Int(to)])
    #expect(same(changed.graph, try attention(batch: to).load().graph))
    #expect(changed.graph.serving.batch == Int(to))
    #expect(
      changed.findings.map(\.message) == [
        "the batch is changed from \(from) to \(to): the leading axis of the inputs, and constants that carry it, read "
          + "by 2 Reshape"
      ])
  }

  private func sum(_ first: String, _ second: String) -> Onnx_ModelProto {
    Messages.model(
      Messages.graph(
        [
          Messages.node("Relu", ["x"], ["r"]), Messages.node("Relu", ["y"], ["q"]),
          Messages.node("Concat", ["r", "q"], ["z"], attributes: [Messages.attribute("axis", 1)]),
        ],
        inputs: [
          Messages.value("x", [.name(first), .size(4)]), Messages.value("y", [.name(second), .size(3)]),
        ], outputs: ["z"]))
  }

  /// Exporters that make names up call the same batch otherwise at each input.
  @Test(arguments: [
    ("unk__7", "unk__12"), ("s0", "s77"), ("x_dynamic_axes_1", "y_dynamic_axes_1"),
    ("DynamicDimension.0", "DynamicDimension.1"), ("batch_size", "target_batch"),
  ]) func namesThatSayNothingAreTheBatch(first: String, second: String) throws {
    let loaded = try sum(first, second).load(["batch": 6])
    #expect(loaded.graph.shape("z") == [6, 7] && loaded.findings.isEmpty)
    #expect(loaded.graph.serving.batch == 6)
  }

  @Test(arguments: [("batch_size", "sequence"), ("users", "items")])
  func namesOfOtherThingsAreAskedFor(first: String, second: String) throws {
    #expect(throws: LoadError.self) { try sum(first, second).load(["batch": 6]) }
  }

  @Test func sameBatchChangesNothing() throws {
    #expect(try attention(batch: 4).load(["batch": 4]).findings.isEmpty)
  }

  /// A class token that is joined to the patches of each image, and one position for all of them.
  @Test(arguments: [1, 3] as [Int64]) func joinedConstantsAreRepeated(from: Int64) throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            Messages.node("Concat", ["token", "x"], ["t"], attributes: [Messages.attribute("axis", 1)]),
            Messages.node("Add", ["t", "places"], ["y"]),
          ], inputs: [Messages.value("x", [batch, 4, 8])], outputs: ["y"],
          constants: [Messages.tensor("token", [batch, 1, 8]), Messages.tensor("places", [1, 5, 8])]))
    }
    let loaded = try model(batch: from).load(["batch": 6])
    #expect(loaded.graph.shape("y") == [6, 5, 8])
    #expect(loaded.graph.tensor("token")?.shape == (from == 1 ? [1, 1, 8] : nil))
  }

  /// A batch of one behind other axes: [length, batch, width] becomes [length x batch, width].
  @Test(arguments: [(1, 4), (4, 1), (2, 6)] as [(Int64, Int64)])
  func batchIsFoundBehindOtherAxes(from: Int64, to: Int64) throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      let turn = [Messages.attribute("perm", [1, 0, 2])]
      return Messages.model(
        Messages.graph(
          [
            Messages.node("Transpose", ["x"], ["t"], attributes: turn), reshape("t", "heads", "split"),
            reshape("heads", "back", "joined"), reshape("back", "flat", "rows"),
            Messages.node("MatMul", ["flat", "w"], ["y"]),
          ], inputs: [Messages.value("x", [batch, 6, 16])], outputs: ["y"],
          constants: [
            Messages.ints("split", [6, batch * 4, 4]), Messages.ints("joined", [6, batch, 16]),
            Messages.ints("rows", [6 * batch, 16]), Messages.tensor("w", [16, 8]),
          ]))
    }
    #expect(same(try model(batch: from).load(["batch": Int(to)]).graph, try model(batch: to).load().graph))
  }

  /// Constant initial states, and a token that an Expand repeats for each item.
  @Test func statesAndRepeatedItemsFollow() throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            Messages.node("Expand", ["token", "repeats"], ["tokens"]),
            Messages.node("Concat", ["tokens", "x"], ["all"], attributes: [Messages.attribute("axis", 1)]),
            Messages.node("Transpose", ["all"], ["t"], attributes: [Messages.attribute("perm", [1, 0, 2])]),
            Messages.node(
              "LSTM", ["t", "w", "r", "", "", "h0", "c0"], ["y"],
              attributes: [Messages.attribute("hidden_size", 4)]),
          ], inputs: [Messages.value("x", [batch, 6, 8])], outputs: ["y"],
          constants: [
            Messages.tensor("token", [1, 1, 8]), Messages.ints("repeats", [batch, 1, 8]),
            Messages.tensor("w", [1, 16, 8]), Messages.tensor("r", [1, 16, 4]),
            Messages.tensor("h0", [1, batch, 4]), Messages.tensor("c0", [1, batch, 4]),
          ]))
    }
    let (changed, twin) = (try model(batch: 3).load(["batch": 5]).graph, try model(batch: 5).load().graph)
    func parameters(_ graph: Graph) -> Int { graph.tensors.filter(\.isParameter).reduce(0) { $0 + $1.count } }
    #expect(changed.shape("y") == [7, 1, 5, 4] && twin.shape("y") == [7, 1, 5, 4])
    #expect(parameters(changed) == parameters(twin))
  }

  /// A layer over a sequence that stands before the batch; with a state that is an input, or constant.
  @Test(arguments: ["LSTM", "GRU", "RNN"]) func batchBehindTheSequence(type: String) throws {
    let gates: Int64 = ["LSTM": 4, "GRU": 3][type] ?? 1
    func model(batch: Int64, state: Bool) -> Onnx_ModelProto {
      let layer = Messages.node(
        type, ["x", "w", "r", "", "", "h"], ["s"], attributes: [Messages.attribute("hidden_size", 5)])
      let h: [Int64] = [1, batch, 5]
      return Messages.model(
        Messages.graph(
          [layer, Messages.node("Squeeze", ["s", "one"], ["y"])],
          inputs: [Messages.value("x", [6, batch, 8])] + (state ? [Messages.value("h", h)] : []),
          outputs: ["y"],
          constants: [
            Messages.tensor("w", [1, 5 * gates, 8]), Messages.tensor("r", [1, 5 * gates, 5]),
            Messages.ints("one", [1]),
          ] + (state ? [] : [Messages.tensor("h", h)])))
    }
    for (state, from, to) in [(true, 4, 9), (true, 1, 3), (false, 4, 9), (false, 2, 6)]
      as [(Bool, Int64, Int64)]
    {
      let changed = try model(batch: from, state: state).load(["batch": Int(to)])
      #expect(same(changed.graph, try model(batch: to, state: state).load().graph))
      #expect(
        changed.findings.first?.message.hasPrefix(
          "the batch is changed from \(from) to \(to): axis 1 of 'x'" + (state ? ", axis 1 of 'h'" : ""))
          == true)
    }
  }

  /// Attention over the leading axis: it grows along two axes, so that it is a sequence.
  @Test func leadingAxisThatAttendsToItselfIsNoBatch() throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            Messages.node("Transpose", ["x"], ["q"], attributes: [Messages.attribute("perm", [1, 0, 2])]),
            Messages.node("Transpose", ["x"], ["k"], attributes: [Messages.attribute("perm", [1, 2, 0])]),
            Messages.node("MatMul", ["q", "k"], ["s"]), Messages.node("Softmax", ["s"], ["p"]),
            Messages.node("MatMul", ["p", "q"], ["y"]),
          ], inputs: [Messages.value("x", [6, batch, 8])], outputs: ["y"]))
    }
    // A batch as long as the sequence, too.
    for to in [5, 6] as [Int64] {
      let changed = try model(batch: 2).load(["batch": Int(to)]).graph
      #expect(same(changed, try model(batch: to).load().graph))
    }
  }

  /// Shapes and cuts inside bodies follow as those outside, of constants inside or captured.
  @Test func constantsInBodiesFollow() throws {
    func branch(_ name: String, _ nodes: [Onnx_NodeProto], _ constants: [Onnx_TensorProto] = [])
      -> Onnx_GraphProto
    {
      var graph = Messages.graph(nodes, inputs: [], outputs: ["\(name)_out"], constants: constants)
      graph.name = name
      return graph
    }
    func model(batch: Int64) -> Onnx_ModelProto {
      let then = branch(
        "then", [Messages.node("Reshape", ["x", "inside"], ["then_out"], name: "inner")],
        [Messages.ints("inside", [batch, 2, 3, 8])])
      let orElse = branch(
        "else",
        [
          Messages.node("Reshape", ["x", "outside"], ["else_flat"]),
          Messages.node("Reshape", ["else_flat", "heads"], ["else_out"]),
        ])
      var body = Messages.graph(
        [
          Messages.node("Reshape", ["state", "flat"], ["rows"]),
          Messages.node("MatMul", ["rows", "w"], ["new"]),
          Messages.node("Reshape", ["new", "heads"], ["next"]), Messages.node("Identity", ["go"], ["goOn"]),
        ],
        inputs: [
          Messages.value("i", nil, type: .int64), Messages.value("go", nil, type: .bool),
          Messages.value("state", [batch, 2, 3, 8]),
        ], outputs: ["goOn", "next"], constants: [Messages.ints("flat", [batch * 6, 8])])
      body.name = "body"
      return Messages.model(
        Messages.graph(
          [
            Messages.node(
              "If", ["c"], ["z"],
              attributes: [
                Messages.attribute("then_branch", body: then),
                Messages.attribute("else_branch", body: orElse),
              ]),
            Messages.node(
              "Loop", ["three", "", "z"], ["y"], attributes: [Messages.attribute("body", body: body)]),
          ], inputs: [Messages.value("x", [batch, 6, 8]), Messages.value("c", [], type: .bool)],
          outputs: ["y"],
          constants: [
            Messages.ints("outside", [batch * 6, 8]), Messages.ints("heads", [batch, 2, 3, 8]),
            Messages.tensor("w", [8, 8]), Messages.ints("three", [3]),
          ]))
    }
    let changed = try model(batch: 4).load(["batch": 10]).graph
    #expect(same(changed, try model(batch: 10).load().graph))
    #expect(changed.shape("y") == [10, 2, 3, 8])
    // One image is built in.
    var fixed = model(batch: 4)
    fixed.graph.node[0].attribute[0].g.initializer = [Messages.ints("inside", [2, 2, 6, 8])]
    let error = #expect(throws: LoadError.self) { try fixed.load(["batch": 10]) }
    #expect(error?.reason == .fixedBatch && error?.problems.first?.node == "inner")
  }

  /// Constant states that are expanded to a computed shape, and steps that are cut off one by one.
  @Test func expandedStatesAndStepsFollow() throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      var nodes = [
        Messages.node("Transpose", ["x"], ["t"], attributes: [Messages.attribute("perm", [1, 0, 2])]),
        Messages.node(
          "Shape", ["t"], ["size"],
          attributes: [Messages.attribute("start", 1), Messages.attribute("end", 2)]),
        Messages.node(
          "Concat", ["one", "size", "eight"], ["target"], attributes: [Messages.attribute("axis", 0)]),
        Messages.node("Expand", ["zeros", "target"], ["h0"]),
      ]
      for step in 0..<5 {
        nodes += [
          Messages.node("Slice", ["t", "at\(step)", "at\(step + 1)", "zero"], ["x\(step)"]),
          Messages.node("Add", ["x\(step)", "h\(step)"], ["h\(step + 1)"]),
        ]
      }
      return Messages.model(
        Messages.graph(
          nodes, inputs: [Messages.value("x", [batch, 5, 8])], outputs: ["h5"],
          constants: [
            Messages.tensor("zeros", [1, batch, 8]), Messages.ints("one", [1]), Messages.ints("eight", [8]),
            Messages.ints("zero", [0]),
          ] + (0...5).map { Messages.ints("at\($0)", [Int64($0)]) }))
    }
    let changed = try model(batch: 3).load(["batch": 7]).graph
    #expect(same(changed, try model(batch: 7).load().graph))
  }

  @Test func listsOfIdsMayBeLongerThanTheBatch() throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            Messages.node("SparseLengthsSum", ["table", "ids", "lengths"], ["bags"], domain: "acme"),
            Messages.node("Concat", ["bags", "dense"], ["y"], attributes: [Messages.attribute("axis", 1)]),
          ],
          inputs: [
            Messages.value("dense", [batch, 4]), Messages.value("ids", [.size(batch * 5)], type: .int64),
            Messages.value("lengths", [.size(batch)], type: .int32),
          ], outputs: ["y"], constants: [Messages.tensor("table", [1000, 16])]))
    }
    let changed = try model(batch: 8).load(["batch": 12]).graph
    #expect(same(changed, try model(batch: 12).load().graph))
    #expect(changed.embeddingTables.first?.maximumLookups == 60)
  }

  /// Ids and offsets of several tables in one tensor each, the table before the batch, beside dense features.
  @Test(arguments: [(4, 0), (12, 0), (4, 1), (12, 1)] as [(Int64, Int64)])
  func stackedIdsOfTables(to: Int64, last: Int64) throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      var nodes = [Messages.node("Relu", ["dense"], ["bag4"])]
      for table in 0..<4 {
        nodes += [
          Messages.node("Gather", ["ids", "t\(table)"], ["ids\(table)"]),
          Messages.node("Gather", ["offsets", "t\(table)"], ["offsets\(table)"]),
          Messages.node(
            "EmbeddingBag", ["table", "ids\(table)", "offsets\(table)"], ["bag\(table)"],
            attributes: [Messages.attribute("include_last_offset", last)]),
        ]
      }
      let bags = (0...4).map { "bag\($0)" }
      return Messages.model(
        Messages.graph(
          nodes + [Messages.node("Concat", bags, ["y"], attributes: [Messages.attribute("axis", 1)])],
          inputs: [
            Messages.value("dense", [batch, 8]),
            Messages.value("ids", [.size(4), .size(batch * 5)], type: .int64),
            Messages.value("offsets", [.size(4), .size(batch + last)], type: .int64),
          ], outputs: ["y"],
          constants: [Messages.tensor("table", [1000, 8])]
            + (0..<4).map { Messages.ints("t\($0)", [Int64($0)], isScalar: true) }))
    }
    let changed = try model(batch: 8).load(["batch": Int(to)])
    #expect(same(changed.graph, try model(batch: to).load().graph))
    #expect(
      changed.findings.contains {
        $0.message.contains("axis 0 of 'dense', axis 1 of 'ids', axis 1 of 'offsets'")
      })
  }

  /// Offsets with the last one are one more than there are bags, as inputs or constant.
  @Test(arguments: [true, false]) func offsetsWithTheLastOne(isInput: Bool) throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            Messages.node(
              "EmbeddingBag", ["table", "ids", "offsets"], ["bags"],
              attributes: [Messages.attribute("include_last_offset", 1)]),
            Messages.node("MatMul", ["bags", "w"], ["y"]),
          ],
          inputs: [Messages.value("ids", [.size(batch * 5)], type: .int64)]
            + (isInput ? [Messages.value("offsets", [.size(batch + 1)], type: .int32)] : []), outputs: ["y"],
          constants: [Messages.tensor("table", [1000, 16]), Messages.tensor("w", [16, 2])]
            + (isInput ? [] : [Messages.tensor("offsets", [batch + 1], type: .int64)])))
    }
    var given = model(batch: 8)
    // Without another input the batch is stated, since a list of ids does not say it.
    if !isInput {
      var stated = Onnx_StringStringEntryProto()
      (stated.key, stated.value) = ("partition.batch", "8")
      given.metadataProps = [stated]
    }
    let changed = try given.load(["batch": 12]).graph
    #expect(same(changed, try model(batch: 12).load().graph))
    #expect(changed.shape("y") == [12, 2])
  }

  /// Heads of a batch of one are joined with it and split off again, beside a transposition.
  @Test func batchOfOneIsSplitOffItsHeads() throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            reshape("x", "joined", "rows"),
            Messages.node(
              "Transpose", ["joined"], ["t"], attributes: [Messages.attribute("perm", [0, 2, 1])]),
            reshape("t", "k", "split"), Messages.node("MatMul", ["x", "k"], ["y"]),
          ], inputs: [Messages.value("x", [batch, 4, 6, 5])], outputs: ["y"],
          constants: [Messages.ints("rows", [batch * 4, 6, 5]), Messages.ints("split", [batch, 4, 5, 6])]))
    }
    let changed = try model(batch: 1).load(["batch": 3]).graph
    #expect(same(changed, try model(batch: 3).load().graph))
  }

  /// Sequence first inside: [length x batch, width] keeps the width that its weights have.
  @Test func widthsOfWeightsStay() throws {
    func model(batch: Int64) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            Messages.node("Transpose", ["x"], ["t"], attributes: [Messages.attribute("perm", [2, 0, 1, 3])]),
            reshape("t", "rows", "flat"), Messages.node("Gemm", ["rows", "w"], ["z"]),
            reshape("z", "y", "back"),
          ], inputs: [Messages.value("x", [batch, 3, 7, 4])], outputs: ["y"],
          constants: [
            Messages.tensor("w", [12, 12]), Messages.ints("flat", [7 * batch, 12]),
            Messages.ints("back", [7, batch, 12]),
          ]))
    }
    let changed = try model(batch: 1).load(["batch": 5]).graph
    #expect(same(changed, try model(batch: 5).load().graph))
  }

  @Test func batchThatIsBuiltInIsRefusedByName() throws {
    func refusal(_ node: Onnx_NodeProto, _ constants: [Onnx_TensorProto] = []) throws -> String {
      let model = Messages.model(
        Messages.graph(
          [node], inputs: [Messages.value("x", [2, 6])], outputs: ["y"],
          constants: constants))
      let error = #expect(throws: LoadError.self) { try model.load(["batch": 8]) }
      #expect(error?.reason == .fixedBatch && error?.problems.first?.node == node.name)
      return error?.problems.first?.message ?? ""
    }
    #expect(
      try refusal(
        Messages.node(
          "ReduceSum", ["x", "zero"], ["y"], name: "sum", attributes: [Messages.attribute("keepdims", 0)]),
        [Messages.ints("zero", [0])]
      ).contains("whatever the batch"))
    #expect(
      try refusal(
        Messages.node("Slice", ["x", "zero", "one", "zero"], ["y"], name: "first"),
        [Messages.ints("zero", [0]), Messages.ints("one", [1])]
      ).contains("takes 1 of 2 along the batch"))
  }

  @Test func modelThatFitsNoBatchIsBadInput() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("MatMul", ["x", "w"], ["y"])], inputs: [Messages.value("x", [2, 6])], outputs: ["y"],
        constants: [Messages.tensor("w", [5, 6])]))
    let error = #expect(throws: LoadError.self) { try model.load(["batch": 8]) }
    #expect(error?.reason == .invalidModel && error?.description.contains("inner dimensions") == true)
  }

  @Test func inputsThatDoNotSayTheBatchAreRefused() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("MatMul", ["x", "z"], ["y"])],
        inputs: [Messages.value("x", [1, 6]), Messages.value("z", [6, 5])], outputs: ["y"]))
    let error = #expect(throws: LoadError.self) { try model.load(["batch": 8]) }
    #expect(error?.reason == .fixedBatch)
    #expect(error?.description.contains("'x' (1) and 'z' (6) are not of one batch") == true)
  }

  @Test func leadingAxisOfAnotherNameIsTheBatch() throws {
    let named = try Messages.classifier(batch: .name("N")).load(["batch": 5])
    #expect(named.graph.shape("scores") == [5, 10] && named.findings.isEmpty)
    #expect(try Messages.classifier(batch: .open).load(["batch": 5]).graph.shape("scores") == [5, 10])
  }
}

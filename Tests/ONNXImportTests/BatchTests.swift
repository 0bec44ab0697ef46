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

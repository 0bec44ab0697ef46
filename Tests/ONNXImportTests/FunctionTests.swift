import Graph
import ONNXImport
import ONNXSchema
import Testing

/// Local functions, which are inlined.
@Suite struct FunctionTests {
  private func function(
    _ name: String, _ inputs: [String], _ nodes: [Onnx_NodeProto], _ outputs: [String], overload: String = "",
    defaults: [Onnx_AttributeProto] = []
  ) -> Onnx_FunctionProto {
    var function = Onnx_FunctionProto()
    function.name = name
    function.domain = "local"
    function.overload = overload
    function.input = inputs
    function.output = outputs
    function.node = nodes
    function.attributeProto = defaults
    return function
  }

  private func call(
    _ name: String, _ inputs: [String], _ outputs: [String], as node: String, overload: String = "",
    attributes: [Onnx_AttributeProto] = []
  ) -> Onnx_NodeProto {
    var call = Messages.node(name, inputs, outputs, name: node, domain: "local", attributes: attributes)
    call.overload = overload
    return call
  }

  private func reference(_ name: String, to other: String) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .int
    attribute.refAttrName = other
    return attribute
  }

  private func model(
    _ nodes: [Onnx_NodeProto], _ functions: [Onnx_FunctionProto], outputs: [String] = ["y"]
  ) -> Onnx_ModelProto {
    var model = Messages.model(
      Messages.graph(
        nodes, inputs: [Messages.value("x", [4, 8])], outputs: outputs,
        constants: [Messages.tensor("w", [8, 8]), Messages.tensor("v", [2, 8])]))
    model.functions = functions
    return model
  }

  private func problems(_ model: Onnx_ModelProto) throws -> [String] {
    let error = #expect(throws: LoadError.self) { try model.load() }
    return error?.problems.map(\.description) ?? []
  }

  private var dense: Onnx_FunctionProto {
    function(
      "Dense", ["a", "b"],
      [Messages.node("MatMul", ["a", "b"], ["m"]), Messages.node("Relu", ["m"], ["r"])],
      ["r"])
  }

  @Test func nodesOfACallCanBeFoundByItsName() throws {
    let loaded = try model(
      [call("Dense", ["x", "w"], ["h"], as: "first"), call("Dense", ["h", "w"], ["y"], as: "second")], [dense]
    ).load()
    // Neither call reads the second constant.
    #expect(loaded.findings.map(\.node) == ["v"])
    #expect(
      loaded.graph.operators.map(\.name) == [
        "first/Dense/node_m", "first/Dense/node_r", "second/Dense/node_m", "second/Dense/node_r",
      ])
    #expect(loaded.graph.shape("first/Dense/m") == [4, 8] && loaded.graph.shape("y") == [4, 8])
    #expect(loaded.graph.tensor("w")?.consumers.count == 2)
  }

  @Test func unnamedNodesAndTakenNamesStayApart() throws {
    var inner = dense
    inner.node[0].name = ""
    var nodes = [call("Dense", ["x", "w"], ["h"], as: ""), call("Dense", ["h", "w"], ["y"], as: "")]
    nodes.append(Messages.node("Relu", ["x"], ["Dense_0/Dense/m"], name: "Dense_1/Dense/MatMul_0"))
    let names = try model(nodes, [inner], outputs: ["y", "Dense_0/Dense/m"]).load().graph.operators.map(
      \.name)
    #expect(Set(names).count == 5 && names.contains("Dense_0/Dense/MatMul_0"))
    let plain = try model(
      [
        Messages.node("Relu", ["x"], ["a"], name: ""), call("Dense", ["a", "w"], ["h"], as: "d"),
        Messages.node("Relu", ["h"], ["y"], name: ""),
      ], [dense]
    ).load().graph.operators.map(\.name)
    #expect(plain.first == "Relu_0" && plain.last == "Relu_2")
  }

  @Test func defaultsAndReferencesOfAttributesReachNestedCalls() throws {
    let linear = function(
      "Linear", ["a", "b"],
      [
        Messages.node(
          "Gemm", ["a", "b"], ["r"], name: "gemm", attributes: [reference("transB", to: "turned")])
      ], ["r"], defaults: [Messages.attribute("turned", 1)])
    let outer = function(
      "Outer", ["a", "b"],
      [call("Linear", ["a", "b"], ["r"], as: "inner", attributes: [reference("turned", to: "flag")])], ["r"],
      defaults: [Messages.attribute("flag", 0)])
    let graph = try model(
      [
        call("Linear", ["x", "v"], ["s"], as: "default"), call("Outer", ["x", "w"], ["y"], as: "nested"),
        call("Outer", ["x", "v"], ["z"], as: "given", attributes: [Messages.attribute("flag", 1)]),
      ], [linear, outer], outputs: ["s", "y", "z"]
    ).load().graph
    #expect(graph.shape("s") == [4, 2] && graph.shape("y") == [4, 8] && graph.shape("z") == [4, 2])
    #expect(graph.node("nested/Outer/inner/Linear/gemm")?.attributes["transB"] == .int(0))
  }

  @Test func overloadsAreFunctionsOfTheirOwn() throws {
    let once = function("Block", ["a"], [Messages.node("Relu", ["a"], ["r"])], ["r"], overload: "small")
    let twice = function(
      "Block", ["a"], [Messages.node("Relu", ["a"], ["t"]), Messages.node("Relu", ["t"], ["r"])], ["r"],
      overload: "large")
    let graph = try model(
      [
        call("Block", ["x"], ["h"], as: "a", overload: "small"),
        call("Block", ["h"], ["y"], as: "b", overload: "large"),
      ], [once, twice]
    ).load().graph
    #expect(graph.operators.count == 3)
  }

  @Test func optionalInputsAndOutputsMayBeLeftOut() throws {
    let clip = function(
      "Bounded", ["a", "low", "high"],
      [Messages.node("Clip", ["a", "low", "high"], ["r"]), Messages.node("Neg", ["r"], ["n"])],
      ["r", "n", "a"])
    let graph = try model(
      [call("Bounded", ["x"], ["y", "", "same"], as: "c")], [clip], outputs: ["y", "same"]
    )
    .load().graph
    #expect(graph.node("c/Bounded/node_r")?.inputs.compactMap { $0 }.count == 1)
    #expect(graph.shape("same") == [4, 8])
  }

  @Test func callsInsideBodiesAreInlined() throws {
    let loop = function(
      "Repeat", ["a", "n", "go"],
      [
        Messages.node(
          "Loop", ["n", "go", "a"], ["r"], name: "loop",
          attributes: [
            Messages.attribute(
              "body",
              body: Messages.graph(
                [
                  call("Dense", ["s", "b"], ["next"], as: "dense"), Messages.node("Identity", ["c"], ["c2"]),
                ],
                inputs: [
                  Messages.value("i", [], type: .int64), Messages.value("c", [], type: .bool),
                  Messages.value("s", nil),
                ],
                outputs: ["c2", "next"]))
          ])
      ], ["r"])
    var withWeights = loop
    withWeights.input = ["a", "n", "go", "b"]
    var trips = Messages.tensor("n", [], type: .int64)
    trips.int64Data = [3]
    var go = Messages.tensor("go", [], type: .bool)
    go.int32Data = [1]
    var model = model(
      [call("Repeat", ["x", "n", "go", "w"], ["y"], as: "r")], [withWeights, dense])
    model.graph.initializer += [trips, go]
    let node = try model.load().graph.node("r/Repeat/loop")
    #expect(node?.work.matrixOperations == 3 * 2 * 4 * 8 * 8)
  }

  @Test func knownOperatorKeepsItsRuleBesideABody() throws {
    var body = function("Gelu", ["a"], [Messages.node("Relu", ["a"], ["r"])], ["r"])
    body.domain = ""
    let graph = try model([Messages.node("Gelu", ["x"], ["y"], name: "gelu")], [body]).load().graph
    #expect(graph.operators.map(\.name) == ["gelu"])
  }

  @Test func recursionIsAnErrorWithTheNames() throws {
    let f = function("F", ["a"], [call("G", ["a"], ["r"], as: "g")], ["r"])
    let g = function("G", ["a"], [call("F", ["a"], ["r"], as: "f")], ["r"])
    let found = try problems(model([call("F", ["x"], ["y"], as: "call")], [f, g]))
    #expect(found.count == 1)
    #expect(found[0].contains("calls itself: local::F -> local::G -> local::F"))
  }

  @Test func callsThatDoNotFitAreErrors() throws {
    let found = try problems(
      model(
        [
          call("Dense", ["x", "w", "w"], ["h"], as: "inputs"),
          call("Dense", ["h", "w"], ["y", "z"], as: "outputs"),
        ], [dense]))
    #expect(found.contains { $0.contains("takes 2 inputs, the call gives 3") })
    #expect(found.contains { $0.contains("has 1 outputs, the call takes 2") })
    var broken = dense
    broken.output = ["nowhere"]
    #expect(
      try problems(model([call("Dense", ["x", "w"], ["y"], as: "c")], [broken])).contains {
        $0.contains("does not compute its output 'nowhere'")
      })
  }

  @Test func callsThatMultiplyAreAnError() throws {
    var functions = [function("F0", ["a"], [Messages.node("Relu", ["a"], ["r"])], ["r"])]
    for level in 1...40 {
      functions.append(
        function(
          "F\(level)", ["a"],
          [
            call("F\(level - 1)", ["a"], ["t"], as: "one"), call("F\(level - 1)", ["t"], ["r"], as: "two"),
          ], ["r"]))
    }
    let found = try problems(model([call("F40", ["x"], ["y"], as: "call")], functions))
    #expect(found.count == 1 && found[0].contains("too many nodes"))
  }
}

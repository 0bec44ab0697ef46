import Foundation
import Graph
import ONNXImport
import ONNXSchema
import SwiftProtobuf
import Testing

/// What exporters write that a strict reader would trip over.
@Suite struct WildModelTests {
  private func load(json: String) throws -> LoadedModel {
    try ModelLoader.load(bytes: Array(json.utf8), name: "m.json")
  }

  @Test func pythonsJSONMappingIsRead() throws {
    let model = try load(
      json: """
        {"irVersion": "10", "someFutureField": {"a": [1, 2]}, "graph": {"name": "g", "node": [
          {"opType": "Clip", "input": ["x", "", "most"], "output": ["y"], "attribute": [
            {"name": "note", "s": "Tk9UU0VU", "type": "STRING"}, {"name": "k", "i": "3", "type": "INT"}]},
          {"opType": "Add", "input": ["y", "scalar"], "output": ["z"]}],
        "initializer": [
          {"name": "most", "dataType": 1, "floatData": ["Infinity"]},
          {"name": "scalar", "dataType": 1, "dims": [], "rawData": "AACAPw=="}],
        "input": [{"name": "x", "type": {"tensorType": {"elemType": 1, "shape": {"dim": [{"dimValue": "4"}]}}}}],
        "output": [{"name": "z", "type": {"tensorType": {"elemType": 1}}}]},
        "opsetImport": [{"version": "20"}, {"domain": "ai.onnx", "version": "20"}]}
        """)
    #expect(model.graph.shape("z") == [4])
    #expect(model.graph.shape("scalar") == [])
    #expect(model.graph.operators[0].attributes["note"] == .string("NOTSET"))
    #expect(model.graph.operators[0].inputs[1] == nil)
    #expect(model.graph.operators.map(\.name) == ["Clip_0", "Add_1"])
    #expect(model.findings.isEmpty)
  }

  @Test func emptyShapeIsAScalarAndMissingShapeIsUnknown() throws {
    let model = try load(
      json: """
        {"graph": {"node": [{"opType": "Add", "input": ["a", "b"], "output": ["c"]}],
        "input": [{"name": "a", "type": {"tensorType": {"elemType": 1, "shape": {}}}},
          {"name": "b", "type": {"tensorType": {"elemType": 1, "shape": {"dim": [{"dimValue": "2"}]}}}}],
        "output": [{"name": "c"}]}}
        """)
    #expect(model.graph.shape("a") == [])
    #expect(model.graph.shape("c") == [2])
  }

  @Test func floatsBeyondSinglePrecisionAreMended() throws {
    let model = try load(
      json: """
        {"graph": {"node": [{"opType": "Relu", "input": ["x"], "output": ["y"], "attribute": [
          {"name": "a", "f": 3.5e38, "type": "FLOAT"}, {"name": "b", "f": -Infinity, "type": "FLOAT"}]}],
        "input": [{"name": "x", "type": {"tensorType": {"elemType": 1, "shape": {}}}}], "output": [{"name": "y"}]}}
        """)
    #expect(model.graph.operators[0].attributes["a"] == .float(Double(Float.greatestFiniteMagnitude)))
    #expect(model.graph.operators[0].attributes["b"] == .float(-.infinity))
  }

  @Test func initialisersThatAreInputsTooAreConstants() throws {
    var model = Messages.classifier()
    model.graph.input.append(Messages.value("w1", [8, 3, 3, 3]))
    model.graph.input.append(Messages.value("w2", [.name("classes"), .open]))
    let graph = try model.load().graph
    #expect(graph.inputs.map { graph[$0].name } == ["image"])
    #expect(graph.tensor("w1")?.role == .constant)
  }

  @Test func weightsMayBeConstantNodesOrFilledShapes() throws {
    var fill = Messages.node("ConstantOfShape", ["dims"], ["w2"])
    var value = Messages.tensor("", [1])
    value.floatData = [0.5]
    var attribute = Onnx_AttributeProto()
    attribute.name = "value"
    attribute.type = .tensor
    attribute.t = value
    fill.attribute = [attribute]
    var weights = Onnx_AttributeProto()
    weights.name = "value"
    weights.type = .tensor
    weights.t = Messages.tensor("", [16, 32])
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node("Constant", [], ["w1"], attributes: [weights]), fill,
          Messages.node("MatMul", ["x", "w1"], ["h"]), Messages.node("MatMul", ["h", "w2"], ["y"]),
        ], inputs: [Messages.value("x", [4, 16])], outputs: ["y"],
        constants: [Messages.ints("dims", [32, 8])]))
    let graph = try model.load().graph
    #expect(graph.sourceNodeCount == 4)
    #expect(graph.operators.map(\.type) == ["MatMul", "MatMul"])
    #expect(graph.shape("y") == [4, 8])
    #expect(graph.tensors.filter(\.isParameter).map(\.count) == [512, 256])
  }

  @Test func sharedConstantIsReadByBoth() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("MatMul", ["x", "w"], ["a"]), Messages.node("MatMul", ["a", "w"], ["b"])],
        inputs: [Messages.value("x", [1, 8])], outputs: ["b"], constants: [Messages.tensor("w", [8, 8])]))
    let graph = try model.load().graph
    #expect(graph.tensor("w")?.consumers == [OperatorID(0), OperatorID(1)])
  }

  @Test func externalDataIsNeverOpened() throws {
    var model = Messages.classifier()
    model.graph.initializer[0].dataLocation = .external
    var entry = Onnx_StringStringEntryProto()
    entry.key = "location"
    entry.value = "no/such/file.bin"
    model.graph.initializer[0].externalData = [entry]
    #expect(try model.load().graph.shape("scores") == [2, 10])
  }

  @Test func rawDataWinsOverTypedData() throws {
    var shape = Messages.ints("shape", [9, 9])
    shape.rawData = Data([2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0])
    let model = Messages.model(
      Messages.graph(
        [Messages.node("Reshape", ["x", "shape"], ["y"])], inputs: [Messages.value("x", [6])],
        outputs: ["y"], constants: [shape]))
    #expect(try model.load().graph.shape("y") == [2, 3])
  }

  @Test func nodesOutOfOrderAreSortedWithANote() throws {
    var model = Messages.classifier()
    model.graph.node.reverse()
    let loaded = try model.load()
    #expect(loaded.graph.operators.map(\.name) == ["conv", "relu", "flatten", "fc"])
    #expect(loaded.findings.contains { $0.severity == .note && $0.message.contains("out of order") })
  }

  @Test func conflictingOperatorSetsAreReported() throws {
    var model = Messages.classifier()
    var other = Onnx_OperatorSetIdProto()
    other.domain = "ai.onnx"
    other.version = 17
    model.opsetImport.append(other)
    #expect(try model.load().findings.contains { $0.field == "opset_import" })
  }

  @Test func aGraphWithoutOutputsIsForWhatNothingReads() throws {
    let body = Messages.graph([Messages.node("Neg", ["a"], ["n"])], outputs: ["n"])
    let loaded = try Messages.model(
      Messages.graph(
        [
          Messages.node("Relu", ["x"], ["a"], name: "a"), Messages.node("Abs", ["x"], ["b"], name: "b"),
          Messages.node(
            "If", ["c"], ["d"], name: "d",
            attributes: [
              Messages.attribute("then_branch", body: body), Messages.attribute("else_branch", body: body),
            ]),
        ], inputs: [Messages.value("x", [4]), Messages.value("c", [Int64]())], outputs: [])
    ).load()
    #expect(loaded.graph.outputs.map { loaded.graph[$0].name } == ["b", "d"])
    #expect(loaded.findings.contains { $0.field == "graph.output" && $0.message.hasSuffix("'b', 'd'") })
  }

  @Test func unknownOperatorIsCostedFromBytesAndNamed() throws {
    var model = Messages.model(
      Messages.graph(
        [Messages.node("Mystery", ["x", "w"], ["y"], name: "m", domain: "acme")],
        inputs: [Messages.value("x", [4, 8])], outputs: [], constants: [Messages.tensor("w", [10])]))
    model.graph.output = [Messages.value("y", [4, 2])]
    let loaded = try model.load()
    let work = try #require(loaded.graph.node("m")).work
    #expect(
      work.kind == .unknown && work.inputBytes == 128 && work.weightBytes == 40 && work.outputBytes == 32)
    #expect(loaded.findings.contains { $0.message.contains("acme::Mystery") && $0.node == "m" })
  }

  @Test func contradictingDeclarationIsAWarning() throws {
    var model = Messages.classifier()
    model.graph.valueInfo = [Messages.value("r", [2, 8, 15, 16])]
    let loaded = try model.load()
    #expect(loaded.graph.shape("r") == [2, 8, 16, 16])
    #expect(loaded.findings.contains { $0.severity == .warning && $0.field == "r" })
  }

  @Test func nodesOfOneNameGetTheirOwn() throws {
    var model = Messages.classifier()
    for index in model.graph.node.indices { model.graph.node[index].name = "same" }
    #expect(try model.load().graph.operators.map(\.name) == ["same", "same#2", "same#3", "same#4"])
  }
}

import Foundation
import Graph
import ONNXImport
import ONNXSchema
import SwiftProtobuf
import Testing

@Suite struct BadInputTests {
  private func problems(_ model: Onnx_ModelProto) throws -> [Finding] {
    let error = #expect(throws: LoadError.self) { try model.load() }
    #expect(error?.reason == .invalidModel)
    return error?.problems ?? []
  }

  private func failure(_ bytes: [UInt8]) -> LoadError? {
    #expect(throws: LoadError.self) { try ModelLoader.load(bytes: bytes, name: "m") }
  }

  @Test(arguments: [
    ("", "empty"), ("   \n", "empty"), ("[1]", "JSON without an object"), ("{}", "no 'graph'"),
    ("{\"graph\": {}}", "no nodes"), ("{\"a\": 1", "ends in the middle"), ("{\"graph\": 3}", "ONNX JSON"),
    ("version https://git-lfs.github.com/spec/v1", "Git LFS"), ("PK\u{3}\u{4}...", "zip"), ("hello", "ONNX"),
    ("{\"graph\": {\"node\": [{\"opType\": 5}]}}", "ONNX JSON"),
  ]) func textsThatAreNoModels(text: String, word: String) {
    let error = failure(Array(text.utf8))
    #expect(error?.reason == .malformed)
    #expect(error?.description.contains(word) == true, "\(error?.description ?? "")")
  }

  @Test func wrongJSONIsLocated() {
    let node =
      "{\"opType\": \"Relu\", \"name\": \"r\", \"attribute\": [{\"name\": \"axis\", \"i\": \"one\"}]}"
    let inNode = failure(Array("{\"graph\": {\"node\": [\(node)]}}".utf8))?.problems.first
    #expect(inNode?.node == "r" && inNode?.field == "axis" && inNode?.file == "m")
    let tensor = "{\"name\": \"w\", \"dims\": [\"4\", {}]}"
    let inTensor = failure(Array("{\"graph\": {\"initializer\": [\(tensor)]}}".utf8))?.problems.first
    #expect(inTensor?.field == "initializer 'w'")
  }

  @Test func everyTruncationIsAnError() throws {
    let bytes = try Messages.classifier().binary()
    // The last field is the operator set, without which a model is still one.
    for length in 0..<(bytes.count - 4) where (try? ModelLoader.load(bytes: Array(bytes[..<length]))) != nil {
      Issue.record("a model cut to \(length) of \(bytes.count) bytes was accepted")
    }
  }

  @Test func lengthBeyondTheFileAllocatesNothing() {
    let huge: [UInt8] = [0x3a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x00]
    #expect(failure(huge)?.description.contains("cut off") == true)
  }

  @Test func deepNestingIsAnErrorInBothFormats() throws {
    var body = Messages.graph([Messages.node("Relu", ["x"], ["y"])], outputs: ["y"])
    for _ in 0..<40 {
      body = Messages.graph(
        [Messages.node("If", ["x"], ["y"], attributes: [Messages.attribute("then_branch", body: body)])],
        outputs: ["y"])
    }
    body.input = [Messages.value("x", [1])]
    #expect(throws: (any Error).self) { try Messages.model(body).load() }
    let opening = String(repeating: "{\"graph\":", count: 100_000)
    #expect(failure(Array(opening.utf8)) != nil)
    let arrays = "{\"unknown\":" + String(repeating: "[", count: 100_000)
    #expect(failure(Array(arrays.utf8)) != nil)
  }

  @Test func missingInputNamesNodeAndTensor() throws {
    var model = Messages.classifier()
    model.graph.node[1].input = ["nowhere"]
    let found = try problems(model)
    #expect(found.contains { $0.node == "relu" && $0.field == "nowhere" })
  }

  @Test func valueWrittenTwiceNamesBothNodes() throws {
    var model = Messages.classifier()
    model.graph.node[1].output = ["c"]
    let found = try problems(model)
    #expect(found.contains { $0.node == "relu" && $0.message.contains("'conv'") })
  }

  @Test func cycleNamesItsNodes() throws {
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node("Add", ["x", "c"], ["a"], name: "first"),
          Messages.node("Relu", ["a"], ["b"], name: "second"),
          Messages.node("Relu", ["b"], ["c"], name: "third"),
        ], inputs: [Messages.value("x", [1])], outputs: ["c"]))
    let found = try problems(model)
    #expect(found.count == 1)
    #expect(found[0].message.contains("'first' -> 'second' -> 'third' -> 'first'"))
  }

  @Test(arguments: [-5, Int64.min, 1 << 62, Int64.max]) func impossibleInputSizes(size: Int64) throws {
    let found = try problems(Messages.classifier(batch: .size(size)))
    #expect(found.contains { $0.field == "image" })
  }

  @Test(arguments: [[-1, 4], [1 << 62, 4], [1 << 32, 1 << 32], [1 << 62]] as [[Int64]])
  func impossibleConstants(dims: [Int64]) throws {
    var model = Messages.classifier()
    model.graph.initializer[2].dims = dims
    let found = try problems(model)
    #expect(found.contains { $0.field == "w2" })
  }

  @Test func sizesThatOverflowInsideAreErrors() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("Expand", ["x", "shape"], ["y"], name: "grow")], inputs: [Messages.value("x", [1])],
        outputs: ["y"], constants: [Messages.ints("shape", [1 << 40, 1 << 40])]))
    #expect(try problems(model).contains { $0.node == "grow" })
  }

  @Test func attributeOfTheWrongKindIsAnError() throws {
    var model = Messages.classifier()
    model.graph.node[0].attribute[0].type = .float
    #expect(try problems(model).contains { $0.node == "conv" && $0.field == "pads" })
    var other = Messages.classifier()
    var axis = Onnx_AttributeProto()
    axis.name = "axis"
    axis.type = .string
    axis.s = Data("one".utf8)
    other.graph.node[2].attribute = [axis]
    #expect(try problems(other).contains { $0.node == "flatten" && $0.field == "axis" })
  }

  @Test func matricesThatDoNotMatchAreAnErrorUnlessDeclared() throws {
    var model = Messages.classifier()
    model.graph.initializer[2].dims = [10, 7]
    #expect(try problems(model).contains { $0.node == "fc" })
    model.graph.valueInfo = [Messages.value("scores", [2, 10])]
    #expect(try model.load().findings.contains { $0.node == "fc" && $0.severity == .warning })
  }

  @Test func allProblemsAreCollected() throws {
    var model = Messages.classifier()
    model.graph.node[1].input = ["nowhere"]
    model.graph.node[3].input = ["f", "absent"]
    model.graph.output[0].name = "gone"
    #expect(try problems(model).count == 3)
  }
}

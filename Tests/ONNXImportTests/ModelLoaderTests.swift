import Foundation
import Graph
import ONNXImport
import ONNXSchema
import SwiftProtobuf
import TestSupport
import Testing

@Suite struct ModelLoaderTests {
  /// The axis of a transform was an attribute with another default before it became an input.
  @Test(arguments: [(17, [2, 16, 40, 2]), (19, [2, 16, 40, 2]), (20, [2, 30, 21, 2])] as [(Int64, [Int])])
  func defaultOfTheTransformedAxis(operatorSet: Int64, shape: [Int]) throws {
    let transform = Messages.node("DFT", ["x"], ["y"], attributes: [Messages.attribute("onesided", 1)])
    var model = Messages.model(
      Messages.graph([transform], inputs: [Messages.value("x", [2, 30, 40, 1])], outputs: ["y"]))
    model.opsetImport[0].version = operatorSet
    #expect(try model.load().graph.shape("y") == shape)
  }

  /// A Softmax of older files is over all axes from the second on, so that channels cannot be shared out in front of it.
  @Test(arguments: [(12, Attribute.int(1)), (13, nil)] as [(Int64, Attribute?)])
  func defaultOfTheNormalisedAxis(operatorSet: Int64, axis: Attribute?) throws {
    var model = Messages.model(
      Messages.graph(
        [Messages.node("Softmax", ["x"], ["y"])], inputs: [Messages.value("x", [2, 8, 1, 1])], outputs: ["y"])
    )
    model.opsetImport[0].version = operatorSet
    #expect(try model.load().graph.operators[0].attributes["axis"] == axis)
  }

  @Test func binaryAndBothKindsOfJSONGiveTheSameGraph() throws {
    let model = Messages.classifier()
    let binary = try model.load().graph
    var snake = JSONEncodingOptions()
    snake.preserveProtoFieldNames = true
    for json in [try model.jsonUTF8Bytes() as [UInt8], try model.jsonUTF8Bytes(options: snake)] {
      let graph = try ModelLoader.load(bytes: json).graph
      #expect(graph.tensors == binary.tensors)
      #expect(graph.operators == binary.operators)
      #expect(graph.inputs == binary.inputs && graph.outputs == binary.outputs)
    }
  }

  @Test func classifierHasTheShapesAndWorkComputedByHand() throws {
    let graph = try Messages.classifier().load().graph
    #expect(graph.shape("c") == [2, 8, 16, 16])
    #expect(graph.shape("f") == [2, 2048])
    #expect(graph.shape("scores") == [2, 10])
    #expect(graph.node("conv")?.work.matrixOperations == 2 * 2 * 8 * 16 * 16 * 27)
    #expect(graph.node("fc")?.work.matrixOperations == 2 * 2 * 10 * 2048)
    #expect(graph.node("relu")?.work.vectorOperations == 4096)
    #expect(graph.node("conv")?.work.weightBytes == 4 * (216 + 8))
    #expect(graph.node("flatten")?.work.isView == true)
  }

  @Test func fileIsNamedInFindingsAndErrors() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("model.onnx")
    try Data(Messages.classifier(batch: .name("batch")).binary()).write(to: URL(fileURLWithPath: path))
    let error = #expect(throws: LoadError.self) { try ModelLoader.load(path: path) }
    #expect(error?.reason == .unboundDimensions)
    #expect(error?.problems.first?.file == path)
    let loaded = try ModelLoader.load(path: path, options: LoadOptions(dimensions: ["batch": 4]))
    #expect(loaded.graph.shape("scores") == [4, 10])
  }

  @Test func graphWithoutNameIsCalledAfterItsFile() throws {
    var model = Messages.classifier()
    model.graph.name = ""
    #expect(try ModelLoader.load(bytes: model.binary(), name: "some/net.v2.onnx").graph.name == "net.v2")
  }

  @Test func missingFileAndDirectoryAreToldApart() throws {
    let folder = try TemporaryFolder()
    let missing = #expect(throws: LoadError.self) { try ModelLoader.load(path: folder.path("no.onnx")) }
    #expect(missing?.reason == .missingFile)
    let directory = #expect(throws: LoadError.self) { try ModelLoader.load(path: folder.url.path) }
    #expect(directory?.reason == .unreadableFile)
  }

  @Test func sameBytesGiveTheSameGraph() throws {
    let bytes = try Messages.classifier().binary()
    let first = try ModelLoader.load(bytes: bytes).graph
    let second = try ModelLoader.load(bytes: bytes).graph
    #expect(first.tensors == second.tensors && first.operators == second.operators)
  }
}

import Foundation
import Graph
import ONNXImport
import ONNXSchema
import SwiftProtobuf
import Testing

@testable import ONNXImport

@Suite struct WireReducerTests {
  @Test func weightsAreDroppedAndTheRestIsKept() throws {
    var model = Messages.classifier()
    model.graph.initializer[2].rawData = Data(repeating: 7, count: 4 * 10 * 2048)
    model.graph.initializer[0].floatData = [Float](repeating: 1, count: 8 * 27)
    model.graph.node[0].docString = String(repeating: "x", count: 10_000)
    var reducer = WireReducer(ByteReader(bytes: try model.binary(), name: nil))
    let lean = try reducer.reduce()
    #expect(lean.count < 3000)
    var expected = model
    expected.graph.initializer[2].clearRawData()
    expected.graph.node[0].clearDocString()
    #expect(try Onnx_ModelProto(serializedBytes: lean) == expected)
  }

  @Test func smallValuesAreKept() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("Reshape", ["x", "s"], ["y"])], inputs: [Messages.value("x", [8])], outputs: ["y"],
        constants: [Messages.ints("s", [2, 4])]))
    var reducer = WireReducer(ByteReader(bytes: try model.binary(), name: nil))
    #expect(try Onnx_ModelProto(serializedBytes: try reducer.reduce()) == model)
  }

  @Test func weightsInsideBodiesAreDropped() throws {
    var weights = Messages.tensor("w", [100_000])
    weights.floatData = [Float](repeating: 0, count: 100_000)
    let body = Messages.graph([Messages.node("Relu", ["w"], ["y"])], outputs: ["y"], constants: [weights])
    let model = Messages.model(
      Messages.graph(
        [Messages.node("If", ["c"], ["z"], attributes: [Messages.attribute("then_branch", body: body)])],
        inputs: [Messages.value("c", [], type: .bool)], outputs: ["z"]))
    var reducer = WireReducer(ByteReader(bytes: try model.binary(), name: nil))
    #expect(try reducer.reduce().count < 300)
    #expect(try model.load().graph.tensors.filter(\.isParameter).map(\.count) == [100_000])
  }
}

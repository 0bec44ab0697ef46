import Foundation
import Graph
import ONNXImport
import ONNXSchema
import TestSupport
import Testing

@Suite struct ServingTests {
  /// A table of 1000 rows, 8 samples with 4 look-ups each at most.
  private func lookupModel(_ properties: [(String, String)] = []) -> Onnx_ModelProto {
    var model = Messages.model(
      Messages.graph(
        [
          Messages.node(
            "SparseLengthsSum", ["table", "indices", "lengths"], ["out"], name: "sls", domain: "caffe2")
        ],
        inputs: [
          Messages.value("indices", [.size(32)], type: .int64),
          Messages.value("lengths", [.size(8)], type: .int32),
        ], outputs: ["out"], constants: [Messages.tensor("table", [1000, 64])]))
    model.metadataProps = properties.map { key, value in
      var entry = Onnx_StringStringEntryProto()
      entry.key = key
      entry.value = value
      return entry
    }
    return model
  }

  @Test func metadataSaysHowTheModelIsServed() throws {
    let graph = try lookupModel([
      ("partition.latency_budget_ms", "100"), ("partition.batch", "8"),
      ("partition.provenance", "made up"), ("partition.average_lookups", "{\"table\": 2.5}"),
      ("author", "somebody"),
    ]).load().graph
    #expect(graph.serving.latencyBudgetMilliseconds == 100 && graph.serving.batch == 8)
    #expect(graph.serving.provenance == "made up")
    #expect(graph.embeddingTables[0].averageLookups == 20)
    #expect(graph.embeddingTables[0].maximumLookups == 32)
  }

  @Test(arguments: [
    ("partition.batch", "-1"), ("partition.batch", "nan"), ("partition.latency_budget_ms", "soon"),
    ("partition.average_lookups", "{\"table\": -2}"), ("partition.average_lookups", "[]"),
  ]) func impossibleMetadataIsAnError(key: String, value: String) throws {
    let error = #expect(throws: LoadError.self) { try lookupModel([(key, value)]).load() }
    #expect(error?.problems.first?.field == key)
  }

  @Test func sidecarTakesPrecedence() throws {
    let folder = try TemporaryFolder()
    let path = folder.path("model.onnx")
    try Data(lookupModel([("partition.latency_budget_ms", "100")]).binary()).write(
      to: URL(fileURLWithPath: path))
    let sidecar = try folder.write(
      "{\"latencyBudgetMilliseconds\": 50, \"averageLookups\": {\"table\": 1.5}}",
      to: "model.serving.json")
    #expect(ServingSidecar.path(forModel: path) == sidecar)
    let graph = try ModelLoader.load(path: path).graph
    #expect(graph.serving.latencyBudgetMilliseconds == 50)
    #expect(graph.embeddingTables[0].averageLookups == 12)
    for text in ["{", "{\"batch\": \"many\"}", "{\"batch\": 0}", "{\"averageLookups\": {\"t\": -1}}"] {
      _ = try folder.write(text, to: "model.serving.json")
      let error = #expect(throws: LoadError.self) { try ModelLoader.load(path: path) }
      #expect(error?.problems.first?.file == sidecar)
    }
  }
}

import Graph
import Testing

@testable import Sheets

@Suite struct TableSheetTests {
  static func model(_ text: String, dense: DensePart? = nil, batch: Int? = 8) throws -> SheetModel {
    try SheetModel.tables(Array(text.utf8), file: "t.csv", name: "t", dense: dense, batch: batch)
  }

  static func problems(_ text: String, dense: DensePart? = nil) -> [String] {
    do {
      _ = try SheetModel.tables(Array(text.utf8), file: "t.csv", name: "t", dense: dense)
      return []
    } catch { return error.problems }
  }

  @Test func columnsAreReadByName() throws {
    let model = try Self.model("rows,dim,lookups,name\n1000000,64,2.5,users\n20000, 32 ,1,\"ads, all\"\n")
    let tables = model.graph.embeddingTables
    #expect(tables.map(\.name) == ["users", "ads, all"])
    #expect(tables.map(\.rows) == [1_000_000, 20_000])
    #expect(tables.map(\.dimension) == [64, 32])
    // 8 samples, padded to the next whole number.
    #expect(tables.map(\.averageLookups) == [20, 8])
    #expect(tables.map(\.maximumLookups) == [24, 8])
    #expect(tables.map(\.isPooled) == [true, true])
    #expect(model.graph.outputs.count == 2)
  }

  @Test func onlyRowsAndWidthAreNeeded() throws {
    let model = try Self.model("rows,dim\n50000,16\n", batch: nil)
    #expect(model.graph.embeddingTables.map(\.averageLookups) == [64])
    #expect(model.findings.contains { $0.message.contains("64 samples") })
    #expect(model.findings.contains { $0.message.contains("once a sample") })
  }

  @Test func bytesAreOfAnElementOrOfTheTable() throws {
    // Whole tables: fp16; int8 with a scale and a bias of 2 bytes each a row.
    let model = try Self.model("rows,dim,bytes\n1000,64,2\n1000,64,128000\n1000,64,68000\n")
    let types = model.graph.embeddingTables.map { model.graph[$0.tensor].type }
    #expect(types == [.float16, .float16, .int8])
  }

  @Test func torchRecModelArch() throws {
    let model = try Self.model(
      #"""
      {"tables": [{"name": "t0", "num_embeddings": 50000, "embedding_dim": 16, "feature_names": ["a", "b"],
        "pooling": "SUM", "data_type": "DataType.FP16"},
       {"name": "t1", "num_embeddings": 90000, "embedding_dim": 16, "feature_names": ["c"], "pooling": "NONE"}]}
      """#)
    let tables = model.graph.embeddingTables
    #expect(tables.map(\.lookups.count) == [2, 1])
    #expect(tables.map(\.isPooled) == [true, false])
    #expect(model.graph[tables[0].tensor].type == .float16)
  }

  /// DLRM's interaction of 3 features of width 8: 3 pairs beside the bottom's answer.
  @Test func denseParts() throws {
    let text = "rows,dim\n20000,8\n30000,8\n"
    let dot = DensePart(denseFeatures: 13, bottom: [32, 8], interaction: .dot, top: [16, 1])
    let graph = try Self.model(text, dense: dot).graph
    func shape(_ name: String) -> [Int]? { graph.tensors.first { $0.name == name }?.shape }
    #expect(shape("joined") == [8, 11])
    #expect(shape("top.1.activation") == [8, 1])
    #expect(graph.outputs.count == 1)
    let sum = try Self.model(text, dense: DensePart(interaction: .sum, top: [4])).graph
    #expect(sum.operators.contains { $0.type == "Sum" })
    let concat = try Self.model(text, dense: DensePart(top: [4])).graph
    #expect(concat.tensors.first { $0.name == "joined" }?.shape == [8, 16])
  }

  @Test func allProblemsAreToldWithLineAndColumn() {
    let text = "name,rows,dim,lookups,bytes\na,0,64,1,4\n\nb,10,x,-1,3\na,10,10,1,4\nc,,8,1,4,9\nd,,8\n"
    #expect(
      Self.problems(text) == [
        "t.csv: line 6: has 6 cells under 5 columns", "t.csv: line 5, name: 'a' is at line 2 already",
        "t.csv: line 2, rows: '0' is not a whole number from 1 to 281474976710656",
        "t.csv: line 4, dim: 'x' is not a whole number from 1 to 1048576",
        "t.csv: line 4, lookups: '-1' is not a number from 0 to 1048576.0", "t.csv: line 7, rows: is missing",
      ])
    #expect(
      Self.problems("name,rows,dim,lokups\n") == [
        "t.csv: line 1: column 'lokups' is not known; did you mean lookups?"
      ])
    #expect(Self.problems("rows,rows,dim\n1,1,1\n") == ["t.csv: line 1: there are two columns of rows"])
    #expect(Self.problems("").count == 1)
    #expect(Self.problems("{\"tables\": [{\"rows\": 5}]}") == ["t.csv: tables[0], dim: is missing"])
    #expect(Self.problems("{\"table\": []}") == ["t.csv: tables: is missing"])
    #expect(
      Self.problems("rows,dim,bytes\n1000,64,77\n").first?.contains("line 2, bytes: '77' is neither") == true)
  }

  @Test func unlikeWidthsHaveNoDotInteraction() {
    let dense = DensePart(interaction: .dot, top: [1])
    #expect(
      Self.problems("rows,dim\n10,8\n10,4\n", dense: dense)
        == [
          "t.csv: interaction: dot needs tables and the last of bottom to be of one width, found 4, 8; use concat"
        ])
  }

  @Test func hugeSizesAreProblemsAndNoTraps() {
    #expect(!Self.problems("rows,dim,lookups\n281474976710656,1048576,1\n").isEmpty)
    _ = Self.problems("rows,dim,lookups,pooling\n50000,1048576,1048576,none\n")
  }

  @Test func denseFieldsAreChecked() {
    func problems(_ text: String) -> [String] {
      do {
        _ = try SheetModel.dense(Array(text.utf8), file: "m.json")
        return []
      } catch { return error.problems }
    }
    #expect(problems(#"{"denseFeatures": 4, "bottom": [8], "top": [2, 1], "interaction": "dot"}"#).isEmpty)
    #expect(
      problems(#"{"dense_in_features": 4, "dense_arch_layer_sizes": [8], "over_arch_layer_sizes": [1]}"#)
        .isEmpty)
    #expect(
      problems(#"{"denseFeatures": 4, "botom": [8], "top": [0]}"#) == [
        "m.json: botom: is not known; did you mean bottom?",
        "m.json: top[0]: 0 is not a width from 1 to 1048576",
        "m.json: bottom: is missing, and denseFeatures is given",
      ])
  }
}

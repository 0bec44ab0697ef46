import CostModel
import Graph
import Hardware
import Testing

@testable import Sheets

@Suite struct LayerSheetTests {
  static func model(_ text: String) throws(SheetError) -> SheetModel {
    try SheetModel.layers(Array(text.utf8), file: "l.csv", name: "l")
  }

  static func problems(_ text: String) -> [String] {
    do throws(SheetError) {
      _ = try model(text)
      return []
    } catch { return error.problems }
  }

  @Test func layersFollowEachOther() throws {
    let model = try Self.model(
      """
      name,ms,bytes,output_bytes,state_bytes,inputs,repeat
      embed,0.1,1000,64,,,
      block,2,5000,64,300,,3
      skip,1,10,32,,embed;block,
      """)
    let graph = model.graph
    #expect(graph.operators.map(\.name) == ["embed", "block.0", "block.1", "block.2", "skip"])
    let readers = graph.operators.map { node in
      node.inputs.compactMap { $0.flatMap { graph[$0].producer?.index } }
    }
    #expect(readers == [[], [0], [1], [2], [0, 3]])
    #expect(graph.operators.map(\.work.stateBytes) == [0, 300, 300, 300, 0])
    #expect(model.times.map(\.cardSeconds) == [0.0001, 0.002, 0.002, 0.002, 0.001])
    #expect(graph.outputs.map { graph[$0].name } == ["skip"])
    #expect(model.findings.contains { $0.message.contains("host_seconds") })
  }

  /// State stays with its layer: it counts in each request's memory and is read each batch, and is not sent.
  @Test func stateCountsInMemoryAndTime() throws {
    func costs(state: Int) throws -> CostModel {
      let model = try Self.model("name,bytes,state_bytes\na,1000000,\(state)\nb,1000000,\(state)\n")
      return CostModel(graph: model.graph, system: try SystemCatalog.description("nnpi").system(cards: 1))
    }
    let (without, with) = (try costs(state: 0), try costs(state: 50_000_000))
    let both = [OperatorID(0), OperatorID(1)]
    #expect(
      with.peakActivationBytes(of: both, on: .card(0)) - without.peakActivationBytes(of: both, on: .card(0))
        == 100_000_000)
    let slow = try #require(with.cost(of: both[0], on: .card(0))).seconds
    let fast = try #require(without.cost(of: both[0], on: .card(0))).seconds
    #expect(slow > fast)
    #expect(with.transferBytes(of: TensorID(2)) == without.transferBytes(of: TensorID(2)))
  }

  @Test func allProblemsAreToldWithLineAndColumn() {
    #expect(
      Self.problems("name,seconds,milliseconds,inputs\na,1,2,\nb,-1,,\nc,,,\nd,1,,e;a\na,1,,\ninput,1,,\n")
        == [
          "l.csv: line 6, name: 'a' is at line 2 already",
          "l.csv: line 2, seconds: is given beside milliseconds; keep one",
          "l.csv: line 3, seconds: '-1' is not a number from 0 to 1000000000000.0",
          "l.csv: line 4: nothing says what 'c' takes; give seconds, flops or bytes",
          "l.csv: line 5, inputs: 'e' is not the name of a layer above",
          "l.csv: line 7, name: 'input' stands for the model's own input",
        ])
    #expect(
      Self.problems("name,seconds,repeat\na,1,2\na.0,1,\n") == [
        "l.csv: name: 'a.0' is also what a repeated layer is called"
      ])
    #expect(Self.problems("seconds,repeat\n1,100001\n").count == 1)
  }
}

import Foundation
import Graph
import TestSupport
import Testing

@testable import Plan
@testable import Reporting

@Suite struct PlanDrawingTests {
  @Test func groupsTablesByPrecisionAndSplit() throws {
    let dot = PlanDrawing(try SamplePlan.recommendation(cards: 3, tables: 40)).dot
    #expect(snapshotDifference(dot, named: "grouped.dot") == nil)
  }

  @Test func fullDrawingNamesEveryTable() throws {
    let plan = try SamplePlan.recommendation(cards: 2, tables: 24)
    let dot = PlanDrawing(plan, detail: .full).dot
    #expect(snapshotDifference(dot, named: "full.dot") == nil)
    for table in plan.tables { #expect(dot.contains(HTMLLabel.name(table.name) + ":")) }
  }

  @Test func hostOnlyPlanHasNoCardWork() throws {
    let dot = PlanDrawing(try SamplePlan.hostOnly()).dot
    #expect(snapshotDifference(dot, named: "host-only.dot") == nil)
  }

  @Test func manyAlikeCardsAreOneCluster() throws {
    let plan = try SamplePlan.recommendation(cards: 64, tables: 256)
    let grouped = DrawingLayout(plan, foldsAlike: true)
    #expect(grouped.clusters.map(\.sites.count) == [1, 64, 1])
    #expect(grouped.nodes.map(\.partitions.count) == [64, 1, 1])
    #expect(DrawingLayout(plan, foldsAlike: false).clusters.count == 66)
    let shards = grouped.nodes.map(\.tables.count).reduce(0, +)
    #expect(shards == plan.tables.map(\.shards.count).reduce(0, +))
  }

  @Test func bottleneckOnALinkMarksTheTransfersThatCrossIt() throws {
    var plan = try SamplePlan.recommendation(cards: 2, tables: 4)
    plan.predicted.bottleneckResource = "card1.out"
    let marked = PlanDrawing(plan).dot.split(separator: "\n").filter {
      $0.contains("->") && $0.contains(Palette.bottleneck.line)
    }
    #expect(marked.count == 1)
    #expect(marked.first?.contains("n1 -> n3") == true)
  }

  @Test func operatorTypesComeFromTheGraph() throws {
    let plan = try SamplePlan.recommendation(cards: 2, tables: 4)
    let operators = (0..<6).map { index in
      Operator(name: "bottom/\(index)", type: index < 4 ? "Gemm" : "Relu", inputs: [], outputs: [])
    }
    let dot = PlanDrawing(plan, graph: Graph(name: "g", operators: operators)).dot
    #expect(dot.contains("4 Gemm, 2 Relu"))
  }

  /// Names that try to break out of the label, and characters that XML does not have.
  private static let awkwardNames = [
    "a\"]; b", "</TABLE>>", "nul\u{0}bell\u{7}", "\\N\\l", "é漢字🙂", String(repeating: "x", count: 500),
  ]

  @Test(arguments: awkwardNames.indices) func anyNameIsDrawn(index: Int) throws {
    let name = Self.awkwardNames[index]
    var plan = try SamplePlan.recommendation(cards: 2, tables: 4)
    plan.model.name = name
    plan.tables[0].name = name
    plan.partitions[2].operators = [name]
    for detail in [PlanDrawing.Detail.grouped, .full] {
      try expectGraphvizAccepts(PlanDrawing(plan, detail: detail).dot)
    }
  }

  @Test func graphvizAcceptsFoldedAndHostOnlyDrawings() throws {
    try expectGraphvizAccepts(PlanDrawing(try SamplePlan.recommendation(cards: 64, tables: 256)).dot)
    try expectGraphvizAccepts(PlanDrawing(try SamplePlan.hostOnly()).dot)
  }

  private func expectGraphvizAccepts(_ dot: String) throws {
    let folder = try TemporaryFolder()
    let result = try runProgram("dot", ["-Tsvg", try folder.write(dot, to: "plan.dot")])
    #expect(result.status == 0)
    // Fonts may be missing on a machine; a syntax complaint says "syntax error" or "not well-formed".
    #expect(!result.errors.contains("rror") && !result.errors.contains("well-formed"), "\(result.errors)")
    #expect(result.output.contains("</svg>"))
  }
}

import Testing

@testable import Graph

/// Work of trees and support vectors, against figures worked out by hand.
@Suite struct EnsembleWorkTests {
  private func work(
    _ type: String, _ attributes: [String: Attribute], outputs: Int = 1, isIncomplete: Bool = false
  ) throws -> Work {
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [8, 4])
    let results = builder.add(
      type, [x], outputs: outputs, domain: "ai.onnx.ml", name: "model", attributes: attributes)
    for result in results { builder.output(result) }
    let built = try builder.build()
    #expect(built.graph.operators[0].work.isIncomplete == isIncomplete)
    #expect(built.graph.operators[0].isHostOnly)
    return built.graph.operators[0].work
  }

  /// Two trees: one of two levels, and one of a single comparison.
  private let trees: [String: Attribute] = [
    "nodes_treeids": .ints([0, 0, 0, 0, 0, 1, 1, 1]), "nodes_nodeids": .ints([0, 1, 2, 3, 4, 0, 1, 2]),
    "nodes_truenodeids": .ints([1, 0, 3, 0, 0, 1, 0, 0]),
    "nodes_falsenodeids": .ints([2, 0, 4, 0, 0, 2, 0, 0]),
    "nodes_modes": .strings([
      "BRANCH_LEQ", "LEAF", "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LT", "LEAF", "LEAF",
    ]),
    "classlabels_int64s": .ints([0, 1]),
  ]

  @Test func aRowIsComparedOnceALevelOfEachTree() throws {
    #expect(try work("TreeEnsembleClassifier", trees, outputs: 2).vectorOperations == 8 * 3)
    #expect(try work("TreeEnsembleRegressor", trees).vectorOperations == 8 * 3)
  }

  /// The same trees without their leaves, which have lists of their own.
  @Test func treesByPositionHaveTheSameWork() throws {
    let attributes: [String: Attribute] = [
      "tree_roots": .ints([0, 2]), "nodes_truenodeids": .ints([0, 1, 3]),
      "nodes_falsenodeids": .ints([1, 2, 4]), "nodes_trueleafs": .ints([1, 1, 1]),
      "nodes_falseleafs": .ints([0, 1, 1]),
    ]
    #expect(try work("TreeEnsemble", attributes).vectorOperations == 8 * 3)
  }

  @Test func treesInCirclesEnd() throws {
    var circle = trees
    circle["nodes_truenodeids"] = .ints([1, 0, 0, 0, 0, 0, 0, 0])
    #expect(try work("TreeEnsembleRegressor", circle).vectorOperations == 8 * 3)
  }

  @Test func aRowIsMultipliedWithEachSupportVector() throws {
    let vectors = [Double](repeating: 0.5, count: 5 * 4)
    let machine: [String: Attribute] = [
      "support_vectors": .floats(vectors), "coefficients": .floats([1, 1]),
    ]
    #expect(try work("SVMRegressor", machine).matrixOperations == 2 * 8 * 5 * 4)
  }

  /// No proof may rest on figures of a model that does not say what it is.
  @Test func workOfModelsThatDoNotDescribeThemselvesIsUnknown() throws {
    var short = trees
    short["nodes_modes"] = .strings(["LEAF"])
    _ = try work("TreeEnsembleRegressor", short, isIncomplete: true)
    for type in ["TreeEnsemble", "SVMRegressor", "LinearRegressor"] {
      _ = try work(type, [:], isIncomplete: true)
    }
  }
}

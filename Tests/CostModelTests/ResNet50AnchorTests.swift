import CostModel
import Graph
import Hardware
import TestSupport
import Testing

/// The model beside a measurement: MLPerf Inference v0.5, closed division, two NNP-I 1000 chips, ResNet-50 v1.5 int8,
/// offline: 10,579.5 images/s.
///
/// The sustained fractions of the descriptions are assumptions made without this figure, so agreement is a test of the
/// model and not of a fit.
struct ResNet50AnchorTests {
  static let measuredImagesPerSecond = 10_579.5

  @Test func graphHasThePublishedSize() {
    let graph = Self.resNet50(batch: 1)
    let operations = graph.operators.map(\.work.matrixOperations).reduce(0, +)
    // 4.09 G multiply-accumulates and 25.5 M weights (v1.5: stride in the 3x3 convolution).
    #expect(abs(Double(operations) - 8.18e9) < 0.01 * 8.18e9)
    let weights = graph.tensors.filter { $0.role == .constant }.map(\.count).reduce(0, +)
    #expect(abs(Double(weights) - 25.5e6) < 0.01 * 25.5e6)
  }

  @Test func predictedThroughputIsBelowTheMeasuredOne() throws {
    let system = try SystemCatalog.system("nnpi", cards: 2)
    var lines: [String] = []
    for activations in [Precision.fp16, .int8] {
      for batch in [1, 4, 12] {
        let graph = Self.resNet50(batch: batch)
        let model = CostModel(
          graph: graph, system: system, options: CostOptions(cardActivationPrecision: activations))
        var seconds = 0.0
        var parts = [OperatorCost.Limit: Double]()
        for index in graph.operators.indices {
          let cost = try #require(model.cost(of: OperatorID(index), on: .card(0)))
          seconds += cost.seconds
          parts[cost.limit, default: 0] += cost.seconds
        }
        let images = 2 * Double(batch) / seconds
        let shares = OperatorCost.Limit.allCases.compactMap { limit in
          parts[limit].map { (limit, Int((100 * $0 / seconds).rounded())) }
        }.filter { $0.1 > 0 }.map { "\($0.0.rawValue) \($0.1) %" }
        lines.append(
          "activations \(activations.rawValue), batch \(batch) a card: \(Int(images.rounded())) images/s, "
            + "\(Int((100 * images / Self.measuredImagesPerSecond).rounded())) % of measured; time limited by "
            + shares.joined(separator: ", "))
        if batch == 12, activations == .int8 {
          #expect(images > 0.5 * Self.measuredImagesPerSecond)
          #expect(images < 1.1 * Self.measuredImagesPerSecond)
        }
      }
    }
    #expect(snapshotDifference(lines.joined(separator: "\n") + "\n", named: "resnet50-anchor.txt") == nil)
  }

  /// ResNet-50 v1.5 (He et al., arXiv 1512.03385) with batch normalisation folded into the convolutions.
  static func resNet50(batch: Int) -> Graph {
    var b = GraphBuilder()
    var x = b.input("image", [batch, 3, 224, 224])
    x = b.conv("stem", x, channels: 64, kernel: 7, stride: 2)
    x = b.elementwise("stem.relu", "Relu", x)
    x = b.add(
      "pool", "MaxPool", [x], [batch, 64, 56, 56], kind: .vector, vectorOperations: batch * 64 * 56 * 56 * 9)
    for (stage, blocks) in [3, 4, 6, 3].enumerated() {
      let width = 64 << stage
      for block in 0..<blocks {
        let name = "stage\(stage).block\(block)"
        let stride = stage > 0 && block == 0 ? 2 : 1
        var y = b.elementwise("\(name).a.relu", "Relu", b.conv("\(name).a", x, channels: width, kernel: 1))
        y = b.conv("\(name).b", y, channels: width, kernel: 3, stride: stride)
        y = b.elementwise("\(name).b.relu", "Relu", y)
        let shortcut =
          block == 0 ? b.conv("\(name).shortcut", x, channels: 4 * width, kernel: 1, stride: stride) : x
        y = b.conv("\(name).c", y, channels: 4 * width, kernel: 1)
        x = b.elementwise("\(name).relu", "Relu", b.elementwise("\(name).add", "Add", y, shortcut))
      }
    }
    x = b.add(
      "mean", "GlobalAveragePool", [x], [batch, 2048], kind: .vector, vectorOperations: batch * 2048 * 49)
    b.output(b.gemm("fc", x, out: 1000))
    return b.graph
  }
}

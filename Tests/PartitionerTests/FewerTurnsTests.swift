import Graph
import TestSupport
import Testing

@testable import Partitioner

/// Copies that send their requests to the host and back many times.
@Suite struct FewerTurnsTests {
  /// Inverted bottlenecks with squeeze and excitation (Howard et al., arXiv 1905.02244), in batches of 64.
  private static func model() throws -> Model {
    var builder = GraphBuilder(name: "bottlenecks")
    let image = builder.input("image", .float32, [64, 3, 224, 224])
    var count = 0
    func convolution(
      _ x: GraphBuilder.Value, _ from: Int, _ to: Int, kernel: Int = 1, stride: Int = 1, groups: Int = 1
    ) -> GraphBuilder.Value {
      count += 1
      let weights = builder.constant("weights\(count)", .float32, [to, from / groups, kernel, kernel])
      return builder.add(
        "Conv", [x, weights],
        attributes: [
          "kernel_shape": .ints([kernel, kernel]), "strides": .ints([stride, stride]),
          "pads": .ints(Array(repeating: kernel / 2, count: 4)), "group": .int(groups),
        ])
    }
    var x = builder.add("Relu", [convolution(image, 3, 32, kernel: 3, stride: 2)])
    var channels = 32
    for (to, stride) in [
      (16, 1), (24, 2), (24, 1), (40, 2), (40, 1), (80, 2), (80, 1), (192, 2), (320, 1),
    ] {
      let wide = channels * 6
      var y = builder.add("Relu", [convolution(x, channels, wide)])
      y = builder.add("Relu", [convolution(y, wide, wide, kernel: 3, stride: stride, groups: wide)])
      var scale = builder.add("GlobalAveragePool", [y])
      scale = builder.add("Relu", [convolution(scale, wide, wide / 4)])
      scale = builder.add("Sigmoid", [convolution(scale, wide / 4, wide)])
      y = convolution(builder.add("Mul", [y, scale]), wide, to)
      x = stride == 1 && to == channels ? builder.add("Add", [y, x]) : y
      channels = to
    }
    builder.output(builder.add("GlobalAveragePool", [x]))
    return Model(graph: try builder.build().graph)
  }

  @Test(arguments: ["l4", "h100", "nnpi"])
  func plansKeepTheirWord(system: String) throws {
    let model = try Self.model()
    let plan = try Partitioner.plan(model, on: Partitioner.system(named: system, cards: 2))
    #expect(Partitioner.check(plan, model: model).isEmpty)
    var options = SimulationOptions(load: .backToBack)
    options.requests = 3000
    let report = try Partitioner.simulate(plan, model: model, options: options)
    #expect(report.throughputPerSecond.value > 0.95 * plan.predicted.throughputPerSecond)
    #expect(plan.certificate.bound <= plan.certificate.objective)
  }
}

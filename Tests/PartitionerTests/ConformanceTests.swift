import Foundation
import Partitioner
import Testing

/// Models of the ONNX project that are small and odd: functions written out, loops, sequences, optionals, strings, empty
/// tensors, nothing to compute.
@Suite struct ConformanceTests {
  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Models")

  static let names: [String] = {
    let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
    return (files ?? []).filter { $0.hasSuffix(".onnx") }.sorted()
  }()

  @Test func theModelsAreThere() { #expect(Self.names.count == 25) }

  @Test(arguments: names)
  func everyModelIsPlannedCheckedAndSimulated(name: String) throws {
    // Elements of sequences are of an open size in one of the models; elsewhere the name is not used.
    let model = try Partitioner.loadModel(
      path: Self.folder.appendingPathComponent(name).path, dimensions: ["N": 3])
    let system = try Partitioner.system(cards: 2)
    for objective in PlanObjective.allCases {
      let plan = try Partitioner.plan(model, on: system, options: PlanOptions(objective: objective))
      #expect(Partitioner.check(plan, model: model).isEmpty)
      #expect(!plan.certificate.scope.isEmpty)
      var options = SimulationOptions(load: .backToBack)
      options.requests = 50
      let report = try Partitioner.simulate(plan, model: model, options: options)
      #expect(report.counts.completed > 0 && report.counts.balanced && !report.memoryViolated)
    }
  }
}

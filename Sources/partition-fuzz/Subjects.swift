import ONNXSchema
import Partitioner
import Rules
import Sweep
import SwiftProtobuf

/// What is fuzzed, each from its own samples.
enum Subject: String, CaseIterable {
  case onnx, model, export, plan, rules, problem, system, costs, tables, layers, sweep, arrivals

  /// One input: made of the bytes, then read and used as the command would.
  ///
  /// - Returns: Whether it was taken; false where it was refused with a reason.
  /// - Throws: What is a defect of the library.
  func run(_ bytes: [UInt8]) throws -> Bool {
    var choices = Choices(bytes)
    return try use(input(&choices), &choices)
  }

  /// The content of the file that the choices make.
  func input(_ choices: inout Choices) -> [UInt8] {
    var content: [UInt8]
    switch self {
    case .onnx, .model, .export:
      let model = choices.pick(models) ?? Onnx_ModelProto()
      content = written(ModelMutator.mutated(model, &choices))
    default:
      let sample = choices.pick(samples) ?? ""
      if sample.hasPrefix("{") {
        var tree = JSONTree(sample)
        for _ in 0...(choices.oneIn(3) ? choices.below(4) : 0) { tree.mutate(&choices) }
        content = Array(tree.text.utf8)
      } else {
        content = Array(CSVMutator.mutated(sample, &choices).utf8)
      }
    }
    if choices.oneIn(16), !content.isEmpty { content[choices.below(content.count)] = choices.byte() }
    return content
  }

  /// The samples as they are, which have to be taken: mutations of what is refused would try nothing.
  var originals: [[UInt8]] {
    switch self {
    case .onnx, .model, .export: models.map(written)
    default: samples.map { Array($0.utf8) }
    }
  }

  /// Reads and uses what a file holds; see ``run(_:)``.
  func use(_ content: [UInt8], _ choices: inout Choices) throws -> Bool {
    do {
      switch self {
      case .onnx, .model: try Uses.model(content, &choices)
      case .export: try Uses.export(content, &choices)
      case .plan: try Uses.plan(content)
      case .rules: try Uses.rules(content)
      case .problem: try Uses.problem(content, &choices)
      case .system: try Uses.system(content, &choices)
      case .costs: try Uses.costs(content, &choices)
      case .tables: try Uses.sheet(content, .tables, &choices)
      case .layers: try Uses.sheet(content, .layers, &choices)
      case .sweep: _ = try SweepQuestion.read(content, name: "sweep")
      case .arrivals: try Uses.arrivals(content)
      }
      return true
    } catch let error as PartitionError where error.kind != .internalError {
      return false
    } catch is FormatError {
      return false
    }
  }

  private var samples: [String] {
    switch self {
    case .onnx, .model, .export: []
    case .plan: Samples.plans
    case .rules: [Samples.rules]
    case .problem: Samples.problems
    case .system: [Samples.system]
    case .costs: Samples.costs
    case .tables: Samples.tables
    case .layers: [Samples.layers]
    case .sweep: [Samples.sweep]
    case .arrivals: [Samples.arrivals]
    }
  }

  private var models: [Onnx_ModelProto] { self == .export ? SampleModels.filled : SampleModels.all }

  private func written(_ model: Onnx_ModelProto) -> [UInt8] {
    if self == .model { return (try? model.jsonString()).map { Array($0.utf8) } ?? [] }
    return (try? model.serializedBytes()) ?? []
  }
}

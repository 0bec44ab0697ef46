import Foundation
import Hardware
import Partitioner
import Rules
import TestSupport

/// What is done with each kind of input, as the command would.
enum Uses {
  private static let replay: SimulationOptions = {
    var options = SimulationOptions(load: .backToBack)
    options.requests = 30
    options.replications = 1
    return options
  }()

  static func model(_ bytes: [UInt8], _ choices: inout Choices) throws {
    let size = choices.oneIn(2) ? Int(choices.figure()) : 4
    let model = try Partitioner.loadModel(bytes: bytes, name: "model", dimensions: ["N": size])
    _ = GraphStatistics(
      model.graph, findings: model.findings, largest: 3, hasUnknownSizes: model.hasUnknownSizes)
    try costsAndPlan(model, on: Samples.machine, &choices)
  }

  /// Writes the parts of a plan of a model in a file, or the plan in another tool's format.
  static func export(_ bytes: [UInt8], _ choices: inout Choices) throws {
    let folder = try TemporaryFolder()
    let path = folder.path("model.onnx")
    try Data(bytes).write(to: URL(fileURLWithPath: path))
    let model = try Partitioner.loadModel(path: path, dimensions: ["N": 4])
    let plan = try Partitioner.plan(
      model, on: Samples.machine, options: PlanOptions(work: Samples.work, teams: .none, threads: 1))
    guard let format = choices.pick(PlanFormat.allCases) else { return }
    if format.isFolder {
      _ = try Partitioner.export(plan, as: format, modelPath: path, toFolder: folder.path("parts"))
    } else {
      _ = try Partitioner.format(plan, as: format, modelPath: path)
    }
  }

  static func plan(_ bytes: [UInt8]) throws {
    let plan = try Partitioner.decodePlan(bytes: bytes, name: "plan")
    _ = Partitioner.check(plan, model: Samples.model)
    _ = plan.assignments(in: Samples.model.graph)
    _ = try Partitioner.simulate(plan, model: Samples.model, options: replay, isForced: true)
  }

  static func rules(_ bytes: [UInt8]) throws {
    let rules = try PlacementRules(json: Data(bytes))
    try plan(Samples.model, on: Samples.machine, PlanOptions(work: Samples.work, threads: 1, rules: rules))
  }

  static func problem(_ bytes: [UInt8], _ choices: inout Choices) throws {
    var options = SolveOptions(search: SearchOptions(work: Samples.work, threads: 1))
    if choices.oneIn(2) { options.rules = try PlacementRules(json: Data(Samples.rulesOfProblem.utf8)) }
    _ = try Partitioner.solve(bytes, name: "problem", options: options)
  }

  static func system(_ bytes: [UInt8], _ choices: inout Choices) throws {
    let cards = choices.oneIn(4) ? Int(choices.figure()) : nil
    let system = try Partitioner.system(json: bytes, name: "system", cards: cards)
    try costsAndPlan(Samples.model, on: system, &choices)
  }

  static func costs(_ bytes: [UInt8], _ choices: inout Choices) throws {
    let file = try Partitioner.measurements(bytes: bytes, name: "costs")
    let applied = try Partitioner.apply([file], to: Samples.model, on: Samples.machine)
    try costsAndPlan(Samples.model, on: applied.system, measured: applied.costs, &choices)
  }

  static func sheet(
    _ bytes: [UInt8], _ form: PlanDocument.ModelReference.Form, _ choices: inout Choices
  ) throws {
    let sheet = try Partitioner.loadSheet(form, bytes: bytes, name: "sheet")
    try costsAndPlan(sheet, on: Samples.machine, &choices)
  }

  static func arrivals(_ bytes: [UInt8]) throws {
    do {
      let trace = try ArrivalTrace.parse(String(decoding: bytes, as: UTF8.self), name: "arrivals")
      var options = replay
      options.load = .trace(trace)
      _ = try Partitioner.simulate(Samples.planned, model: Samples.model, options: options)
    } catch let error as SimulationError {
      throw PartitionError(error)
    }
  }

  private static func costsAndPlan(
    _ model: Model, on system: Hardware.System, measured: MeasuredCosts = MeasuredCosts(),
    _ choices: inout Choices
  ) throws {
    _ = try Partitioner.costs(of: model, on: system, measured: measured)
    // A quarter, because it takes longest.
    guard choices.oneIn(4) else { return }
    let objective = choices.pick(PlanObjective.allCases) ?? .throughput
    try plan(
      model, on: system,
      PlanOptions(objective: objective, work: Samples.work, threads: 1, measured: measured))
  }

  /// Plans, and replays the plan. One that does not hold is a defect.
  private static func plan(_ model: Model, on system: Hardware.System, _ options: PlanOptions) throws {
    let plan = try Partitioner.plan(model, on: system, options: options)
    let violations = Partitioner.check(plan, model: model)
    guard violations.isEmpty else { throw PartitionError(.internalError, violations.map(\.message)) }
    _ = try Partitioner.simulate(plan, model: model, options: replay)
  }
}

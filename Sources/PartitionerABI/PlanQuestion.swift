import CPartitioner
import Partitioner

/// What a call of plan asks.
struct PlanQuestion {
  private let model: Model
  private let system: System
  private let options: PlanOptions
  private let name: String?
  private let notes: [String]

  /// A question in one call.
  init(_ bytes: UnsafeRawPointer?, _ size: Int, _ optionsJSON: UnsafePointer<CChar>?) throws(PartitionError) {
    let options = try CallOptions.decode(PlanCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    try self.init(
      options, model: try unsafe options.loadModel(bytes, size),
      system: try Partitioner.system(
        named: options.system, cards: options.cards, changes: Figure.changes(options.set)),
      name: options.name)
  }

  /// - Parameters:
  ///   - name: What the plan calls the model.
  ///   - compiler: Is asked here, on the calling thread.
  init(
    _ options: PlanCallOptions, model: Model, system named: System, name: String?,
    compiler: CompilerHooks? = nil,
    teams: TeamChoice = .planned
  ) throws(PartitionError) {
    var files: [MeasurementFile] = []
    for path in options.costs ?? [] { files.append(try Partitioner.measurements(path: path)) }
    var planOptions = try options.planOptions()
    planOptions.teams = teams
    let measured = try Partitioner.apply(files, to: model, on: named, precision: planOptions.precision)
    planOptions.measured = measured.costs
    planOptions.tableErrors = try Partitioner.tableErrors(of: model, options.tableErrors ?? [:])
    if let compiler {
      planOptions = try Partitioner.ask(compiler, about: model, on: measured.system, options: planOptions)
    }
    var problems: [String] = []
    if let start = options.start {
      (planOptions.start, problems) = try Partitioner.startingPlacement(
        start, for: model, on: measured.system, options: planOptions)
    }
    self.model = model
    system = measured.system
    self.options = planOptions
    self.name = name
    notes = measured.findings + problems.map { "the plan to start from is passed over: \($0)" }
  }

  func answer(
    _ plan: (Model, System, PlanOptions) throws(PartitionError) -> PlanDocument
  ) throws(PartitionError) -> PlanDocument {
    var plan = try plan(model, system, options)
    plan.notes += notes
    if let name { plan.model.name = name }
    return plan
  }
}

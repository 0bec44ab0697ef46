import CPartitioner
import Glibc
import Partitioner
import Questions
import Reporting

// The functions of partitioner.h; the header is their documentation.

@c @implementation
public func partitioner_version() -> UnsafePointer<CChar>? {
  unsafe UnsafePointer(versionText)
}

/// Lives as long as the process; written once.
nonisolated(unsafe) private let versionText: UnsafeMutablePointer<CChar> = unsafe StableText.copy(
  Partitioner.version)

private enum StableText {
  /// A copy that is never released.
  static func copy(_ text: String) -> UnsafeMutablePointer<CChar> {
    let bytes = Array(text.utf8CString)
    let copy = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
    unsafe copy.initialize(from: bytes, count: bytes.count)
    return unsafe copy
  }
}

@c @implementation
public func partitioner_plan(
  _ model: UnsafeRawPointer?, _ modelSize: Int, _ optionsJSON: UnsafePointer<CChar>?,
  _ planJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(planJSON) { () throws(PartitionError) in
    let question = try unsafe PlanQuestion(model, modelSize, optionsJSON)
    return .init(
      text: try Partitioner.encode(
        try question.answer { search throws(PartitionError) in try search({ false }, nil) }))
  }
}

@c @implementation
public func partitioner_plan_watched(
  _ model: UnsafeRawPointer?, _ modelSize: Int, _ optionsJSON: UnsafePointer<CChar>?,
  _ progress: partitioner_progress?, _ context: UnsafeMutableRawPointer?,
  _ planJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(planJSON) { () throws(PartitionError) in
    let question = try unsafe PlanQuestion(model, modelSize, optionsJSON)
    return .init(
      text: try Partitioner.encode(
        try question.answer { search throws(PartitionError) in
          try unsafe Watch.plan(search, progress: progress, context: context)
        }))
  }
}

@c @implementation
public func partitioner_simulate(
  _ planJSON: UnsafePointer<CChar>?, _ model: UnsafeRawPointer?, _ modelSize: Int,
  _ optionsJSON: UnsafePointer<CChar>?,
  _ reportJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(reportJSON) { () throws(PartitionError) in
    let (plan, loaded) = try unsafe readPlan(planJSON, model, modelSize)
    return try unsafe simulated(plan, loaded, buckets: bucketModels(plan, model, modelSize), optionsJSON)
  }
}

@c @implementation
public func partitioner_check(
  _ planJSON: UnsafePointer<CChar>?, _ model: UnsafeRawPointer?, _ modelSize: Int,
  _ reportJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(reportJSON) { () throws(PartitionError) in
    let (plan, loaded) = try unsafe readPlan(planJSON, model, modelSize)
    return try checked(plan, loaded, buckets: unsafe bucketModels(plan, model, modelSize))
  }
}

@c @implementation
public func partitioner_draw(
  _ planJSON: UnsafePointer<CChar>?, _ full: Int32, _ dot: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(dot) { () throws(PartitionError) in
    let plan = try unsafe readPlan(planJSON)
    return .init(text: PlanDrawing(plan, detail: full == 0 ? .grouped : .full).dot)
  }
}

@c @implementation
public func partitioner_explain(
  _ planJSON: UnsafePointer<CChar>?, _ model: UnsafeRawPointer?, _ modelSize: Int,
  _ optionsJSON: UnsafePointer<CChar>?,
  _ explanationJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(explanationJSON) { () throws(PartitionError) in
    let options = try CallOptions.decode(ExplainCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    let (plan, loaded) = try unsafe readPlan(planJSON, model, modelSize)
    try Partitioner.requireCheck(plan, model: loaded)
    let explainer = Explainer(
      plan, model: loaded, work: options.effort?.work ?? WorkBudget(effort: 0.1),
      lengths: try unsafe lengthLoader(plan, model, modelSize))
    let explanation = try explainer.explain(options.subject(), asksWhatIf: options.whatIf ?? true)
    return .init(text: try JSONText.encode(explanation))
  }
}

@c @implementation
public func partitioner_program(
  _ model: UnsafeRawPointer?, _ modelSize: Int, _ optionsJSON: UnsafePointer<CChar>?,
  _ format: UnsafePointer<CChar>?, _ program: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(program) { () throws(PartitionError) in
    let name = unsafe Boundary.text(format) ?? ProgramText.Format.mps.rawValue
    guard let format = ProgramText.Format(rawValue: name) else {
      let known = ProgramText.Format.allCases.map(\.rawValue).joined(separator: ", ")
      throw PartitionError(.usage, "'\(name)' is no format of integer programs; known are \(known)")
    }
    return .init(text: try unsafe PlanQuestion(model, modelSize, optionsJSON).integerProgram().text(format))
  }
}

@c @implementation
public func partitioner_replan(
  _ planJSON: UnsafePointer<CChar>?, _ model: UnsafeRawPointer?, _ modelSize: Int,
  _ optionsJSON: UnsafePointer<CChar>?,
  _ replanJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe partitioner_replan_model(planJSON, model, modelSize, nil, 0, optionsJSON, replanJSON)
}

@c @implementation
public func partitioner_replan_model(
  _ planJSON: UnsafePointer<CChar>?, _ model: UnsafeRawPointer?, _ modelSize: Int,
  _ newModel: UnsafeRawPointer?, _ newModelSize: Int, _ optionsJSON: UnsafePointer<CChar>?,
  _ replanJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(replanJSON) { () throws(PartitionError) in
    let options = try CallOptions.decode(ReplanCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    let (plan, loaded) = try unsafe readPlan(planJSON, model, modelSize)
    try Partitioner.requireCheck(plan, model: loaded)
    let bytes = try unsafe Boundary.bytes(newModel, newModelSize)
    if bytes != nil, options.newModel != nil {
      throw PartitionError(
        .usage, "options: 'newModel' names a model, and one is in memory as well; give one")
    }
    let changed = try changedModel(bytes, path: options.newModel, of: plan)
    let system = try SystemChange(lost: options.lost ?? [], cards: options.cards).system(of: plan)
    let replan = try Replan(
      plan, model: loaded, change: .init(system: system, model: changed, rate: options.ratePerSecond),
      moveWeight: options.moveWeight ?? 0.001, work: options.effort?.work ?? WorkBudget(effort: 0.2),
      lengths: try changed == nil
        ? unsafe lengthLoader(plan, model, modelSize)
        : changedLengths(bytes, path: options.newModel, of: plan))
    return .init(
      text: try JSONText.encode(ReplanResult(plan: replan.plan, replan: replan)),
      failure: replan.servesRate == false
        ? PartitionError(.infeasible, "no plan serves the rate that was asked for") : nil)
  }
}

/// The model as it is after a change, bound as the plan's; `nil` where it has not changed.
private func changedModel(
  _ bytes: [UInt8]?, path: String?, of plan: PlanDocument
) throws(PartitionError) -> Model? {
  if let bytes { return try Partitioner.loadModel(bytes: bytes, name: plan.model.name, as: plan.model) }
  return try path.map { path throws(PartitionError) in
    try Partitioner.loadModel(path: path, as: plan.model)
  }
}

/// The same at other lengths; `nil` for a plan without padding buckets.
private func changedLengths(_ bytes: [UInt8]?, path: String?, of plan: PlanDocument) -> LengthLoader? {
  guard plan.buckets != nil else { return nil }
  return LengthLoader { length throws(PartitionError) in
    let own = plan.atLength(length)
    guard let model = try changedModel(bytes, path: path, of: own) else {
      throw PartitionError(.internalError, "there is no changed model")
    }
    return model
  }
}

@c @implementation
public func partitioner_compare(
  _ first: UnsafePointer<CChar>?, _ second: UnsafePointer<CChar>?,
  _ html: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(html) { () throws(PartitionError) in
    let plans = (try unsafe readPlan(first), try unsafe readPlan(second))
    return .init(text: PlanComparison(("first", plans.0), ("second", plans.1)).html)
  }
}

@c @implementation
public func partitioner_bucket(
  _ planJSON: UnsafePointer<CChar>?, _ length: Int64,
  _ bucketJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(bucketJSON) { () throws(PartitionError) in
    let plan = try unsafe readPlan(planJSON)
    let own = try Partitioner.bucket(ofLength: Int(length), in: plan, name: "plan")
    return .init(text: try Partitioner.encode(own))
  }
}

@c @implementation
public func partitioner_free(_ text: UnsafeMutablePointer<CChar>?) { unsafe free(text) }

@c @implementation
public func partitioner_last_error() -> UnsafePointer<CChar>? { unsafe error_slot_get() }

/// What the calls of check answer.
func checked(
  _ plan: PlanDocument, _ model: Model, buckets: [Model] = []
) throws(PartitionError) -> Boundary.Answer {
  let violations =
    buckets.isEmpty
    ? Partitioner.check(plan, model: model) : Partitioner.check(plan, model: model, buckets: buckets)
  return .init(
    text: try JSONText.encode(CheckResult(holds: violations.isEmpty, violations: violations)),
    failure: violations.isEmpty ? nil : PartitionError(.violation, violations.map(\.message)))
}

/// What the calls of simulate answer.
func simulated(
  _ plan: PlanDocument, _ model: Model, buckets: [Model] = [], _ optionsJSON: UnsafePointer<CChar>?
) throws(PartitionError) -> Boundary.Answer {
  let options = try CallOptions.decode(SimulateCallOptions.self, from: unsafe Boundary.text(optionsJSON))
  let report = try Partitioner.simulate(
    plan, model: model, buckets: buckets, options: options.simulationOptions)
  let problems = report.verdict.holds ? nil : report.verdict.problems
  return .init(
    text: try JSONText.encode(report), failure: problems.map { PartitionError(.violation, $0.map(\.message)) }
  )
}

private struct CheckResult: Encodable {
  var holds: Bool
  var violations: [Violation]
}

func readPlan(_ json: UnsafePointer<CChar>?) throws(PartitionError) -> PlanDocument {
  guard let text = unsafe Boundary.text(json) else { throw PartitionError(.usage, "the plan is NULL") }
  return try Partitioner.decodePlan(bytes: Array(text.utf8), name: "plan")
}

/// The plan and its model: the one that is given, else the file that the plan names.
func readPlan(
  _ json: UnsafePointer<CChar>?, _ model: UnsafeRawPointer?, _ modelSize: Int
) throws(PartitionError) -> (PlanDocument, Model) {
  let plan = try unsafe readPlan(json)
  guard let bytes = try unsafe Boundary.bytes(model, modelSize) else {
    return (plan, try Partitioner.model(of: plan, planPath: "plan"))
  }
  return (
    plan,
    try Partitioner.loadModel(bytes: bytes, name: plan.model.name, as: plan.model)
  )
}

/// The models of a plan's padding buckets but for the longest, from where its own is.
func bucketModels(
  _ plan: PlanDocument, _ model: UnsafeRawPointer?, _ modelSize: Int
) throws(PartitionError) -> [Model] {
  guard let bytes = try unsafe Boundary.bytes(model, modelSize) else {
    return try Partitioner.bucketModels(of: plan, planPath: "plan")
  }
  var models: [Model] = []
  for own in plan.bucketPlans {
    models.append(try Partitioner.loadModel(bytes: bytes, name: own.model.name, as: own.model))
  }
  return models
}

/// Loads a plan's model at other lengths, from where its own is; `nil` for a plan without padding buckets.
private func lengthLoader(
  _ plan: PlanDocument, _ model: UnsafeRawPointer?, _ modelSize: Int
) throws(PartitionError) -> LengthLoader? {
  guard plan.buckets != nil else { return nil }
  let bytes = try unsafe Boundary.bytes(model, modelSize)
  return LengthLoader { length throws(PartitionError) in
    guard let bytes else { return try Partitioner.model(of: plan, atLength: length, planPath: "plan") }
    return try Partitioner.loadModel(
      bytes: bytes, name: plan.model.name, as: plan.atLength(length).model)
  }
}

private struct ReplanResult: Encodable {
  var plan: PlanDocument
  var replan: Replan
}

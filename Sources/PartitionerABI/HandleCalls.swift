import CPartitioner
import Partitioner

// Calls with handles; the header is their documentation.

@c @implementation
public func partitioner_model_load(
  _ model: UnsafeRawPointer?, _ modelSize: Int, _ optionsJSON: UnsafePointer<CChar>?,
  _ handle: UnsafeMutablePointer<OpaquePointer?>?
) -> partitioner_status {
  unsafe Boundary.run(handle: handle) { () throws(PartitionError) in
    let options = try CallOptions.decode(
      PlanCallOptions.self, from: unsafe Boundary.text(optionsJSON), keys: PlanCallOptions.modelKeys)
    return ModelHandle(try unsafe options.loadModel(model, modelSize), name: options.name)
  }
}

@c @implementation
public func partitioner_model_operator_count(_ model: OpaquePointer?) -> Int {
  unsafe Boundary.peek(model, ModelHandle.self)?.model.graph.operators.count ?? 0
}

@c @implementation
public func partitioner_model_operator(
  _ model: OpaquePointer?, _ index: Int
) -> UnsafePointer<partitioner_operator>? {
  unsafe Boundary.peek(model, ModelHandle.self)?.view(ofOperator: index)
}

@c @implementation
public func partitioner_model_release(_ model: OpaquePointer?) {
  unsafe Boundary.release(model, ModelHandle.self)
}

@c @implementation
public func partitioner_system_load(
  _ nameOrText: UnsafePointer<CChar>?, _ optionsJSON: UnsafePointer<CChar>?,
  _ handle: UnsafeMutablePointer<OpaquePointer?>?
) -> partitioner_status {
  unsafe Boundary.run(handle: handle) { () throws(PartitionError) in
    let options = try CallOptions.decode(
      PlanCallOptions.self, from: unsafe Boundary.text(optionsJSON), keys: PlanCallOptions.systemKeys)
    let changes = Figure.changes(options.set)
    let text = unsafe Boundary.text(nameOrText)
    if let text, text.first(where: { !$0.isWhitespace }) == "{" {
      return SystemHandle(
        try Partitioner.system(json: Array(text.utf8), name: "system", cards: options.cards, changes: changes)
      )
    }
    return SystemHandle(try Partitioner.system(named: text, cards: options.cards, changes: changes))
  }
}

@c @implementation
public func partitioner_system_device_count(_ system: OpaquePointer?) -> Int {
  unsafe Boundary.peek(system, SystemHandle.self)?.deviceCount ?? 0
}

@c @implementation
public func partitioner_system_device_name(_ system: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
  unsafe Boundary.peek(system, SystemHandle.self)?.name(ofDevice: index)
}

@c @implementation
public func partitioner_system_device_kind(_ system: OpaquePointer?, _ index: Int) -> UnsafePointer<CChar>? {
  unsafe Boundary.peek(system, SystemHandle.self)?.kind(ofDevice: index)
}

@c @implementation
public func partitioner_system_release(_ system: OpaquePointer?) {
  unsafe Boundary.release(system, SystemHandle.self)
}

@c @implementation
public func partitioner_plan_make(
  _ model: OpaquePointer?, _ system: OpaquePointer?, _ optionsJSON: UnsafePointer<CChar>?,
  _ compiler: UnsafePointer<partitioner_compiler>?, _ handle: UnsafeMutablePointer<OpaquePointer?>?
) -> partitioner_status {
  unsafe Boundary.run(handle: handle) { () throws(PartitionError) in
    let model = try unsafe Boundary.object(model, ModelHandle.self, "model")
    let system = try unsafe Boundary.object(system, SystemHandle.self, "system")
    let options = try CallOptions.decode(
      PlanCallOptions.self, from: unsafe Boundary.text(optionsJSON),
      keys: PlanCallOptions.knownKeys.subtracting(PlanCallOptions.modelKeys)
        .subtracting(PlanCallOptions.namedSystemKeys).subtracting(PlanCallOptions.severalKeys).subtracting([
          "cut", "cutBy", "splitsByHeat",
        ]))
    let asked = try unsafe AskedCompiler(compiler)
    let question = try PlanQuestion(
      options, model: model.model, system: system.system, name: model.name,
      compiler: asked?.hooks(for: model), isOfHandles: true)
    return try PlanHandle(
      try question.answer { search throws(PartitionError) in
        try unsafe Watch.plan(search, progress: asked?.compiler.progress, context: asked?.compiler.context)
      }, model.model)
  }
}

@c @implementation
public func partitioner_plan_read(
  _ planJSON: UnsafePointer<CChar>?, _ model: OpaquePointer?, _ handle: UnsafeMutablePointer<OpaquePointer?>?
) -> partitioner_status {
  unsafe Boundary.run(handle: handle) { () throws(PartitionError) in
    let plan = try unsafe readPlan(planJSON)
    let model = try unsafe Boundary.object(model, ModelHandle.self, "model").model
    guard plan.model.sha256.isEmpty || plan.model.sha256 == model.reference.sha256 else {
      throw PartitionError(
        .violation, "plan: model.sha256: the plan is of another model (\(plan.model.name))")
    }
    return try PlanHandle(plan, model)
  }
}

@c @implementation
public func partitioner_plan_json(
  _ plan: OpaquePointer?, _ planJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(planJSON) { () throws(PartitionError) in
    .init(text: try Partitioner.encode(try unsafe Boundary.object(plan, PlanHandle.self, "plan").plan))
  }
}

@c @implementation
public func partitioner_plan_check(
  _ plan: OpaquePointer?, _ reportJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(reportJSON) { () throws(PartitionError) in
    let handle = try unsafe Boundary.object(plan, PlanHandle.self, "plan")
    return try checked(handle.plan, handle.model)
  }
}

@c @implementation
public func partitioner_plan_simulate(
  _ plan: OpaquePointer?, _ optionsJSON: UnsafePointer<CChar>?,
  _ reportJSON: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?
) -> partitioner_status {
  unsafe Boundary.run(reportJSON) { () throws(PartitionError) in
    let handle = try unsafe Boundary.object(plan, PlanHandle.self, "plan")
    return try unsafe simulated(handle.plan, handle.model, optionsJSON)
  }
}

@c @implementation
public func partitioner_plan_assignment(
  _ plan: OpaquePointer?, _ index: Int
) -> UnsafePointer<partitioner_assignment>? {
  unsafe Boundary.peek(plan, PlanHandle.self)?.view(ofOperator: index)
}

@c @implementation
public func partitioner_plan_release(_ plan: OpaquePointer?) {
  unsafe Boundary.release(plan, PlanHandle.self)
}

/// The functions of a caller in C.
@safe private struct AskedCompiler {
  let compiler: partitioner_compiler

  /// `nil` for NULL.
  ///
  /// - Throws: `usage` for a structure that is smaller than this version's.
  init?(_ pointer: UnsafePointer<partitioner_compiler>?) throws(PartitionError) {
    guard let pointer = unsafe pointer else { return nil }
    let size = unsafe pointer.pointee.size
    guard unsafe size >= MemoryLayout<partitioner_compiler>.size else {
      throw PartitionError(.usage, "compiler.size is \(size); set it to sizeof(partitioner_compiler)")
    }
    unsafe compiler = pointer.pointee
  }

  func hooks(for model: ModelHandle) -> CompilerHooks {
    var hooks = CompilerHooks()
    let context = unsafe compiler.context
    if let kernel = unsafe compiler.kernel {
      hooks.kernel = { op in
        let number = unsafe kernel(context, model.view(ofOperator: op.index))
        return number < 0 ? nil : Int(number)
      }
    }
    if let supports = unsafe compiler.supports {
      hooks.supports = { subject in
        let answer = unsafe supports(
          context, model.view(ofOperator: subject.op.index), subject.device, subject.precision.rawValue)
        return answer < 0 ? nil : answer != 0
      }
    }
    if let seconds = unsafe compiler.seconds {
      hooks.seconds = { subject in
        let answer = unsafe seconds(
          context, model.view(ofOperator: subject.op.index), subject.device, subject.precision.rawValue)
        return answer < 0 ? nil : answer
      }
    }
    return hooks
  }
}

import CPartitioner
import Partitioner
import Rules

/// What a `partitioner_model_t` stands for.
@safe final class ModelHandle: Sendable {
  let model: Model
  /// What plans call it; `nil` for its own name.
  let name: String?
  private let storage = CStorage()
  /// By operator.
  nonisolated(unsafe) private let operators: UnsafePointer<partitioner_operator>?

  init(_ model: Model, name: String?) {
    self.model = model
    self.name = name
    let storage = storage
    let graph = model.graph
    let tensors = unsafe graph.tensors.map { unsafe Self.view(of: $0, storage) }
    func views(_ ids: [TensorID?]) -> UnsafePointer<partitioner_tensor>? {
      unsafe storage.array(
        ids.map { id in unsafe id.map { unsafe tensors[$0.index] } ?? partitioner_tensor() })
    }
    unsafe operators = storage.array(
      graph.operators.enumerated().map { index, node in
        unsafe partitioner_operator(
          index: index, name: storage.text(node.name), type: storage.text(node.type),
          domain: storage.text(node.domain), inputs: views(node.inputs), input_count: node.inputs.count,
          outputs: views(node.outputs), output_count: node.outputs.count,
          attributes_json: storage.text(AttributeText.json(node.attributes)))
      })
  }

  func view(ofOperator index: Int) -> UnsafePointer<partitioner_operator>? {
    guard model.graph.operators.indices.contains(index), let operators = unsafe operators else { return nil }
    return unsafe operators + index
  }

  private static func view(of tensor: Tensor, _ storage: CStorage) -> partitioner_tensor {
    unsafe partitioner_tensor(
      name: storage.text(tensor.name), type: storage.text(tensor.type.rawValue),
      shape: storage.array(tensor.shape.map(Int64.init)), rank: tensor.shape.count,
      bytes: Int64(tensor.bytes), is_constant: tensor.role == .constant ? 1 : 0)
  }
}

/// What a `partitioner_system_t` stands for.
@safe final class SystemHandle: Sendable {
  let system: System
  private let storage = CStorage()
  /// By device, the host first.
  nonisolated(unsafe) private let names: [(name: UnsafePointer<CChar>, kind: UnsafePointer<CChar>)]

  init(_ system: System) {
    self.system = system
    let storage = storage
    unsafe names =
      [(storage.text("host"), storage.text("host"))]
      + system.cards.map { unsafe (storage.text($0.name), storage.text($0.model)) }
  }

  var deviceCount: Int { 1 + system.cards.count }

  func name(ofDevice index: Int) -> UnsafePointer<CChar>? {
    unsafe (0..<deviceCount).contains(index) ? names[index].name : nil
  }

  func kind(ofDevice index: Int) -> UnsafePointer<CChar>? {
    unsafe (0..<deviceCount).contains(index) ? names[index].kind : nil
  }
}

/// What a `partitioner_plan_t` stands for.
@safe final class PlanHandle: Sendable {
  let plan: PlanDocument
  let model: Model
  private let storage = CStorage()
  /// By operator.
  nonisolated(unsafe) private let assignments: UnsafePointer<partitioner_assignment>?

  /// - Throws: `violation` where the plan does not place the model's operators; `usage` where it cuts them.
  init(_ plan: PlanDocument, _ model: Model) throws(PartitionError) {
    guard plan.model.cut == nil else {
      throw PartitionError(
        .usage,
        "plan: model.cut: operators are cut over teams of cards, which handles do not tell apart; use partitioner_check()"
      )
    }
    guard plan.model.hot == nil else {
      throw PartitionError(
        .usage,
        "plan: model.hot: tables are split in hot and cold rows, which handles do not tell apart; use partitioner_check()"
      )
    }
    guard let assignments = plan.assignments(in: model.graph) else {
      throw PartitionError(.violation, Partitioner.check(plan, model: model).map(\.message))
    }
    self.plan = plan
    self.model = model
    let storage = storage
    unsafe self.assignments = storage.array(
      assignments.map { entry in
        let devices = entry.devices.map { if case .card(let card) = $0 { card + 1 } else { 0 } }
        return unsafe partitioner_assignment(
          site: storage.text(entry.sites.first?.name(in: plan.system) ?? "host"),
          devices: storage.array(devices), device_count: devices.count,
          partition: entry.partition.flatMap { Int32(exactly: $0) } ?? -1,
          table: entry.table.map(storage.text))
      })
  }

  func view(ofOperator index: Int) -> UnsafePointer<partitioner_assignment>? {
    guard model.graph.operators.indices.contains(index), let assignments = unsafe assignments else {
      return nil
    }
    return unsafe assignments + index
  }
}

/// Attributes of an operator as JSON.
private enum AttributeText {
  /// An object in the order of the names.
  static func json(_ attributes: [String: Attribute]) -> String {
    let entries = attributes.sorted { $0.key < $1.key }.map {
      "\(JSONQuoting.quoted($0.key)): \(value($0.value))"
    }
    return "{" + entries.joined(separator: ", ") + "}"
  }

  private static func value(_ attribute: Attribute) -> String {
    switch attribute {
    case .int(let value): "\(value)"
    case .float(let value): number(value)
    case .string(let value): JSONQuoting.quoted(value)
    case .ints(let values): list(values.map { "\($0)" })
    case .floats(let values): list(values.map(number))
    case .strings(let values): list(values.map(JSONQuoting.quoted))
    }
  }

  private static func list(_ values: [String]) -> String { "[" + values.joined(separator: ", ") + "]" }

  /// JSON has no infinity; a float attribute that is none is `null`.
  private static func number(_ value: Double) -> String { value.isFinite ? "\(value)" : "null" }
}

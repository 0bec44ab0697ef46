/// One node with what is known of its inputs: what shape rules, folding and work rules look at.
struct NodeContext {
  let node: Scope.Node
  /// `nil` where an optional input is not given.
  let inputs: [TensorFact?]
  /// What the model declares of the outputs' shapes.
  var declaredOutputs: [[Int?]?] = []

  var type: String { node.type }

  func input(_ position: Int) -> TensorFact? {
    inputs.indices.contains(position) ? inputs[position] : nil
  }

  func has(_ position: Int) -> Bool { input(position) != nil }

  func shape(_ position: Int) -> [Int]? { input(position)?.shape }

  func elementType(_ position: Int) -> ElementType? { input(position)?.type }

  /// The values of an input as integers, when they are known.
  func intValues(_ position: Int) -> [Int]? { input(position)?.values?.ints }

  func floatValues(_ position: Int) -> [Double]? { input(position)?.values?.floats }

  func has(attribute name: String) -> Bool { node.attributes[name] != nil }

  func int(_ name: String, default fallback: Int) throws(ShapeProblem) -> Int {
    try int(name) ?? fallback
  }

  func int(_ name: String) throws(ShapeProblem) -> Int? {
    switch node.attributes[name] {
    case nil: return nil
    case .int(let value): return value
    case .ints(let values) where values.count == 1: return values[0]
    case let other?: throw wrongKind(name, other, "an integer")
    }
  }

  func ints(_ name: String) throws(ShapeProblem) -> [Int]? {
    switch node.attributes[name] {
    case nil: return nil
    case .ints(let values): return values
    case .int(let value): return [value]
    case let other?: throw wrongKind(name, other, "a list of integers")
    }
  }

  func floats(_ name: String) throws(ShapeProblem) -> [Double]? {
    switch node.attributes[name] {
    case nil: return nil
    case .floats(let values): return values
    case .float(let value): return [value]
    case .ints(let values): return values.map(Double.init)
    case let other?: throw wrongKind(name, other, "a list of floats")
    }
  }

  func string(_ name: String, default fallback: String) throws(ShapeProblem) -> String {
    switch node.attributes[name] {
    case nil: return fallback
    case .string(let value): return value
    case let other?: throw wrongKind(name, other, "a string")
    }
  }

  private func wrongKind(_ name: String, _ value: Attribute, _ wanted: String) -> ShapeProblem {
    ShapeProblem(
      "attribute '\(name)' must be \(wanted), not \(value.kindName)", field: name, isMalformed: true)
  }

  /// Integers that are an attribute in old operator sets and an input in newer ones. `nil` when neither is
  /// given, or when the input's values are not known: see ``isComputed(input:)``.
  func intsFrom(input position: Int, attribute name: String) throws(ShapeProblem) -> [Int]? {
    if has(position) { return intValues(position) }
    return try ints(name)
  }

  /// Whether an input is given whose values are not known.
  func isComputed(input position: Int) -> Bool { has(position) && input(position)?.values == nil }

  /// A possibly negative axis as a position, checked.
  func axis(_ axis: Int, rank: Int, field: String = "axis") throws(ShapeProblem) -> Int {
    let position = axis < 0 ? Saturating.sum(axis, rank) : axis
    guard position >= 0, position < rank else {
      throw ShapeProblem("axis \(axis) is outside a tensor of rank \(rank)", field: field)
    }
    return position
  }

  /// Whether any input's shape is only an upper bound.
  var hasBoundInput: Bool { inputs.contains { $0?.isBound ?? false } }
}

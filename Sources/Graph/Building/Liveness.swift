/// Which nodes and values of a scope its outputs depend on.
///
/// What is known to be constant depends on constants alone, even where it was found from the shape of a variable. A scope
/// without outputs keeps everything: nobody said what it is for.
struct Liveness {
  /// By node.
  private(set) var nodes: [Bool]
  /// By value.
  private(set) var values: [Bool]
  /// Names listed in a finding; the rest are counted.
  private static let shownNames = 8

  /// - Parameter facts: what is known of the values, after inference.
  init(_ scope: Scope, _ facts: [TensorFact] = []) {
    let keepsAll = scope.outputs.isEmpty
    nodes = [Bool](repeating: keepsAll, count: scope.nodes.count)
    values = [Bool](repeating: keepsAll, count: scope.values.count)
    for output in scope.outputs { values[output] = true }
    // By position: a node that is copied counts references to all that it holds.
    for index in scope.nodes.indices.reversed() {
      let outputs = scope.nodes[index].outputs
      guard keepsAll || outputs.contains(where: { $0.map { values[$0] } ?? false }) else { continue }
      nodes[index] = true
      let isFolded = !facts.isEmpty && outputs.allSatisfy { $0.map { facts[$0].isConstant } ?? true }
      for case .some(let value) in scope.nodes[index].inputs where !isFolded || facts[value].isConstant {
        values[value] = true
      }
      for value in scope.nodes[index].captured where !isFolded || facts[value].isConstant {
        values[value] = true
      }
    }
  }

  /// What a reader of the model should know of what is left out.
  func findings(_ scope: Scope) -> [Finding] {
    let dead = scope.nodes.indices.filter { !nodes[$0] }.map { scope.nodes[$0] }
    let operators = dead.filter { $0.type != "Constant" }.map(\.name)
    var constants = dead.filter { $0.type == "Constant" }.map(\.name)
    for (index, value) in scope.values.enumerated() where !values[index] {
      if case .constant = value.origin { constants.append(value.name) }
    }
    return [
      Self.finding(
        "operator", "is left out: nothing reads what it computes",
        "are left out: nothing reads what they compute", operators),
      Self.finding(
        "constant", "is left out: nothing reads it", "are left out: nothing reads them", constants),
    ].compactMap { $0 }
  }

  private static func finding(_ noun: String, _ one: String, _ many: String, _ names: [String]) -> Finding? {
    guard let first = names.first else { return nil }
    if names.count == 1 { return Finding(.note, "the \(noun) \(one)", node: first) }
    let shown = names.prefix(shownNames).map { "'\($0)'" }.joined(separator: ", ")
    let rest = names.count - shownNames
    return Finding(.note, "\(names.count) \(noun)s \(many): \(shown)\(rest > 0 ? " and \(rest) more" : "")")
  }
}

extension Scope.Node {
  /// Values of the scope that it or its bodies read.
  var reads: [Int] { inputs.compactMap { $0 } + captured }

  /// Inputs of which it reads elements: of what a CastLike is like only the type is read.
  var elementInputs: ArraySlice<Int?> { type == "CastLike" ? inputs.prefix(1) : inputs[...] }
}

extension Scope {
  /// The scope without nodes that its outputs do not depend on.
  func removingDead(_ live: Liveness) -> Scope {
    replacing(Dictionary(uniqueKeysWithValues: nodes.indices.filter { !live.nodes[$0] }.map { ($0, []) }))
  }

  /// The scope with other nodes in the place of some.
  ///
  /// - Parameter replacements: by position of a node what takes its place, in topological order. Values that none of them
  ///   writes have no writer any more.
  func replacing(_ replacements: [Int: [Node]]) -> Scope {
    guard !replacements.isEmpty else { return self }
    var scope = self
    scope.nodes = nodes.enumerated().flatMap { replacements[$0.offset] ?? [$0.element] }
    for index in scope.values.indices {
      if case .node = scope.values[index].origin { scope.values[index].origin = .removed }
    }
    for (index, node) in scope.nodes.enumerated() {
      for (slot, output) in node.outputs.enumerated() {
        if let output { scope.values[output].origin = .node(index, slot: slot) }
      }
    }
    return scope
  }

  /// For each value the nodes that read it, ascending, each once.
  var readers: [[Int]] {
    var readers = [[Int]](repeating: [], count: values.count)
    for (index, node) in nodes.enumerated() {
      for value in node.reads where readers[value].last != index { readers[value].append(index) }
    }
    return readers
  }

  /// The node that writes a value, with its position.
  func writer(of value: Int) -> (index: Int, node: Node)? {
    if case .node(let index, _) = values[value].origin { (index, nodes[index]) } else { nil }
  }
}

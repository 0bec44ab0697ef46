/// Replaces calls of local functions by the functions' bodies, so that what a function computes is planned like any other
/// operators.
///
/// A node that comes from a function is called `CALL/FUNCTION/NODE` after the call, the function and its own name there, level
/// by level; a value inside in the same way. Operators that have a definition here keep it, even where the model
/// carries a body for them too.
struct FunctionInliner {
  private let functions: [GraphDraft.FunctionKey: GraphDraft.Function]
  private(set) var findings: [Finding] = []
  /// Names of values that are taken.
  private var values: NodeNames
  /// Functions being expanded, outermost first.
  private var stack: [GraphDraft.FunctionKey] = []
  /// Nodes that may still be added: calls may multiply.
  private var budget = 300_000
  private static let maximumDepth = 64

  /// The draft without calls, and what is wrong with its functions.
  static func inline(_ draft: GraphDraft) -> (draft: GraphDraft, findings: [Finding]) {
    guard !draft.functions.isEmpty else { return (draft, []) }
    var inliner = FunctionInliner(draft)
    var result = inliner.expand(draft)
    result.functions = [:]
    return (result, inliner.findings)
  }

  private init(_ draft: GraphDraft) {
    functions = draft.functions
    values = NodeNames()
    reserveNames(of: draft)
  }

  private mutating func reserveNames(of draft: GraphDraft) {
    for name in draft.ownNames { values.reserve(name) }
    for node in draft.nodes {
      for body in node.bodies { reserveNames(of: body.draft) }
    }
  }

  private mutating func expand(_ draft: GraphDraft) -> GraphDraft {
    var result = draft
    result.nodes = []
    for (index, node) in draft.nodes.enumerated() {
      var node = node
      // A name that does not change with what is expanded before it.
      if node.name.isEmpty { node.name = "\(node.type)_\(index)" }
      expand(node, into: &result)
    }
    return result
  }

  private mutating func expand(_ node: GraphDraft.Node, into draft: inout GraphDraft) {
    guard let function = functions[node.functionKey], !node.hasDefinition else {
      var node = node
      for index in node.bodies.indices { node.bodies[index].draft = expand(node.bodies[index].draft) }
      draft.nodes.append(node)
      return
    }
    let key = node.functionKey
    guard !stack.contains(key), stack.count < Self.maximumDepth else {
      let cycle = (stack[(stack.firstIndex(of: key) ?? 0)...] + [key]).map(\.description)
      fail(
        stack.contains(key)
          ? "function '\(key)' calls itself: \(cycle.joined(separator: " -> ")); functions must not be recursive"
          : "functions call each other more than \(Self.maximumDepth) deep", node)
      return
    }
    budget -= function.body.nodes.count
    guard budget > 0 else {
      // One error stands for all calls that are left.
      if budget + function.body.nodes.count > 0 {
        fail("the model's functions expand to too many nodes", node)
      }
      return
    }
    guard check(function, node) else { return }
    stack.append(key)
    defer { stack.removeLast() }
    let (nodes, declarations) = instantiate(function, for: node)
    draft.declarations += declarations
    for inner in nodes { expand(inner, into: &draft) }
  }

  private mutating func fail(_ message: String, _ node: GraphDraft.Node) {
    findings.append(Finding(.error, message, node: node.name))
  }

  /// Whether a call fits the function.
  private mutating func check(_ function: GraphDraft.Function, _ call: GraphDraft.Node) -> Bool {
    let count = findings.count
    if call.inputs.count > function.body.inputs.count {
      fail(
        "function '\(call.functionKey)' takes \(function.body.inputs.count) inputs, the call gives "
          + "\(call.inputs.count)", call)
    }
    if call.outputs.count > function.body.outputs.count {
      fail(
        "function '\(call.functionKey)' has \(function.body.outputs.count) outputs, the call takes "
          + "\(call.outputs.count)", call)
    }
    let own = function.body.ownNames
    for output in function.body.outputs where !own.contains(output.name) {
      fail("function '\(call.functionKey)' does not compute its output '\(output.name)'", call)
    }
    return findings.count == count
  }

  /// The nodes of a function for one call, with the call's values in place of the function's inputs and outputs, and what
  /// the function declares of values that only a declaration can give a shape: calls may differ in their shapes.
  private mutating func instantiate(
    _ function: GraphDraft.Function, for call: GraphDraft.Node
  ) -> (nodes: [GraphDraft.Node], declarations: [GraphDraft.Declaration]) {
    let prefix = "\(call.name)/\(call.type)/"
    var names: [String: String] = ["": ""]
    for (position, input) in function.body.inputs.enumerated() {
      names[input.name] = position < call.inputs.count ? call.inputs[position] : ""
    }
    var copies: [GraphDraft.Node] = []
    for (output, actual) in zip(function.body.outputs, call.outputs) where !actual.isEmpty {
      if let source = names[output.name] {
        // An input handed on, or one value under two names.
        copies.append(
          GraphDraft.Node(
            name: "\(prefix)\(output.name)", type: "Identity", inputs: [source], outputs: [actual]))
      } else {
        names[output.name] = actual
      }
    }
    let renaming = Renaming(prefix: prefix, call: call, defaults: function.defaults)
    let nodes = function.body.nodes.enumerated().map { index, node in
      renaming.node(node, index: index, names: &names, taken: &values)
    }
    let unknown = Set(function.body.nodes.filter { !$0.hasDefinition }.flatMap(\.outputs))
    let declarations = renaming.declarations(
      function.body.declarations.filter { unknown.contains($0.name) }, names: &names, taken: &values)
    return (nodes + copies, declarations)
  }
}

/// Moves nodes of a function to the place of a call.
private struct Renaming {
  let prefix: String
  let call: GraphDraft.Node
  /// The function's attributes with their defaults.
  let defaults: GraphDraft.Node

  func node(
    _ node: GraphDraft.Node, index: Int, names: inout [String: String], taken: inout NodeNames
  ) -> GraphDraft.Node {
    var result = node
    result.name = prefix + (node.name.isEmpty ? "\(node.type)_\(index)" : node.name)
    result.inputs = node.inputs.map { name($0, &names, &taken) }
    result.outputs = node.outputs.map { name($0, &names, &taken) }
    result.attributeReferences = [:]
    for index in result.bodies.indices {
      result.bodies[index].draft = body(result.bodies[index].draft, names: &names, taken: &taken)
    }
    for (attribute, reference) in node.attributeReferences.sorted(by: { $0.key < $1.key }) {
      let source = call.has(attribute: reference) ? call : defaults
      result.attributes[attribute] = source.attributes[reference]
      result.tensors[attribute] = source.tensors[reference]
      // Bodies that the call hands in read the caller's values and keep their names.
      result.bodies += source.bodies.filter { $0.attribute == reference }.map { (attribute, $0.draft) }
    }
    return result
  }

  private func body(
    _ draft: GraphDraft, names: inout [String: String], taken: inout NodeNames
  ) -> GraphDraft {
    var result = draft
    for index in result.constants.indices {
      result.constants[index].name = name(draft.constants[index].name, &names, &taken)
    }
    result.inputs = declarations(draft.inputs, names: &names, taken: &taken)
    result.outputs = declarations(draft.outputs, names: &names, taken: &taken)
    result.declarations = declarations(draft.declarations, names: &names, taken: &taken)
    result.nodes = draft.nodes.enumerated().map { index, node in
      self.node(node, index: index, names: &names, taken: &taken)
    }
    return result
  }

  func declarations(
    _ given: [GraphDraft.Declaration], names: inout [String: String], taken: inout NodeNames
  ) -> [GraphDraft.Declaration] {
    given.map {
      GraphDraft.Declaration(name: name($0.name, &names, &taken), type: $0.type, shape: $0.shape)
    }
  }

  /// The value's name outside the function.
  private func name(_ inner: String, _ names: inout [String: String], _ taken: inout NodeNames) -> String {
    if let known = names[inner] { return known }
    let outer = taken.unique(prefix + inner)
    names[inner] = outer
    return outer
  }
}

extension GraphDraft {
  /// Names of values that it defines itself, bodies of its nodes left out.
  fileprivate var ownNames: Set<String> {
    Set(inputs.map(\.name) + constants.map(\.name) + nodes.flatMap(\.outputs)).subtracting([""])
  }
}

extension GraphDraft.Node {
  var functionKey: GraphDraft.FunctionKey {
    GraphDraft.FunctionKey(domain: domain, name: type, overload: overload)
  }

  /// Whether the operator is known without a body.
  fileprivate var hasDefinition: Bool { OperatorRegistry.definition(of: type, domain: domain) != nil }

  fileprivate func has(attribute name: String) -> Bool {
    attributes[name] != nil || tensors[name] != nil || bodies.contains { $0.attribute == name }
  }
}

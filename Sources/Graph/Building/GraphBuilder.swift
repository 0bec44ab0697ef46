/// Builds a graph in memory: add inputs, constants and operators, mark outputs, then ``build()``.
///
///     var builder = GraphBuilder(name: "classifier")
///     let image = builder.input("image", .float32, [1, 2048])
///     let weights = builder.constant("weights", .float32, [2048, 1000])
///     let scores = builder.add("MatMul", [image, weights])
///     builder.output(builder.add("Softmax", [scores]))
///     let graph = try builder.build().graph
///
/// Operators, their inputs and attributes are those of ONNX; an operator that ONNX does not define is allowed where its
/// outputs are declared. Problems are collected and thrown by ``build()``.
public struct GraphBuilder: Sendable {
  /// A value of the graph being built.
  public struct Value: Sendable, Hashable {
    public let name: String
  }

  /// A finished graph, and what is worth knowing about it.
  public struct Result: Sendable {
    public let graph: Graph
    public let findings: [Finding]
  }

  private var draft: GraphDraft
  /// How the model is served; see ``Serving``.
  public var serving: Serving {
    get { draft.serving }
    set { draft.serving = newValue }
  }

  /// Which inputs and outputs stay on a device between requests; none unless said otherwise.
  public var states: StateChoice {
    get { draft.states }
    set { draft.states = newValue }
  }

  public init(name: String) {
    draft = GraphDraft(name: name)
  }

  /// Adds a tensor the caller feeds. No dimension may be negative.
  public mutating func input(_ name: String, _ type: ElementType, _ shape: [Int]) -> Value {
    draft.inputs.append(GraphDraft.Declaration(name: name, type: type, shape: shape))
    return Value(name: name)
  }

  /// Adds a constant. Values are only needed where shapes follow from them, as of the second input of a Reshape.
  public mutating func constant(
    _ name: String, _ type: ElementType, _ shape: [Int], values: ConstantValues? = nil
  ) -> Value {
    draft.constants.append(GraphDraft.Constant(name: name, type: type, shape: shape, values: values))
    return Value(name: name)
  }

  /// Adds an operator with one output.
  ///
  /// - Parameter inputs: `nil` leaves an optional input out.
  public mutating func add(
    _ type: String, _ inputs: [Value?], domain: String = "", name: String? = nil,
    attributes: [String: Attribute] = [:]
  ) -> Value {
    let name = name ?? "\(type)_\(draft.nodes.count)"
    append(type, inputs, domain, name, attributes, outputs: [name])
    return Value(name: name)
  }

  /// Adds an operator with several outputs, called after the node and their position.
  public mutating func add(
    _ type: String, _ inputs: [Value?], outputs: Int, domain: String = "", name: String? = nil,
    attributes: [String: Attribute] = [:]
  ) -> [Value] {
    let name = name ?? "\(type)_\(draft.nodes.count)"
    let values = (0..<max(0, outputs)).map { Value(name: "\(name):\($0)") }
    append(type, inputs, domain, name, attributes, outputs: values.map(\.name))
    return values
  }

  private mutating func append(
    _ type: String, _ inputs: [Value?], _ domain: String, _ name: String,
    _ attributes: [String: Attribute], outputs: [String]
  ) {
    draft.nodes.append(
      GraphDraft.Node(
        name: name, type: type, domain: domain, inputs: inputs.map { $0?.name ?? "" }, outputs: outputs,
        attributes: attributes))
  }

  /// States type and shape of a value, for operators that ONNX does not define.
  public mutating func declare(_ value: Value, _ type: ElementType, _ shape: [Int]) {
    draft.declarations.append(GraphDraft.Declaration(name: value.name, type: type, shape: shape))
  }

  /// Marks a value as an output of the graph.
  public mutating func output(_ value: Value) {
    draft.outputs.append(GraphDraft.Declaration(name: value.name, type: nil, shape: nil))
  }

  /// Checks the graph, infers shapes, folds constants, counts work and finds embedding tables.
  ///
  /// - Throws: ``GraphError`` with every problem found.
  public func build() throws(GraphError) -> Result {
    var problems: [Finding] = []
    for input in draft.inputs {
      guard let shape = input.shape, shape.contains(where: { ($0 ?? 0) < 0 }) else { continue }
      problems.append(
        Finding(
          .error, "shape \(shape.compactMap { $0 }) of an input must not be negative on any axis",
          field: input.name))
    }
    guard problems.isEmpty else { throw GraphError(problems: problems) }
    let built = try draft.build()
    return Result(graph: built.graph, findings: built.findings)
  }
}

import Graph

/// The dot products of all pairs of features of an item, with what joins the features before and picks the pairs after: Concat,
/// Transpose, MatMul of a tensor with its own transpose, Gather of a triangle, Concat (Naumov et al., "Deep Learning Recommendation
/// Model", arXiv 1906.00091).
struct Interaction: Sendable, Hashable {
  /// In the order of the graph.
  let operators: [OperatorID]
  let product: OperatorID
  /// What it reads that is computed elsewhere, constants aside.
  let reads: [TensorID]
  /// What others read of it.
  let writes: [TensorID]

  /// Elements of an item's features that a core keeps on chip.
  private static let mostElements = 65_536

  /// All of a graph, no operator in two of them.
  static func all(in graph: Graph) -> [Interaction] {
    var taken: Set<OperatorID> = []
    return graph.operators.indices.compactMap { index in
      guard let found = Interaction(product: OperatorID(index), in: graph),
        taken.isDisjoint(with: found.operators)
      else { return nil }
      taken.formUnion(found.operators)
      return found
    }
  }

  private init?(product: OperatorID, in graph: Graph) {
    guard let origin = Self.origin(of: product, in: graph) else { return nil }
    var members = origin.path.union([product])
    if let producer = graph[origin.tensor].producer, Self.joins(graph[producer], in: graph),
      graph[origin.tensor].consumers.allSatisfy(members.contains)
    {
      members.insert(producer)
    }
    guard let first = members.min(), Self.begins(at: first, members, in: graph) else { return nil }
    var result = graph[product].outputs.first.flatMap(\.self)
    while let tensor = result, graph[tensor].consumers.count == 1, let next = graph[tensor].consumers.first {
      guard graph[next].work.kind == .movement, graph[next].outputs.count == 1 else { break }
      let isEnd = graph.activationInputs(of: graph[next]).count > 1
      guard Self.begins(at: first, members.union([next]), in: graph) else { break }
      members.insert(next)
      result = isEnd ? nil : graph[next].outputs.first.flatMap(\.self)
    }
    self.product = product
    operators = members.sorted()
    let outputs = Set(graph.responses)
    reads = Self.reads(members, in: graph)
    writes = operators.flatMap { graph[$0].outputs.compactMap(\.self) }.filter { tensor in
      outputs.contains(tensor) || !graph[tensor].consumers.allSatisfy(members.contains)
    }
  }

  /// The tensor [..., features, width] that a product multiplies by its own transpose, and the views and transposes between;
  /// `nil` where it does not.
  private static func origin(of product: OperatorID, in graph: Graph) -> (
    tensor: TensorID, path: Set<OperatorID>
  )? {
    let node = graph[product]
    let operands = node.inputs.prefix(2).compactMap(\.self)
    guard node.work.kind == .matrix, operands.count == 2, let output = node.outputs.first.flatMap(\.self),
      case let (shape, results) = (graph[operands[0]].shape, graph[output].shape), shape.count > 2,
      results.count == shape.count, let features = results.last, features > 1,
      results[results.count - 2] == features, shape[shape.count - 2] == features, let width = shape.last,
      features <= mostElements / max(1, features, width)
    else { return nil }
    let (a, b) = (trace(operands[0], in: graph), trace(operands[1], in: graph))
    guard a.tensor == b.tensor, graph[a.tensor].role != .constant else { return nil }
    // A MatMul needs one of them turned; other products say by themselves which axes they sum over.
    if node.type == "MatMul",
      !a.path.symmetricDifference(b.path).contains(where: { graph[$0].type == "Transpose" })
    {
      return nil
    }
    return (a.tensor, a.path.union(b.path))
  }

  /// Back through views and transposes.
  private static func trace(_ tensor: TensorID, in graph: Graph) -> (tensor: TensorID, path: Set<OperatorID>)
  {
    var (tensor, path): (TensorID, Set<OperatorID>) = (tensor, [])
    while let producer = graph[tensor].producer, graph[producer].work.kind == .movement,
      case let inputs = graph.activationInputs(of: graph[producer]), inputs.count == 1,
      graph[inputs[0]].count == graph[tensor].count, graph[producer].outputs.count == 1
    {
      path.insert(producer)
      tensor = inputs[0]
    }
    return (tensor, path)
  }

  private static func joins(_ node: Operator, in graph: Graph) -> Bool {
    node.work.kind == .movement && node.outputs.count == 1 && graph.activationInputs(of: node).count > 1
  }

  /// Whether all that the operators read from elsewhere is there when the first of them starts.
  private static func begins(at first: OperatorID, _ members: Set<OperatorID>, in graph: Graph) -> Bool {
    reads(members, in: graph).allSatisfy { tensor in graph[tensor].producer.map { $0 < first } ?? true }
  }

  private static func reads(_ members: Set<OperatorID>, in graph: Graph) -> [TensorID] {
    var known: Set<TensorID> = []
    return members.sorted().flatMap { graph.activationInputs(of: graph[$0]) }.filter { tensor in
      !(graph[tensor].producer.map(members.contains) ?? false) && known.insert(tensor).inserted
    }
  }
}

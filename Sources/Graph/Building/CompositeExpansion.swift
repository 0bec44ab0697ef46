/// Replaces operators that hold an embedding table beside other work by the operators they are fused from, so that the table
/// can be placed by itself.
///
/// `com.microsoft::EmbedLayerNormalization` becomes a Gather for each table, their sum and a LayerNormalization. The new
/// operators are called after the node, `node/word_embedding` for instance.
extension GraphDraft {
  func expandingComposites() -> GraphDraft {
    // Most drafts have none, and are handed on as they are.
    guard nodes.contains(where: { !$0.bodies.isEmpty || Self.isEmbedding($0) }) else { return self }
    var draft = self
    var nodes: [Node] = []
    nodes.reserveCapacity(self.nodes.count)
    for (index, node) in self.nodes.enumerated() {
      var node = node
      node.bodies = node.bodies.map { ($0.attribute, $0.draft.expandingComposites()) }
      nodes += Self.isEmbedding(node) ? Self.embedding(node, index: index) : [node]
    }
    draft.nodes = nodes
    return draft
  }

  private static func isEmbedding(_ node: Node) -> Bool {
    node.type == "EmbedLayerNormalization" && node.domain == "com.microsoft"
  }

  /// Inputs are the ids of words and segments, the tables of words, positions and segments, scale and bias, a mask and the
  /// positions; outputs are the result, the number of words of each sample and the sum before the normalisation.
  private static func embedding(_ node: Node, index: Int) -> [Node] {
    let name = node.name.isEmpty ? "\(node.type)_\(index)" : node.name
    var made: [Node] = []
    func input(_ position: Int) -> String { position < node.inputs.count ? node.inputs[position] : "" }
    func output(_ position: Int) -> String { position < node.outputs.count ? node.outputs[position] : "" }
    func add(
      _ part: String, _ type: String, _ inputs: [String], attributes: [String: Attribute] = [:],
      to given: String = ""
    ) -> String {
      let value = given.isEmpty ? "\(name)/\(part)" : given
      made.append(
        Node(
          name: "\(name)/\(part)", type: type, inputs: inputs, outputs: [value], attributes: attributes))
      return value
    }

    let words = add("word_embedding", "Gather", [input(2), input(0)])
    let positions: String
    if input(8).isEmpty {
      // Positions count from 0: the first rows of the table.
      let start = add("start", "Constant", [], attributes: ["value_ints": .ints([0])])
      let end = add("length", "Shape", [input(0)], attributes: ["start": .int(1), "end": .int(2)])
      positions = add("position_embedding", "Slice", [input(3), start, end, start])
    } else {
      positions = add("position_embedding", "Gather", [input(3), input(8)])
    }
    var sum = add("sum", "Add", [words, positions], to: input(4).isEmpty ? output(2) : "")
    if !input(4).isEmpty {
      let segments = add("segment_embedding", "Gather", [input(4), input(1)])
      sum = add("sum_with_segments", "Add", [sum, segments], to: output(2))
    }
    var epsilon: [String: Attribute] = [:]
    epsilon["epsilon"] = node.attributes["epsilon"]
    _ = add(
      "normalisation", "LayerNormalization", [sum, input(5), input(6)], attributes: epsilon, to: output(0))
    if !output(1).isEmpty {
      let counted = input(7).isEmpty ? input(0) : input(7)
      _ = add(
        "mask_index", "ReduceSum", [counted], attributes: ["axes": .ints([1]), "keepdims": .int(0)],
        to: output(1))
    }
    return made
  }
}

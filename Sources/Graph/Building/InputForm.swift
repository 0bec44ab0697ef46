/// How an input is sent, where that is not as the model declares it.
public enum InputForm: String, Codable, Hashable, Sendable, CaseIterable {
  /// In 8 bits a value, as pixels are; an operator makes floating-point numbers of them.
  case uint8
  /// Once for all items of a batch, as what is known of a user whose items are ranked; an operator copies it for each.
  case shared
}

extension Graph {
  /// The graph with inputs sent in other forms. The operator that makes of each what the model reads stands in front of all
  /// others and is placed like them: on a card, less is sent; on the host, as much as without.
  ///
  /// - Parameter forms: By input.
  /// - Returns: with what cannot be done, in prose; those inputs are as they were.
  public func sending(_ forms: [String: InputForm]) -> (graph: Graph, problems: [String]) {
    var graph = self
    var problems: [String] = []
    var received: [Operator] = []
    let lookups = Set(embeddingTables.flatMap(\.lookups))
    for (name, form) in forms.sorted(by: { $0.key < $1.key }) {
      guard let input = inputs.first(where: { self[$0].name == name }) else {
        problems.append("the model has no input '\(name)'")
        continue
      }
      let tensor = self[input]
      if let problem = refusal(
        form, of: tensor, isLookedUp: tensor.consumers.contains(where: lookups.contains))
      {
        problems.append("input '\(name)' cannot be sent as \(form.rawValue): \(problem)")
        continue
      }
      let whole = TensorID(graph.tensors.count)
      var made = tensor
      made.name = graph.unusedName("\(name).received")
      made.role = .intermediate
      graph.tensors.append(made)
      for op in tensor.consumers {
        for (position, read) in graph.operators[op.index].inputs.enumerated() where read == input {
          graph.operators[op.index].inputs[position] = whole
        }
      }
      for index in graph.outputs.indices where graph.outputs[index] == input { graph.outputs[index] = whole }
      switch form {
      case .uint8: graph.tensors[input.index].type = .uint8
      case .shared: graph.tensors[input.index].shape[0] = 1
      }
      received.append(
        Operator(
          name: made.name, type: form == .uint8 ? "Cast" : "Expand", inputs: [input], outputs: [whole],
          work: Work(
            kind: form == .uint8 ? .vector : .movement, vectorOperations: form == .uint8 ? tensor.count : 0,
            inputBytes: graph[input].bytes, outputBytes: made.bytes)))
    }
    graph.prepend(received)
    return (graph, problems)
  }

  private func refusal(_ form: InputForm, of tensor: Tensor, isLookedUp: Bool) -> String? {
    if tensor.role != .input { return "it stays on a device" }
    switch form {
    case .uint8:
      return tensor.type.isFloat ? nil : "it is \(tensor.type.rawValue), and no floating-point numbers"
    case .shared:
      if isLookedUp { return "rows are looked up with it, item by item" }
      guard let items = tensor.shape.first, items > 1 else {
        return "its shape is \(tensor.shape), which has no items along the first axis"
      }
      return nil
    }
  }

  private func unusedName(_ wanted: String) -> String {
    let known = Set(operators.map(\.name) + tensors.map(\.name))
    var name = wanted
    while known.contains(name) { name += "_" }
    return name
  }

  /// Puts operators in front of all others.
  private mutating func prepend(_ first: [Operator]) {
    operators = first + operators
    receivers = first.map(\.name)
    linkTensors()
    for table in embeddingTables.indices {
      embeddingTables[table].lookups = embeddingTables[table].lookups.map {
        OperatorID($0.index + first.count)
      }
    }
    for state in states.indices { states[state].owner = OperatorID(states[state].owner.index + first.count) }
  }
}

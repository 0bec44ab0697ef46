/// Constants that carry the batch.
extension BatchRewriter {
  /// Replaces constant target shapes by what they are at the new batch.
  mutating func followTargets(_ node: inout Scope.Node) throws(Finding) {
    if node.type == "EmbeddingBag" { return followOffsets(&node) }
    guard let data = node.inputs.first.flatMap({ $0 }), let axis = grownAxis(data),
      let source = old[data].shape
    else { return }
    switch node.type {
    case "Reshape":
      guard let output = node.outputs.first.flatMap({ $0 }), let target = old[output].shape else { return }
      let isFixed =
        node.inputs.count > 1
        ? isUnchanged(node.inputs[1]) : node.attributes["shape"] != nil
      guard isFixed else { return }
      let view = ReshapedBatch(source: source, axis: axis, position: positions[data] ?? 1, batch: from)
      guard let place = view.axis(in: target, keepsLast: isWidth(output)), let size = scaled(target[place])
      else {
        throw refusal(node, "no axis of its shape \(target) holds the batch")
      }
      var sizes = target
      sizes[place] = size
      if node.inputs.count > 1 {
        node.inputs[1] = addConstant(sizes)
      } else {
        node.attributes["shape"] = .ints(sizes)
      }
      count(node)
    case "Expand", "Resize":
      let slot = node.type == "Expand" ? 1 : 3
      guard node.inputs.count > slot, isUnchanged(node.inputs[slot]), node.attributes["axes"] == nil,
        var sizes = node.inputs[slot].flatMap({ old[$0].values?.ints })
      else { return }
      let place = axis + sizes.count - source.count
      guard sizes.indices.contains(place), sizes[place] == source[axis],
        sizes[place] != 1 || node.type == "Resize",
        let size = scaled(sizes[place])
      else { return }
      sizes[place] = size
      node.inputs[slot] = addConstant(sizes)
      count(node)
    case "Slice": try followSlice(&node, axis: axis, size: source[axis])
    case "LSTM", "GRU", "RNN": followInitialStates(&node, axis: axis, size: source[axis])
    default: break
    }
  }

  /// Whether the last axis of a value is a width that constants have, as that of rows which weights multiply.
  private func isWidth(_ value: Int) -> Bool {
    guard let width = old[value].shape?.last, width > 1, readers.indices.contains(value) else { return false }
    return readers[value].contains { reader in
      let node = scope.nodes[reader]
      let constants = node.inputs.compactMap { $0 }.filter { $0 != value && old[$0].isConstant }
      guard let shape = constants.first.flatMap({ old[$0].shape }), !shape.isEmpty else { return false }
      switch node.type {
      case "MatMul": return node.inputs[0] == value && shape.dropLast().last == width
      case "Gemm":
        guard node.inputs[0] == value, [nil, .int(0)].contains(node.attributes["transA"]) else {
          return false
        }
        return (node.attributes["transB"] == .int(1) ? shape.last : shape.first) == width
      default: return (node.has(.elementwise) || node.type.hasSuffix("Normalization")) && shape.last == width
      }
    }
  }

  private func isUnchanged(_ value: Int?) -> Bool {
    value.map { old[$0].values != nil && old[$0].values == new[$0].values } ?? false
  }

  /// Initial states are [directions, batch, hidden], or, where the batch is the first axis of the sequence, with the batch
  /// first.
  private mutating func followInitialStates(_ node: inout Scope.Node, axis: Int, size: Int) {
    for slot in [5, 6] where node.inputs.indices.contains(slot) {
      guard let value = node.inputs[slot], new[value].isConstant, var shape = new[value].shape,
        shape.indices.contains(axis), shape[axis] == size, let longer = scaled(size)
      else { continue }
      shape[axis] = longer
      node.inputs[slot] = size == 1 ? expand(value, to: shape, for: node) : addConstant(shape, like: value)
    }
  }

  /// Constant offsets of bags with the last one are one more than there are bags.
  private mutating func followOffsets(_ node: inout Scope.Node) {
    guard node.attributes["include_last_offset"] == .int(1), node.inputs.count > 2,
      node.inputs[1].flatMap({ grownAxis($0) }) != nil
    else { return }
    for slot in node.inputs.indices.dropFirst(2) {
      guard let value = node.inputs[slot], new[value].isConstant, new[value].type?.isIndex ?? false,
        let count = new[value].count, let bags = scaled(count - 1)
      else { continue }
      node.inputs[slot] = addConstant([Saturating.sum(bags, 1)], like: value)
      self.count(node)
    }
  }

  /// A cut that takes the whole batch still does; one that takes a part of it has the batch built in.
  private mutating func followSlice(_ node: inout Scope.Node, axis: Int, size: Int) throws(Finding) {
    let context = NodeContext(node: node, inputs: node.inputs.map { $0.map { old[$0] } })
    guard let shape = context.shape(0), let cuts = try? IndexingOperators.cuts(context, shape: shape) else {
      return
    }
    guard cuts[axis].count == size else {
      throw refusal(node, "it takes \(cuts[axis].count) of \(size) along the batch")
    }
    let isInput = node.inputs.count > 2
    guard let ends = try? context.intsFrom(input: 2, attribute: "ends"),
      !isInput || isUnchanged(node.inputs[2])
    else { return }
    let axes = (try? context.intsFrom(input: 3, attribute: "axes")) ?? Array(ends.indices)
    let longer = zip(ends, axes).map { end, place in
      end == size && (place < 0 ? place + shape.count : place) == axis ? Int.max : end
    }
    guard longer != ends else { return }
    if isInput { node.inputs[2] = addConstant(longer) } else { node.attributes["ends"] = .ints(longer) }
    count(node)
  }

  /// Lengthens constant operands whose axes stand beside the batch, counted from the last axis, or from the first for
  /// operators that join or index; false when there is none.
  mutating func followOperands(_ node: inout Scope.Node) throws(Finding) -> Bool {
    if node.type == "Expand" { return followExpanded(&node) }
    guard let grown = node.inputs.compactMap({ $0 }).first(where: { grownAxis($0) != nil }),
      let axis = grownAxis(grown), let shape = old[grown].shape
    else { return false }
    let countsFromFirst = !node.has(.elementwise) && !(node.definition?.isMatrix ?? false)
    var hasChanged = false
    for slot in node.inputs.indices {
      guard let value = node.inputs[slot], value != grown, grownAxis(value) == nil,
        let other = new[value].shape
      else { continue }
      let place = countsFromFirst ? axis : axis + other.count - shape.count
      guard other.indices.contains(place), other[place] == shape[axis], let size = scaled(other[place]) else {
        continue
      }
      var longer = other
      longer[place] = size
      if let source = repeated(value) {
        // One item that the file repeats: it is repeated more often.
        node.inputs[slot] = expand(source, to: longer, for: node)
      } else if new[value].isConstant, other[place] != 1 {
        node.inputs[slot] = addConstant(longer, like: value)
      } else if other[place] == 1 {
        node.inputs[slot] = expand(value, to: longer, for: node)
      } else {
        continue
      }
      hasChanged = true
    }
    if hasChanged { count(node) }
    return hasChanged
  }

  /// A constant that has the batch already, and is expanded to a computed shape.
  private mutating func followExpanded(_ node: inout Scope.Node) -> Bool {
    guard node.inputs.count > 1, let data = node.inputs[0], let target = node.inputs[1], new[data].isConstant,
      var shape = new[data].shape, let before = old[target].values?.ints,
      let after = new[target].values?.ints,
      before.count == after.count, before.count >= shape.count
    else { return false }
    let shift = before.count - shape.count
    var hasChanged = false
    for axis in shape.indices where shape[axis] > 1 && shape[axis] == before[axis + shift] {
      hasChanged = hasChanged || shape[axis] != after[axis + shift]
      shape[axis] = after[axis + shift]
    }
    guard hasChanged else { return false }
    node.inputs[0] = addConstant(shape, like: data)
    count(node)
    return true
  }

  private mutating func count(_ node: Scope.Node) {
    if let index = followers.firstIndex(where: { $0.type == node.type }) {
      followers[index].count += 1
    } else {
      followers.append((node.type, 1))
    }
  }

  private mutating func addConstant(_ values: [Int]) -> Int {
    var fact = TensorFact(.int64, [values.count])
    fact.values = .ints(values)
    return addConstant(fact, named: "batch")
  }

  /// A longer constant, of which no file has the values.
  private mutating func addConstant(_ shape: [Int], like value: Int) -> Int {
    addConstant(TensorFact(new[value].type, shape), named: scope.values[value].name)
  }

  private mutating func addConstant(_ fact: TensorFact, named stem: String) -> Int {
    var fact = fact
    fact.constancy = .stored
    let name = "\(stem) \(to)/\(scope.constants.count)"
    scope.constants.append(
      GraphDraft.Constant(
        name: name, type: fact.type ?? .float32, shape: fact.shape ?? [], values: fact.values))
    return addValue(name, .constant(scope.constants.count - 1), fact)
  }

  private mutating func addValue(_ name: String, _ origin: Scope.Value.Origin, _ fact: TensorFact) -> Int {
    scope.values.append(Scope.Value(name: name, origin: origin, declared: nil))
    old.append(fact)
    new.append(fact)
    return scope.values.count - 1
  }

  /// What an Expand to a constant shape repeats, where that wrote the value.
  private func repeated(_ value: Int) -> Int? {
    guard case .node(let index, _) = scope.values[value].origin, nodes.indices.contains(index),
      nodes[index].type == "Expand", nodes[index].inputs.count > 1, isUnchanged(nodes[index].inputs[1])
    else { return nil }
    return nodes[index].inputs[0]
  }

  /// Repeats a value of one item along the batch; weights stay as many as they are.
  private mutating func expand(_ value: Int, to shape: [Int], for node: Scope.Node) -> Int {
    let name = names.unique("\(node.name)/Expand")
    let target = addConstant(shape)
    let output = addValue(name, .node(nodes.count, slot: 0), TensorFact(new[value].type, shape))
    append(
      Scope.Node(
        name: name, type: "Expand", domain: "", inputs: [value, target], outputs: [output], attributes: [:],
        tensors: [:], bodies: [], captured: []))
    return output
  }
}

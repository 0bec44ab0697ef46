import Graph

/// Which elementwise operators a compiler computes while the producer's result is still in registers.
///
/// Operator v joins the group of operator u when
/// - v is elementwise and has the shape of the input that u produced,
/// - u is v's last producer in topological order, and does matrix or vector work or is itself in such a group,
/// - v's other inputs exist before the group's first operator starts, or come from the group.
///
/// v then costs the reads of its other inputs and what arithmetic its group does not hide; it needs no launch of its own, and its result
/// takes the place of u's. The rule covers bias, activation, residual addition, SiLU and GELU chains, and inference
/// batch normalisation: the epilogues that TVM, XLA, Glow and TensorRT fuse.
struct Fusion: Sendable {
  /// The first operator of the group an operator was fused into; `nil` where it runs on its own or leads.
  let leader: [OperatorID?]
  /// The input whose buffer an operator's result takes over; `nil` where it writes a new one.
  let inPlaceInput: [TensorID?]

  init(_ graph: Graph) {
    var leader: [OperatorID?] = []
    var inPlace: [TensorID?] = []
    leader.reserveCapacity(graph.operators.count)
    inPlace.reserveCapacity(graph.operators.count)
    /// The group each operator's result belongs to, leaders included.
    var group: [OperatorID?] = []
    for (index, node) in graph.operators.enumerated() {
      let id = OperatorID(index)
      if node.work.isView {
        let input = graph.activationInputs(of: node).first
        leader.append(nil)
        inPlace.append(input)
        group.append(input.flatMap { graph[$0].producer }.flatMap { group[$0.index] })
        continue
      }
      if let input = Fusion.fusedInput(of: node, in: graph, group: group),
        let producer = graph[input].producer
      {
        leader.append(group[producer.index])
        inPlace.append(graph[input].consumers.count == 1 ? input : nil)
        group.append(group[producer.index])
      } else {
        leader.append(nil)
        inPlace.append(nil)
        let leads = node.work.kind == .matrix || node.work.kind == .vector
        group.append(leads ? id : nil)
      }
    }
    self.leader = leader
    self.inPlaceInput = inPlace
  }

  private static func fusedInput(of node: Operator, in graph: Graph, group: [OperatorID?]) -> TensorID? {
    guard node.has(.elementwise),
      let output = node.outputs.first.flatMap({ $0 })
    else { return nil }
    let inputs = graph.activationInputs(of: node)
    guard
      let last = inputs.max(by: { producerIndex($0, graph) < producerIndex($1, graph) }),
      let producer = graph[last].producer, let home = group[producer.index],
      graph[last].shape == graph[output].shape
    else { return nil }
    let available = inputs.allSatisfy { input in
      guard let other = graph[input].producer else { return true }
      return group[other.index] == home || other < home
    }
    return available ? last : nil
  }

  private static func producerIndex(_ tensor: TensorID, _ graph: Graph) -> Int {
    graph[tensor].producer?.index ?? -1
  }
}

extension Graph {
  /// The non-constant inputs of `node`, each once, in order.
  func activationInputs(of node: Operator) -> [TensorID] {
    distinctInputs(of: node) { self[$0].role != .constant }
  }

  /// The constant inputs of `node`, each once, in order.
  func constantInputs(of node: Operator) -> [TensorID] {
    distinctInputs(of: node) { self[$0].role == .constant }
  }

  private func distinctInputs(of node: Operator, where include: (TensorID) -> Bool) -> [TensorID] {
    var result: [TensorID] = []
    for case .some(let input) in node.inputs where include(input) && !result.contains(input) {
      result.append(input)
    }
    return result
  }
}

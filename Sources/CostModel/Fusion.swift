import Graph

/// Which elementwise operators a compiler computes while the producer's result is still in registers.
///
/// Operator v joins the group of operator u when
/// - v is elementwise and has the shape of the input that u produced, perhaps through views,
/// - u is v's last producer in topological order, and does matrix or vector work or is itself in such a group,
/// - v's other inputs exist before the group's first operator starts, or come from the group,
/// - all cards that run the group's first operator run v: one at least, or the host alone runs both.
/// Where a card cannot run the first operator of a group, it runs none of it.
///
/// v then costs the reads of its other inputs and what arithmetic its group does not hide; it needs no launch of its own, and its result
/// takes the place of u's. The rule covers bias, activation, residual addition, SiLU and GELU chains, and inference
/// batch normalisation: the epilogues that TVM, XLA, Glow and TensorRT fuse.
///
/// Interactions of features (``Interaction``) are groups too, of which what follows may be a part; devices that compute them operator by
/// operator cost them by the rule alone.
///
/// A view whose result a fused operator reads is in the group as well. So whatever a group reads from outside, its first
/// operator aside, was made before that operator: groups taken as one never wait for each other in a circle.
struct Fusion: Sendable {
  /// The first operator of the group an operator was fused into; `nil` where it runs on its own or leads.
  private(set) var leader: [OperatorID?]
  /// The input whose buffer an operator's result takes over; `nil` where it writes a new one.
  private(set) var inPlaceInput: [TensorID?]
  /// The group each operator's result belongs to, leaders and views without a fused reader included.
  private(set) var group: [OperatorID?]
  /// Interactions of features, each a group of its own.
  private(set) var interactions: [Interaction] = []
  /// By operator: its position in ``interactions``.
  private(set) var interaction: [Int?] = []
  /// Operators that could not join the kernel that a compiler names; see ``init(_:deviceClasses:kernels:)``.
  private(set) var apart: [OperatorID] = []

  /// - Parameters:
  ///   - interactions: That are computed in one kernel each.
  init(_ graph: Graph, deviceClasses: DeviceClasses, interactions: [Interaction] = []) {
    leader = Array(repeating: nil, count: graph.operators.count)
    inPlaceInput = leader.map { _ in nil }
    group = leader
    interaction = leader.map { _ in nil }
    self.interactions = interactions
    for (number, found) in interactions.enumerated() {
      for op in found.operators {
        interaction[op.index] = number
        group[op.index] = found.operators[0]
        if op != found.operators[0] { leader[op.index] = found.operators[0] }
      }
    }
    for (index, node) in graph.operators.enumerated() {
      let id = OperatorID(index)
      if interaction[index] != nil {
        if node.work.isView { inPlaceInput[index] = graph.activationInputs(of: node).first }
      } else if node.work.isView {
        let input = graph.activationInputs(of: node).first
        inPlaceInput[index] = input
        group[index] = input.flatMap { home(of: id, behind: $0, in: graph, deviceClasses) }
      } else if let input = fusedInput(of: node, in: graph),
        let home = home(of: id, behind: input, in: graph, deviceClasses)
      {
        leader[index] = home
        group[index] = home
        inPlaceInput[index] = graph[input].consumers.count == 1 ? input : nil
        takeInViews(behind: graph.activationInputs(of: node), of: home, in: graph)
      } else if node.work.kind == .matrix || node.work.kind == .vector {
        group[index] = id
      }
    }
  }

  /// Groups that a compiler names in place of the rule.
  ///
  /// What groups taken as one rest on holds for these too: an operator that not all devices of its kernel run, or that
  /// reads what is computed after the kernel's first operator and not in it, begins another group of that kernel.
  ///
  /// - Parameter kernels: By operator: the number of its kernel; `nil` for one of its own.
  init(_ graph: Graph, deviceClasses: DeviceClasses, kernels: [Int?]) {
    leader = Array(repeating: nil, count: graph.operators.count)
    inPlaceInput = leader.map { _ in nil }
    group = leader
    interaction = leader.map { _ in nil }
    /// By kernel: the first operator of its current group.
    var first: [Int: OperatorID] = [:]
    for (index, node) in graph.operators.enumerated() {
      let id = OperatorID(index)
      let inputs = graph.activationInputs(of: node)
      if node.work.isView { inPlaceInput[index] = inputs.first }
      guard let kernel = kernels[index] else {
        group[index] =
          node.work.isView ? inputs.first.flatMap { graph[$0].producer.flatMap { group[$0.index] } } : id
        continue
      }
      guard let home = first[kernel] else {
        first[kernel] = id
        group[index] = id
        continue
      }
      guard deviceClasses.runs(id, wherever: home), isAvailable(inputs, to: home, in: graph) else {
        apart.append(id)
        first[kernel] = id
        group[index] = id
        continue
      }
      leader[index] = home
      group[index] = home
      if let input = fusedInput(of: node, in: graph), graph[input].consumers.count == 1,
        graph[input].producer.map({ group[$0.index] == home }) ?? false
      {
        inPlaceInput[index] = input
      }
      takeInViews(behind: inputs, of: home, in: graph)
    }
  }

  /// The input whose producer an elementwise operator may be fused into.
  private func fusedInput(of node: Operator, in graph: Graph) -> TensorID? {
    guard node.has(.elementwise),
      let output = node.outputs.first.flatMap({ $0 })
    else { return nil }
    let inputs = graph.activationInputs(of: node)
    let last = inputs.max { Fusion.producerIndex($0, graph) < Fusion.producerIndex($1, graph) }
    return last.flatMap { graph[$0].shape == graph[output].shape ? $0 : nil }
  }

  /// The group that produced `input`, where `op` may be in it.
  private func home(
    of op: OperatorID, behind input: TensorID, in graph: Graph, _ deviceClasses: DeviceClasses
  ) -> OperatorID? {
    guard let home = graph[input].producer.flatMap({ group[$0.index] }),
      deviceClasses.runs(op, wherever: home)
    else { return nil }
    return isAvailable(graph.activationInputs(of: graph[op]), to: home, in: graph) ? home : nil
  }

  /// Whether inputs exist before the first operator of a group starts, or come from the group.
  private func isAvailable(_ inputs: [TensorID], to home: OperatorID, in graph: Graph) -> Bool {
    inputs.allSatisfy { input in
      guard let producer = graph[input].producer else { return true }
      return group[producer.index] == home || producer < home
    }
  }

  /// Puts the views that lead from a group to the inputs of one of its operators into the group.
  private mutating func takeInViews(behind inputs: [TensorID], of home: OperatorID, in graph: Graph) {
    var open = inputs
    while let input = open.popLast() {
      guard let producer = graph[input].producer, producer != home, group[producer.index] == home,
        leader[producer.index] == nil
      else { continue }
      leader[producer.index] = home
      open += graph.activationInputs(of: graph[producer])
    }
  }

  /// By operator: what a card cannot run, with the groups whose first operators it cannot run.
  func withoutGroups(_ isRefused: [Bool]) -> [Bool] {
    var isRefused = isRefused
    // Operators are behind the first of their group.
    for (index, leader) in leader.enumerated() {
      if let leader, isRefused[leader.index] { isRefused[index] = true }
    }
    return isRefused
  }

  private static func producerIndex(_ tensor: TensorID, _ graph: Graph) -> Int {
    graph[tensor].producer?.index ?? -1
  }
}

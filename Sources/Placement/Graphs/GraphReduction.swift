/// Merges items that some optimal assignment keeps together.
///
/// Rule (idle leaf): an item without load, shared load, memory that counts or penalty, whose only neighbour over nets
/// and order is one other item, joins that neighbour when it may go wherever the neighbour may.
/// Proof: take any allowed assignment and move the leaf to its neighbour's device. No compute load, memory or penalty
/// changes. The nets between the two are charged no more than before: nets of the leaf vanish, nets of the neighbour
/// lose a reader. The quotient graph loses edges and gains none. So an optimal assignment exists that keeps them
/// together, in the throughput problem, contiguous or not, and the optimum is kept. (With latency the same move is not
/// harmless: a host unit that joins a call waits for the whole call. The rule is not applied there.)
/// Source: the "trivial node optimisation" of the code published with Tarnawski et al. 2020, with the conditions on
/// memory and allowed devices added.
enum GraphReduction {
  /// A new item of every unit and the number of items; `nil` when no rule applies.
  static func merged(_ model: GraphModel) -> (itemOf: [Int], count: Int)? {
    guard model.problem.objective == .throughput else { return nil }
    var target = Array(0..<model.itemCount)
    // A neighbour that itself moves this round keeps its leaves for the next round.
    var isFixed = Array(repeating: false, count: model.itemCount)
    var changed = false
    for item in 0..<model.itemCount where !isFixed[item] && isIdle(model, item) {
      guard let neighbour = onlyNeighbour(model, item), target[neighbour] == neighbour,
        model.classes.indices.allSatisfy({
          model.modes[neighbour][$0].isEmpty || !model.modes[item][$0].isEmpty
        })
      else { continue }
      target[item] = neighbour
      isFixed[neighbour] = true
      changed = true
    }
    return changed ? GraphModel.numbered(model.itemOf.map { target[$0] }) : nil
  }

  private static func isIdle(_ model: GraphModel, _ item: Int) -> Bool {
    for (entry, modes) in zip(model.classes, model.modes[item]) {
      guard let mode = modes.first else { continue }
      if modes.count > 1 || mode.penalty != 0 || (entry.memory.isFinite && mode.memory > 0) { return false }
      if mode.loads.contains(where: { $0 > 0 }) || mode.shared.contains(where: { $0 > 0 }) { return false }
    }
    return true
  }

  private static func onlyNeighbour(_ model: GraphModel, _ item: Int) -> Int? {
    var neighbours = Set(model.successors[item] + model.predecessors[item])
    for net in model.netsOf[item] {
      let entry = model.nets[net]
      if entry.producer == item {
        neighbours.formUnion(entry.consumers)
      } else {
        // Another reader of the same tensor is no neighbour: the leaf's own reading is what the move removes.
        neighbours.insert(entry.producer)
      }
      if neighbours.count > 1 { return nil }
    }
    return neighbours.count == 1 ? neighbours.first : nil
  }
}

/// Topological orders of a model's items, along which a contiguous assignment may be cut.
enum ItemOrder {
  enum Kind: CaseIterable, Sendable {
    /// Follows one branch to its end before it starts the next, from the sources.
    case depthFirst
    /// The same, taking the last reader first.
    case depthFirstReversed
    /// Depth first from the sinks, turned round.
    case fromSinks
    case fromSinksReversed
    /// Level by level.
    case breadthFirst
  }

  static func order(_ model: GraphModel, _ kind: Kind) -> [Int] {
    switch kind {
    case .depthFirst: sorted(model.successors, model.predecessors, depthFirst: true, ascending: true)
    case .depthFirstReversed: sorted(model.successors, model.predecessors, depthFirst: true, ascending: false)
    case .fromSinks:
      sorted(model.predecessors, model.successors, depthFirst: true, ascending: true).reversed()
    case .fromSinksReversed:
      sorted(model.predecessors, model.successors, depthFirst: true, ascending: false).reversed()
    case .breadthFirst: sorted(model.successors, model.predecessors, depthFirst: false, ascending: true)
    }
  }

  private static func sorted(
    _ successors: [[Int]], _ predecessors: [[Int]], depthFirst: Bool, ascending: Bool
  ) -> [Int] {
    var waiting = predecessors.map(\.count)
    var ready = successors.indices.filter { waiting[$0] == 0 }
    if ascending == depthFirst { ready.reverse() }
    var order: [Int] = []
    order.reserveCapacity(successors.count)
    var head = 0
    while head < ready.count {
      let item: Int
      if depthFirst {
        item = ready.removeLast()
      } else {
        item = ready[head]
        head += 1
      }
      order.append(item)
      for target in ascending == depthFirst ? successors[item].reversed() : successors[item] {
        waiting[target] -= 1
        if waiting[target] == 0 { ready.append(target) }
      }
    }
    return order
  }
}

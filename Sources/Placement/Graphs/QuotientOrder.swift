/// The quotient graph of an assignment: one node a device, an edge wherever a net between ordered units crosses.
enum QuotientOrder {
  /// The devices that wait for each other, ascending; `nil` when the quotient graph is acyclic.
  /// - Parameter homes: the device of every unit.
  static func circle(_ problem: Problem, homes: [Int]) -> [Int]? {
    var successors: [Set<Int>] = Array(repeating: [], count: problem.devices.count)
    for net in problem.nets where problem.units[net.producer].inOrder {
      for consumer in net.consumers where problem.units[consumer].inOrder {
        if homes[consumer] != homes[net.producer] {
          successors[homes[net.producer]].insert(homes[consumer])
        }
      }
    }
    return remainder(after: successors.map { $0.sorted() })
  }

  /// Nodes that no topological order reaches (those on a circle or behind one), ascending; `nil` when there are none.
  static func remainder(after successors: [[Int]]) -> [Int]? {
    let reached = Set(order(successors))
    return reached.count == successors.count ? nil : successors.indices.filter { !reached.contains($0) }
  }

  /// A topological order of the nodes that one reaches.
  static func order(_ successors: [[Int]]) -> [Int] {
    var waiting = Array(repeating: 0, count: successors.count)
    for targets in successors { for target in targets { waiting[target] += 1 } }
    var ready = successors.indices.filter { waiting[$0] == 0 }
    var order: [Int] = []
    while let node = ready.popLast() {
      order.append(node)
      for target in successors[node] {
        waiting[target] -= 1
        if waiting[target] == 0 { ready.append(target) }
      }
    }
    return order
  }
}

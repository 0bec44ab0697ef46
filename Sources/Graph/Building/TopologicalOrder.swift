import HeapModule

/// Orders nodes so that producers come before readers, keeping the given order wherever it already is one.
enum TopologicalOrder {
  enum Result: Equatable {
    case sorted([Int])
    /// Nodes of one cycle, each feeding the next and the last feeding the first.
    case cycle([Int])
  }

  /// - Parameter predecessors: for each node the nodes it reads from, repeats allowed.
  /// - Complexity: O((nodes + edges) log nodes).
  static func sort(_ predecessors: [[Int]]) -> Result {
    let isSorted = predecessors.indices.allSatisfy { node in
      predecessors[node].allSatisfy { $0 < node }
    }
    if isSorted { return .sorted(Array(predecessors.indices)) }

    var waiting = [Int](repeating: 0, count: predecessors.count)
    var readers = [[Int]](repeating: [], count: predecessors.count)
    for (node, sources) in predecessors.enumerated() {
      for source in Set(sources).sorted() {
        waiting[node] += 1
        readers[source].append(node)
      }
    }
    var ready = Heap(waiting.indices.filter { waiting[$0] == 0 })
    var order: [Int] = []
    order.reserveCapacity(predecessors.count)
    while let node = ready.popMin() {
      order.append(node)
      for reader in readers[node] {
        waiting[reader] -= 1
        if waiting[reader] == 0 { ready.insert(reader) }
      }
    }
    guard order.count < predecessors.count else { return .sorted(order) }
    return .cycle(findCycle(predecessors, among: waiting))
  }

  /// Walks backwards among nodes that were never ready until one repeats.
  private static func findCycle(_ predecessors: [[Int]], among waiting: [Int]) -> [Int] {
    guard let start = waiting.firstIndex(where: { $0 > 0 }) else { return [] }
    var position: [Int: Int] = [:]
    var path: [Int] = []
    var node = start
    while position[node] == nil {
      position[node] = path.count
      path.append(node)
      guard let next = predecessors[node].filter({ waiting[$0] > 0 }).min() else { return [] }
      node = next
    }
    let cycle = Array(path[(position[node] ?? 0)...].reversed())
    let first = cycle.indices.min { cycle[$0] < cycle[$1] } ?? 0
    return Array(cycle[first...] + cycle[..<first])
  }
}

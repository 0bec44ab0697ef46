/// Strongly connected components (Tarjan 1972), without recursion so that deep graphs are safe.
enum StrongComponents {
  /// A component number for every node; nodes on a common circle share one. O(nodes + edges).
  static func components(_ successors: [[Int]]) -> [Int] {
    let count = successors.count
    var index = Array(repeating: -1, count: count)
    var low = Array(repeating: 0, count: count)
    var component = Array(repeating: -1, count: count)
    var open: [Int] = []
    var calls: [(node: Int, next: Int)] = []
    var visited = 0
    var found = 0
    for root in 0..<count where index[root] < 0 {
      calls.append((root, 0))
      while let call = calls.popLast() {
        let node = call.node
        if call.next == 0 {
          index[node] = visited
          low[node] = visited
          visited += 1
          open.append(node)
        }
        var next = call.next
        var descended = false
        while next < successors[node].count {
          let target = successors[node][next]
          next += 1
          if index[target] < 0 {
            calls.append((node, next))
            calls.append((target, 0))
            descended = true
            break
          }
          if component[target] < 0 { low[node] = min(low[node], index[target]) }
        }
        if descended { continue }
        if low[node] == index[node] {
          while let member = open.popLast() {
            component[member] = found
            if member == node { break }
          }
          found += 1
        }
        if let parent = calls.last?.node { low[parent] = min(low[parent], low[node]) }
      }
    }
    return component
  }
}

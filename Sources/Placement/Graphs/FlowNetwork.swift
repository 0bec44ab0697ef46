/// Minimum cuts by Dinic's algorithm (1970) on a network whose capacities change between runs.
struct FlowNetwork: Sendable {
  /// Arc 2k and its reverse 2k + 1.
  private var head: [Int32] = []
  private var capacity: [Double] = []
  private var residual: [Double] = []
  private var outgoing: [[Int32]]
  private var level: [Int32]
  private var next: [Int]
  private var queue: [Int32] = []
  private var path: [Int32] = []
  private var largestCapacity = 0.0
  let source: Int
  let sink: Int

  /// Flows below this part of the largest capacity count as none.
  private static let tolerance = 1e-12

  init(nodeCount: Int, source: Int, sink: Int) {
    outgoing = Array(repeating: [], count: nodeCount)
    level = Array(repeating: -1, count: nodeCount)
    next = Array(repeating: 0, count: nodeCount)
    self.source = source
    self.sink = sink
  }

  /// - Returns: the arc's number for ``setCapacity(_:_:)``.
  mutating func addArc(_ from: Int, _ to: Int, _ seconds: Double) -> Int {
    let arc = head.count
    head.append(Int32(to))
    head.append(Int32(from))
    capacity.append(seconds)
    capacity.append(0)
    outgoing[from].append(Int32(arc))
    outgoing[to].append(Int32(arc + 1))
    if seconds < .infinity { largestCapacity = max(largestCapacity, seconds) }
    return arc
  }

  mutating func setCapacity(_ arc: Int, _ seconds: Double) { capacity[arc] = seconds }

  /// The value of a minimum cut, or some value of at least `enough` once that much flow is found.
  mutating func minimumCut(enough: Double) -> Double {
    residual = capacity
    let epsilon = Self.tolerance * largestCapacity
    var flow = 0.0
    while flow < enough && buildLevels(epsilon) {
      for node in next.indices { next[node] = 0 }
      while true {
        let pushed = augment(epsilon)
        if pushed <= 0 { break }
        flow += pushed
        if flow >= enough { return flow }
      }
    }
    return flow
  }

  /// Whether a node is on the source's side of the cut of the last run that reached its minimum.
  func isSourceSide(_ node: Int) -> Bool { level[node] >= 0 }

  private mutating func buildLevels(_ epsilon: Double) -> Bool {
    for node in level.indices { level[node] = -1 }
    queue.removeAll(keepingCapacity: true)
    queue.append(Int32(source))
    level[source] = 0
    var position = 0
    while position < queue.count {
      let node = Int(queue[position])
      position += 1
      for arc in outgoing[node] {
        let target = Int(head[Int(arc)])
        if residual[Int(arc)] > epsilon && level[target] < 0 {
          level[target] = level[node] + 1
          queue.append(Int32(target))
        }
      }
    }
    return level[sink] >= 0
  }

  /// One path of the level graph, depth first without recursion.
  private mutating func augment(_ epsilon: Double) -> Double {
    path.removeAll(keepingCapacity: true)
    var node = source
    while node != sink {
      var advanced = false
      while next[node] < outgoing[node].count {
        let arc = Int(outgoing[node][next[node]])
        let target = Int(head[arc])
        if residual[arc] > epsilon && level[target] == level[node] + 1 {
          path.append(Int32(arc))
          node = target
          advanced = true
          break
        }
        next[node] += 1
      }
      if advanced { continue }
      guard let back = path.popLast() else { return 0 }
      node = Int(head[Int(back) ^ 1])
      next[node] += 1
    }
    var amount = Double.infinity
    for arc in path { amount = min(amount, residual[Int(arc)]) }
    guard amount < .infinity else { return .infinity }
    for arc in path {
      residual[Int(arc)] -= amount
      residual[Int(arc) ^ 1] += amount
    }
    return amount
  }
}

/// Minimum cuts by Dinic's algorithm (1970) on a network whose capacities change between runs.
public struct FlowNetwork: Sendable {
  /// Arc 2k and its reverse 2k + 1.
  private var head: [Int32] = []
  private var capacity: [Double] = []
  private var residual: [Double] = []
  /// The arcs that leave a node form a list: its first, and after every arc the next; -1 ends it.
  private var firstArc: [Int32]
  private var nextArc: [Int32] = []
  private var level: [Int32]
  private var current: [Int32]
  private var queue: [Int32] = []
  private var path: [Int32] = []
  /// Flows below this count as none.
  private var epsilon = 0.0
  public let source: Int
  public let sink: Int
  /// Arcs looked at by all runs together: a count of work that is the same on every machine.
  public private(set) var arcsSeen = 0

  /// Flows below this part of the largest finite capacity count as none.
  private static let tolerance = 1e-12

  public init(nodeCount: Int, source: Int, sink: Int) {
    firstArc = Array(repeating: -1, count: nodeCount)
    level = Array(repeating: -1, count: nodeCount)
    current = firstArc
    self.source = source
    self.sink = sink
  }

  /// Adds an arc, and its reverse without capacity.
  /// - Returns: The arc's number for ``setCapacity(_:_:)``.
  public mutating func addArc(_ from: Int, _ to: Int, _ seconds: Double) -> Int {
    let arc = head.count
    head.append(Int32(to))
    head.append(Int32(from))
    capacity.append(seconds)
    capacity.append(0)
    nextArc.append(firstArc[from])
    firstArc[from] = Int32(arc)
    nextArc.append(firstArc[to])
    firstArc[to] = Int32(arc + 1)
    return arc
  }

  public mutating func setCapacity(_ arc: Int, _ seconds: Double) { capacity[arc] = seconds }

  /// The value of a minimum cut, or some value of at least `enough` once that much flow is found.
  ///
  /// - Parameter arcLimit: Arcs to look at in this run; the flow found until then is a lower bound on the cut.
  public mutating func minimumCut(enough: Double = .infinity, arcLimit: Int = .max) -> Double {
    let end = arcsSeen.addingReportingOverflow(arcLimit)
    let lastArc = end.overflow ? Int.max : end.partialValue
    residual = capacity
    var largest = 0.0
    for seconds in capacity where seconds < .infinity { largest = max(largest, seconds) }
    epsilon = Self.tolerance * largest
    var flow = 0.0
    while flow < enough && buildLevels() {
      for node in current.indices { current[node] = firstArc[node] }
      while true {
        let pushed = augment()
        if pushed <= 0 { break }
        flow += pushed
        if flow >= enough || arcsSeen >= lastArc { return flow }
      }
    }
    return flow
  }

  /// Whether a node is on the source's side of the minimum cut that the last run found.
  ///
  /// Holds where that run was ended by no limit.
  public func isOnSourceSide(_ node: Int) -> Bool { level[node] >= 0 }

  private mutating func buildLevels() -> Bool {
    for node in level.indices { level[node] = -1 }
    queue.removeAll(keepingCapacity: true)
    queue.append(Int32(source))
    level[source] = 0
    var position = 0
    while position < queue.count {
      let node = Int(queue[position])
      position += 1
      var arc = firstArc[node]
      while arc >= 0 {
        arcsSeen += 1
        let target = Int(head[Int(arc)])
        if residual[Int(arc)] > epsilon && level[target] < 0 {
          level[target] = level[node] + 1
          queue.append(Int32(target))
        }
        arc = nextArc[Int(arc)]
      }
    }
    return level[sink] >= 0
  }

  /// One path of the level graph, depth first without recursion.
  private mutating func augment() -> Double {
    path.removeAll(keepingCapacity: true)
    var node = source
    while node != sink {
      var advanced = false
      while current[node] >= 0 {
        arcsSeen += 1
        let arc = Int(current[node])
        let target = Int(head[arc])
        if residual[arc] > epsilon && level[target] == level[node] + 1 {
          path.append(Int32(arc))
          node = target
          advanced = true
          break
        }
        current[node] = nextArc[arc]
      }
      if advanced { continue }
      guard let back = path.popLast() else { return 0 }
      node = Int(head[Int(back) ^ 1])
      current[node] = nextArc[Int(back)]
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

/// The most valuable part below a load, over ``PartLayers``, by branch and bound.
///
/// Every item has a value of any sign. For any multiplier m >= 0 of the load,
///     largest value of a part of load at most L  <=  m * L + largest over all parts of (value - m * load),
/// and the right side is a longest path (``PartPaths``). Where the smallest of these bounds leaves a gap, ``PartLabels`` closes
/// it; where that takes too many labels, an item on which the paths on either side of L differ is fixed in and out.
struct PartPricing: Sendable {
  struct Outcome: Sendable {
    /// No part within the load is worth more.
    var bound: Double
    /// The best part found of those worth more than the floor, ascending; empty when there is none.
    var items: [Int]
    /// What it is worth, or the floor.
    var value: Double
    /// Arcs and labels looked at.
    var work: Int
  }

  let layers: PartLayers
  /// Labels of a node: at the root, where most values need no branching, and below.
  var largestLabelCount = (root: 300_000, below: 20_000)

  private static let multiplierSteps = 30
  private static let ticksPerArc = 10
  /// Of the sum of all absolute values: parts this little better than the best are not looked for.
  private static let slack = 1e-12

  /// - Parameters:
  ///   - values: by item.
  ///   - load: the largest load allowed, base load included, seconds.
  ///   - floor: only parts worth more are looked for; the bound is at least this.
  ///   - stopsEarly: any part worth more than the floor will do; the bound is infinite then.
  ///   - workLimit: arcs and labels to look at; past it, as when `shouldStop`, the bound is what the open nodes allow.
  func best(
    _ values: [Double], load: Double, above floor: Double, stopsEarly: Bool, workLimit: Int,
    shouldStop: (Int) -> Bool
  ) -> Outcome {
    // Sums along paths differ by rounding from the loads that an evaluator finds.
    let limit = load - layers.base + 1e-10 * load
    var search = Search(
      values: values, limit: limit, slack: Self.slack * values.reduce(0) { $0 + abs($1) },
      outcome: Outcome(bound: floor, items: [], value: floor, work: 0))
    guard limit >= 0 else { return search.outcome }
    var stack = [
      Node(
        side: Array(repeating: 0, count: values.count),
        multiplier: search.slack / Self.slack / max(limit, 1e-9 * load), bound: .infinity)
    ]
    var told = 0
    while let node = stack.popLast() {
      let ticks = Self.ticksPerArc * (search.outcome.work - told)
      told = search.outcome.work
      if search.outcome.work > workLimit || shouldStop(ticks) {
        search.outcome.bound = max(search.outcome.bound, node.bound, stack.map(\.bound).max() ?? 0)
        break
      }
      expand(node, isRoot: node.bound == .infinity, &search, &stack)
      if stopsEarly && search.outcome.value > floor {
        search.outcome.bound = .infinity
        break
      }
    }
    search.outcome.bound = max(search.outcome.bound, search.outcome.value) + search.slack
    return search.outcome
  }

  /// Parts with some items in (1) and some out (-1).
  private struct Node {
    var side: [Int8]
    /// A good one of the node above, and its bound.
    var multiplier: Double
    var bound: Double
  }

  private struct Search {
    let values: [Double]
    let limit: Double
    let slack: Double
    var outcome: Outcome

    mutating func offer(_ paths: PartPaths, _ layers: PartLayers) {
      guard paths.load[0] <= limit, paths.value > outcome.value else { return }
      outcome.value = paths.value
      outcome.items = paths.items(layers)
    }
  }

  private func expand(_ node: Node, isRoot: Bool, _ search: inout Search, _ stack: inout [Node]) {
    let solved = multiplier(node, &search)
    let bound = min(solved.bound, node.bound)
    if bound <= search.outcome.value + search.slack { return }
    let labels = PartLabels.best(
      layers, search.values, side: node.side, limit: search.limit, multiplier: solved.multiplier,
      paths: solved.paths, above: search.outcome.value + search.slack,
      countLimit: isRoot ? largestLabelCount.root : largestLabelCount.below)
    search.outcome.work += labels.count
    if labels.isComplete {
      if let best = labels.best { (search.outcome.value, search.outcome.items) = (best.value, best.items) }
      return
    }
    let steep = Set(solved.steep.items(layers))
    let differing = steep.symmetricDifference(solved.flat?.items(layers) ?? [])
    let largest = differing.filter { node.side[$0] == 0 }.max {
      (abs(search.values[$0]), -$0) < (abs(search.values[$1]), -$1)
    }
    guard let largest else {
      search.outcome.bound = max(search.outcome.bound, bound)
      return
    }
    for side in [Int8(-1), 1] {
      var child = Node(side: node.side, multiplier: solved.multiplier, bound: bound)
      child.side[largest] = side
      stack.append(child)
    }
  }

  private struct Solved {
    /// The smallest bound, where, and its paths.
    var bound: Double
    var multiplier: Double
    var paths: PartPaths
    /// Paths beyond and within the load.
    var steep: PartPaths
    var flat: PartPaths?
  }

  /// The multiplier with the smallest bound. The bound is convex in it, and a path's value and load are a tangent: where the
  /// tangents on either side cross is the next multiplier.
  private func multiplier(_ node: Node, _ search: inout Search) -> Solved {
    var paths = PartPaths(layers, search.values, multiplier: 0, side: node.side)
    search.outcome.work += paths.gain.count
    search.offer(paths, layers)
    var solved = Solved(
      bound: paths.bound(search.limit), multiplier: 0, paths: paths, steep: paths, flat: nil)
    if paths.load[0] <= search.limit { return solved }
    var multiplier = node.multiplier
    for _ in 0..<Self.multiplierSteps {
      paths = PartPaths(layers, search.values, multiplier: multiplier, side: node.side)
      search.outcome.work += paths.gain.count
      search.offer(paths, layers)
      let bound = paths.bound(search.limit)
      if bound < solved.bound {
        (solved.bound, solved.multiplier, solved.paths) = (bound, multiplier, paths)
      }
      if solved.bound <= search.outcome.value + search.slack { return solved }
      if paths.load[0] <= search.limit { solved.flat = paths } else { solved.steep = paths }
      guard let flat = solved.flat else {
        multiplier *= 4
        continue
      }
      let span = solved.steep.load[0] - flat.load[0]
      guard span > 1e-12 * search.limit else { return solved }
      let crossing = max(0, (solved.steep.value - flat.value) / span)
      if abs(crossing - multiplier) <= 1e-10 * multiplier { return solved }
      multiplier = crossing
    }
    return solved
  }
}

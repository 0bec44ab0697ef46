/// Dynamic program over down-sets: every device takes the difference of two down-sets, one after the other.
///
/// State: a down-set and how many devices of every class are used. Value: the smallest possible largest load of the
/// devices used. Step: from a down-set I, one more device of class c takes J \ I for a larger down-set J. The
/// assignments with an acyclic quotient graph are exactly the chains of down-sets (Tarnawski et al. 2020,
/// arXiv 2006.16423, section on the dynamic program), so over all down-sets the answer is optimal; over the prefixes of one
/// order it is the best assignment that cuts that order.
///
/// Kept fast by:
/// - loads of J \ I updated item by item along a depth-first walk from I;
/// - the walk stops where a part of the load that no further item can lower reaches the incumbent: compute, tensors
///   read from I, tensors written to readers in I, and memory. (Loses nothing better than the incumbent.)
/// - a state is dropped when its remaining items, at any fixed prices of the classes, cost more than the devices left
///   can carry below the incumbent (``CapacityPrices``), or when a state with fewer devices is no worse.
struct StagedProgram {
  struct Outcome {
    /// Seconds; `nil` when nothing below the incumbent exists (or was found before the stop).
    var value: Double?
    /// Device of every item, with `value`.
    var homes: [Int]
    /// The program ran to its end.
    var isComplete: Bool
    /// Parts tried.
    var steps: Int
  }

  private let model: GraphModel
  private let costs: ItemCosts
  private let lattice: IdealLattice
  private let prices: CapacityPrices
  private let classCount: Int
  private let lanes: Int
  private let strides: [Int]
  private let stateCount: Int

  /// More states a down-set than this make the program hopeless.
  static let largestStateCount = 4096

  /// - Returns: `nil` when the classes make too many states.
  init?(_ model: GraphModel, _ costs: ItemCosts, _ lattice: IdealLattice, _ prices: CapacityPrices) {
    self.model = model
    self.costs = costs
    self.lattice = lattice
    self.prices = prices
    classCount = model.classes.count
    lanes = model.laneCount
    var strides: [Int] = []
    var size = 1
    for entry in model.classes {
      strides.append(size)
      size *= entry.devices.count + 1
      guard size <= Self.largestStateCount else { return nil }
    }
    self.strides = strides
    stateCount = size
  }

  /// - Parameters:
  ///   - incumbent: only assignments with a smaller largest load are looked for.
  ///   - shouldStop: told the ticks every few thousand parts.
  func solve(below incumbent: Double, shouldStop: (Int) -> Bool) -> Outcome {
    var tables = Tables(
      value: Array(repeating: .infinity, count: lattice.count * stateCount),
      parent: Array(repeating: -1, count: lattice.count * stateCount),
      via: Array(repeating: 0, count: lattice.count * stateCount), limit: incumbent, best: nil)
    let used = (0..<stateCount).map { state in
      (0..<classCount).map { state / strides[$0] % (model.classes[$0].devices.count + 1) }
    }
    let need = prices.remaining(lattice)
    let room = used.map { counts in prices.rooms(model, used: counts) }
    tables.value[0] = model.classes.flatMap(\.baseLoad).max() ?? 0
    var walk = PartWalk(model, costs, lattice)
    var steps = 0
    var active: [Int] = []
    // States that were looked at since the last report.
    var looks = 0
    func isOver(_ ticks: Int) -> Bool {
      defer { looks = 0 }
      return shouldStop(3 * (ticks + 10 * looks))
    }
    for ideal in 0..<lattice.count - 1 {
      if isOver(model.itemCount + model.nets.count + 20 * stateCount) {
        return outcome(tables, isComplete: false, steps: steps)
      }
      dropDominated(&tables, ideal)
      let open = (0..<stateCount).filter { state in
        let value = tables.value[ideal * stateCount + state]
        return value < tables.limit
          && prices.fits(need, ideal, room, state, limit: tables.limit)
      }
      if open.isEmpty { continue }
      walk.start(at: ideal)
      for entry in 0..<classCount {
        active.removeAll(keepingCapacity: true)
        for state in open where used[state][entry] < model.classes[entry].devices.count {
          active.append(state)
        }
        if active.isEmpty { continue }
        let stopped = walk.visit(class: entry, limit: tables.limit, shouldStop: isOver) { target, load in
          steps += 1
          looks += active.count
          if load >= tables.limit { return tables.limit }
          for state in active {
            let value = max(load, tables.value[ideal * stateCount + state])
            let next = state + strides[entry]
            let slot = target * stateCount + next
            guard value < tables.value[slot], value < tables.limit,
              prices.fits(need, target, room, next, limit: tables.limit)
            else { continue }
            tables.value[slot] = value
            tables.parent[slot] = Int32(ideal)
            tables.via[slot] = Int16(entry)
            if target == lattice.count - 1 {
              tables.limit = value
              tables.best = next
            }
          }
          return tables.limit
        }
        if stopped { return outcome(tables, isComplete: false, steps: steps) }
      }
    }
    if lattice.count == 1 { tables.best = 0 }
    return outcome(tables, isComplete: true, steps: steps)
  }

  private struct Tables {
    var value: [Double]
    var parent: [Int32]
    var via: [Int16]
    /// Value of the best full assignment so far, or the incumbent.
    var limit: Double
    /// State of the best full assignment.
    var best: Int?
  }

  /// Drops states that a state with one device less matches.
  private func dropDominated(_ tables: inout Tables, _ ideal: Int) {
    var best = Array(repeating: Double.infinity, count: stateCount)
    for state in 0..<stateCount {
      var below = Double.infinity
      for entry in 0..<classCount
      where state / strides[entry] % (model.classes[entry].devices.count + 1) > 0 {
        below = min(below, best[state - strides[entry]])
      }
      let own = tables.value[ideal * stateCount + state]
      if below <= own { tables.value[ideal * stateCount + state] = .infinity }
      best[state] = min(own, below)
    }
  }

  private func outcome(_ tables: Tables, isComplete: Bool, steps: Int) -> Outcome {
    guard var state = tables.best else {
      return Outcome(value: nil, homes: [], isComplete: isComplete, steps: steps)
    }
    var homes = Array(repeating: 0, count: model.itemCount)
    var ideal = lattice.count - 1
    var next = Array(repeating: 0, count: classCount)
    while ideal > 0 {
      let slot = ideal * stateCount + state
      let (from, entry) = (Int(tables.parent[slot]), Int(tables.via[slot]))
      let device = model.classes[entry].devices[next[entry]]
      next[entry] += 1
      for item in 0..<model.itemCount
      where lattice.contains(ideal, item) && !lattice.contains(from, item) {
        homes[item] = device
      }
      ideal = from
      state -= strides[entry]
    }
    return Outcome(value: tables.limit, homes: homes, isComplete: isComplete, steps: steps)
  }
}

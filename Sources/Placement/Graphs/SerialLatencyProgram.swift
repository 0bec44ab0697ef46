/// Dynamic program for the plan whose calls, done strictly one after the other, take the least time in all.
///
/// State: a down-set and how many devices of every class are used; a device that runs as ready may be used any number
/// of times. Value: the sum of the parts' times. The sum is at least the latency of the same plan, which lets
/// independent parts overlap; so this is a heuristic start, close to optimal where the graph is close to a chain.
struct SerialLatencyProgram {
  private let model: GraphModel
  private let lattice: IdealLattice
  private let strides: [Int]
  private let stateCount: Int

  init?(_ model: GraphModel, _ lattice: IdealLattice) {
    self.model = model
    self.lattice = lattice
    var strides: [Int] = []
    var size = 1
    for entry in model.classes {
      strides.append(size)
      if entry.execution == .oneCall { size *= entry.devices.count + 1 }
      guard size <= StagedProgram.largestStateCount else { return nil }
    }
    self.strides = strides
    stateCount = size
  }

  /// Device of every item; `nil` when no chain of parts fits or `shouldStop`, told the ticks, ended the search.
  func homes(shouldStop: (Int) -> Bool) -> [Int]? {
    let total = lattice.count * stateCount
    var value = Array(repeating: Double.infinity, count: total)
    var parent = Array(repeating: Int32(-1), count: total)
    var via = Array(repeating: Int16(0), count: total)
    value[0] = 0
    var walk = PartWalk(model, ItemCosts(model, .fastest), lattice)
    for ideal in 0..<lattice.count - 1 {
      if shouldStop(model.itemCount + model.nets.count + 20 * stateCount) { return nil }
      walk.start(at: ideal)
      for (entry, deviceClass) in model.classes.enumerated() {
        let counts = deviceClass.execution == .oneCall
        let open = (0..<stateCount).filter { state in
          value[ideal * stateCount + state] < .infinity
            && (!counts
              || state / strides[entry] % (deviceClass.devices.count + 1) < deviceClass.devices.count)
        }
        if open.isEmpty { continue }
        let stopped = walk.visit(class: entry, limit: .infinity, shouldStop: shouldStop) { target, load in
          for state in open {
            let next = target * stateCount + state + (counts ? strides[entry] : 0)
            let sum = value[ideal * stateCount + state] + load
            if sum < value[next] {
              value[next] = sum
              parent[next] = Int32(ideal)
              via[next] = Int16(entry)
            }
          }
          return .infinity
        }
        if stopped { return nil }
      }
    }
    let last = (lattice.count - 1) * stateCount
    guard let best = (0..<stateCount).min(by: { value[last + $0] < value[last + $1] }),
      value[last + best] < .infinity
    else { return nil }
    return trace(best, parent, via)
  }

  private func trace(_ final: Int, _ parent: [Int32], _ via: [Int16]) -> [Int] {
    var homes = Array(repeating: 0, count: model.itemCount)
    var next = Array(repeating: 0, count: model.classes.count)
    var (ideal, state) = (lattice.count - 1, final)
    while ideal > 0 {
      let slot = ideal * stateCount + state
      let (from, entry) = (Int(parent[slot]), Int(via[slot]))
      let devices = model.classes[entry].devices
      let isCall = model.classes[entry].execution == .oneCall
      let device = devices[isCall ? next[entry] : 0]
      if isCall {
        next[entry] += 1
        state -= strides[entry]
      }
      for item in 0..<model.itemCount
      where lattice.contains(ideal, item) && !lattice.contains(from, item) {
        homes[item] = device
      }
      ideal = from
    }
    return homes
  }
}

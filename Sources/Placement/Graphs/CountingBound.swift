/// A bound from how many items fit a device, where few large items make prices weak: 25 items of more than a fifth of the
/// capacity need seven devices, whatever their sum says.
///
/// For a threshold T, devices of one class with room r = T - base load, and an integer k, let
/// f(w) = (ceil((k + 1) w / r) - 1) / k. If the loads on a device sum to less than r, their f sum to at most 1: with
/// a = sum of (k + 1) w / r < k + 1, the integers ceil(x) - 1 are less than the x they stand for, so they sum to less than
/// k + 1, hence to at most k. (A dual feasible function; Fekete and Schepers 2001.) Items may also go to other classes:
/// no more f can leave than a fractional knapsack of those classes' room takes. When the f that stay exceed the number of
/// devices, no assignment has all loads below T. Transfers only add to loads, so T then bounds the problem as given.
struct CountingBound {
  private let model: GraphModel
  private let costs: ItemCosts
  private let lane: Int

  private static let largestCount = 24
  /// Thresholds tried for a class and lane.
  private static let largestTries = 4_000
  /// Of a threshold: f for every count.
  private static let ticksPerItem = 800

  /// The largest bound below `objective`, unless `shouldStop`, told the ticks, ends it, over all classes and lanes, seconds; `bound` when none is larger.
  static func largest(
    _ model: GraphModel, from bound: Double, below objective: Double, shouldStop: (Int) -> Bool
  ) -> Double {
    let costs = ItemCosts(model, .floor)
    var best = bound
    for lane in 0..<model.laneCount {
      let counting = CountingBound(model: model, costs: costs, lane: lane)
      for entry in model.classes.indices {
        best = max(best, counting.bound(class: entry, from: best, below: objective, shouldStop: shouldStop))
      }
    }
    return best
  }

  /// f changes only where (k + 1) w / r is an integer, so only those thresholds matter: they are tried from the largest.
  private func bound(
    class entry: Int, from bound: Double, below objective: Double, shouldStop: (Int) -> Bool
  ) -> Double {
    let base = model.classes[entry].baseLoad[lane]
    var thresholds: [Double] = []
    for count in 1...Self.largestCount {
      for item in 0..<model.itemCount {
        let load = load(item, entry)
        guard load < .infinity, load > 0 else { continue }
        for steps in 1...count {
          let threshold = base + Double(count + 1) * load / Double(steps)
          if threshold > bound && threshold <= objective { thresholds.append(threshold) }
        }
      }
    }
    thresholds.sort(by: >)
    var last = Double.infinity
    var tries = 0
    for threshold in thresholds where threshold < last * (1 - 1e-6) {
      last = threshold
      tries += 1
      if tries > Self.largestTries || shouldStop(Self.ticksPerItem * model.itemCount) { break }
      // Just below the step, so that rounding cannot count an item that fits exactly.
      let safe = threshold * (1 - 1e-9)
      if isRefuted(safe, entry) { return safe }
    }
    return bound
  }

  private func load(_ item: Int, _ entry: Int) -> Double {
    costs.load[(item * costs.classCount + entry) * costs.laneCount + lane]
  }

  private func isRefuted(_ threshold: Double, _ entry: Int) -> Bool {
    let room = threshold - model.classes[entry].baseLoad[lane]
    guard room > 0 else { return false }
    let devices = Double(model.classes[entry].devices.count)
    for count in 1...Self.largestCount {
      var shares = Array(repeating: 0.0, count: model.itemCount)
      var total = 0.0
      var isForced = Array(repeating: false, count: model.itemCount)
      for item in 0..<model.itemCount {
        let load = load(item, entry)
        // An item that this class cannot take is somewhere else: it counts for nothing here.
        guard load < .infinity, load < room else {
          isForced[item] = true
          continue
        }
        let parts = (Double(count + 1) * load / room * (1 - 1e-12)).rounded(.up) - 1
        shares[item] = max(0, parts) / Double(count)
        total += shares[item]
      }
      if total <= devices + 1e-9 { continue }
      var relief = 0.0
      for other in model.classes.indices where other != entry {
        relief += knapsack(shares, other, threshold, needed: total - devices - relief, isForced)
        if total - relief <= devices + 1e-9 { break }
      }
      if total - relief > devices + 1e-9 { return true }
    }
    return false
  }

  /// The most f that the devices of a class take off, as a fractional knapsack by load.
  private func knapsack(
    _ shares: [Double], _ entry: Int, _ threshold: Double, needed: Double, _ isForced: [Bool]
  ) -> Double {
    let deviceClass = model.classes[entry]
    var room = Double(deviceClass.devices.count) * max(0, threshold - deviceClass.baseLoad[lane])
    var taken = 0.0
    let candidates = shares.indices.filter { !isForced[$0] && shares[$0] > 0 && load($0, entry) <= threshold }
      .sorted { a, b in
        let (x, y) = (load(a, entry) * shares[b], load(b, entry) * shares[a])
        return x != y ? x < y : a < b
      }
    for item in candidates {
      let load = load(item, entry)
      if load <= room {
        room -= load
        taken += shares[item]
      } else {
        taken += shares[item] * room / load
        break
      }
      if taken >= needed { break }
    }
    return taken
  }
}

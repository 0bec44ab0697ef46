import Modeling

/// Refutes thresholds of the largest load by values of items: prices of the program that picks a part for every device.
///
/// For any values v of the items, of any sign, let V(c, T) be the most that a part of load at most T on a device of class c is
/// worth (``PartPricing`` finds it or something larger; the empty part is worth 0). An assignment whose largest load is at
/// most T splits the items into one part a device, so
///     sum over items of v  <=  sum over classes c of (devices of c) * V(c, T)
/// and where that fails there is no such assignment. Memory and order are left out, loads count with their floor over
/// modes: T then bounds the problem as given. Good values are the items' loads, and the dual prices of the linear program
///     minimise  sum of y(c) + penalties
///     every item in exactly one part (up to the penalties),  parts of class c <= devices of c + y(c)
/// over the parts known so far, whose columns are generated (Gilmore and Gomory 1961; with the transfers of a part in its
/// load). Penalties bound the values, which are free up to a common factor: that keeps the first ones sensible.
struct PartColumns {
  private struct Part: Hashable {
    var entry: Int
    var items: [Int]
  }

  private let model: GraphModel
  private let costs: ItemCosts
  private let pricing: [PartPricing]
  private let solver: any MIPSolver
  /// By item: its least load at the prices of the classes, in seconds of the class with the highest price.
  private let weight: [Double]
  private var pool: [Part] = []
  /// By part of the pool: its load on its class, seconds.
  private var loads: [Double] = []
  private var isPooled: Set<Part> = []
  /// Arcs and labels of ``PartPricing`` looked at.
  private(set) var work = 0

  /// Of all values, what a refutation must leave beyond rounding.
  private static let rounding = 1e-9
  /// Of a device, what the linear program may exceed the devices by and still count as solved.
  private static let excess = 1e-7
  /// Arcs and labels for one part.
  private static let pricingWork = 20_000_000
  /// Of a part whose load is worked out.
  private static let ticksPerItem = 300

  /// - Returns: `nil` with several lanes or shared resources, which the values do not weigh, or without items.
  init?(_ model: GraphModel, _ prices: CapacityPrices, solver: any MIPSolver) {
    guard model.laneCount == 1, model.problem.shared.isEmpty, model.itemCount > 0,
      let vector = prices.vectors.first
    else { return nil }
    self.model = model
    self.solver = solver
    let costs = ItemCosts(model, .floor)
    self.costs = costs
    let order = PartOrder.grown(model)
    pricing = model.classes.indices.map {
      PartPricing(layers: PartLayers(model, costs, class: $0, order: order))
    }
    let largest = max(vector.price.max() ?? 0, 1e-300)
    weight = vector.need.map { $0 / largest }
  }

  /// Whether the items' loads as values prove that no assignment has a largest load of at most the threshold, seconds.
  mutating func weightsRefute(_ threshold: Double, shouldStop: (Int) -> Bool) -> Bool {
    let scale = weight.reduce(0, +)
    guard scale.isFinite else { return false }
    var left = scale * (1 - Self.rounding)
    // For the last class only what the others leave is of interest: nothing below that is looked for.
    let order = model.classes.indices.sorted {
      (model.classes[$0].devices.count, $0) < (model.classes[$1].devices.count, $1)
    }
    for entry in order {
      let count = Double(model.classes[entry].devices.count)
      let isLast = entry == order.last
      let known = mostValuable(entry, weight, threshold)
      if count * known >= left { return false }
      let price = pricing[entry].best(
        weight, load: threshold, above: isLast ? left / count - Self.rounding / 10 * scale : known,
        stopsEarly: isLast, workLimit: Self.pricingWork, shouldStop: shouldStop)
      work += price.work
      add(Part(entry: entry, items: price.items))
      left -= count * price.bound
    }
    return left > 0
  }

  /// Generates columns until their prices prove that no assignment has a largest load of at most the threshold, seconds, or
  /// the program has a solution, or the work is done; only the first answers true.
  mutating func pricesRefute(
    _ threshold: Double, workLimit: Int, shouldStop: (Int) -> Bool
  ) throws(ProgramError) -> Bool {
    let end = work + workLimit
    addWindows(threshold, shouldStop: shouldStop)
    let (program, rows, counts) = emptyProgram(threshold)
    return try solver.withLinear(program) { session throws(ProgramError) -> Bool in
      var taken = 0
      while work < end && !shouldStop(0) {
        for index in taken..<pool.count where loads[index] <= threshold {
          try session.addVariable(
            objective: 0, lower: 0, upper: .infinity,
            entries: pool[index].items.map { (rows[$0], 1) } + [(counts[pool[index].entry], 1)])
        }
        taken = pool.count
        let outcome = session.solve(timeLimit: nil, workLimit: nil, isCancelled: { shouldStop(0) })
        _ = shouldStop(outcome.ticks)
        guard outcome.vector == .optimal, let value = outcome.objective, value > Self.excess else {
          return false
        }
        let values = rows.map { outcome.duals[$0.index] }
        let scale = values.reduce(0) { $0 + abs($1) }
        guard scale.isFinite else { return false }
        var left = values.reduce(0, +) - Self.rounding * scale
        for entry in model.classes.indices {
          let price = pricing[entry].best(
            values, load: threshold, above: mostValuable(entry, values, threshold), stopsEarly: false,
            workLimit: Self.pricingWork, shouldStop: shouldStop)
          work += price.work
          left -= Double(model.classes[entry].devices.count) * price.bound
          add(Part(entry: entry, items: price.items))
        }
        if left > 0 { return true }
        if pool.count == taken { return false }
      }
      return false
    }
  }

  /// The most that a known part of the class within the load is worth.
  private func mostValuable(_ entry: Int, _ values: [Double], _ load: Double) -> Double {
    var most = 0.0
    for (part, own) in zip(pool, loads) where part.entry == entry && own <= load {
      most = max(most, part.items.reduce(0) { $0 + values[$1] })
    }
    return most
  }

  private mutating func add(_ part: Part) {
    guard !part.items.isEmpty, isPooled.insert(part).inserted else { return }
    pool.append(part)
    loads.append(load(part))
  }

  /// Load of a part on a device of its class, base load included, seconds.
  private func load(_ part: Part) -> Double {
    let inside = Set(part.items)
    var load = model.classes[part.entry].baseLoad[0]
    for item in part.items { load += costs.load[item * costs.classCount + part.entry] }
    for index in Set(part.items.flatMap { model.netsOf[$0] }).sorted() {
      let net = model.nets[index]
      if !inside.contains(net.producer) {
        load += net.incoming[part.entry][0]
      } else if net.consumers.contains(where: { !inside.contains($0) }) {
        load += net.out[part.entry][0]
      }
    }
    return load
  }

  /// From every item on a long stretch of the layers' order within the threshold, as first columns.
  private mutating func addWindows(_ threshold: Double, shouldStop: (Int) -> Bool) {
    for entry in model.classes.indices {
      let order = pricing[entry].layers.order
      var ticks = 0
      for first in order.indices where !shouldStop(ticks) {
        ticks = 0
        var items: [Int] = []
        var own = model.classes[entry].baseLoad[0]
        for item in order[first...] {
          guard costs.isAllowed(item, entry) else { break }
          own += costs.load[item * costs.classCount + entry]
          if own > threshold { break }
          items.append(item)
        }
        while !items.isEmpty {
          let part = Part(entry: entry, items: items.sorted())
          ticks += Self.ticksPerItem * items.count
          if load(part) <= threshold {
            add(part)
            break
          }
          items.removeLast()
        }
      }
    }
  }

  /// The program without columns of parts.
  private func emptyProgram(
    _ threshold: Double
  ) -> (Program, items: [ConstraintID], classes: [ConstraintID]) {
    var program = Program()
    let items = weight.map { seconds -> ConstraintID in
      let missing = program.addVariable()
      let surplus = program.addVariable()
      program.objective.add(2 * seconds / threshold + 0.05, missing)
      program.objective.add(0.05, surplus)
      return program.addConstraint(
        "", LinearExpression([.init(1, missing), .init(-1, surplus)]), equals: 1)
    }
    let classes = model.classes.map { entry -> ConstraintID in
      let more = program.addVariable()
      program.objective.add(1, more)
      return program.addConstraint(
        "", LinearExpression([.init(-1, more)]), upper: Double(entry.devices.count))
    }
    return (program, items, classes)
  }
}

import MinimumCut
import Modeling

/// Bounds a net-split by minimum cuts, and finds plans near the bound.
///
/// For prices p >= 0 of all lanes of both devices and of shared resources that sum to 1, and m >= 0 of bytes, no assignment
/// has a bottleneck below
///
///     least over assignments of  p . loads + m . memory  -  m . capacity
///
/// (Lagrangian duality), and which device is best for every unit at given prices is a minimum cut: a unit on device 1 cuts
/// it from the source at the price of its cheapest option there, one on device 0 from the sink; a net that crosses cuts an
/// arc with the price of its transfers, once however many readers it has. With two stages no producer may be on device 1 with
/// a reader on device 0, an arc that is never cut; more stages are left out, which only lowers the bound. Prices come from
/// cutting planes (Kelley), as in ``AggregatedBound``; every cut is an assignment as well, offered to the caller.
///
/// For a ``NetSplit/Blend`` the prices are its weights of loads plus p times its weight of the bottleneck. Where loads have a limit
/// instead, the bottleneck has no weight, p is any price of a load, and p times the limit is taken off again.
struct SplitCuts {
  private let problem: Problem
  private let table: SplitState.Table
  private let lanes: Int
  /// Lanes of device 0, of device 1, shared resources, then bytes of both devices.
  private let loadCount: Int
  /// Of the bottleneck, and by load of what is minimised beside it.
  private let blend: (bottleneck: Double, loads: [Double])
  /// Of every load, seconds.
  private let limit: Double
  private var network: FlowNetwork
  /// By unit: the arcs that being on device 0 and on device 1 cuts.
  private var unitArcs: [(on0: Int, on1: Int)] = []
  /// By net: the arcs that crossing from 0 to 1 and from 1 to 0 cuts.
  private var netArcs: [(from0: Int, from1: Int)] = []
  /// By unit and device: its options there.
  private let options: [[[Int]]]

  private static let ticksPerArc = 6
  private static let (mostRounds, tolerance, rounding) = (60, 1e-4, 1e-9)
  /// Of prices and loads, to build the network's capacities.
  private static let ticksPerUnit = 150

  /// - Parameter limit: Of every load, seconds; of use where the bottleneck has no weight.
  init(_ table: SplitState.Table, blend: NetSplit.Blend? = nil, limit: Double = .infinity) {
    self.table = table
    self.limit = limit
    problem = table.problem
    let shared = Array(repeating: 0.0, count: problem.shared.count)
    self.blend = (
      blend?.bottleneck ?? 1,
      (blend?.loads.flatMap { $0 } ?? Array(repeating: 0, count: table.width - 2 - shared.count)) + shared
    )
    lanes = problem.lanes.count
    loadCount = 2 * lanes + problem.shared.count
    let count = problem.units.count
    options = problem.units.map { unit in
      (0...1).map { device in unit.options.indices.filter { unit.options[$0].onlyDevice == device } }
    }
    let wide = problem.nets.count { $0.consumers.count > 1 }
    let (source, sink) = (count + 2 * wide, count + 2 * wide + 1)
    network = FlowNetwork(nodeCount: count + 2 * wide + 2, source: source, sink: sink)
    for unit in 0..<count {
      let on1 = network.addArc(source, unit, options[unit][1].isEmpty ? .infinity : 0)
      let on0 = network.addArc(unit, sink, options[unit][0].isEmpty ? .infinity : 0)
      unitArcs.append((on0, on1))
    }
    var next = count
    for net in problem.nets {
      if let reader = net.consumers.first, net.consumers.count == 1 {
        netArcs.append((network.addArc(net.producer, reader, 0), network.addArc(reader, net.producer, 0)))
      } else {
        let (any1, any0) = (next, next + 1)
        next += 2
        netArcs.append((network.addArc(net.producer, any1, 0), network.addArc(any0, net.producer, 0)))
        for reader in net.consumers {
          _ = network.addArc(any1, reader, .infinity)
          _ = network.addArc(reader, any0, .infinity)
        }
      }
      if problem.stages == 2 {
        for reader in net.consumers { _ = network.addArc(reader, net.producer, .infinity) }
      }
    }
  }

  /// What an assignment uses of every priced resource.
  private struct Use {
    /// Base loads included.
    var amounts: [Double]
    var assignment: Assignment
    /// Priced: at most what any assignment costs.
    var least: Double
  }

  /// - Parameters:
  ///   - bound: proven already, seconds.
  ///   - known: An assignment within the limit, where there is one.
  ///   - isEnough: told the bound, ends the search where it answers true.
  ///   - offer: takes the assignment of every cut, with what it is worth: a sum in another order than the evaluator's.
  /// - Returns: the largest bound, seconds.
  mutating func raise(
    _ bound: Double, from known: Assignment? = nil, solver: any MIPSolver, clock: SearchClock,
    isEnough: (Double) -> Bool,
    offer: (Assignment, _ worth: Double) -> Void
  ) throws(ProgramError) -> Double {
    let memory = problem.devices.map { $0.memory }
    let resources = (0..<loadCount + 2).filter { $0 < loadCount || memory[$0 - loadCount].isFinite }
    var best = bound
    var uses: [Use] = []
    // The weights alone are all that counts where the bottleneck has none.
    let weights = blend.loads + [0, 0]
    var starts = [weights]
    if blend.bottleneck > 0 {
      for load in 0..<loadCount { starts[0][load] += blend.bottleneck / Double(loadCount) }
      for load in 0..<loadCount {
        var prices = weights
        prices[load] += blend.bottleneck
        starts.append(prices)
      }
    }
    for prices in starts {
      let use = cut(prices, clock)
      offer(use.assignment, worth(use))
      best = max(best, value(use, prices))
      uses.append(use)
      if clock.isOver || isEnough(best) { return best }
    }
    if let known {
      uses.append(Use(amounts: SplitState(table, known).levels, assignment: known, least: .infinity))
    }
    let scale = max(uses.map { $0.amounts[..<loadCount].max() ?? 0 }.max() ?? 0, 1e-90)
    var program = Program()
    let bottleneck = program.addVariable("T", lower: 0, upper: limit / scale)
    program.objective = blend.bottleneck * LinearExpression(bottleneck)
    let mixture = program.addConstraint("mixture", LinearExpression(), equals: 1)
    let rows = resources.map { resource in
      resource < loadCount
        ? program.addConstraint("", LinearExpression([.init(-1, bottleneck)]), upper: 0)
        : program.addConstraint("", LinearExpression(), upper: 1)
    }
    var centre = starts[0]
    return try solver.withLinear(program) { session throws(ProgramError) -> Double in
      var pending = uses
      for _ in 0..<Self.mostRounds {
        for use in pending {
          let entries = zip(rows, resources).map { row, resource in
            let unit = resource < loadCount ? scale : max(1, memory[resource - loadCount])
            let amount = use.amounts[resource] / unit
            return (row, amount < 1e-12 ? 0 : amount)
          }
          try session.addVariable(
            objective: zip(blend.loads, use.amounts).reduce(0) { $0 + $1.0 * $1.1 } / scale, lower: 0,
            upper: .infinity, entries: [(mixture, 1)] + entries)
        }
        let outcome = session.solve(clock)
        guard outcome.vector == .optimal, let upper = outcome.objective else { return best }
        if upper * scale - best <= Self.tolerance * upper * scale { return best }
        var prices = Array(repeating: 0.0, count: loadCount + 2)
        var total = 0.0
        for (row, resource) in zip(rows, resources) {
          let dual = max(0, -outcome.duals[row.index])
          if resource < loadCount { total += dual }
          prices[resource] =
            resource < loadCount ? dual : dual * scale / max(1, memory[resource - loadCount])
        }
        guard total > 0 || blend.bottleneck == 0 else { return best }
        // Rounding of the solver must not leave prices that add up to less than they should.
        for load in 0..<loadCount {
          let price = limit.isFinite ? prices[load] : total > 0 ? prices[load] * blend.bottleneck / total : 0
          prices[load] = weights[load] + price
        }
        // Half way to the best prices so far (Wentges 1997); where that does not help, the program's own.
        pending = []
        for candidate in [zip(prices, centre).map { 0.5 * ($0 + $1) }, prices] {
          let use = cut(candidate, clock)
          offer(use.assignment, worth(use))
          pending.append(use)
          let found = value(use, candidate)
          if found > best {
            best = found
            centre = candidate
            break
          }
          if clock.isOver { break }
        }
        if clock.isOver || isEnough(best) { return best }
      }
      return best
    }
  }

  private func worth(_ use: Use) -> Double {
    zip(blend.loads, use.amounts).reduce(blend.bottleneck * (use.amounts[..<loadCount].max() ?? 0)) {
      $0 + $1.0 * $1.1
    }
  }

  private func value(_ use: Use, _ prices: [Double]) -> Double {
    var sum = use.least
    if limit.isFinite { for load in 0..<loadCount { sum -= (prices[load] - blend.loads[load]) * limit } }
    for device in 0...1 where prices[loadCount + device] > 0 {
      sum -= prices[loadCount + device] * problem.devices[device].memory
    }
    return sum - Self.rounding * abs(use.least)
  }

  private func price(_ option: Problem.Option, _ device: Int, _ prices: [Double]) -> Double {
    var sum = 0.0
    for shard in option.shards {
      for load in shard.loads { sum += prices[device * lanes + load.index] * load.seconds }
      if prices[loadCount + device] > 0 { sum += prices[loadCount + device] * shard.memory }
    }
    for load in option.shared { sum += prices[2 * lanes + load.index] * load.seconds }
    return sum
  }

  /// The assignment with the least priced loads.
  private mutating func cut(_ prices: [Double], _ clock: SearchClock) -> Use {
    let seen = network.arcsSeen
    // By unit and device: the cheapest option.
    var chosen = Array(repeating: 0, count: 2 * problem.units.count)
    for unit in problem.units.indices {
      for device in 0...1 {
        guard var best = options[unit][device].first else { continue }
        var least = price(problem.units[unit].options[best], device, prices)
        for option in options[unit][device].dropFirst() {
          let price = price(problem.units[unit].options[option], device, prices)
          if price < least { (best, least) = (option, price) }
        }
        chosen[2 * unit + device] = best
        network.setCapacity(device == 1 ? unitArcs[unit].on1 : unitArcs[unit].on0, least)
      }
    }
    func crossing(_ net: Problem.Net, from device: Int) -> Double {
      let out = net.out[problem.devices[device].group]
      let incoming = net.incoming[problem.devices[1 - device].group]
      return out.reduce(0) { $0 + prices[device * lanes + $1.index] * $1.seconds }
        + incoming.reduce(0) { $0 + prices[(1 - device) * lanes + $1.index] * $1.seconds }
    }
    for (net, arcs) in zip(problem.nets, netArcs) {
      network.setCapacity(arcs.from0, crossing(net, from: 0))
      network.setCapacity(arcs.from1, crossing(net, from: 1))
    }
    var least = network.minimumCut()
    clock.spend(
      Self.ticksPerArc * (network.arcsSeen - seen)
        + Self.ticksPerUnit * (problem.units.count + problem.nets.count))
    for (device, entry) in problem.devices.enumerated() {
      for (lane, seconds) in entry.baseLoad.enumerated() { least += prices[device * lanes + lane] * seconds }
    }
    let assignment = Assignment(
      choices: problem.units.indices.map { unit in
        var device = network.isOnSourceSide(unit) ? 0 : 1
        if options[unit][device].isEmpty { device = 1 - device }
        return .init(option: chosen[2 * unit + device], devices: [device])
      })
    return Use(amounts: SplitState(table, assignment).levels, assignment: assignment, least: least)
  }
}

extension SplitCuts {
  /// Raises the bound, and offers the assignment of every cut.
  struct Step: SearchStep {
    let name = StepName.cutsAtPrices

    func run(_ context: SplitContext, within clock: SearchClock) throws(ProgramError) {
      let incumbent = context.incumbent
      var cuts = SplitCuts(context.table, blend: context.blend)
      let bound = try cuts.raise(
        incumbent.bound, solver: incumbent.options.solver, clock: clock,
        isEnough: {
          incumbent.assignment != nil && incumbent.objective - $0 <= incumbent.gap * incumbent.objective
        },
        offer: { if $1 <= incumbent.objective * (1 + SplitCuts.rounding) { incumbent.offer($0) } })
      incumbent.raise(bound, by: name)
    }
  }
}

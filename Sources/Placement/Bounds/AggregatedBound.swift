import Modeling

/// The linear relaxation over whole classes of devices, solved through its prices.
///
/// With classes g of |g| devices, lanes l, memory M_g (sum of capacities) and base loads B_gl (sum), it is
///
///     minimise T
///     sum_o x[u,o] = 1                                     every unit
///     sum load(o,g,l) x[u,o] + B_gl <= |g| T               every class and lane
///     sum memory(o,g) x[u,o] <= M_g                        every class
///     sum shared(o,s) x[u,o] <= T                          every shared resource
///
/// Summing the rows of a class gives these from the full program, so its optimum is a lower bound; with alike
/// devices it equals the full linear relaxation. For any prices p >= 0 whose load part is normalised
/// (sum |g| p_gl + sum p_s = 1) the value
///
///     sum_u min_o p . use(o) + p . base - sum_g p_g,memory M_g
///
/// is a lower bound (Lagrangian duality), which is what is reported: it does not rest on the tolerances of a linear
/// solver. The best prices come from Kelley's cutting planes, seen from the dual as column generation, with the price
/// point held near the best one so far (Wentges 1997).
struct AggregatedBound {
  struct Result {
    /// Seconds; `.infinity` when the relaxation has no solution.
    var bound: Double
    /// Seconds: the Lagrangian value at the prices, before other bounds are taken into account.
    var value = 0.0
    /// Seconds: assignments of a larger bottleneck may use options that the relaxation left out.
    var holdsBelow = Double.infinity
    /// Whether the memory of whole classes cannot hold the units, in any way.
    var isMemoryInfeasible: Bool
    var prices: [Double]
    /// By flat option: how much of the unit the relaxation gives it.
    var fractions: [Double]
  }

  private static let ticksPerOption = 25

  private let table: AggregateTable
  private let solver: any MIPSolver
  /// By resource: what one unit of T provides, what base loads use, and what is provided in any case.
  private var perT: [Double]
  private var base: [Double]
  private var fixedCapacity: [Double]
  private var isMemory: [Bool]

  init(_ model: PackingModel, table: AggregateTable, solver: any MIPSolver) {
    self.table = table
    self.solver = solver
    let count = table.resourceCount
    perT = Array(repeating: 1, count: count)
    base = Array(repeating: 0, count: count)
    fixedCapacity = Array(repeating: 0, count: count)
    isMemory = Array(repeating: false, count: count)
    for (number, devices) in model.classes.enumerated() {
      let offset = number * table.resourcesPerClass
      for lane in 0..<model.laneCount {
        perT[offset + lane] = Double(devices.count)
        base[offset + lane] = devices.reduce(0) { $0 + model.base[$1 * model.laneCount + lane] }
      }
      let memory = offset + model.laneCount
      perT[memory] = 0
      isMemory[memory] = true
      fixedCapacity[memory] = devices.reduce(0) { $0 + model.capacity[$1] }
    }
  }

  /// One answer of the units to prices.
  private struct Proposal {
    var use: [Double]
    var options: [Int32]
    /// The part of the bound that is the units' own: sum of least costs.
    var cost: Double
  }

  /// - Parameters:
  ///   - limit: options that alone exceed it are left out; the bound is then for assignments whose bottleneck is at
  ///     most `limit`.
  ///   - tolerance: relative; the bound is this near the relaxation's optimum unless a limit or `enough` ends it.
  ///   - enough: seconds; a bound this high is not raised further.
  ///   - start: prices to begin with.
  func solve(
    limit: Double = .infinity, tolerance: Double, enough: Double, start: [Double]? = nil, clock: SearchClock
  ) throws(ProgramError) -> Result {
    let allowed = allowedOptions(limit: limit)
    guard let allowed else {
      return Result(bound: .infinity, isMemoryInfeasible: false, prices: [], fractions: [])
    }
    var seeds = try memoryPhase(allowed, clock: clock)
    if seeds.infeasible {
      return Result(bound: .infinity, isMemoryInfeasible: true, prices: [], fractions: [])
    }
    if let start { seeds.proposals.append(answer(start, allowed, clock)) }
    return try bottleneckPhase(
      allowed, seeds: seeds.proposals, start: start, tolerance: tolerance, enough: enough, clock: clock)
  }

  /// By unit: flat options within the limit; `nil` when a unit has none.
  private func allowedOptions(limit: Double) -> [[Int32]]? {
    var result: [[Int32]] = []
    result.reserveCapacity(table.unitCount)
    for unit in 0..<table.unitCount {
      let options = (table.firstOption[unit]..<table.firstOption[unit + 1]).filter {
        table.ownBottleneck[$0] <= limit * (1 + 1e-12)
      }
      if options.isEmpty { return nil }
      result.append(options.map(Int32.init))
    }
    return result
  }

  private func answer(_ prices: [Double], _ allowed: [[Int32]], _ clock: SearchClock) -> Proposal {
    clock.spend(Self.ticksPerOption * table.optionCount)
    var use = Array(repeating: 0.0, count: table.resourceCount)
    var chosen: [Int32] = []
    chosen.reserveCapacity(allowed.count)
    var total = 0.0
    let costs = table.costs(prices: prices)
    for options in allowed {
      var best = options[0]
      var least = Double.infinity
      for option in options where costs[Int(option)] < least {
        least = costs[Int(option)]
        best = option
      }
      total += least
      chosen.append(best)
      table.addUse(option: Int(best), prices: prices, to: &use)
    }
    return Proposal(use: use, options: chosen, cost: total)
  }

  // MARK: Memory

  /// Minimises the relative overflow of memory; proposals whose mixture fits, or the proof that none does.
  private func memoryPhase(
    _ allowed: [[Int32]], clock: SearchClock
  ) throws(ProgramError) -> (proposals: [Proposal], infeasible: Bool) {
    let memories = table.resourceRange.filter { isMemory[$0] && fixedCapacity[$0].isFinite }
    var prices = Array(repeating: 0.0, count: table.resourceCount)
    for resource in memories { prices[resource] = 1 / max(1, fixedCapacity[resource]) }
    var proposals = [answer(prices, allowed, clock)]
    func fits(_ proposal: Proposal) -> Bool {
      memories.allSatisfy { proposal.use[$0] <= fixedCapacity[$0] }
    }
    if fits(proposals[0]) { return (proposals, false) }
    // Overflow a: use_g / M_g - a <= 1. Its dual prices are a distribution over the classes.
    var program = Program()
    let overflow = program.addVariable("overflow", lower: -1, upper: .infinity)
    program.objective = LinearExpression(overflow)
    let mixture = program.addConstraint("mixture", LinearExpression(), equals: 1)
    let rows = memories.map { _ in
      program.addConstraint("", LinearExpression([.init(-1, overflow)]), upper: 1)
    }
    let (found, infeasible) = try solver.withLinear(program) {
      session throws(ProgramError) -> ([Proposal], Bool) in
      var pending = proposals
      for _ in 0..<300 {
        for proposal in pending {
          let entries = zip(rows, memories).map {
            ($0, proposal.use[$1] / max(1, fixedCapacity[$1]))
          }
          try session.addVariable(
            objective: 0, lower: 0, upper: .infinity, entries: [(mixture, 1)] + entries)
        }
        let outcome = session.solve(clock)
        guard outcome.vector == .optimal, let value = outcome.objective else { break }
        if value <= 0 { return (proposals, false) }
        var next = Array(repeating: 0.0, count: table.resourceCount)
        var total = 0.0
        for (row, resource) in zip(rows, memories) {
          next[resource] = max(0, -outcome.duals[row.index])
          total += next[resource]
        }
        guard total > 0 else { break }
        for resource in memories {
          next[resource] /= total * max(1, fixedCapacity[resource])
        }
        let proposal = answer(next, allowed, clock)
        // Lower bound on the overflow at these prices: sum of least costs minus what is there.
        if proposal.cost > 1 + ProblemEvaluator.memoryTolerance { return (proposals, true) }
        if proposal.cost - 1 >= value - 1e-9 { break }
        proposals.append(proposal)
        pending = [proposal]
      }
      return (proposals, false)
    }
    return (found, infeasible)
  }

  // MARK: Bottleneck

  private func bottleneckPhase(
    _ allowed: [[Int32]], seeds: [Proposal], start: [Double]?, tolerance: Double, enough: Double,
    clock: SearchClock
  ) throws(ProgramError) -> Result {
    let active = table.resourceRange.filter { !isMemory[$0] || fixedCapacity[$0].isFinite }
    var best = Result(bound: 0, isMemoryInfeasible: false, prices: [], fractions: [])
    var proposals = seeds
    // One answer for each load resource alone, and one for all of them, are cheap first bounds.
    var priceSeeds: [[Double]] = []
    let loads = active.filter { !isMemory[$0] }
    if let start { priceSeeds.append(start) }
    let everyPrice = 1 / max(1, loads.reduce(0) { $0 + perT[$1] })
    var even = Array(repeating: 0.0, count: table.resourceCount)
    for resource in loads { even[resource] = everyPrice }
    priceSeeds.append(even)
    for resource in loads.prefix(16) {
      var single = Array(repeating: 0.0, count: table.resourceCount)
      single[resource] = 1 / perT[resource]
      priceSeeds.append(single)
    }
    for prices in priceSeeds {
      let proposal = answer(prices, allowed, clock)
      let value = self.value(proposal.cost, prices)
      if best.prices.isEmpty || value > best.bound {
        best.bound = max(best.bound, value)
        best.value = value
        best.prices = prices
      }
      proposals.append(proposal)
    }
    let scale = max(
      proposals.map { proposal in
        loads.map { (proposal.use[$0] + base[$0]) / perT[$0] }.max() ?? 0
      }.max() ?? 0, 1e-90)
    var program = Program()
    let bottleneck = program.addVariable("T")
    program.objective = LinearExpression(bottleneck)
    let mixture = program.addConstraint("mixture", LinearExpression(), equals: 1)
    let rows = active.map { resource in
      isMemory[resource]
        ? program.addConstraint("", LinearExpression(), upper: 1)
        : program.addConstraint(
          "", LinearExpression([.init(-1, bottleneck)]), upper: -base[resource] / perT[resource] / scale)
    }
    let weights = try solver.withLinear(program) { session throws(ProgramError) -> [Double] in
      var weights: [Double] = []
      var pending = proposals
      for _ in 0..<400 {
        for proposal in pending {
          let entries = zip(rows, active).map {
            ($0, proposal.use[$1] / (isMemory[$1] ? max(1, fixedCapacity[$1]) : perT[$1] * scale))
          }
          try session.addVariable(
            objective: 0, lower: 0, upper: .infinity, entries: [(mixture, 1)] + entries)
        }
        pending = []
        let outcome = session.solve(clock)
        guard outcome.vector == .optimal, let value = outcome.objective else { break }
        weights = Array(outcome.values.dropFirst())
        if best.bound >= enough || value * scale - best.bound <= tolerance * value * scale { break }
        let exact = prices(outcome, rows, active, scale)
        let centre = best.prices
        let smooth = zip(exact, centre).map { 0.6 * $0 + 0.4 * $1 }
        for candidate in [smooth, exact] {
          let proposal = answer(candidate, allowed, clock)
          let bound = self.value(proposal.cost, candidate)
          pending.append(proposal)
          if bound > best.bound {
            best.bound = bound
            best.value = bound
            best.prices = candidate
            // The smoothed point helped: no need for the exact one this time.
            break
          }
        }
        proposals += pending
        if clock.isOver { break }
      }
      return weights
    }
    best.fractions = Array(repeating: 0, count: table.optionCount)
    for (weight, proposal) in zip(weights, proposals) where weight > 0 {
      for option in proposal.options { best.fractions[Int(option)] += weight }
    }
    if weights.isEmpty, let first = proposals.last {
      for option in first.options { best.fractions[Int(option)] = 1 }
    }
    return best
  }

  /// The rows' prices in the problem's own units, normalised so that the bound is valid as computed.
  private func prices(
    _ outcome: LinearOutcome, _ rows: [ConstraintID], _ active: [Int], _ scale: Double
  ) -> [Double] {
    var result = Array(repeating: 0.0, count: table.resourceCount)
    var total = 0.0
    for (row, resource) in zip(rows, active) {
      let dual = max(0, -outcome.duals[row.index])
      if isMemory[resource] {
        result[resource] = dual / max(1, fixedCapacity[resource]) * scale
      } else {
        result[resource] = dual / perT[resource]
        total += dual
      }
    }
    guard total > 0 else { return result }
    return result.map { $0 / total }
  }

  /// What one second of bottleneck provides of a resource: the number of devices of a class; 0 for memory.
  func perSecond(_ resource: Int) -> Double { perT[resource] }

  /// What a resource provides: a class's memory times `room`, or `seconds` on its lanes less what is there already.
  func capacity(_ resource: Int, at seconds: Double, room: Double) -> Double {
    isMemory[resource] ? fixedCapacity[resource] * room : perT[resource] * seconds - base[resource]
  }

  /// The lower bound at prices whose load part is normalised.
  func value(_ cost: Double, _ prices: [Double]) -> Double {
    var sum = cost
    for resource in table.resourceRange where prices[resource] > 0 {
      sum += prices[resource] * (base[resource] - fixedCapacity[resource])
    }
    return sum
  }

  /// What assignments whose options alone stay within a limit cost at prices.
  ///
  /// - Returns: the lower bound on them, and by unit those options with their reduced costs: how far choosing one lifts
  ///   that bound. All in seconds.
  func reducedCosts(
    _ prices: [Double], within limit: Double
  ) -> (value: Double, units: [[(option: Int, cost: Double)]]) {
    var total = 0.0
    let costs = table.costs(prices: prices)
    let units = (0..<table.unitCount).map { unit in
      let own = (table.firstOption[unit]..<table.firstOption[unit + 1])
        .filter { table.ownBottleneck[$0] <= limit }
        .map { (option: $0, cost: costs[$0]) }
      let least = own.reduce(.infinity) { min($0, $1.cost) }
      total += least
      return own.map { (option: $0.option, cost: $0.cost - least) }
    }
    return (value(total, prices), units)
  }

  /// Reduced cost of every flat option at prices: how far choosing it lifts the bound, in seconds.
  func reducedCosts(_ prices: [Double]) -> [Double] {
    var result = table.costs(prices: prices)
    for unit in 0..<table.unitCount {
      let range = table.firstOption[unit]..<table.firstOption[unit + 1]
      let least = range.map { result[$0] }.min() ?? 0
      for option in range { result[option] -= least }
    }
    return result
  }
}

extension AggregateTable {
  var resourceRange: Range<Int> { 0..<resourceCount }

  /// Seconds: the largest own bottleneck of a unit at its best option, a lower bound by itself.
  var largestUnit: Double {
    var largest = 0.0
    for unit in 0..<unitCount {
      let own = ownBottleneck[firstOption[unit]..<firstOption[unit + 1]]
      largest = max(largest, own.min() ?? 0)
    }
    return largest
  }
}

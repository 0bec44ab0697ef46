import Modeling

/// Raises a bound by how many large pieces devices can hold beside what is on all of them.
///
/// Cut over all devices (row-wise, say), a unit adds the same to each. Let P be what the chosen options pin to every device
/// of D, those that pieces can move between, on one lane. An assignment of bottleneck T leaves a device at most T - P for its
/// movable pieces, so with weights of sizes by ``SlotWeights`` for that room they weigh at most |D| in all. P is not known,
/// so its range is cut into steps [a, b]: in each, the relaxation over whole classes (``AggregatedBound``) at a given T gets
/// the rows
///
///     a <= sum pinned(o) x[u,o] <= b
///     sum weight(o) x[u,o] <= |D| (most weight within T - base - a)      every family of weights
///
/// and loses the options with a piece larger than T - base - a. If no step has a solution, T is a lower bound. That a step has
/// none is shown by prices (Farkas): the least priced use over all choices exceeds the priced capacity, which does not rest
/// on a linear solver's tolerances. Prices come from cutting planes (Kelley), weights from the solution that is to be cut
/// off. Units that are equal to the relaxation are counted, not repeated.
struct PinnedStepBound {
  enum Verdict {
    /// No assignment has a bottleneck up to the limit.
    case excluded
    /// Nothing is shown; by flat option, what a relaxed assignment chooses, empty where none is known.
    case open([Double])
  }

  private struct Family {
    var weights: SlotWeights
    /// By kind, then option: weight of its movable pieces.
    var use: [[Double]]
  }

  private let table: AggregateTable
  private let relaxation: AggregatedBound
  private let solver: any MIPSolver
  private let pieces: PieceKinds
  private var families: [Family] = []
  /// Prices that excluded a step, the latest last.
  private var known: [[Double]] = []

  private static let (mostFamilies, mostKnown, mostTests, mostRounds) = (12, 6, 300, 80)
  private static let ticksPerOption = 40
  /// Relative: how finely steps are cut, and how near the largest limit that is excluded is sought.
  private static let (finest, nearness) = (1e-4, 3e-4)
  private static let rounding = 1e-9

  /// - Parameter lane: of which devices hold pieces.
  /// - Returns: `nil` where no piece can move.
  init?(
    _ model: PackingModel, table: AggregateTable, relaxation: AggregatedBound, lane: Int,
    solver: any MIPSolver
  ) {
    guard let pieces = PieceKinds(model, table: table, lane: lane) else { return nil }
    self.pieces = pieces
    self.table = table
    self.relaxation = relaxation
    self.solver = solver
  }

  private var kinds: [PieceKinds.Kind] { pieces.kinds }

  /// - Parameters:
  ///   - bound: proven already, seconds.
  ///   - objective: of an assignment in hand, seconds.
  ///   - gap: relative; a bound this near the objective is enough.
  /// - Returns: the bound, and what a relaxed assignment just above it chooses, by flat option, where it is not enough.
  mutating func raise(
    _ bound: Double, below objective: Double, gap: Double, clock: SearchClock
  ) throws(ProgramError) -> (bound: Double, choice: [Double]) {
    var low = bound
    var high = objective * (1 - 0.9 * gap)
    guard high > low else { return (bound, []) }
    var choice: [Double] = []
    if case .open(let fractions) = try excludes(high, clock: clock) {
      choice = fractions
    } else {
      return (high, [])
    }
    while high - low > Self.nearness * high, !clock.isOver {
      let middle = low + (high - low) / 2
      switch try excludes(middle, clock: clock) {
      case .excluded: low = middle
      case .open(let fractions):
        high = middle
        if !fractions.isEmpty { choice = fractions }
      }
    }
    return (low, choice)
  }

  /// Whether no assignment has a bottleneck up to the limit, seconds.
  mutating func excludes(_ limit: Double, clock: SearchClock) throws(ProgramError) -> Verdict {
    let least = kinds.reduce(0) { $0 + Double($1.units.count) * ($1.pinned.min() ?? 0) }
    var open = [(low: least, high: limit - pieces.base)]
    var tests = 0
    while let step = open.popLast() {
      if step.low > step.high { continue }
      tests += 1
      if tests > Self.mostTests || clock.isOver { return .open([]) }
      switch try test(limit, step.low, step.high, clock) {
      case .excluded: continue
      case .open(nil): return .open([])
      case .open(let found?):
        if min(found.pinned, step.high) - step.low <= Self.finest * limit { return .open(found.fractions) }
        let middle = step.low + (min(found.pinned, step.high) - step.low) / 2
        open.append((step.low, middle))
        open.append((middle, step.high))
      }
    }
    return .excluded
  }

  // MARK: One step

  private enum Answer {
    case excluded
    case open((pinned: Double, fractions: [Double])?)
  }

  /// One choice of options for every kind: the least priced.
  private struct Proposal {
    var cost = 0.0
    var use: [Double]
    /// By kind: position among its options.
    var options: [Int] = []
  }

  private struct Row {
    /// Place of its price.
    var resource: Int
    var capacity: Double
    var scale: Double
    var id: ConstraintID
  }

  private mutating func test(
    _ limit: Double, _ low: Double, _ high: Double, _ clock: SearchClock
  ) throws(ProgramError) -> Answer {
    let kinds = pieces.kinds
    let room = limit - pieces.base - low
    let allowed = kinds.indices.map { kind in
      kinds[kind].pinned.indices.filter {
        table.ownBottleneck[kinds[kind].options.lowerBound + $0] <= limit * (1 + Self.rounding)
          && kinds[kind].largest[$0] <= room * (1 + Self.rounding)
          && kinds[kind].pinned[$0] <= high * (1 + Self.rounding)
      }
    }
    if allowed.contains(where: \.isEmpty) { return .excluded }
    let most = kinds.indices.map { kind in allowed[kind].reduce(0) { max($0, kinds[kind].pinned[$1]) } }
    let mostPinned = zip(kinds, most).reduce(0) { $0 + Double($1.0.units.count) * $1.1 }
    if mostPinned < low * (1 - Self.rounding) { return .excluded }
    // Prices: the relaxation's resources, then pinned at most, pinned at least, and a family each.
    let first = table.resourceCount
    var capacities = table.resourceRange.map {
      relaxation.capacity($0, at: limit, room: 1 + ProblemEvaluator.memoryTolerance)
    }
    capacities += [high, mostPinned - low]
    capacities += families.map { pieces.devices * $0.weights.most(within: room) }

    func answer(_ prices: [Double]) -> Proposal {
      clock.spend(Self.ticksPerOption * pieces.optionCount)
      var proposal = Proposal(use: Array(repeating: 0, count: first + 2 + families.count))
      var use = Array(repeating: 0.0, count: first)
      let costs = table.costs(prices: prices)
      for kind in kinds.indices {
        var best = allowed[kind][0]
        var least = Double.infinity
        for option in allowed[kind] {
          var cost = costs[kinds[kind].options.lowerBound + option]
          cost +=
            prices[first] * kinds[kind].pinned[option] + prices[first + 1]
            * (most[kind] - kinds[kind].pinned[option])
          for (index, family) in families.enumerated() where prices[first + 2 + index] > 0 {
            cost += prices[first + 2 + index] * family.use[kind][option]
          }
          if cost < least { (best, least) = (option, cost) }
        }
        let count = Double(kinds[kind].units.count)
        proposal.cost += count * least
        proposal.options.append(best)
        for resource in use.indices { use[resource] = 0 }
        table.addUse(option: kinds[kind].options.lowerBound + best, prices: prices, to: &use)
        for resource in use.indices { proposal.use[resource] += count * use[resource] }
        proposal.use[first] += count * kinds[kind].pinned[best]
        proposal.use[first + 1] += count * (most[kind] - kinds[kind].pinned[best])
        for (index, family) in families.enumerated() {
          proposal.use[first + 2 + index] += count * family.use[kind][best]
        }
      }
      return proposal
    }
    func excludes(_ proposal: Proposal, _ prices: [Double]) -> Bool {
      let provided = zip(prices, capacities).reduce(0) { $1.0 > 0 ? $0 + $1.0 * $1.1 : $0 }
      return proposal.cost > provided + Self.rounding * abs(provided)
    }

    var proposals: [Proposal] = []
    let padding = first + 2 + families.count
    for prices in known.reversed() {
      let prices = prices + Array(repeating: 0, count: padding - prices.count)
      let proposal = answer(prices)
      if excludes(proposal, prices) { return .excluded }
      proposals.append(proposal)
    }
    if proposals.isEmpty { proposals.append(answer(evenPrices(capacities))) }
    var program = Program()
    let overflow = program.addVariable("overflow", lower: -1, upper: .infinity)
    program.objective = LinearExpression(overflow)
    let mixture = program.addConstraint("mixture", LinearExpression(), equals: 1)
    var rows: [Row] = []
    for (resource, capacity) in capacities.enumerated() where capacity.isFinite {
      let scale = max(abs(capacity), 1e-3 * (proposals.map { $0.use[resource] }.max() ?? 0), 1e-90)
      let id = program.addConstraint(
        "", LinearExpression([.init(-1, overflow)]), upper: capacity / scale)
      rows.append(Row(resource: resource, capacity: capacity, scale: scale, id: id))
    }
    return try solver.withLinear(program) { session throws(ProgramError) -> Answer in
      var pending = proposals
      for _ in 0..<Self.mostRounds {
        for proposal in pending {
          let entries = rows.map { ($0.id, Self.tame(proposal.use[$0.resource] / $0.scale)) }
          try session.addVariable(
            objective: 0, lower: 0, upper: .infinity, entries: [(mixture, 1)] + entries)
        }
        pending = []
        let outcome = session.solve(clock)
        guard outcome.vector == .optimal, let value = outcome.objective else { return .open(nil) }
        if value <= 1e-9 {
          let weights = Array(outcome.values.dropFirst())
          let amounts = self.amounts(proposals, weights)
          guard families.count < Self.mostFamilies,
            let cut = try SlotWeights.against(
              amounts, room: room, devices: pieces.devices, solver: solver, clock: clock)
          else { return .open(self.found(proposals, weights, first)) }
          let use = kinds.map { $0.pieces.map { $0.reduce(0) { $0 + $1.count * cut.weight($1.size) } } }
          families.append(Family(weights: cut, use: use))
          let capacity = pieces.devices * cut.most(within: room)
          capacities.append(capacity)
          for index in proposals.indices {
            proposals[index].use.append(
              zip(kinds.indices, proposals[index].options).reduce(0) {
                $0 + Double(kinds[$1.0].units.count) * use[$1.0][$1.1]
              })
          }
          let place = capacities.count - 1
          let terms = proposals.enumerated().map { index, proposal in
            LinearExpression.Term(
              Self.tame(proposal.use[place] / capacity), VariableID(index: index + 1))
          }
          let row = try session.addConstraint(
            Program.Constraint(
              name: "", expression: LinearExpression([.init(-1, overflow)] + terms), lower: -.infinity,
              upper: 1))
          rows.append(Row(resource: place, capacity: capacity, scale: capacity, id: row))
          continue
        }
        var prices = Array(repeating: 0.0, count: capacities.count)
        for row in rows { prices[row.resource] = max(0, -outcome.duals[row.id.index]) / row.scale }
        let proposal = answer(prices)
        if excludes(proposal, prices) {
          known.removeAll { $0 == prices }
          known.append(prices)
          if known.count > Self.mostKnown { known.removeFirst() }
          return .excluded
        }
        if proposals.contains(where: { $0.use == proposal.use }) { return .open(nil) }
        proposals.append(proposal)
        pending = [proposal]
        if clock.isOver { return .open(nil) }
      }
      return .open(nil)
    }
  }

  /// Prices that count every resource alike.
  private func evenPrices(_ capacities: [Double]) -> [Double] {
    capacities.map { $0.isFinite ? 1 / max(abs($0), 1e-90) : 0 }
  }

  /// A coefficient that is too small for a linear solver to take counts as none.
  private static func tame(_ value: Double) -> Double { value < 1e-12 ? 0 : value }

  /// The movable pieces of a mixture of proposals.
  private func amounts(_ proposals: [Proposal], _ weights: [Double]) -> [(size: Double, count: Double)] {
    var counts: [Double: Double] = [:]
    for (proposal, weight) in zip(proposals, weights) where weight > 0 {
      for (kind, option) in proposal.options.enumerated() {
        for piece in kinds[kind].pieces[option] {
          counts[piece.size, default: 0] += weight * piece.count * Double(kinds[kind].units.count)
        }
      }
    }
    return counts.sorted { $0.key > $1.key }.map { (size: $0.key, count: $0.value) }
  }

  private func found(
    _ proposals: [Proposal], _ weights: [Double], _ first: Int
  ) -> (pinned: Double, fractions: [Double]) {
    var pinned = 0.0
    var fractions = Array(repeating: 0.0, count: table.optionCount)
    for (proposal, weight) in zip(proposals, weights) where weight > 0 {
      pinned += weight * proposal.use[first]
      for (kind, option) in proposal.options.enumerated() {
        for unit in kinds[kind].units { fractions[table.firstOption[unit] + option] += weight }
      }
    }
    return (pinned, fractions)
  }
}

extension PinnedStepBound {
  /// Raises the bound, and packs what the relaxation chooses just above it.
  struct Step: SearchStep {
    let name = StepName.largePieces

    func applies(to context: PackingContext) -> Bool { context.incumbent.assignment != nil }

    func run(_ context: PackingContext, within clock: SearchClock) throws(ProgramError) {
      let incumbent = context.incumbent
      guard let lane = heaviestLane(context) else { return }
      let counting = PinnedStepBound(
        context.model, table: context.table, relaxation: context.relaxation, lane: lane,
        solver: incumbent.options.solver)
      guard var counting else { return }
      let (bound, choice) = try counting.raise(
        incumbent.bound, below: incumbent.objective, gap: incumbent.gap, clock: clock)
      incumbent.raise(bound, by: name)
      if choice.isEmpty || context.isOver { return }
      let rounding = SystematicRounding(context.model, table: context.table, fractions: choice)
      var tried: Set<[Int]> = []
      for extra in 0..<4 {
        let chosen = rounding.options(extra: Double(extra))
        guard !context.isOver, tried.insert(chosen).inserted else { continue }
        context.descent?.run(from: chosen, goal: context.goal, steps: 300 * context.scale)
      }
    }

    /// The lane that the relaxation's prices weigh most.
    private func heaviestLane(_ context: PackingContext) -> Int? {
      guard let prices = context.result?.prices, !prices.isEmpty else { return nil }
      let model = context.model
      let weights = (0..<model.laneCount).map { lane in
        model.classes.indices.reduce(0) { sum, number in
          sum + prices[number * model.resourceCount + lane] * Double(model.classes[number].count)
        }
      }
      return weights.indices.max { weights[$0] < weights[$1] }
    }
  }
}

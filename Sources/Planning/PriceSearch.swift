import Modeling
import Plan

/// The prices under which a `PlacementRelaxation` proves most, by Kelley's cutting planes.
///
/// The best bound over all prices is the optimum of the linear program over mixtures of placements x_i,
///
///     minimise  W T + sum over devices of w_d B_d
///     sum_i z_i = 1,  z >= 0
///     sum_i z_i load_r(x_i) <= n T             every row r of a pool of n cards (n = 1 for the host)
///     sum_i z_i load_r(x_i) <= n B_d,  B_d <= T     rows of cores
///     sum_i z_i memory_k(x_i) <= capacity_k
///
/// with W and w_d the objective's weights of the bottleneck and of busy cores. Its duals are the next prices; the placement
/// that is least under them enters it (Kelley 1960, Dantzig and Wolfe 1960), and the price point is held near the best one so
/// far (Wentges 1997). Every answer on the way is a bound by itself, so the search may end at any time.
struct PriceSearch {
  /// A placement that was least under some prices.
  struct Column {
    /// By row.
    var use: [Double]
    /// By node.
    var isOnHost: [Bool]
  }

  let sides: [BoundSide]
  private let relaxation: PlacementRelaxation
  private let solver: any MIPSolver
  private(set) var bestPrices: [Double]
  private(set) var best = 0.0
  /// Work done: see `WorkBudget`.
  private(set) var ticks = 0
  private var columns: [Column] = []
  /// By column: its part of the best mixture.
  private var parts: [Double] = []

  private var rows: BoundRows { relaxation.rows }

  init(_ relaxation: PlacementRelaxation, solver: any MIPSolver) {
    self.relaxation = relaxation
    self.solver = solver
    sides = []
    bestPrices = Array(repeating: 0, count: relaxation.rows.count)
  }

  /// The search among the placements of another that have one more unit on a side.
  init(_ whole: PriceSearch, with side: BoundSide) {
    relaxation = whole.relaxation
    solver = whole.solver
    sides = whole.sides + [side]
    bestPrices = whole.bestPrices
    best = whole.best
    // With fewer holders, or more, the same placements use other rows.
    if case .holders = side.unit { return }
    columns = whole.columns.filter { column in
      relaxation.units.indices.allSatisfy {
        relaxation.units[$0] != side.unit || column.isOnHost[$0] == side.isOnHost
      }
    }
  }

  /// - Parameters:
  ///   - tolerance: Relative; what prices could still add when the search ends.
  ///   - enough: A bound this high is not raised further.
  ///   - workLimit: Ticks: see `WorkBudget`.
  mutating func run(tolerance: Double, enough: Double, workLimit: Int, isOver: () -> Bool) {
    for prices in columns.isEmpty ? seeds + [bestPrices] : [bestPrices] {
      if best < enough, ticks < workLimit, !isOver() { consider(prices, workLimit) }
    }
    guard !columns.isEmpty, best < enough, ticks < workLimit else { return }
    let master = PriceMaster(relaxation, uses: columns.map(\.use))
    do {
      // What was found holds without the linear program, should it fail.
      try solver.withLinear(master.program) { session throws(ProgramError) in
        var entered = 0
        for _ in 0..<Self.mostRounds {
          while entered < columns.count {
            try session.addVariable(
              objective: 0, lower: 0, upper: .infinity, entries: master.column(columns[entered].use))
            entered += 1
          }
          let outcome = session.solve(timeLimit: nil, workLimit: workLimit - ticks, isCancelled: isOver)
          ticks += outcome.ticks
          guard outcome.vector == .optimal, let least = outcome.objective.map(master.value(of:)) else {
            return
          }
          parts = Array(outcome.values.dropFirst(master.program.variables.count))
          if best >= enough || least - best <= tolerance * abs(least) { return }
          let exact = master.prices(outcome.duals)
          let smooth = zip(exact, bestPrices).map { (1 - Self.inertia) * $0 + Self.inertia * $1 }
          let known = columns.count
          for candidate in [smooth, exact] {
            if ticks >= workLimit || isOver() { return }
            consider(candidate, workLimit)
          }
          if columns.count == known { return }
        }
      }
    } catch {}
  }

  private static let mostRounds = 300
  private static let ticksPerArc = 5
  /// Part of the best price point in the next one.
  private static let inertia = 0.4

  private mutating func consider(_ prices: [Double], _ workLimit: Int) {
    let answer = relaxation.answer(
      to: prices, sides: sides, arcLimit: max(1, (workLimit - ticks) / Self.ticksPerArc))
    ticks += answer.arcsSeen * Self.ticksPerArc
    if answer.value > best {
      best = answer.value
      bestPrices = prices
    }
    if answer.isExact, answer.value.isFinite {
      columns.append(Column(use: answer.use, isOnHost: answer.isOnHost))
    }
  }

  /// Cores at their own weight, and the bottleneck's on each row of loads by itself.
  private var seeds: [[Double]] {
    let weights = relaxation.weights
    var base = Array(repeating: 0.0, count: rows.count)
    base[rows.row(.cores)] = weights.host
    for pool in relaxation.pools.indices { base[rows.row(.dense, pool: pool)] = weights.cards[pool] }
    return rows.loads.map { row in
      var prices = base
      prices[row] += weights.bottleneck / Double(relaxation.cards(inRow: row))
      return prices
    }
  }

  /// The unit that the best mixture divides most between host and cards, by what it costs; `nil` where it divides none.
  ///
  /// The number of holders comes first, as commands depend on it.
  var dividedUnit: BoundUnit? {
    if let range = BoundScope(sides, most: relaxation.mostHolders)?.holders, range.count > 1,
      relaxation.pricesHolders(bestPrices)
    {
      return .holders((range.lowerBound + range.upperBound) / 2)
    }
    var best: (score: Double, unit: BoundUnit)?
    for node in relaxation.units.indices {
      var onHost = 0.0
      for (column, part) in zip(columns, parts) where column.isOnHost[node] { onHost += part }
      let divided = min(onHost, 1 - onHost)
      guard divided > Self.leastDivision else { continue }
      let score = divided * relaxation.priced(node, bestPrices)
      if score > best?.score ?? -1 { best = (score, relaxation.units[node]) }
    }
    return best?.unit
  }

  private static let leastDivision = 1e-6
}

extension PlacementRelaxation {
  /// Cards that a row of loads is summed over; 1 for the host.
  func cards(inRow row: Int) -> Int {
    for (pool, entry) in pools.enumerated()
    where BoundRows.CardRow.allCases.contains(where: { rows.row($0, pool: pool) == row }) {
      return entry.count
    }
    return 1
  }
}

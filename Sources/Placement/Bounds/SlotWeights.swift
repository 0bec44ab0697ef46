import Modeling

/// A weight for every size of a piece such that pieces that fit one device together weigh at most 1.
///
/// With such weights (a dual-feasible function, Lueker 1983) the pieces of m devices weigh at most m. The best ones for given
/// pieces are the dual prices of the pattern program of Gilmore and Gomory (1961): fewest devices, each with one of the
/// sets of pieces that fit. Sizes are rounded down to a few steps, which only makes more sets fit.
struct SlotWeights: Sendable {
  /// Seconds, falling: where a step begins.
  private let sizes: [Double]
  /// By step.
  private let weights: [Double]

  /// Pieces below this part of the room weigh nothing.
  private static let finest = 0.2
  private static let mostSteps = 24
  private static let rounding = 1e-9

  func weight(_ seconds: Double) -> Double {
    for (size, weight) in zip(sizes, weights) where seconds >= size { return weight }
    return 0
  }

  /// The most that pieces within the room weigh together.
  func most(within room: Double) -> Double {
    var best = 0.0
    Self.search(sizes, weights, room * (1 + Self.rounding)) { value, _ in best = max(best, value) }
    return best
  }

  /// - Parameters:
  ///   - amounts: pieces by size in seconds, and how many there are.
  ///   - room: seconds that the pieces on a device may add up to.
  ///   - devices: how many there are.
  /// - Returns: weights with which the pieces weigh more than there are devices; `nil` where they fit in parts.
  static func against(
    _ amounts: [(size: Double, count: Double)], room: Double, devices: Double, solver: any MIPSolver,
    clock: SearchClock
  ) throws(ProgramError) -> SlotWeights? {
    let sizes = steps(amounts, room)
    guard !sizes.isEmpty else { return nil }
    var counts = sizes.map { _ in 0.0 }
    for (size, count) in amounts {
      if let step = sizes.firstIndex(where: { size >= $0 }) { counts[step] += count }
    }
    var program = Program()
    let rows = counts.map { program.addConstraint("", LinearExpression(), lower: $0) }
    let fits = room * (1 + Self.rounding)
    return try solver.withLinear(program) { session throws(ProgramError) -> SlotWeights? in
      for (row, size) in zip(rows, sizes) {
        try session.addVariable(
          objective: 1, lower: 0, upper: .infinity, entries: [(row, max(1, (fits / size).rounded(.down)))])
      }
      for _ in 0..<80 {
        let outcome = session.solve(clock)
        guard outcome.vector == .optimal, let value = outcome.objective, value > devices else { return nil }
        let prices = rows.map { max(0, outcome.duals[$0.index]) }
        var best = (value: 0.0, pattern: [Int]())
        let visits = search(sizes, prices, fits) { if $0 > best.value { best = ($0, $1) } }
        clock.spend(20 * visits)
        guard best.value > 0 else { return nil }
        let weights = prices.map { $0 / best.value }
        let total = zip(weights, counts).reduce(0) { $0 + $1.0 * $1.1 }
        if total > devices * (1 + 1e-6) { return SlotWeights(sizes: sizes, weights: weights) }
        if best.value <= 1 + 1e-7 || clock.isOver { return nil }
        var entries: [ConstraintID: Double] = [:]
        for step in best.pattern { entries[rows[step], default: 0] += 1 }
        try session.addVariable(
          objective: 1, lower: 0, upper: .infinity,
          entries: rows.compactMap { row in entries[row].map { (row, $0) } })
      }
      return nil
    }
  }

  /// Where steps begin: at most so many, always at the sizes of which no two, three or four fit.
  private static func steps(_ amounts: [(size: Double, count: Double)], _ room: Double) -> [Double] {
    let large = amounts.filter { $0.size > finest * room && $0.size <= room * (1 + rounding) && $0.count > 0 }
    let sizes = Set(large.map(\.size)).sorted(by: >)
    guard sizes.count > mostSteps else { return sizes }
    var chosen: Set<Double> = []
    for parts in 2...4 {
      if let least = sizes.last(where: { $0 > room * (1 + rounding) / Double(parts) }) {
        chosen.insert(least)
      }
    }
    let total = large.reduce(0) { $0 + $1.count }
    var sum = 0.0
    var next = 0.0
    for piece in large.sorted(by: { ($0.size, $0.count) > ($1.size, $1.count) }) {
      sum += piece.count
      if sum >= next {
        chosen.insert(piece.size)
        next = sum + total / Double(mostSteps - 4)
      }
    }
    if let least = sizes.last { chosen.insert(least) }
    return chosen.sorted(by: >)
  }

  /// Looks at every set of pieces within the room, given by falling steps.
  ///
  /// - Returns: how many there are.
  @discardableResult
  private static func search(
    _ sizes: [Double], _ weights: [Double], _ room: Double, _ visit: (Double, [Int]) -> Void
  ) -> Int {
    var visits = 0
    var pattern: [Int] = []
    func extend(_ first: Int, _ left: Double, _ value: Double) {
      visits += 1
      visit(value, pattern)
      for step in first..<sizes.count where sizes[step] <= left && weights[step] > 0 {
        pattern.append(step)
        extend(step, left - sizes[step], value + weights[step])
        pattern.removeLast()
      }
    }
    extend(0, room, 0)
    return visits
  }
}

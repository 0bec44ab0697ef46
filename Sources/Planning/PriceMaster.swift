import Modeling
import Plan

/// The linear program of ``PriceSearch``, scaled so that its figures are near 1.
struct PriceMaster {
  let program: Program
  private let relaxation: PlacementRelaxation
  /// By row of the relaxation.
  private let constraints: [ConstraintID]
  private let mixture: ConstraintID
  /// Seconds of a program's unit of load.
  private let seconds: Double
  /// Weight of a program's unit of objective.
  private let weight: Double

  /// What a byte too much costs at most, in objectives per capacity: a limit of the prices of memory that keeps the program
  /// feasible from the start.
  private static let overflowCost = 1e4

  /// - Parameter uses: Some placements that will enter; they give the scale.
  init(_ relaxation: PlacementRelaxation, uses: [[Double]]) {
    self.relaxation = relaxation
    let rows = relaxation.rows
    let weights = relaxation.weights
    let largest = uses.map { use in
      rows.loads.map { use[$0] / Double(relaxation.cards(inRow: $0)) }.max() ?? 0
    }
    seconds = max(largest.min() ?? 0, 1e-30)
    let all = zip(relaxation.pools, weights.isOn).reduce(weights.bottleneck) {
      $0 + Double($1.0.count) * $1.1
    }
    let unit = max(all, weights.host, weights.cards.max() ?? 0, 1e-30)
    weight = unit

    var program = Program()
    let bottleneck = program.addVariable("T")
    program.objective = LinearExpression([.init(weights.bottleneck / unit, bottleneck)])
    mixture = program.addConstraint("mixture", LinearExpression(), equals: 1)
    var limits = rows.loads.map { _ in bottleneck }
    /// A time within another one, with a weight of its own, that limits some rows.
    func addTime(_ name: String, of own: [Int], weight: Double, within whole: VariableID) -> VariableID {
      guard weight > 0 else { return whole }
      let time = program.addVariable(name)
      program.objective.add(weight / unit, time)
      program.addConstraint("", LinearExpression([.init(1, time), .init(-1, whole)]), upper: 0)
      for row in own { limits[row] = time }
      return time
    }
    _ = addTime("busy", of: [rows.row(.cores)], weight: weights.host, within: bottleneck)
    for (pool, entry) in relaxation.pools.enumerated() {
      func own(_ kinds: [BoundRows.CardRow]) -> [Int] { kinds.map { rows.row($0, pool: pool) } }
      let count = Double(entry.count)
      let isOn = addTime(
        "on", of: own(BoundRows.CardRow.allCases), weight: count * weights.isOn[pool], within: bottleneck)
      _ = addTime("busy", of: own([.cores, .dense]), weight: count * weights.cards[pool], within: isOn)
    }
    var constraints = rows.loads.map { row in
      program.addConstraint("", LinearExpression([.init(-1, limits[row])]), upper: 0)
    }
    for _ in rows.memories {
      let overflow = program.addVariable("overflow")
      program.objective.add(Self.overflowCost, overflow)
      constraints.append(
        program.addConstraint("", LinearExpression([.init(-1, overflow)]), upper: 1))
    }
    self.constraints = constraints
    self.program = program
  }

  func column(_ use: [Double]) -> [(constraint: ConstraintID, value: Double)] {
    [(mixture, 1)] + zip(constraints, use.indices).map { ($0, use[$1] / unit(ofRow: $1)) }
  }

  /// Seconds or joules.
  func value(of objective: Double) -> Double { objective * seconds * weight }

  func prices(_ duals: [Double]) -> [Double] {
    zip(constraints, relaxation.rows.loads.lowerBound...).map { constraint, row in
      max(0, -duals[constraint.index]) * seconds * weight / unit(ofRow: row)
    }
  }

  /// What a program's unit is in seconds, summed over cards, or bytes.
  private func unit(ofRow row: Int) -> Double {
    let rows = relaxation.rows
    return rows.memories.contains(row)
      ? max(1, relaxation.capacities[row - rows.memories.lowerBound])
      : seconds * Double(relaxation.cards(inRow: row))
  }
}

/// Rounds the relaxation to one option a unit so that whole classes of devices stay within a limit.
///
/// Starts from the option the relaxation likes most and changes one unit's option at a time while the squared relative
/// excess over all classes' lanes, memories and shared resources falls; among equals a small penalty is better. It
/// looks at sums over classes only, so it costs little even for many thousand units. A heuristic.
struct OptionRounding {
  private let table: AggregateTable
  private let relaxation: AggregatedBound
  private let prices: [Double]
  private let lattice: LatticeBound
  /// By flat option, `resourceCount` numbers each.
  private let use: [[Double]]
  private let penalties: [Double]
  /// By resource: the one that stands for it.
  private let owner: [Int]

  init(
    _ model: PackingModel, table: AggregateTable, relaxation: AggregatedBound, prices: [Double],
    lattice: LatticeBound
  ) {
    self.table = table
    self.relaxation = relaxation
    self.prices = prices
    self.lattice = lattice
    // Classes that pieces can be exchanged between are looked at together: prices cannot say how to share them.
    let leaders = table.exchangeable
    owner = table.resourceRange.map { resource in
      let number = resource / table.resourcesPerClass
      guard number < table.classCount else { return resource }
      return leaders[number] * table.resourcesPerClass + resource % table.resourcesPerClass
    }
    use = (0..<table.optionCount).map { [owner] option in
      var row = Array(repeating: 0.0, count: table.resourceCount)
      table.addUse(option: option, prices: prices, to: &row)
      var merged = Array(repeating: 0.0, count: table.resourceCount)
      for (resource, amount) in row.enumerated() { merged[owner[resource]] += amount }
      return merged
    }
    let all = model.units.flatMap { $0.options.map(\.penalty) }
    let spread = max((all.max() ?? 0) - (all.min() ?? 0), 1e-300)
    penalties = all.map { ($0 - (all.min() ?? 0)) / spread }
  }

  /// - Parameters:
  ///   - limit: seconds every lane and shared resource should stay within.
  ///   - room: share of every memory to use at most.
  func round(fractions: [Double], limit: Double, room: Double) -> [Int] {
    var chosen = (0..<table.unitCount).map { unit in
      let range = table.firstOption[unit]..<table.firstOption[unit + 1]
      return range.max { fractions[$0] < fractions[$1] } ?? range.lowerBound
    }
    let resources = table.resourceRange.filter { owner[$0] == $0 }
    var capacity = Array(repeating: 0.0, count: table.resourceCount)
    for resource in table.resourceRange {
      capacity[owner[resource]] += relaxation.capacity(
        resource, at: lattice.floor(resource, limit), room: room)
    }
    var level = Array(repeating: 0.0, count: table.resourceCount)
    for option in chosen { for q in resources { level[q] += use[option][q] } }
    func cost(_ q: Int, _ value: Double) -> Double {
      guard capacity[q].isFinite else { return 0 }
      let relative = capacity[q] > 0 ? value / capacity[q] : (value > 0 ? 10 : 0)
      let excess = max(0, relative - 1)
      return excess * excess
    }
    let reduced = relaxation.reducedCosts(prices)
    for _ in 0..<30 {
      var changed = false
      for unit in 0..<table.unitCount {
        let range = table.firstOption[unit]..<table.firstOption[unit + 1]
        guard range.count > 1 else { continue }
        let old = chosen[unit]
        var best = old
        var least = -1e-12
        for option in range where option != old && table.ownBottleneck[option] <= limit {
          var difference = 1e-9 * (reduced[option] - reduced[old]) / max(limit, 1e-300)
          difference += 1e-10 * (penalties[option] - penalties[old])
          for q in resources where use[option][q] != use[old][q] {
            difference += cost(q, level[q] + use[option][q] - use[old][q]) - cost(q, level[q])
          }
          if difference < least {
            least = difference
            best = option
          }
        }
        if best != old {
          for q in resources { level[q] += use[best][q] - use[old][q] }
          chosen[unit] = best
          changed = true
        }
      }
      if !changed { break }
    }
    return chosen.enumerated().map { $1 - table.firstOption[$0] }
  }
}

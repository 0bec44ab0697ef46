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
    let least = all.min() ?? 0
    let spread = max((all.max() ?? 0) - least, 1e-300)
    penalties = all.map { ($0 - least) / spread }
  }

  /// - Parameters:
  ///   - limit: seconds every lane and shared resource should stay within.
  ///   - room: share of every memory to use at most.
  ///   - isHurried: answers with what the relaxation likes most at once.
  func round(fractions: [Double], limit: Double, room: Double, isHurried: Bool) -> [Int] {
    var chosen = (0..<table.unitCount).map { unit in
      let range = table.firstOption[unit]..<table.firstOption[unit + 1]
      return range.max { fractions[$0] < fractions[$1] } ?? range.lowerBound
    }
    if isHurried { return chosen.enumerated().map { $1 - table.firstOption[$0] } }
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
    exchange(&chosen, &level, resources, reduced, limit, cost)
    return chosen.enumerated().map { $1 - table.firstOption[$0] }
  }

  /// Changes two units at once where one change alone only shifts the excess: the pair, of the changes the relaxation
  /// minds least, that lowers the cost most, until none does.
  private func exchange(
    _ chosen: inout [Int], _ level: inout [Double], _ resources: [Int], _ reduced: [Double], _ limit: Double,
    _ cost: (Int, Double) -> Double
  ) {
    for _ in 0..<24 {
      var total = 0.0
      for q in resources { total += cost(q, level[q]) }
      guard total > 1e-12 else { return }
      let changes = leastMinded(chosen, reduced, limit)
      var best = total - 1e-9
      var found: (first: Int, second: Int)?
      for (index, first) in changes.enumerated() {
        for second in changes[(index + 1)...] where first.unit != second.unit {
          var sum = 0.0
          for q in resources {
            sum += cost(
              q,
              level[q] + use[first.option][q] - use[chosen[first.unit]][q] + use[second.option][q]
                - use[chosen[second.unit]][q])
            if sum >= best { break }
          }
          if sum < best {
            best = sum
            found = (first.option, second.option)
          }
        }
      }
      guard let found else { return }
      for change in changes where change.option == found.first || change.option == found.second {
        for q in resources { level[q] += use[change.option][q] - use[chosen[change.unit]][q] }
        chosen[change.unit] = change.option
      }
    }
  }

  private static let mostChanges = 160

  /// About what a call takes at most: its passes over all options, and its exchanges.
  var ticks: Int { 300 * table.optionCount + 24 * Self.mostChanges * Self.mostChanges }

  /// Changes of one unit to another option, by what the relaxation's prices say against them.
  private func leastMinded(
    _ chosen: [Int], _ reduced: [Double], _ limit: Double
  ) -> [(unit: Int, option: Int)] {
    var changes: [(unit: Int, option: Int, minded: Double)] = []
    for unit in 0..<table.unitCount {
      for option in table.firstOption[unit]..<table.firstOption[unit + 1]
      where option != chosen[unit] && table.ownBottleneck[option] <= limit {
        let minded = abs(reduced[option] - reduced[chosen[unit]])
        // Options rise, so of equals the first stays.
        if changes.count == Self.mostChanges, let last = changes.last, minded >= last.minded { continue }
        let position = changes.lastIndex { $0.minded <= minded }.map { $0 + 1 } ?? 0
        changes.insert((unit, option, minded), at: position)
        if changes.count > Self.mostChanges { changes.removeLast() }
      }
    }
    return changes.map { ($0.unit, $0.option) }
  }
}

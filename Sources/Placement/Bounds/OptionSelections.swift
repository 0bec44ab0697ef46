/// Every choice of options that assignments below a known objective may have, as far as the loads tell choices apart.
///
/// By what prices of the aggregated relaxation prove, an option is in no such assignment when its own bottleneck exceeds
/// the objective, nor are options together whose reduced costs lift the value at the prices to the objective (reduced-cost
/// fixing): that value is a lower bound on every assignment with these options. Units with equal loads are
/// told apart by numbers only: of m such units, k with an option have at least the k least of its reduced costs.
struct OptionSelections {
  struct Selection {
    /// By unit: its option; units of equal loads may have exchanged theirs.
    var options: [Int]
    /// Seconds: the value at the prices, a lower bound on assignments with these options.
    var value: Double
  }

  private(set) var all: [Selection] = []
  /// Of more units there are too many choices, and a step of the enumeration takes longer.
  private static let mostUnits = 512
  private let most: Int

  /// Units with equal loads.
  private struct Kind {
    var units: [Int]
    /// Numbers of the options.
    var options: [Int]
    /// By option: reduced costs of the units, rising.
    var costs: [[Double]]
  }

  /// - Parameters:
  ///   - objective: seconds.
  ///   - most: choices and steps to enumerate at most.
  /// - Returns: `nil` when there are more.
  init?(
    _ model: PackingModel, _ table: AggregateTable, _ relaxation: AggregatedBound, _ prices: [Double],
    below objective: Double, most: Int
  ) {
    guard model.units.count <= Self.mostUnits else { return nil }
    self.most = most
    steps = most * model.units.count
    let (value, candidates) = relaxation.reducedCosts(prices, within: objective * (1 + 1e-12))
    let room = objective * (1 + 1e-9) - value
    var kinds: [Kind] = []
    var kindOf: [[Double]: Int] = [:]
    for (unit, own) in candidates.enumerated() {
      let left = own.filter { $0.cost <= room }
      let numbers = left.map { $0.option - table.firstOption[unit] }
      let key = Self.loads(model, unit, numbers)
      if let known = kindOf[key] {
        kinds[known].units.append(unit)
        for (index, choice) in left.enumerated() { kinds[known].costs[index].append(choice.cost) }
      } else {
        kindOf[key] = kinds.count
        kinds.append(Kind(units: [unit], options: numbers, costs: left.map { [$0.cost] }))
      }
    }
    for index in kinds.indices {
      for option in kinds[index].costs.indices { kinds[index].costs[option].sort() }
    }
    enumerate(kinds, 0, Array(repeating: 0, count: model.units.count), value: value, room: room)
    if steps < 0 || all.count > most { return nil }
  }

  private var steps: Int

  /// What the loads tell of a unit: its options that are left, with the devices of their pieces. Two units with the same
  /// key have the same numbers of options only when their options are in the same order.
  private static func loads(_ model: PackingModel, _ unit: Int, _ options: [Int]) -> [Double] {
    var key: [Double] = []
    for number in options {
      let option = model.units[unit].options[number]
      key += [Double(number), Double(option.pieceCount)] + option.shared
      for piece in 0..<option.pieceCount {
        key.append(Double(option.lists[piece]))
        let start = piece * model.resourceCount
        key += option.vectors[start..<start + model.laneCount]
      }
    }
    return key
  }

  private mutating func enumerate(
    _ kinds: [Kind], _ index: Int, _ chosen: [Int], value: Double, room: Double
  ) {
    guard index < kinds.count else {
      all.append(Selection(options: chosen, value: value))
      return
    }
    divide(kinds, index, option: 0, from: 0, chosen, value: value, room: room)
  }

  /// Gives units of the kind from the given one on its options from `option` on.
  private mutating func divide(
    _ kinds: [Kind], _ index: Int, option: Int, from start: Int, _ chosen: [Int], value: Double, room: Double
  ) {
    steps -= 1
    if steps < 0 || all.count > most { return }
    let kind = kinds[index]
    guard option < kind.options.count else {
      if start == kind.units.count { enumerate(kinds, index + 1, chosen, value: value, room: room) }
      return
    }
    var chosen = chosen
    var cost = 0.0
    for count in 0...(kind.units.count - start) {
      if count > 0 {
        cost += kind.costs[option][count - 1]
        chosen[kind.units[start + count - 1]] = kind.options[option]
      }
      if cost > room { return }
      let isLast = option == kind.options.count - 1
      if isLast, start + count < kind.units.count { continue }
      divide(
        kinds, index, option: option + 1, from: start + count, chosen, value: value + cost, room: room - cost)
    }
  }
}

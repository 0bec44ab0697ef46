import Placement
import Plan

extension PlanRules {
  /// Adds the rules about several units to a problem: what stays together becomes a colour, and sets to keep apart and
  /// limits of number are the problem's own.
  ///
  /// - Parameters:
  ///   - unitOfOperator: `nil` for an operator that is no unit of the problem.
  ///   - device: the problem's device for the host (0) or a card (1 and on); `nil` leaves a limit there out.
  func addJointRules(
    to problem: inout Problem, unitOfOperator: (Int) -> Int?, unitOfTable: (Int) -> Int,
    device: (Int) -> Int?,
    apart keepsApart: Bool = true
  ) {
    func units(_ members: Members) -> [Int] {
      Set(members.operators.compactMap(unitOfOperator) + members.tables.map(unitOfTable)).sorted()
    }
    for members in together {
      let units = units(members)
      let known = Set(units.compactMap { problem.units[$0].colour })
      let colour = known.min() ?? (problem.units.compactMap(\.colour).max() ?? -1) + 1
      for unit in problem.units.indices
      where units.contains(unit) || problem.units[unit].colour.map(known.contains) ?? false {
        problem.units[unit].colour = colour
      }
    }
    if keepsApart { problem.apart += apart.map(units).filter { $0.count > 1 } }
    problem.limits += counts.map { count in
      .init(
        units: count.tables.map(unitOfTable), devices: Set(count.devices.compactMap(device)).sorted(),
        count: count.most)
    }.filter { !$0.devices.isEmpty }
  }

  /// What a scope says of the rules; empty without any.
  var scope: String {
    rules.isEmpty ? "" : "; that keeps the \(rules.count == 1 ? "rule" : "\(rules.count) rules") given"
  }
}

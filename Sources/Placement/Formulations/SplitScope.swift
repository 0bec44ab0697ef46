/// The options, and the stages, that a net-split can use while no load exceeds a limit.
///
/// An option whose own load exceeds the limit is left out, then stages by ``StageWindows``, then options on a device that
/// none of the unit's stages belongs to. So every assignment within the limit is kept.
struct SplitScope {
  /// By unit and option.
  private(set) var allowed: [[Bool]]
  /// `nil` where stages are not limited.
  let windows: StageWindows?

  /// - Parameters:
  ///   - order: The problem's units in order; needed where it limits stages.
  ///   - limit: Seconds.
  /// - Returns: `nil` when some unit has no option left: every assignment exceeds the limit.
  init?(_ problem: Problem, order: UnitOrder?, limit: Double) {
    allowed = problem.units.map { unit in
      unit.options.map { option in
        let base = problem.devices[option.onlyDevice].baseLoad
        return option.shards[0].loads.allSatisfy { base[$0.index] + $0.seconds <= limit * (1 + 1e-9) }
      }
    }
    if let stages = problem.stages, let order {
      guard
        let windows = StageWindows(problem, order: order, allowed: allowed, stages: stages, limit: limit)
      else { return nil }
      for unit in problem.units.indices where windows.first[unit] == windows.last[unit] {
        for (index, option) in problem.units[unit].options.enumerated()
        where option.onlyDevice != windows.first[unit] % 2 {
          allowed[unit][index] = false
        }
      }
      self.windows = windows
    } else {
      windows = nil
    }
    guard allowed.allSatisfy({ $0.contains(true) }) else { return nil }
  }
}

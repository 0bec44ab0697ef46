import Modeling

/// Solves the relaxation with every unit to keep apart from others on one device that it shares with none of them: where
/// the relaxation put it, or else the first that is free. A heuristic.
struct PinnedRules: SearchStep {
  let name = StepName.pinnedRules

  func applies(to context: RuledContext) -> Bool { !context.isExhausted && !context.problem.apart.isEmpty }

  func run(_ context: RuledContext, within clock: SearchClock) throws(ProgramError) {
    guard let near = context.relaxed, let problem = pinned(context.problem, near: near) else { return }
    let solution = try context.solve(problem, within: clock)
    context.incumbent.nodes += solution.certificate.nodes
    if let assignment = solution.assignment { context.incumbent.offer(assignment) }
  }

  /// - Returns: `nil` where the sets leave a unit no device.
  private func pinned(_ problem: Problem, near assignment: Assignment) -> Problem? {
    var pinned = problem
    pinned.apart = []
    pinned.limits = []
    var homes: [Int: Int] = [:]
    for units in problem.apart {
      var taken = Set(units.compactMap { homes[$0] })
      for unit in Set(units).sorted() where homes[unit] == nil {
        let wished = assignment.choices[unit].devices.prefix(1) + problem.units[unit].devices.sorted()
        guard let home = wished.first(where: { !taken.contains($0) }) else { return nil }
        taken.insert(home)
        homes[unit] = home
        for option in pinned.units[unit].options.indices {
          for shard in pinned.units[unit].options[option].shards.indices {
            pinned.units[unit].options[option].shards[shard].devices.removeAll { $0 != home }
          }
        }
      }
    }
    return pinned
  }
}

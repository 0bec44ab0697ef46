import ArgumentParser
import Partitioner

/// How much work to do, as a factor of the default, or `none`.
struct Effort: ExpressibleByArgument {
  let work: WorkBudget

  init?(argument: String) {
    if argument == "none" {
      work = .unlimited
    } else if let factor = Double(argument), factor > 0, factor.isFinite {
      work = WorkBudget(effort: factor)
    } else {
      return nil
    }
  }
}

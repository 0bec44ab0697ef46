import Partitioner
import Reporting

/// A search's state in one line for the terminal.
enum SearchStatus {
  static func line(_ progress: SearchOptions.Progress) -> String {
    let elapsed = Figures.fixed(progress.seconds, decimals: 1) + " s"
    guard let incumbent = progress.incumbent else {
      return "\(elapsed): no plan yet, bound \(Figures.seconds(progress.bound))"
    }
    let gap = incumbent > 0 ? max(0, (incumbent - progress.bound) / incumbent) : 0
    return "\(elapsed): best \(Figures.seconds(incumbent)), bound \(Figures.seconds(progress.bound)), "
      + "gap \(Figures.percent(gap))"
  }
}

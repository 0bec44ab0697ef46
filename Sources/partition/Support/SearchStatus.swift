import Partitioner
import Reporting

/// A search's state in one line for the terminal.
enum SearchStatus {
  /// - Parameter value: writes an objective in its unit.
  static func line(_ progress: SearchOptions.Progress, value: (Double) -> String = Figures.seconds) -> String
  {
    let done = progress.share.map { " (\(Int($0 * 100)) % of the work)" } ?? ""
    let elapsed = Figures.fixed(progress.seconds, decimals: 1) + " s" + done
    let bound = progress.bound > 0 ? "bound \(value(progress.bound))" : "no bound yet"
    guard let incumbent = progress.incumbent else { return "\(elapsed): no plan yet, \(bound)" }
    let best = "\(elapsed): best \(value(incumbent)), \(bound)"
    guard progress.bound > 0, incumbent > 0 else { return best }
    return best + ", gap \(Figures.percent(max(0, (incumbent - progress.bound) / incumbent)))"
  }
}

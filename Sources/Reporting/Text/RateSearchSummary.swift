import Simulation

/// A search for the highest rate, in words: the answer, how sure it is, and what was tried.
public struct RateSearchSummary {
  private let search: RateSearch

  public init(_ search: RateSearch) { self.search = search }

  /// Several lines, without colour, ending in a newline.
  public var text: String {
    let objective =
      "p\(percentile) within \(Figures.seconds(search.objective.limitSeconds))"
    var lines: [String]
    if search.highestRate > 0 {
      lines = [
        "\(Figures.number(search.highestRate)) batches/s is the highest rate that meets \(objective)",
        "  met there by an independent run with all of its 95 % interval, surely missed from \(Figures.number(search.surelyMissed))",
      ]
    } else {
      lines = ["no rate meets \(objective), however low"]
    }
    var table = TextTable([("rate", .right), ("p\(percentile)", .right), ("±", .right), ("", .left)])
    for trial in search.trials.sorted(by: { $0.requestsPerSecond < $1.requestsPerSecond }) {
      table.add([
        Figures.number(trial.requestsPerSecond), Figures.seconds(trial.latency.value),
        trial.latency.halfWidth95.map(Figures.seconds) ?? "",
        (trial.isUnstable ? "unstable" : (trial.meets ? "met" : "missed"))
          + (trial.isIndependent ? ", independent run" : "")
          + (trial.availability < 1 ? ", available \(Decimals.share(trial.availability))" : ""),
      ])
    }
    lines += [""] + table.lines()
    if let report = search.report {
      let busy = report.resources.first { $0.name == report.limitingResource }?.utilisation ?? 0
      lines += [
        "",
        "  limited by \(ResourceLabel(report.limitingResource).words), \(Figures.percent(busy)) busy; "
          + "\(Figures.number(report.averageWatts)) W, \(Figures.number(report.requestsPerSecondPerWatt)) batches/s per W",
      ]
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private var percentile: String {
    let value = search.objective.percentile
    return value == value.rounded() ? "\(Int(value))" : "\(value)"
  }
}

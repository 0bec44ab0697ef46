import Hardware
import Plan

/// What a plan's precisions do to accuracy, in words.
struct AccuracySummary {
  private let entry: PlanDocument.AccuracyEntry
  private let budget: Double?

  init(_ entry: PlanDocument.AccuracyEntry, budget: Double?) {
    self.entry = entry
    self.budget = budget
  }

  /// For example `int4 tables serve 41 % of look-ups, error 9 % (assumed); 52 layers in int8, 98 % of the outputs' variance, error
  /// 0.9 % (assumed); weighted sum 1.3 % of a budget of 2 %`; `nil` where nothing is lost and no budget was asked for.
  var words: String? {
    guard entry.error > 0 || budget != nil else { return nil }
    let parts = entry.precisions.filter { $0.error > 0 }.map { part in
      let sources = part.sources.map(Self.words).joined(separator: " and ")
      return
        "\(part.precision.rawValue) tables serve \(ErrorText.percent(part.lookupShare)) of look-ups, error "
        + "\(ErrorText.percent(part.error)) (\(sources))"
    }
    let layers = (entry.layers ?? []).filter { $0.error > 0 }.map { part in
      let sources = part.sources.map(Self.words).joined(separator: " and ")
      return
        "\(part.layers == 1 ? "1 layer" : "\(part.layers) layers") in \(part.precision.word), "
        + "\(ErrorText.percent(part.share)) of the outputs' variance, error \(ErrorText.percent(part.error)) (\(sources))"
    }
    let all =
      ErrorText.percent(entry.error) + (budget.map { " of a budget of \(ErrorText.percent($0))" } ?? "")
    return (parts + layers + ["weighted sum \(all)"]).joined(separator: "; ")
  }

  static func words(_ source: TableErrors.Source) -> String {
    switch source {
    case .weights: "from weights"
    case .sidecar: "as given"
    case .assumed: "assumed"
    }
  }

  /// A table of the frontier.
  static func lines(of frontier: [PlanDocument.AccuracyEntry.FrontierPoint]) -> [String] {
    var table = TextTable([("error", .right), ("budget", .right), ("batches/s", .right), ("gap", .right)])
    for point in frontier {
      let gap = point.objective > 0 ? max(0, 1 - point.bound / point.objective) : 0
      table.add([
        ErrorText.percent(point.error), ErrorText.percent(point.budget),
        Figures.number(point.throughputPerSecond), Figures.percent(gap),
      ])
    }
    return table.lines()
  }
}

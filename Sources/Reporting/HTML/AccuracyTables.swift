import Graph
import Plan

/// What the precisions of a plan do to accuracy, and what budgets of it buy.
struct AccuracyTables {
  private let plan: PlanDocument
  private let entry: PlanDocument.AccuracyEntry

  /// `nil` where nothing is lost and no budget was asked for.
  init?(_ plan: PlanDocument) {
    guard let entry = plan.accuracy,
      entry.error > 0 || plan.request.accuracyBudget != nil || entry.frontier != nil
    else { return nil }
    self.plan = plan
    self.entry = entry
  }

  var html: String {
    let budget = plan.request.accuracyBudget.map { ", of a budget of \(ErrorText.percent($0))" } ?? ""
    let what =
      entry.layers == nil
      ? "Weighted by look-ups, tables lose \(ErrorText.percent(entry.error)) of their rows' length"
      : "Tables weighted by look-ups and layers by the variance that they bring to the outputs, the model loses "
        + ErrorText.percent(entry.error)
    let all = "\(what)\(budget): a proxy for what the model loses, no more."
    let parts =
      entry.precisions.isEmpty
      ? ""
      : HTMLPage.table(
        caption: "Tables by precision",
        columns: [
          ("precision", false), ("tables", true), ("look-ups", true), ("error", true), ("known from", false),
        ],
        rows: entry.precisions.map { part in
          [
            part.precision.rawValue, Figures.grouped(part.tables), ErrorText.percent(part.lookupShare),
            ErrorText.percent(part.error), part.sources.map(AccuracySummary.words).joined(separator: " and "),
          ].map(HTMLPage.text)
        })
    return "<p>\(HTMLPage.text(all))</p>" + parts + layers + frontier
  }

  private var layers: String {
    guard let layers = entry.layers, !layers.isEmpty else { return "" }
    return HTMLPage.table(
      caption: "Layers on cards by precision",
      columns: [
        ("precision", false), ("layers", true), ("outputs' variance", true), ("error", true),
        ("known from", false),
      ],
      rows: layers.map { part in
        [
          part.precision.word, Figures.grouped(part.layers), ErrorText.percent(part.share),
          ErrorText.percent(part.error), part.sources.map(AccuracySummary.words).joined(separator: " and "),
        ].map(HTMLPage.text)
      })
  }

  private var frontier: String {
    guard let points = entry.frontier, !points.isEmpty else { return "" }
    let best = points.map(\.throughputPerSecond).max() ?? 0
    return HTMLPage.table(
      caption: "The best plan within each budget of error",
      columns: [
        ("error", true), ("budget", true), ("batches/s", true), ("of the fastest", true), ("gap", true),
      ],
      rows: points.map { point in
        let gap = point.objective > 0 ? max(0, 1 - point.bound / point.objective) : 0
        return [
          ErrorText.percent(point.error), ErrorText.percent(point.budget),
          Figures.number(point.throughputPerSecond),
          best > 0 ? Figures.percent(point.throughputPerSecond / best) : "", Figures.percent(gap),
        ].map(HTMLPage.text)
      })
  }
}

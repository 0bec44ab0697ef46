import Graph
import Plan

/// How busy every resource is, against the bottleneck; neighbours that are alike are one row.
struct LoadBars {
  private static let mostOpen = 40
  private static let most = 600

  private let plan: PlanDocument

  init(_ plan: PlanDocument) { self.plan = plan }

  /// Busiest first.
  private var rows: [AlikeResources] {
    let loads = plan.predicted.loads.enumerated().sorted {
      ($1.element.seconds, $0.offset) < ($0.element.seconds, $1.offset)
    }
    .map(\.element).filter { $0.seconds > 0 }
    // But for rounding.
    return AlikeResources.rows(loads.map { ($0.resource, $0.seconds) }) { abs($0 - $1) <= 1e-9 * $0 }
  }

  var html: String {
    let bottleneck = plan.predicted.bottleneckSeconds
    guard bottleneck > 0 else { return "<p>Nothing has to be computed.</p>" }
    let rows = rows
    let operators = (plan.predicted.bottleneckOperators ?? []).map { entry in
      [
        HTMLPage.text(NameText.shown(entry.operator)), HTMLPage.text(entry.type),
        HTMLPage.text(Figures.seconds(entry.seconds)),
        HTMLPage.text(Figures.percent(entry.seconds / bottleneck)),
        HTMLPage.text(entry.limit.map { $0.rawValue } ?? ""),
      ]
    }
    let idle = plan.predicted.loads.count { $0.seconds <= 0 }
    return table(rows.prefix(Self.mostOpen), bottleneck)
      + (rows.count > Self.mostOpen
        ? HTMLPage.details(
          "\(Figures.counted(rows.count - Self.mostOpen, "less busy resource"))",
          table(rows.dropFirst(Self.mostOpen).prefix(Self.most), bottleneck)) : "")
      + (idle > 0 ? "<p class=\"soft\">\(Figures.counted(idle, "resource")) idle.</p>" : "")
      + (operators.isEmpty
        ? ""
        : HTMLPage.table(
          caption: "What keeps \(ResourceLabel(plan.predicted.bottleneckResource).words) busy longest",
          columns: [
            ("operator", false), ("type", false), ("time", true), ("share", true), ("limited by", false),
          ],
          rows: operators))
  }

  private func table(_ rows: ArraySlice<AlikeResources>, _ bottleneck: Double) -> String {
    HTMLPage.table(
      caption: "Busy seconds of one batch",
      columns: [("resource", false), ("load", true), ("share", true), ("", false)],
      rows: rows.map { row in
        let share = row.value / bottleneck
        let isHot = row.names.contains(plan.predicted.bottleneckResource)
        let width = Figures.fixed(300 * min(1, share), decimals: 1)
        return [
          HTMLPage.text(row.words)
            + (isHot ? " <strong class=\"bad\">bottleneck</strong>" : ""),
          HTMLPage.text(Figures.seconds(row.value)), HTMLPage.text(Figures.percent(share)),
          "<svg class=\"bar\" aria-hidden=\"true\" viewBox=\"0 0 300 12\" preserveAspectRatio=\"none\" width=\"300\" height=\"12\"><rect class=\"\(isHot ? "c5" : "c4")\" width=\"\(width)\" height=\"12\"/></svg>",
        ]
      })
  }
}

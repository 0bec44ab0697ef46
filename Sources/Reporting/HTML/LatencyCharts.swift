import Plan
import Simulation

/// How long batches take under load: percentiles at each rate that was replayed, and p99 against the rate.
struct LatencyCharts {
  private static let width = 640
  private static let height = 300
  private static let left = 80
  private static let low = 260

  private let plan: PlanDocument
  private let replays: [PlanReport.Replay]

  init(_ plan: PlanDocument, _ replays: [PlanReport.Replay]) {
    self.plan = plan
    self.replays = replays
  }

  var html: String { HTMLPage.figure(rateChart, caption: rateCaption) + table }

  private var rateCaption: String { "p50 and p99 of a batch against the rate, random arrivals" }

  private var table: String {
    HTMLPage.table(
      caption: "Time of a batch at each rate",
      columns: [
        ("rate", false), ("of the predicted", true), ("p50", true), ("p90", true), ("p95", true),
        ("p99", true), ("p99.9", true), ("longest", true), ("holds", false),
      ],
      rows: replays.map { replay in
        let latency = replay.report.latency
        let times = [
          latency.p50.value, latency.p90.value, latency.p95.value, latency.p99.value, latency.p999.value,
          latency.maximum,
        ]
        return [
          HTMLPage.text("\(Figures.number(replay.report.throughputPerSecond.value)) batches/s"),
          HTMLPage.text(Figures.percent(replay.share)),
        ] + times.map { HTMLPage.text(Figures.seconds($0)) } + [
          replay.report.verdict.holds ? "yes" : "<span class=\"bad\">no</span>"
        ]
      })
  }

  private var rateChart: String {
    let points = replays.map {
      (
        x: $0.report.throughputPerSecond.value, p50: $0.report.latency.p50.value,
        p99: $0.report.latency.p99.value
      )
    }
    let budget = plan.request.latencyBudgetMilliseconds.flatMap { $0.isFinite ? $0 / 1000 : nil }
    let most = max(points.map(\.p99).max() ?? 0, .leastNonzeroMagnitude)
    // A budget far above all times would flatten them.
    let shownBudget = budget.flatMap { $0 <= 3 * most ? $0 : nil }
    let top = max(most, shownBudget ?? 0) * 1.05
    let far = max(points.map(\.x).max() ?? 0, .leastNonzeroMagnitude) * 1.05
    let right = Self.width - 20
    func x(_ value: Double) -> String {
      Figures.fixed(Double(Self.left) + value / far * Double(right - Self.left), decimals: 1)
    }
    func y(_ value: Double) -> String {
      Figures.fixed(Double(Self.low) - value / top * Double(Self.low - 20), decimals: 1)
    }
    var parts = [
      HTMLPage.svg(width: Self.width, height: Self.height, label: rateCaption),
      "<path class=\"axis\" d=\"M\(Self.left) 20V\(Self.low)H\(right)\"/>",
      "<text x=\"\(Self.left - 6)\" y=\"28\" text-anchor=\"end\">\(HTMLPage.text(Figures.seconds(top)))</text>",
      "<text x=\"\(Self.left - 6)\" y=\"\(Self.low + 4)\" text-anchor=\"end\">0</text>",
      "<text x=\"\(right)\" y=\"\(Self.low + 16)\" text-anchor=\"end\">\(HTMLPage.text(Figures.number(far))) batches/s</text>",
    ]
    if let shownBudget {
      parts.append(
        "<path class=\"hot\" stroke-dasharray=\"6 4\" d=\"M\(Self.left) \(y(shownBudget))H\(right)\"/>")
      parts.append("<text x=\"\(Self.left + 6)\" y=\"\(y(shownBudget))\" dy=\"-4\">budget</text>")
    }
    for (name, style, value) in [
      ("p50", "c0", \(x: Double, p50: Double, p99: Double).p50), ("p99", "c5", \.p99),
    ] {
      let path = points.map { "\(x($0.x)) \(y($0[keyPath: value]))" }.joined(separator: "L")
      parts.append("<path class=\"edge\" d=\"M\(path)\"/>")
      for point in points {
        parts.append(
          "<circle class=\"\(style)\" cx=\"\(x(point.x))\" cy=\"\(y(point[keyPath: value]))\" r=\"4\"><title>"
            + "\(HTMLPage.text("\(name) \(Figures.seconds(point[keyPath: value])) at \(Figures.number(point.x)) batches/s"))</title></circle>"
        )
      }
      if let last = points.last {
        parts.append(
          "<text x=\"\(x(last.x))\" y=\"\(y(last[keyPath: value]))\" dx=\"-8\" dy=\"-8\" text-anchor=\"end\">\(name)</text>"
        )
      }
    }
    return parts.joined(separator: "\n") + "</svg>"
  }
}

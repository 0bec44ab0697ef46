import Plan
import Simulation

/// How long batches take under load: p99 against the rate, the distribution at each rate that was replayed, and its percentiles.
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

  var html: String {
    HTMLPage.figure(rateChart, caption: rateCaption)
      + HTMLPage.figure(
        distribution, caption: distributionCaption,
        summary:
          "How long all but one batch in 2, 10, 20, 100 and 1,000 take at most; each line is a rate, as a share of the predicted one."
      )
      + table
  }

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
    let predicted = plan.predicted.throughputPerSecond
    let far = max(points.map(\.x).max() ?? 0, predicted, .leastNonzeroMagnitude) * 1.05
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
    if predicted > 0, predicted.isFinite {
      parts.append(
        "<path class=\"edge\" stroke-dasharray=\"2 4\" d=\"M\(x(predicted)) 20V\(Self.low)\"><title>"
          + "\(HTMLPage.text("predicted: \(Figures.number(predicted)) batches/s"))</title></path>")
      parts.append(
        "<text x=\"\(x(predicted))\" y=\"\(Self.low - 6)\" dx=\"-4\" text-anchor=\"end\">predicted</text>")
    }
    if let shownBudget {
      parts.append(
        "<path class=\"hot\" stroke-width=\"1.5\" stroke-dasharray=\"6 4\" d=\"M\(Self.left) \(y(shownBudget))H\(right)\"/>"
      )
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

  // MARK: Distribution

  private var distributionCaption: String { "Distribution of the time of a batch at each rate" }

  /// Percentiles on a scale on which each step to the right has fewer batches beyond it, as latencies are read.
  private var distribution: String {
    // Minus the decimal logarithm of the part of the batches beyond.
    let marks: [(name: String, step: Double)] = [
      ("p50", 0.30103), ("p90", 1), ("p95", 1.30103), ("p99", 2), ("p99.9", 3),
    ]
    let right = Self.width - 70
    func x(_ step: Double) -> Double { Double(Self.left) + step / 3 * Double(right - Self.left) }
    let top = max(replays.map(\.report.latency.p999.value).max() ?? 0, .leastNonzeroMagnitude) * 1.05
    func y(_ value: Double) -> Double { Double(Self.low) - value / top * Double(Self.low - 20) }
    func number(_ value: Double) -> String { Figures.fixed(value, decimals: 1) }
    var parts = [
      HTMLPage.svg(width: Self.width, height: Self.height, label: distributionCaption),
      "<path class=\"axis\" d=\"M\(Self.left) 20V\(Self.low)H\(right)\"/>",
      "<text x=\"\(Self.left - 6)\" y=\"28\" text-anchor=\"end\">\(HTMLPage.text(Figures.seconds(top)))</text>",
      "<text x=\"\(Self.left - 6)\" y=\"\(Self.low + 4)\" text-anchor=\"end\">0</text>",
    ]
    for mark in marks {
      parts.append("<path class=\"axis\" d=\"M\(number(x(mark.step))) 20V\(Self.low)\"/>")
      parts.append(
        "<text x=\"\(number(x(mark.step)))\" y=\"\(Self.low + 16)\" text-anchor=\"middle\">\(mark.name)</text>"
      )
    }
    // Names at the right end, pushed apart where lines end close to each other.
    var lowest = Double.infinity
    for (index, replay) in replays.enumerated() {
      let latency = replay.report.latency
      let values = [latency.p50, latency.p90, latency.p95, latency.p99, latency.p999].map(\.value)
      let points = zip(marks, values).map { (x: x($0.step), y: y($1)) }
      let share = Figures.percent(replay.share)
      let path = points.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L")
      parts.append(
        "<path class=\"line\(index % HTMLPage.colours)\" d=\"M\(path)\"><title>\(HTMLPage.text("at \(share) of the predicted rate"))</title></path>"
      )
      guard let last = points.last else { continue }
      lowest = min(last.y + 4, lowest - 12)
      parts.append("<text x=\"\(number(last.x + 6))\" y=\"\(number(lowest))\">\(HTMLPage.text(share))</text>")
    }
    return parts.joined(separator: "\n") + "</svg>"
  }
}

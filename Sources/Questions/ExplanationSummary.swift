import Partitioner
import Reporting

/// An explanation in words.
public struct ExplanationSummary {
  private let explanation: Explanation

  public init(_ explanation: Explanation) { self.explanation = explanation }

  /// Several lines, ending in a newline.
  public var text: String {
    var lines = [
      "\(explanation.subject): the plan has \(objective(explanation.objective)) a batch, by \(ResourceLabel(explanation.bottleneck).words)"
    ]
    if !explanation.alternatives.isEmpty {
      lines += ["", "Where it is, and where it could be:"] + alternativeLines
    }
    if !explanation.limits.isEmpty { lines += ["", "What limits it:"] + limitLines }
    if !explanation.whatIfs.isEmpty {
      lines += ["", "What would change it, each planned from this plan:"] + whatIfLines
    }
    return lines.joined(separator: "\n") + "\n"
  }

  private func objective(_ value: Double) -> String {
    explanation.unit == .seconds ? Figures.seconds(value) : Figures.joules(value)
  }

  /// For example `+3.1 %`.
  private static func signed(_ share: Double?) -> String {
    guard let share else { return "" }
    // What would be printed as less than 0.01 %.
    if share.magnitude < 1e-4 { return "the same" }
    return (share > 0 ? "+" : "-") + Figures.percent(share.magnitude)
  }

  private var alternativeLines: [String] {
    var table = TextTable([
      ("place", .left), ("by itself", .right), ("limited by", .left), ("whole plan", .right), ("", .right),
      ("bottleneck then", .left),
    ])
    for entry in explanation.alternatives {
      table.add([
        (entry.isChosen ? "* " : "  ") + NameText.shown(entry.place),
        entry.seconds.map(Figures.seconds)
          ?? (entry.limit == nil && entry.place.hasPrefix("without ") ? "" : "not there"),
        entry.limit ?? "", entry.objective.map(objective) ?? "no plan",
        entry.isChosen ? "chosen" : Self.signed(entry.change),
        entry.bottleneck.map { ResourceLabel($0).words } ?? NameText.shown(entry.reason ?? "", columns: 60),
      ])
    }
    return table.lines()
  }

  private static let mostLimits = 8

  private var limitLines: [String] {
    func alike(_ a: Double, _ b: Double) -> Bool { Figures.percent(a) == Figures.percent(b) }
    func entries(_ kind: Explanation.Limit.Kind, _ suffix: String = "") -> [(name: String, value: Double)] {
      explanation.limits.filter { $0.kind == kind }.map { ($0.name + suffix, $0.share) }
    }
    var rows = AlikeResources.rows(entries(.load), isAlike: alike).map {
      [$0.words, Figures.percent($0.value), "of the bottleneck's time"]
    }
    rows += AlikeResources.rows(entries(.memory, ".memory"), isAlike: alike).map {
      [$0.words, Figures.percent($0.value), "full"]
    }
    rows += entries(.latencyBudget).map { ["time of a batch", Figures.percent($0.value), "of its budget"] }
    var table = TextTable([("", .left), ("", .right), ("", .left)])
    for row in rows.prefix(Self.mostLimits) { table.add(row) }
    let more = rows.count - Self.mostLimits
    return table.lines() + (more > 0 ? ["  and \(more) more"] : [])
  }

  private var whatIfLines: [String] {
    var table = TextTable([("", .left), ("", .right), ("", .right), ("bottleneck then", .left)])
    for row in explanation.whatIfs {
      table.add([
        row.change, row.objective.map(objective) ?? "no plan", Self.signed(row.difference),
        row.bottleneck.map { ResourceLabel($0).words } ?? NameText.shown(row.reason ?? "", columns: 60),
      ])
    }
    return table.lines()
  }
}

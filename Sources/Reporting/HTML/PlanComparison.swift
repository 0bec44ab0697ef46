import Graph
import Plan

/// Two plans side by side: what they promise, how busy the machine is, and what is elsewhere.
public struct PlanComparison {
  private static let mostMoved = 400
  private static let mostLoads = 24

  private let plans: [PlanDocument]
  private let names: [String]

  /// - Parameter names: what the plans are called, such as their files.
  public init(_ first: (name: String, plan: PlanDocument), _ second: (name: String, plan: PlanDocument)) {
    plans = [first.plan, second.plan]
    names = [first.name, second.name]
  }

  // MARK: Rows

  private struct Row {
    var name: String
    var values: [String]
    var change: String
  }

  private static func change(_ a: Double, _ b: Double) -> String {
    guard a > 0, b.isFinite else { return a == b ? "the same" : "" }
    let share = (b - a) / a
    // What would be printed as less than 0.01 %.
    if share.magnitude < 1e-4 { return "the same" }
    return (share > 0 ? "+" : "-") + Figures.percent(share.magnitude)
  }

  private func row(_ name: String, _ value: (PlanDocument) -> Double, _ words: (Double) -> String) -> Row {
    let values = plans.map(value)
    return Row(name: name, values: values.map(words), change: Self.change(values[0], values[1]))
  }

  private func row(_ name: String, _ words: (PlanDocument) -> String) -> Row {
    let values = plans.map(words)
    return Row(name: name, values: values, change: values[0] == values[1] ? "the same" : "")
  }

  private var figures: [Row] { promised + decided }

  private var promised: [Row] {
    [
      row("model") { NameText.shown($0.model.name) },
      row("machine") { SystemSummary.cardWords($0.system) },
      row("batches a second", \.predictedOfMixture.throughputPerSecond, Figures.number),
      row("time of a batch", \.predictedOfMixture.latencySeconds, Figures.seconds),
      row("energy of a batch", \.predictedOfMixture.energyJoulesPerBatch, Figures.joules),
      row("bottleneck") { ResourceLabel($0.predictedOfMixture.bottleneckResource).words },
      row("gap") { $0.certificate.status == .incomplete ? "not known" : Figures.percent($0.certificate.gap) },
      row("budget") { plan in
        plan.predictedOfMixture.meetsLatencyBudget.map { $0 ? "met" : "missed" } ?? "none"
      },
      row("requests in flight") { "\($0.request.requestsInFlight)" },
      row("cards in use") { "\($0.cores.count(where: \.isInUse)) of \($0.cores.count)" },
    ]
  }

  /// Decisions that not every plan takes; those that neither took are left out.
  private var decided: [Row] {
    func optional(_ name: String, _ words: (PlanDocument) -> String?) -> Row? {
      let values = plans.map(words)
      guard values.contains(where: { $0 != nil }) else { return nil }
      return Row(
        name: name, values: values.map { $0 ?? "none" }, change: values[0] == values[1] ? "the same" : "")
    }
    let words = plans.map(DecisionWords.init)
    func of(_ plan: PlanDocument) -> DecisionWords { plan == plans[0] ? words[0] : words[1] }
    return [
      optional("padding buckets") { of($0).buckets },
      optional("a mean request") { plan in
        plan.hasBuckets
          ? (plan.certificate.unit == .seconds ? Figures.seconds : Figures.joules)(plan.meanObjective) : nil
      },
      optional("teams of cards") { $0.model.cut.map { "\($0) cards as one" } },
      optional("kept precisions") { of($0).kept }, optional("look-ups over rows") { of($0).access },
      optional("split by heat") { of($0).hot },
      optional("error of tables") { plan in
        plan.accuracy.flatMap { $0.error > 0 ? ErrorText.percent($0.error) : nil }
      },
      optional("accuracy budget") { $0.request.accuracyBudget.map(ErrorText.percent) },
    ].compactMap(\.self)
  }

  private var loads: [Row] {
    let all = plans.map {
      Dictionary($0.predictedOfMixture.loads.map { ($0.resource, $0.seconds) }) { first, _ in first }
    }
    var resources: [String] = []
    var seen: Set<String> = []
    for plan in plans {
      for load in plan.predictedOfMixture.loads where seen.insert(load.resource).inserted {
        resources.append(load.resource)
      }
    }
    let order = resources.enumerated().sorted { a, b in
      let (x, y) = (
        max(all[0][a.element] ?? 0, all[1][a.element] ?? 0),
        max(all[0][b.element] ?? 0, all[1][b.element] ?? 0)
      )
      return (y, a.offset) < (x, b.offset)
    }
    return order.prefix(Self.mostLoads).map(\.element).map { resource in
      let values = all.map { $0[resource] ?? 0 }
      return Row(
        name: ResourceLabel(resource).words, values: values.map(Figures.seconds),
        change: Self.change(values[0], values[1]))
    }
  }

  /// Tables and operators that are not at the same place, in the order of the first plan.
  private var moved: [Row] {
    func tables(_ plan: PlanDocument) -> [(String, String)] {
      plan.tables.map { table in
        let sites = table.shards.map(\.site).reduce(into: [String]()) {
          if !$0.contains($1) { $0.append($1) }
        }
        let split = table.split == .whole ? "" : ", \(table.shards.count) by \(table.split.rawValue)"
        return (
          "table " + NameText.shown(table.name),
          "\(sites.joined(separator: ", ")) in \(table.precision.rawValue)\(split)"
        )
      }
    }
    func operators(_ plan: PlanDocument) -> [(String, String)] {
      plan.partitions.flatMap { part in part.operators.map { ("operator " + NameText.shown($0), part.site) } }
    }
    let all = plans.map { tables($0) + operators($0) }
    let other = Dictionary(all[1]) { first, _ in first }
    let mine = Dictionary(all[0]) { first, _ in first }
    var rows = all[0].compactMap { name, place in
      other[name] == place ? nil : Row(name: name, values: [place, other[name] ?? "not there"], change: "")
    }
    rows += all[1].filter { mine[$0.0] == nil }.map {
      Row(name: $0.0, values: ["not there", $0.1], change: "")
    }
    return rows
  }

  // MARK: Text

  /// Several lines, ending in a newline.
  public var text: String {
    let moved = moved
    var lines = table(figures, head: ["", names[0], names[1], ""])
    lines += ["", "Busiest:"] + table(Array(loads.prefix(8)), head: ["", "", "", ""])
    lines += [
      "",
      moved.isEmpty
        ? "Everything is at the same place."
        : "\(Figures.counted(moved.count, "table or operator", plural: "tables and operators")) elsewhere:",
    ]
    lines += table(Array(moved.prefix(20)), head: ["", "", "", ""])
    if moved.count > 20 { lines.append("  and \(moved.count - 20) more") }
    return lines.joined(separator: "\n") + "\n"
  }

  private func table(_ rows: [Row], head: [String]) -> [String] {
    var table = TextTable(head.map { (NameText.shown($0, columns: 40), .left) })
    for row in rows {
      table.add([row.name] + row.values.map { NameText.shown($0, columns: 40) } + [row.change])
    }
    return rows.isEmpty ? [] : table.lines()
  }

  // MARK: Page

  public var html: String {
    func markup(_ rows: [Row]) -> [[String]] {
      rows.map { ([$0.name] + $0.values + [$0.change]).map(HTMLPage.text) }
    }
    let moved = moved
    let columns = [("", false)] + names.map { ($0, false) } + [("change", true)]
    let words =
      moved.isEmpty
      ? "<p>Everything is at the same place.</p>"
      : "<p>\(moved.count) tables and operators are elsewhere.</p>"
    return HTMLPage(
      title: "\(names[0]) and \(names[1])",
      sections: [
        .init(
          "verdict", "What they promise",
          HTMLPage.table(
            caption: "Both plans", columns: columns.map { ($0.0.isEmpty ? "figure" : $0.0, $0.1) },
            rows: markup(figures))),
        .init(
          "load", "How busy the machine is",
          HTMLPage.table(
            caption: "The busiest resources, seconds of one batch",
            columns: columns.map { ($0.0.isEmpty ? "resource" : $0.0, $0.1) }, rows: markup(loads))),
        .init(
          "moved", "What is elsewhere",
          words
            + (moved.isEmpty
              ? ""
              : HTMLPage.table(
                caption: "Places in both plans",
                columns: columns.map { ($0.0.isEmpty ? "what" : $0.0, $0.1) },
                rows: markup(Array(moved.prefix(Self.mostMoved)))))),
      ]
    ).html
  }
}

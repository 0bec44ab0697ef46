import Partitioner
import Reporting

/// The points of a sweep that no other beats: more batches a second, a shorter p99, fewer watts, a lower price.
///
/// Points of one model are compared with each other. Where plans were not replayed, the time of one batch stands for p99; a
/// measure that a point of the model lacks is left out.
public struct ParetoPage {
  private enum Measure: CaseIterable {
    case rate, delay, watts, price

    var isBetterHigh: Bool { self == .rate }
  }

  private struct Candidate {
    var row: SweepRow
    var values: [Measure: Double]
  }

  private struct Group {
    var model: String
    var measures: [Measure]
    var candidates: [Candidate]
    /// Positions of those that are not beaten, by rate.
    var front: [Int]
    var isReplayed: Bool
    /// Whether rates are of items, not of batches.
    var countsItems: Bool
    /// Points without a plan.
    var unplanned: Int
    /// Columns of a question that are not the same for all plans.
    var varying: Set<SweepRow.Column>
  }

  private let name: String
  private let groups: [Group]

  /// Reads a finished sweep.
  ///
  /// - Throws: `missingFile`, `badInput`.
  public init(sweep path: String) throws(PartitionError) {
    let text = String(decoding: try Partitioner.read(path: path), as: UTF8.self)
    self.init(try SweepFormat(path: path).rows(text, name: path), name: path)
  }

  init(_ rows: [SweepRow], name: String) {
    self.name = name
    var models: [String] = []
    for row in rows where !models.contains(row[.model]) { models.append(row[.model]) }
    groups = models.map { model in Self.group(model, rows.filter { $0[.model] == model }) }
  }

  private static func group(_ model: String, _ all: [SweepRow]) -> Group {
    let rows = all.filter { $0[.status] == SweepAnswer.Status.planned.rawValue }
    let countsItems = !rows.isEmpty && rows.allSatisfy { $0.number(.itemsPerSecond) != nil }
    let isReplayed = !rows.isEmpty && rows.allSatisfy { $0.number(.p99Seconds) != nil }
    func value(_ measure: Measure, _ row: SweepRow) -> Double? {
      switch measure {
      case .rate: row.number(countsItems ? .itemsPerSecond : .batchesPerSecond)
      case .delay: row.number(isReplayed ? .p99Seconds : .latencySeconds)
      case .watts: row.number(.watts)
      case .price: row.number(.price)
      }
    }
    let measures = Measure.allCases.filter { measure in rows.allSatisfy { value(measure, $0) != nil } }
    let candidates = rows.map { row in
      Candidate(
        row: row,
        values: Dictionary(
          uniqueKeysWithValues: measures.compactMap { measure in value(measure, row).map { (measure, $0) } }))
    }
    let front = candidates.indices.filter { index in
      !candidates.contains { beats($0, candidates[index], measures) }
    }.sorted { (candidates[$0].values[.rate] ?? 0, $0) < (candidates[$1].values[.rate] ?? 0, $1) }
    return Group(
      model: model, measures: measures, candidates: candidates, front: front, isReplayed: isReplayed,
      countsItems: countsItems, unplanned: all.count - rows.count,
      varying: Set(
        SweepRow.Column.identity.filter { column in rows.contains { $0[column] != rows[0][column] } }))
  }

  /// Whether `a` is as good in everything and better in something.
  private static func beats(_ a: Candidate, _ b: Candidate, _ measures: [Measure]) -> Bool {
    var isBetter = false
    for measure in measures {
      guard let x = a.values[measure], let y = b.values[measure] else { return false }
      if x == y { continue }
      if (x > y) != measure.isBetterHigh { return false }
      isBetter = true
    }
    return isBetter
  }

  // MARK: Words

  private func title(_ measure: Measure, _ group: Group) -> String {
    switch measure {
    case .rate: group.countsItems ? "items a second" : "batches a second"
    case .delay: group.isReplayed ? "p99" : "time of a batch"
    case .watts: "watts"
    case .price: "price"
    }
  }

  private func words(_ value: Double, _ measure: Measure) -> String {
    measure == .delay ? Figures.seconds(value) : Figures.number(value)
  }

  /// The system, and of the rest what is not the same for all points of the model.
  private func words(_ row: SweepRow, _ group: Group) -> String {
    let cards = row[.cards]
    let parts: [(SweepRow.Column, String)] = [
      (.cards, cards.isEmpty ? "" : Int(cards).map { Figures.counted($0, "card") } ?? cards),
      (.batch, row[.batch].isEmpty ? "" : "batch \(row[.batch])"), (.precision, row[.precision]),
      (.objective, row[.objective]),
      (.accuracyBudget, row[.accuracyBudget].isEmpty ? "any error" : "error \(row[.accuracyBudget])"),
      (.layerPrecisions, row[.layerPrecisions].isEmpty ? "" : "layers in \(row[.layerPrecisions])"),
      (.set, row[.set]),
    ]
    let system = row[.system].isEmpty ? SystemCatalog.defaultName : row[.system]
    return ([system] + parts.filter { group.varying.contains($0.0) && !$0.1.isEmpty }.map(\.1)).joined(
      separator: ", ")
  }

  // MARK: Pages

  public var html: String {
    let sections = groups.enumerated().map { index, group in
      HTMLPage.Section(
        "model-\(index)", NameText.shown(group.model),
        group.candidates.isEmpty
          ? "<p>None of \(group.unplanned) points has a plan.</p>"
          : "<p>\(Figures.counted(group.candidates.count, "plan")), \(group.front.count) of them not beaten"
            + (group.unplanned > 0 ? "; \(Figures.counted(group.unplanned, "point")) without a plan" : "")
            + ".</p>"
            + charts(group).map {
              HTMLPage.figure(
                $0.svg, caption: $0.caption, summary: "Filled: not beaten by any other point in all measures."
              )
            }.joined() + table(group))
    }
    return HTMLPage(title: "Sweep \(NameText.shown(name))", sections: sections).html
  }

  /// The charts alone, under each other.
  public var svg: String {
    let all = groups.flatMap { group in charts(group).map { (NameText.shown(group.model), $0) } }
    let height = Self.height + 24
    let body = all.enumerated().map { index, chart in
      "<g transform=\"translate(0 \(index * height))\"><text x=\"10\" y=\"16\" font-size=\"13\">"
        + "\(Escaping.xml("\(chart.0): \(chart.1.caption)"))</text><g transform=\"translate(0 20)\">\(chart.1.content)</g></g>"
    }
    return
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(Self.width)\" height=\"\(max(1, all.count) * height)\" "
      + "font-family=\"sans-serif\" font-size=\"11\"><style>.axis{stroke:#bbbbbb;fill:none}.c0{fill:#0072b2}.open{fill:none;stroke:#777d85}"
      + ".front{stroke:#0072b2;fill:none}</style><rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>"
      + body.joined(separator: "\n") + "</svg>\n"
  }

  private func table(_ group: Group) -> String {
    HTMLPage.table(
      caption: "Points that are not beaten",
      columns: [("point", false)] + group.measures.map { (title($0, group), true) }
        + [("gap", true), ("bottleneck", false)],
      rows: group.front.map { index in
        let candidate = group.candidates[index]
        return [HTMLPage.text(words(candidate.row, group))]
          + group.measures.map { measure in
            HTMLPage.text(candidate.values[measure].map { words($0, measure) } ?? "")
          } + [
            HTMLPage.text(candidate.row.number(.gap).map(Figures.percent) ?? "none"),
            HTMLPage.text(ResourceLabel(candidate.row[.bottleneck]).words),
          ]
      })
  }

  // MARK: Charts

  private struct Chart {
    var caption: String
    var content: String
    var svg: String
  }

  private static let width = 640
  private static let height = 320
  private static let bottom = 40

  /// The rate against every other measure.
  private func charts(_ group: Group) -> [Chart] {
    guard group.measures.contains(.rate) else { return [] }
    return group.measures.filter { $0 != .rate }.map { measure in
      let caption = "\(title(.rate, group)) against \(title(measure, group))"
      let content = content(group, measure)
      return Chart(
        caption: caption, content: content,
        svg: HTMLPage.svg(width: Self.width, height: Self.height, label: caption) + content + "</svg>")
    }
  }

  private func content(_ group: Group, _ measure: Measure) -> String {
    let points = group.candidates.map { (x: $0.values[measure] ?? 0, y: $0.values[.rate] ?? 0) }
    let most = (
      x: max(points.map(\.x).max() ?? 0, .leastNonzeroMagnitude),
      y: max(points.map(\.y).max() ?? 0, .leastNonzeroMagnitude)
    )
    // So wide that the largest figure has room.
    let left = max(70, 14 + 7 * words(most.y, .rate).count)
    let (right, low) = (Self.width - 20, Self.height - Self.bottom)
    func place(_ point: (x: Double, y: Double)) -> (x: String, y: String) {
      (
        Figures.fixed(Double(left) + point.x / most.x * Double(right - left), decimals: 1),
        Figures.fixed(Double(low) - point.y / most.y * Double(low - 20), decimals: 1)
      )
    }
    var parts = [
      "<path class=\"axis\" d=\"M\(left) 20V\(low)H\(right)\"/>",
      "<text x=\"\(left - 6)\" y=\"\(low + 4)\" text-anchor=\"end\">0</text>",
      "<text x=\"\(left - 6)\" y=\"24\" text-anchor=\"end\">\(Escaping.xml(words(most.y, .rate)))</text>",
      "<text x=\"\(right)\" y=\"\(low + 16)\" text-anchor=\"end\">\(Escaping.xml(words(most.x, measure)))</text>",
      "<text x=\"\((left + right) / 2)\" y=\"\(low + 30)\" text-anchor=\"middle\">\(title(measure, group))</text>",
      "<text x=\"\(left)\" y=\"12\">\(title(.rate, group))</text>",
    ]
    let front = Set(group.front)
    for (index, point) in points.enumerated() {
      let at = place(point)
      let isFront = front.contains(index)
      parts.append(
        "<circle class=\"\(isFront ? "c0" : "open")\" cx=\"\(at.x)\" cy=\"\(at.y)\" r=\"\(isFront ? 5 : 3)\"\(isFront ? "" : " fill=\"none\" stroke=\"currentColor\" stroke-opacity=\"0.5\"")><title>"
          + "\(Escaping.xml("\(words(group.candidates[index].row, group)): \(words(point.y, .rate)) at \(words(point.x, measure))"))</title></circle>"
      )
    }
    return parts.joined(separator: "\n")
  }
}

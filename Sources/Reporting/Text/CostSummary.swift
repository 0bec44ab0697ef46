import CostModel
import Graph

/// The costs of a model's operators on each kind of device, for people and as CSV.
public struct CostSummary {
  private let costs: CostTable
  private let title: String

  /// - Parameter title: What was costed, on what.
  public init(_ costs: CostTable, title: String) {
    self.costs = costs
    self.title = title
  }

  /// The operators that take longest, with the host beside the cards, and totals by type.
  ///
  /// - Parameter top: How many operators are listed.
  public func text(top: Int) -> String {
    var lines = [title, ""] + deviceLines
    let ranked = rowsByOperator.sorted { a, b in (longest(b), a.index) < (longest(a), b.index) }
    let shown = ranked.prefix(top)
    if !shown.isEmpty {
      var table = TextTable(
        [("operator", .left), ("type", .left), ("operations", .right)] + columns(["limit", "bytes", "peak"])
          + [("fused into", .left)])
      for entry in shown {
        guard let first = entry.rows.compactMap(\.self).first else { continue }
        table.add(
          [NameText.shown(first.operator), NameText.shown(first.type), operations(first.operations)]
            + entry.rows.flatMap(cells)
            + [entry.rows.compactMap { $0?.fusedInto }.first.map { NameText.shown($0) } ?? ""])
      }
      lines += ["", "Operators that take longest"] + table.lines()
      let rest = ranked.count - shown.count
      if rest > 0 { lines.append("  and \(Figures.counted(rest, "quicker operator"))") }
    }
    lines += ["", "By type"] + typeLines
    lines += [
      "",
      "times: of a batch on the whole device, for a fused operator what it adds; peak: the share of them that the device",
      "needs at its data sheet's peaks; a card's times are for the whole model on it",
    ]
    return lines.joined(separator: "\n") + "\n"
  }

  /// A line a row, all of them in the order of the graph, under a line of names.
  public var csv: String {
    let header =
      "operator,type,device,precision,seconds,limit,bytes,operations,efficiency,fusedInto,resultPrecision"
    let lines = costs.rows.map { row in
      [
        Self.quoted(row.operator), Self.quoted(row.type), Self.quoted(row.device), row.precision.rawValue,
        "\(row.seconds)", row.limit.rawValue, "\(row.bytes)",
        "\(row.operations)", "\(row.efficiency)",
        Self.quoted(row.fusedInto ?? ""), row.resultPrecision?.rawValue ?? "",
      ].joined(separator: ",")
    }
    return ([header] + lines).joined(separator: "\n") + "\n"
  }

  /// As RFC 4180 has it.
  private static func quoted(_ text: String) -> String {
    guard text.contains(where: { "\",\n\r\r\n".contains($0) }) else { return text }
    var result = "\""
    for character in text { result += character == "\"" ? "\"\"" : String(character) }
    return result + "\""
  }

  // MARK: Rows

  /// One operator on each device, `nil` where it cannot run.
  private struct Entry {
    var index: Int
    var rows: [CostTable.Row?]
  }

  private var rowsByOperator: [Entry] {
    let position = Dictionary(
      costs.devices.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    var entries: [Entry] = []
    for row in costs.rows {
      guard let device = position[row.device] else { continue }
      // The host runs everything and comes first.
      if device == 0 {
        entries.append(
          Entry(index: entries.count, rows: Array(repeating: nil, count: costs.devices.count)))
      }
      entries[entries.count - 1].rows[device] = row
    }
    return entries
  }

  /// On the card where it takes longest; on the host where no card runs it.
  private func longest(_ entry: Entry) -> Double {
    entry.rows.dropFirst().compactMap { $0?.seconds }.max() ?? entry.rows.first??.seconds ?? 0
  }

  private func columns(_ further: [String]) -> [(header: String, alignment: TextTable.Alignment)] {
    costs.devices.flatMap { device -> [(header: String, alignment: TextTable.Alignment)] in
      [(NameText.shown(device.name), .right)] + further.map { ($0, $0 == "limit" ? .left : .right) }
    }
  }

  private func cells(_ row: CostTable.Row?) -> [String] {
    guard let row else { return ["-", "", "", ""] }
    return [
      Figures.seconds(row.seconds), Self.words(row.limit), Figures.bytes(row.bytes),
      row.seconds > 0 ? Figures.percent(row.efficiency) : "",
    ]
  }

  private func operations(_ count: Int) -> String { Figures.count(Double(count)) }

  static func words(_ limit: OperatorCost.Limit) -> String {
    switch limit {
    case .none: ""
    case .compute: "compute"
    case .dram: "DRAM"
    case .sram: "SRAM"
    case .launch: "launch"
    case .link: "link"
    case .measured: "measured"
    }
  }

  // MARK: Totals

  private var deviceLines: [String] {
    var table = TextTable([("device", .left), ("", .left), ("all operators", .right), ("", .left)])
    for device in costs.devices {
      var notes: [String] = []
      if device.unsupportedOperators > 0 {
        notes.append("without \(Figures.counted(device.unsupportedOperators, "operator")) that it cannot run")
      }
      if device.measuredSeconds > 0, device.seconds > 0 {
        notes.append("\(Figures.percent(device.measuredSeconds / device.seconds)) of it measured")
      }
      table.add([
        NameText.shown(device.name),
        device.name == "host" ? NameText.shown(device.model) : Figures.counted(device.count, "card"),
        Figures.seconds(device.seconds), notes.joined(separator: ", "),
      ])
    }
    return table.lines()
  }

  private var typeLines: [String] {
    var table = TextTable(
      [("type", .left), ("operators", .right), ("operations", .right)] + columns(["share"]))
    var order: [String] = []
    for device in costs.devices.dropFirst() + costs.devices.prefix(1) {
      for total in costs.types where total.device == device.name && !order.contains(total.type) {
        order.append(total.type)
      }
    }
    for type in order {
      let totals = costs.devices.map { device in
        costs.types.first { $0.type == type && $0.device == device.name }
      }
      guard let first = totals.compactMap(\.self).first else { continue }
      let cells = zip(costs.devices, totals).flatMap { device, total -> [String] in
        guard let total else { return ["-", ""] }
        return [
          Figures.seconds(total.seconds),
          device.seconds > 0 ? Figures.percent(total.seconds / device.seconds) : "",
        ]
      }
      table.add(
        [NameText.shown(type), Figures.grouped(first.operators), operations(first.operations)] + cells)
    }
    return table.lines()
  }
}

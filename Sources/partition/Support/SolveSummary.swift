import Partitioner
import Reporting

/// What the optimiser found, in words: objective and bound in the unit of the file, and what goes where.
struct SolveSummary {
  /// Of more, only the number is said; the JSON has them all.
  private static let mostUnits = 40
  private static let mostDevices = 16

  private let report: SolveReport

  init(_ report: SolveReport) { self.report = report }

  var text: String {
    let how = "\(Figures.fixed(report.seconds, decimals: 2)) s, \(Figures.counted(report.nodes, "node"))"
    let name = NameText.oneLine(report.name)
    guard let objective = report.objective else {
      let reason =
        report.status == .infeasible
        ? "infeasible: no assignment exists" : "no assignment was found within the limit"
      let verdict = "\(name): \(reason) (\(report.provedBy); \(how))\n"
      return verdict + (report.explanation.map { $0 + "\n" } ?? "")
    }
    let gap = Figures.percent(report.gap ?? 0)
    let verdict = report.status == .optimal ? "within the gap asked for" : "the gap is wider than asked for"
    let format = report.format.map { " (\($0.rawValue))" } ?? ""
    return """
      \(name)\(format)
        objective  \(objective)
        bound      \(report.bound.map { "\($0)" } ?? "none"), by \(report.provedBy)
        gap        \(gap): \(verdict)
        search     \(how)

      """ + (report.placement.map(Self.text) ?? "")
  }

  private static func text(_ placement: SolveReport.Placement) -> String {
    var devices = TextTable([("device", .left), ("busy", .right), ("memory", .right), ("", .left)])
    for device in placement.devices.prefix(mostDevices) {
      devices.add([
        NameText.shown(device.name), Figures.significant(device.load), Figures.bytes(device.memory),
        device.capacity.isFinite ? "of \(Figures.bytes(device.capacity))" : "",
      ])
    }
    var units = TextTable([("unit", .left), ("option", .left), ("on", .left)])
    for unit in placement.units.prefix(mostUnits) {
      units.add([
        NameText.shown(unit.name), NameText.shown(unit.option),
        NameText.shown(unit.devices.joined(separator: ", ")),
      ])
    }
    let lines =
      [""] + devices.lines() + more(placement.devices.count - mostDevices, "device")
      + [""] + units.lines() + more(placement.units.count - mostUnits, "unit")
    return lines.joined(separator: "\n") + "\n"
  }

  private static func more(_ count: Int, _ noun: String) -> [String] {
    count > 0 ? ["  and \(Figures.counted(count, noun)) more; --json has every unit"] : []
  }
}

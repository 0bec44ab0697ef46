import Partitioner
import Reporting

/// What the optimiser found, in words: objective and bound in the unit of the file.
struct SolveSummary {
  private let report: SolveReport

  init(_ report: SolveReport) { self.report = report }

  var text: String {
    let how = "\(Figures.fixed(report.seconds, decimals: 2)) s, \(Figures.counted(report.nodes, "node"))"
    guard let objective = report.objective else {
      let reason =
        report.status == .infeasible
        ? "infeasible: no assignment exists" : "no assignment was found within the limit"
      let verdict = "\(report.name): \(reason) (\(report.provedBy); \(how))\n"
      return verdict + (report.explanation.map { $0 + "\n" } ?? "")
    }
    let gap = Figures.percent(report.gap ?? 0)
    let verdict = report.status == .optimal ? "within the gap asked for" : "the gap is wider than asked for"
    let format = report.format.map { " (\($0.rawValue))" } ?? ""
    return """
      \(report.name)\(format)
        objective  \(objective)
        bound      \(report.bound.map { "\($0)" } ?? "none"), by \(report.provedBy)
        gap        \(gap): \(verdict)
        search     \(how)

      """
  }
}

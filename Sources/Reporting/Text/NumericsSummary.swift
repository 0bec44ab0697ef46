import Accuracy
import CostModel
import Hardware
import Numerics

/// A report of numerics as tables for a terminal.
public struct NumericsSummary {
  private let report: NumericsReport
  /// Tables and layers that are listed, those that lose most.
  private static let most = 20

  public init(_ report: NumericsReport) { self.report = report }

  /// Several lines, ending in a newline.
  public var text: String {
    let tables = report.tables.map {
      (name: $0.name, type: "table", $0.precision.rawValue, $0.error, $0.hasWeights)
    }
    let layers = report.layers.map {
      (
        name: $0.operator, type: $0.type,
        LayerPrecision($0.precision, weights: $0.weights).word, $0.error, $0.hasWeights
      )
    }
    let sorted = (tables + layers).enumerated().sorted {
      ($1.element.3, $0.offset) < ($0.element.3, $1.offset)
    }
    var table = TextTable([
      ("name", .left), ("type", .left), ("precision", .left), ("error", .right), ("weights", .left),
    ])
    for (_, entry) in sorted.prefix(Self.most) {
      table.add([
        entry.name, entry.type, entry.2, ErrorText.percent(entry.3),
        entry.4 ? "the model's" : "seeded",
      ])
    }
    var lines = ["relative L2 errors on seeded inputs, seed \(report.seed)", ""] + table.lines()
    let more = sorted.count - Self.most
    if more > 0 { lines.append("  and \(more) more that lose less") }
    if report.layersLeftOut > 0 {
      lines.append(
        "  \(Figures.counted(report.layersLeftOut, "product")) left out: too large, or not of constant weights"
      )
    }
    let whole =
      report.error.map { "the outputs of a run of the whole model: \(ErrorText.percent($0))" }
      ?? "the model was not run as a whole: \(report.reason ?? "")"
    return (lines + ["", "  " + whole]).joined(separator: "\n") + "\n"
  }
}

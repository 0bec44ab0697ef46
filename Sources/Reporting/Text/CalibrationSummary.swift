import CostModel
import Graph

/// The errors of a calibration before and after, for people.
public struct CalibrationSummary {
  private let calibration: Calibration

  public init(_ calibration: Calibration) { self.calibration = calibration }

  public var text: String {
    (calibration.devices.flatMap { [""] + lines($0) }.dropFirst() + [""]).joined(separator: "\n")
  }

  private func lines(_ device: Calibration.Device) -> [String] {
    var models = TextTable([
      ("model", .left), ("kernels", .right), ("measured", .right), ("before", .right), ("after", .right),
      ("left out", .right),
    ])
    for model in device.models {
      models.add([
        NameText.shown(model.name), Figures.grouped(model.kernels), Figures.seconds(model.seconds),
        Self.ratio(model.before), Self.ratio(model.after), model.leftOut.map(Self.ratio) ?? "",
      ])
    }
    var classes = TextTable([
      ("class", .left), ("kernels", .right), ("shapes", .right), ("share", .right), ("before", .right),
      ("", .right),
      ("after", .right), ("", .right), ("left out", .right), ("", .right),
    ])
    let seconds = device.models.reduce(0) { $0 + $1.seconds }
    for row in device.classes.sorted(by: { $0.seconds > $1.seconds }) {
      classes.add(
        [
          row.operatorClass.rawValue, Figures.grouped(row.kernels), Figures.grouped(row.shapes),
          Figures.percent(seconds > 0 ? row.seconds / seconds : 0),
        ] + [row.before, row.after, row.leftOut].flatMap(Self.cells))
    }
    var spreads =
      "median and p90 of whole models: before \(Self.words(device.before)), after \(Self.words(device.after))"
    if let leftOut = device.leftOut { spreads += ", each from the others \(Self.words(leftOut))" }
    return [device.name, "", "Predicted over measured time of all kernels"] + models.lines()
      + ["", "  " + spreads, "", "Errors of kernels by class, median and p90"] + classes.lines()
  }

  private static func ratio(_ value: Double) -> String { Figures.fixed(value, decimals: 2) }

  private static func cells(_ spread: Calibration.Spread?) -> [String] {
    guard let spread else { return ["", ""] }
    return [Figures.percent(spread.median), Figures.percent(spread.p90)]
  }

  private static func words(_ spread: Calibration.Spread) -> String {
    "\(Figures.percent(spread.median)), \(Figures.percent(spread.p90))"
  }
}

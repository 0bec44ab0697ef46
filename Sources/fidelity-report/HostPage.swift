import Foundation
import Partitioner
import Reporting

/// Kernels of real models on a host, predicted against measured, as Markdown.
struct HostPage {
  /// One way in which the models were run.
  private struct Part {
    var title: String
    /// From the figures as they ship.
    var shipped: Calibration.Device
    /// From a host of which only peaks are known.
    var plain: Calibration.Device
  }

  private static let ways = [
    (".fused.csv", "Operators fused, ONNX Runtime's default"),
    (".plain.csv", "Operators as the model has them"),
  ]
  /// One core of the two of the `epyc-9005` system.
  private static let oneCore = [
    FigureChange(path: "host.cores", value: "1"),
    FigureChange(path: "host.matrixTeraOperationsPerSecond.fp32", value: "0.262"),
    FigureChange(path: "host.vectorTeraOperationsPerSecond.fp32", value: "0.131"),
    FigureChange(path: "host.dramGigabytesPerSecond", value: "40"),
    FigureChange(path: "host.sramGigabytesPerSecond", value: "120"),
  ]

  private let parts: [Part]

  /// - Parameter folder: With a file a model and way of running it.
  /// - Throws: `missingFile`, `badInput`.
  init(folder: String) throws(PartitionError) {
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).sorted()
    let system = try Partitioner.systemDescription(named: "epyc-9005", changes: Self.oneCore)
    var parts: [Part] = []
    for (ending, title) in Self.ways {
      var files: [MeasurementFile] = []
      for name in names where name.hasSuffix(ending) {
        var file = try Partitioner.measurements(path: "\(folder)/\(name)")
        file.name = String(name.dropLast(ending.count))
        files.append(file)
      }
      let devices = [
        try Partitioner.calibrate(system, to: files),
        try Partitioner.calibrate(system.withoutClasses, to: files),
      ].compactMap(\.calibration.devices.first)
      guard let shipped = devices.first, let plain = devices.last else { continue }
      parts.append(Part(title: title, shipped: shipped, plain: plain))
    }
    self.parts = parts
  }

  var text: String {
    let lines = [
      "# Kernels of a host: predicted against measured",
      "",
      "Made by `make fidelity` from `data/host`: kernels of \(parts.first?.plain.models.count ?? 0) models (wheels of PyPI, torchvision), measured by `host.py` with ONNX",
      "Runtime 1.32 on one core of an AMD EPYC 9005 (Zen 5, AVX-512), beside the costs of the `epyc-9005` system, as if with one core.",
      "",
      "- **peaks**: what a host counts with of which only the peaks are described, as all built-in ones but this are;",
      "- **family**: the figures of classes of `cpu-avx512`. They were fitted to every other fused model (first, third ...); the rest",
      "  are \"not used\";",
      "- **left out**: `partition calibrate` on all other models, starting from peaks;",
      "- **calibrated**: on all of them, starting from the family.",
    ]
    return (lines + parts.flatMap(section) + Self.worst).joined(separator: "\n") + "\n"
  }

  private static let worst = [
    "",
    "## Where it is worst",
    "",
    "- `captcha_crnn`: a recurrent layer is unrolled into 40 products with one constant of 6.5 MB. A profile shows 40 constants, so they",
    "  are taken to come from DRAM each time; `partition costs` of the model, which knows that it is one, is within 10 %.",
    "- `torchvision_deeplabv3_mobilenet_v3_large`: convolutions with dilation 12 to 36 over 14 x 14 elements. Most of their taps lie in the",
    "  padding, which the kernels leave out and the count of operations does not.",
    "- `silero_*`, `nakdimon`: kernels of a few microseconds over one axis, which fall back to copies and a product each.",
    "- `ddddocr_old`: the only model of integer products; left out, nothing is known of them. The same goes for most of",
    "  `torchvision_regnet_y_400mf` (groups of 8 channels) and `ddddocr_common`.",
    "- Softmax, transposes and recurrent layers by class: strides and which axis is summed decide, and the figures know neither. They",
    "  are a small part of most models' time.",
    "- Operators as the model has them: layouts and kernels are others than those that the family was fitted to.",
    "- What was not measured: more than one thread (other work ran on the machine), AVX2 (`cpu-avx2` takes the same shares of its own,",
    "  lower peaks), other processors.",
  ]

  private func section(_ part: Part) -> [String] {
    let columns: [(String, [Double])] = [
      ("peaks", part.plain.models.map(\.before)),
      ("family, models not used", Self.odd(part.shipped.models).map(\.before)),
      ("family, all", part.shipped.models.map(\.before)),
      ("left out", part.plain.models.compactMap(\.leftOut)),
      ("calibrated", part.shipped.models.map(\.after)),
    ]
    var lines = ["", "## \(part.title)", "", "Errors of whole models, |predicted / measured - 1|:", ""]
    lines += ["| | median | p90 |", "|---|---|---|"]
    for (name, ratios) in columns {
      let spread = Calibration.Spread(ratios.map { abs($0 - 1) })
      lines.append("| \(name) | \(Figures.percent(spread.median)) | \(Figures.percent(spread.p90)) |")
    }
    lines += [
      "", "Predicted over measured time of all kernels:", "",
      "| model | measured | peaks | family | left out | calibrated |", "|---|---|---|---|---|---|",
    ]
    for (index, (shipped, plain)) in zip(part.shipped.models, part.plain.models).enumerated() {
      let ratios = [plain.before, shipped.before, plain.leftOut ?? 0, shipped.after].map {
        Figures.fixed($0, decimals: 2)
      }
      let mark = index.isMultiple(of: 2) ? "" : " (not used)"
      lines.append(
        "| \(shipped.name)\(mark) | \(Figures.seconds(shipped.seconds)) | \(ratios.joined(separator: " | ")) |"
      )
    }
    lines += [
      "", "Errors of kernels by class, median and p90:", "",
      "| class | shapes | share of time | peaks | | left out | |", "|---|---|---|---|---|---|---|",
    ]
    let seconds = part.plain.models.reduce(0) { $0 + $1.seconds }
    for row in part.plain.classes.sorted(by: { $0.seconds > $1.seconds }) {
      let cells = [row.before, row.leftOut ?? row.after].flatMap { [$0.median, $0.p90] }.map(Figures.percent)
      lines.append(
        "| \(row.operatorClass.rawValue) | \(row.shapes) | \(Figures.percent(row.seconds / seconds)) | "
          + cells.joined(separator: " | ") + " |")
    }
    return lines
  }

  private static func odd(_ models: [Calibration.ModelErrors]) -> [Calibration.ModelErrors] {
    models.indices.filter { !$0.isMultiple(of: 2) }.map { models[$0] }
  }
}

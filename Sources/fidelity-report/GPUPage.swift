import Foundation
import Partitioner
import Reporting

/// Kernels and whole networks on GPUs, predicted against measured, as Markdown.
struct GPUPage {
  /// A network on the card that was not used to fit anything.
  private struct Network {
    var name: String
    var batch: Int
    var measured: Double
    var shipped: Double
    var plain: Double
  }

  /// The card that the family's figures were fitted on, and another.
  private static let (fitted, other) = ("h100-sxm", "h200-sxm")

  private let shipped: Calibration.Device
  private let plain: Calibration.Device
  private let held: Calibration.Device
  private let products: [(card: String, precision: Precision, errors: [Double])]
  private let networks: [Network]

  /// - Parameters:
  ///   - folder: With the tables that `gpu.py` and `gpu_networks.py` made.
  ///   - models: With the networks that `models/generator/benchmarks.py` made.
  /// - Throws: `missingFile`, `badInput`.
  init(folder: String, models: String) throws(PartitionError) {
    var files: [MeasurementFile] = []
    for part in 1...4 {
      files.append(try Partitioner.measurements(path: "\(folder)/\(Self.fitted).\(part).csv"))
    }
    let system = try Partitioner.systemDescription(named: Self.fitted)
    let devices = [
      try Partitioner.calibrate(system, to: files),
      try Partitioner.calibrate(system.withoutClasses, to: files),
      try Partitioner.calibrate(
        try Partitioner.systemDescription(named: Self.other),
        to: [try Partitioner.measurements(path: "\(folder)/\(Self.other).csv")]),
    ].compactMap(\.calibration.devices.first)
    guard devices.count == 3 else { throw PartitionError(.badInput, "\(folder): kernels are missing") }
    (shipped, plain, held) = (devices[0], devices[1], devices[2])
    var products: [(card: String, precision: Precision, errors: [Double])] = []
    for card in [Self.fitted, Self.other] {
      let measured = try MeasuredCard(card, path: "\(folder)/gemm_\(card).csv", isNarrow: true)
      for precision in [Precision.bf16, .fp8, .int8] {
        products.append((card, precision, measured.kernels.filter { $0.precision == precision }.map(\.error)))
      }
    }
    self.products = products
    networks = try Self.networks(folder: folder, models: models)
  }

  private static func networks(folder: String, models: String) throws(PartitionError) -> [Network] {
    let description = try Partitioner.systemDescription(named: other)
    let systems = [
      try Partitioner.system(named: other, cards: 1), try Self.system(description.withoutClasses),
    ]
    let path = "\(folder)/networks_\(other).csv"
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw PartitionError(.missingFile, "\(path): cannot be read")
    }
    var networks: [Network] = []
    for line in text.split(separator: "\n").dropFirst() {
      let cells = line.split(separator: ",").map(String.init)
      guard cells.count == 4, cells[1] == "compiled", let batch = Int(cells[2]),
        let measured = Double(cells[3])
      else { continue }
      var predicted: [Double] = []
      for system in systems {
        predicted.append(
          try NetworkCost(
            path: "\(models)/\(cells[0]).json", batch: batch, on: system, precision: .fp16, activations: .fp16
          ).seconds)
      }
      networks.append(
        Network(name: cells[0], batch: batch, measured: measured, shipped: predicted[0], plain: predicted[1]))
    }
    return networks
  }

  private static func system(_ description: SystemDescription) throws(PartitionError) -> System {
    do { return try description.system(cards: 1) } catch {
      throw PartitionError(.badInput, error.findings.map(\.description))
    }
  }

  var text: String {
    var lines = [
      "# Kernels and networks of GPUs: predicted against measured",
      "",
      "Made by `make fidelity` from `data/gpu`: kernels that `gpu.py` measured with PyTorch 2.11 (CUDA 13.0, cuDNN 9.19, driver 580.159)",
      "on one H100 SXM 80 GB and one H200 SXM in November 2026, each captured many times into a CUDA graph; fp16, attention and stacks of",
      "products bf16. The family `gpu` was fitted by `partition calibrate` to the \(plain.classes.reduce(0) { $0 + $1.shapes }) kernels of the H100; no row of the H200 was used.",
      "Figures of normalisations are those of [language.md](language.md), to every other of whose kernels and of the H100's here they are fitted.",
      "Errors are |predicted / measured - 1|, median and p90.",
      "",
      "- **peaks**: what is said of a card without figures of classes;",
      "- **family**: the figures of the family, on the kernels that they were fitted to;",
      "- **left out**: fitted without the quarter of the sizes that is predicted;",
      "- **other card**: the family on the H200.",
      "",
      "Of attention both cards have figures of their own in place of the family's, fitted to kernels of TensorRT-LLM ([kernels.md](kernels.md)), which",
      "is what *family* and *other card* say there: PyTorch's kernels of prefill neither rotate nor store what they read, and are not causal.",
      "",
      "| class | kernels | peaks | | family | | left out | | other card | |",
      "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in plain.classes {
      let cells = [
        row.before, own(row.operatorClass, in: shipped), row.leftOut, own(row.operatorClass, in: held),
      ].map {
        spread in spread.map { "\(Figures.percent($0.median)) | \(Figures.percent($0.p90))" } ?? "- | -"
      }
      lines.append("| \(row.operatorClass.rawValue) | \(row.shapes) | \(cells.joined(separator: " | ")) |")
    }
    lines += [
      "", "## Matrix products", "",
      "By cuBLASLt, what quantises operands not included. The figures in bf16 are those of [kernels.md](kernels.md), fitted to another",
      "library's kernels; those in fp8 and in int8, with results of 32 bits, were fitted to every other row of the H100 here and of",
      "[recommendation.md](recommendation.md), in fp8 to kernels with what quantises as well.", "",
      "| card | precision | products | median | p90 |", "|---|---|---|---|---|",
    ]
    for entry in products {
      let spread = Calibration.Spread(entry.errors.map(abs))
      lines.append(
        "| \(entry.card) | \(entry.precision.rawValue) | \(entry.errors.count) | \(Figures.percent(spread.median)) | \(Figures.percent(spread.p90)) |"
      )
    }
    lines += [
      "", "## Whole networks", "",
      "Measured by `gpu_networks.py` on the H200 in fp16 with `torch.compile`, which fuses elementwise operators, in a CUDA graph; predicted",
      "as the sum of `partition costs` of the network that `models/generator/benchmarks.py` makes. Predicted over measured time:",
      "",
      "| network | batch | measured | peaks | family |", "|---|---|---|---|---|",
    ]
    for row in networks {
      lines.append(
        "| \(row.name) | \(row.batch) | \(Figures.seconds(row.measured)) | \(Figures.fixed(row.plain / row.measured, decimals: 2)) | \(Figures.fixed(row.shipped / row.measured, decimals: 2)) |"
      )
    }
    let errors = [\Network.plain, \Network.shipped].map { path in
      Calibration.Spread(networks.map { abs($0[keyPath: path] / $0.measured - 1) })
    }
    lines.append(
      "| median error | | | \(errors.map { Figures.percent($0.median) }.joined(separator: " | ")) |")
    return (lines + Self.worst).joined(separator: "\n") + "\n"
  }

  private func own(_ kind: OperatorClass, in device: Calibration.Device) -> Calibration.Spread? {
    device.classes.first { $0.operatorClass == kind }?.before
  }

  private static let worst = [
    "",
    "## Where it is worst",
    "",
    "- Recurrent layers: cuDNN has kernels that keep the weights on the chip from step to step for some sizes and none for others.",
    "- Rows that are looked up, inner transposes: how wide a row is and whether a table lies in the cache is not in the figures.",
    "- Convolutions over three axes and those of few channels: cuDNN pads channels and falls back to kernels that are not for matrix",
    "  engines.",
    "- Pooling: windows in channels-last layouts reach a sixth of the bandwidth in PyTorch, means over all of space nearly all of it;",
    "  compilers have better kernels for windows.",
    "- Networks are predicted too fast: kernels of a network find caches and clocks as others left them, a compiler's kernels differ",
    "  from the library's, and MobileNetV2's depthwise layers run with their elementwise neighbours in generated code.",
    "  Of BERT normalisations were counted three times too slow before, which hid a part of it.",
    "- What was not measured: other cards. `a100-sxm` and `l40s` take the same shares of their own peaks; `h100-pcie`, `l4`, `a10` and `t4`",
    "  do not, since networks that were published of them ran on other kernels ([networks.md](networks.md)). Nor several kernels at once,",
    "  and int8 in anything but products.",
  ]
}

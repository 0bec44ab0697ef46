import Partitioner
import Reporting

/// Whole networks on cards, predicted against what MLPerf published, as Markdown.
struct NetworksPage {
  private struct Row {
    var entry: PublishedNetwork
    var predicted: Double
    /// With the figures of the family `gpu`; `nil` of other cards.
    var byFamily: Double?
    var ratio: Double { predicted / entry.measured }
  }

  private let rows: [Row]
  private let power: [(entry: PublishedPower, system: System)]
  private let servers: [(question: ServerQuestion, predicted: Double)]

  /// - Parameter models: With the networks that `models/generator/benchmarks.py` made.
  /// - Throws: `missingFile`, `badInput`.
  init(models: String) throws(PartitionError) {
    var rows: [Row] = []
    let family = try Partitioner.system(named: "h100-sxm", cards: 1).cards.first?.processor.classes
    for entry in PublishedNetwork.all {
      let isGPU = ["t4", "a10", "l4", "h100"].contains(entry.system)
      rows.append(
        Row(
          entry: entry, predicted: try entry.predicted(models: models),
          byFamily: isGPU ? try entry.predicted(models: models, classes: family) : nil))
    }
    power = try PublishedPower.all.map { entry throws(PartitionError) in
      (entry, try Partitioner.system(named: entry.system, cards: entry.cards))
    }
    self.rows = rows
    var servers: [(question: ServerQuestion, predicted: Double)] = []
    for question in ServerQuestion.all {
      let offline = rows.first { $0.entry.network == "resnet50" && $0.entry.system == question.system }?
        .predicted
      guard let offline else { continue }
      servers.append((question, try question.predicted(models: models, offline: offline)))
    }
    self.servers = servers
  }

  var text: String {
    var lines = [
      "# Networks on cards: predicted against MLPerf Inference",
      "",
      "Made by `make fidelity`: samples a second of one card, offline, closed division, as published in the logs of",
      "`mlcommons/inference_results_v0.5` to `v5.1`, beside the sum of all operators' costs of the networks that",
      "`models/generator/benchmarks.py` makes, weights and activations in the precision that stands there. Results of several cards are",
      "divided by their number. BERT-large counts 178 tokens a sentence, the mean length, which is inferred and not published; batches of",
      "the A10, the Cloud AI 100, BERT-large and DLRM are assumed; a DLRM sample is 270 pairs, tables in int8; a dash: no round was noted.",
      "By family: the ratio with the shares that classes of operators reach of an H100 SXM's peaks ([gpu.md](gpu.md)) in place of one share.",
      "",
      "| card | benchmark | round | precision | batch | measured | predicted | ratio | fitted | by family |",
      "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for row in rows {
      let entry = row.entry
      lines.append(
        "| \(entry.system) | \(entry.benchmark) | \(entry.round) | \(entry.precision.rawValue) | \(entry.batch) | "
          + "\(Figures.number(entry.measured)) | \(Figures.number(row.predicted)) | "
          + "\(Figures.fixed(row.ratio, decimals: 2)) | \(entry.isFitted ? "yes" : "no") | "
          + "\(row.byFamily.map { Figures.fixed($0 / entry.measured, decimals: 2) } ?? "") |")
    }
    lines += ["", "| | rows | median error | worst ratio |", "|---|---|---|---|"]
    for (name, part) in [
      ("all", rows), ("fitted to", rows.filter(\.entry.isFitted)),
      ("not used", rows.filter { !$0.entry.isFitted }),
    ] {
      let worst = part.map(\.ratio).max { max($0, 1 / $0) < max($1, 1 / $1) } ?? 1
      lines.append(
        "| \(name) | \(part.count) | \(Figures.percent(Calibration.Spread(part.map { abs($0.ratio - 1) }).median)) | "
          + "\(Figures.fixed(worst, decimals: 2)) |")
    }
    lines += [
      "",
      "## Server over offline",
      "",
      "ResNet-50 with random arrivals and a 99th percentile within 15 ms, as a part of the offline rate: by the simulator with the cards",
      "as servers of one queue, batches that wait at most 5 ms to fill, and the cost model's time of a batch.",
      "",
      "| cards | batch | measured | predicted |",
      "|---|---|---|---|",
    ]
    for (question, predicted) in servers {
      lines.append(
        "| \(question.cards) x \(question.system) | \(question.batch) | \(Figures.fixed(question.measured, decimals: 2)) | "
          + "\(Figures.fixed(predicted, decimals: 2)) |")
    }
    lines += [
      "",
      "## Watts",
      "",
      "Of whole systems under load, host included, beside the built-in system with so many cards busy and its host idle or busy. Hosts of the",
      "submissions are others.",
      "",
      "| system | measured | host idle | host busy |",
      "|---|---|---|---|",
    ]
    for (entry, system) in power {
      let cards = system.cards.reduce(0) { $0 + $1.processor.busyWatts }
      let host = system.host.processor
      let cells = [entry.watts, cards + host.idleWatts, cards + host.busyWatts].map {
        "\(Figures.number($0)) W"
      }
      lines.append("| \(entry.cards) x \(entry.system) | \(cells.joined(separator: " | ")) |")
    }
    return (lines + Self.worst).joined(separator: "\n") + "\n"
  }

  private static let worst = [
    "",
    "## Where it is worst",
    "",
    "- DLRM is predicted too slow but on the T4: rows are taken to be drawn evenly, where Criteo's hottest lie in caches, and layers of int8 reach more than",
    "  those of ResNet-50 and BERT-large, which the cards' shares were fitted to. The L4 held 80 % of the rows and the T4 an eighth of the",
    "  tables, the rest came from elsewhere; all are taken to be on the card. What look-ups and interactions cost was measured on another",
    "  card ([recommendation.md](recommendation.md)).",
    "- Eight H100 took less than their design power with a host beside them: what a card draws under a load that does not fill it is not",
    "  modelled.",
    "- The family has figures of kernels of PyTorch, which for int8 convolutions has none: MLPerf's networks ran on TensorRT's. So these cards",
    "  keep one share each.",
    "- Fitted rows are no test. What is: the Cloud AI 100 Standard, which takes the Pro card's shares, and NNP-I, whose figures were",
    "  chosen without a benchmark and stay so (`reports/cost-model.md`).",
    "- The same silicon gains 20 to 30 % over two years of software; T4 and A10 rows are of other rounds than the L4's and H100's.",
    "- Not held against anything: 3D-UNet (KiTS19 L4 1.05, H100 PCIe 4.67 samples/s), since how many windows of 128 x 128 x 128 a sample",
    "  has was not published beside the results.",
  ]
}

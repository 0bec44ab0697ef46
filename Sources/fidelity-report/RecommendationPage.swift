import Partitioner
import Reporting

/// What recommendation models do on a GPU, predicted against measured, as Markdown.
struct RecommendationPage {
  private static let card = "h100-sxm"

  private let measured: MeasuredRecommendation
  private let watts: Table

  /// - Parameters:
  ///   - folder: With the tables that `recommendation.py` made.
  ///   - models: With the networks that `models/generator/benchmarks.py` made.
  /// - Throws: `missingFile`, `badInput`.
  init(folder: String, models: String) throws(PartitionError) {
    measured = try MeasuredRecommendation(card: Self.card, folder: folder, models: models)
    watts = try Table(path: "\(folder)/watts_\(Self.card).csv")
  }

  var text: String {
    let lines =
      [
        "# Recommendation models on a GPU: predicted against measured",
        "",
        "Made by `make fidelity` from `data/gpu`: what `recommendation.py` measured with PyTorch 2.11 and Triton 3.6 (CUDA 13.0) on one",
        "H100 SXM 80 GB in November 2026, in CUDA graphs, results held against PyTorch. Errors are |predicted / measured - 1|.",
      ] + lookups + launches + interactions + layers + networks + power + Self.worst
    return lines.joined(separator: "\n") + "\n"
  }

  private var lookups: [String] {
    var lines = [
      "", "## Look-ups", "",
      "Sums of rows drawn evenly over 1 to 64 tables, by one kernel for all tables (Triton, as FBGEMM's table-batched embedding): batches of",
      "64 to 65,536, 1 to 80 rows a bag, indices of 8 bytes, sums in fp16; int8 rows with scale and bias are padded to 16 bytes. What the",
      "card is said to reach (`models/systems/cards/h100-sxm.json`) is the best of a grid on every other row out of the L2 cache; rate is",
      "the median of kernels of at least 30 us with at least 10 rows a bag.", "",
      "| tables | stored | bytes of a row | kernels | median | p90 | rate |", "|---|---|---|---|---|---|---|",
    ]
    let joint = measured.bags.filter { $0.row.text("way") == "joint" }
    for isCached in [false, true] {
      let part = joint.filter { Self.isCached($0) == isCached }
      let name = isCached ? "in L2" : "in DRAM"
      for stored in ["fp32", "fp16", "int8"] {
        let sizes = Set(part.filter { $0.row.text("stored") == stored }.map { $0.row.count("row_bytes") })
          .sorted()
        for bytes in sizes where !isCached {
          let same = part.filter { $0.row.text("stored") == stored && $0.row.count("row_bytes") == bytes }
          let long = same.filter { $0.measured > 30e-6 && $0.row.count("pooling") >= 10 }.map {
            Double($0.row.count("tables") * $0.row.count("batch") * $0.row.count("pooling")) / $0.measured
          }
          lines.append(
            "| \(name) | \(stored) | \(bytes) | \(Self.errors(same)) | \(Figures.number(Calibration.Spread(long).median / 1e9)) G rows/s |"
          )
        }
      }
      lines.append("| \(name) | all | | \(Self.errors(part)) | |")
    }
    return lines
  }

  private var launches: [String] {
    var lines = [
      "",
      "One kernel a table (PyTorch's `embedding_bag`) takes so many times as long as one kernel for all of them:",
      "",
      "| tables | pairs | median | p10 | p90 |", "|---|---|---|---|---|",
    ]
    func key(_ entry: MeasuredRecommendation.Entry) -> [String] {
      ["stored", "row_bytes", "tables", "rows", "batch", "pooling"].map(entry.row.text)
    }
    let joint = Dictionary(
      measured.bags.filter { $0.row.text("way") == "joint" }.map { (key($0), $0.measured) },
      uniquingKeysWith: { first, _ in first })
    let apart = measured.bags.filter { $0.row.text("way") == "apart" }
    for tables in Set(apart.map { $0.row.count("tables") }).sorted() {
      let ratios = apart.filter { $0.row.count("tables") == tables }.compactMap { entry in
        joint[key(entry)].map { entry.measured / $0 }
      }.sorted()
      guard let least = ratios[at: 0.1], let middle = ratios[at: 0.5], let most = ratios[at: 0.9] else {
        continue
      }
      lines.append(
        "| \(tables) | \(ratios.count) | \([middle, least, most].map { Figures.fixed($0, decimals: 1) }.joined(separator: " | ")) |"
      )
    }
    lines += [
      "",
      "So the built-in GPUs look up all tables of a card in one kernel (`jointKernels`), and rows of up to 64 bytes cost what 112 do",
      "(`dramLeastRowBytes`). Other devices start a kernel a table.",
    ]
    return lines
  }

  private var interactions: [String] {
    var lines = [
      "", "## The interaction of features", "",
      "Dot products of all pairs of 9 to 101 features of width 32 to 128, batches of 256 to 108,000: Concat, Transpose, MatMul, Gather and",
      "Concat, kernel by kernel (PyTorch) or as one kernel (Triton), which reads the features and writes the pairs.",
      "",
      "| features | width | kernel by kernel | predicted | one kernel | predicted | one, int8 | predicted |",
      "|---|---|---|---|---|---|---|---|",
    ]
    for entry in measured.apart where entry.row.count("batch") == 16_384 {
      let cells =
        [entry]
        + ["fp16", "int8"].compactMap { precision in
          measured.interactions.first { other in
            other.row.text("precision") == precision
              && ["features", "width", "batch"].allSatisfy { other.row.text($0) == entry.row.text($0) }
          }
        }
      let times = cells.map { "\(Figures.seconds($0.measured)) | \(Figures.seconds($0.predicted))" }
      lines.append(
        "| \(entry.row.text("features")) | \(entry.row.text("width")) | \(times.joined(separator: " | ")) |")
    }
    lines += [
      "", "That is for 16,384 items; of all batches:", "", "| | kernels | median | p90 |",
      "|---|---|---|---|",
    ]
    for (name, part) in [
      ("kernel by kernel", measured.apart),
      ("one kernel, fp16", measured.interactions.filter { $0.row.text("precision") == "fp16" }),
      ("one kernel, int8", measured.interactions.filter { $0.row.text("precision") == "int8" }),
    ] { lines.append("| \(name) | \(Self.errors(part)) |") }
    return lines
  }

  private var layers: [String] {
    var lines = [
      "", "## Layers of MLPerf's DLRM", "",
      "By cuBLASLt in fp16 and fp8 (results bf16), and by a kernel in Triton in int8, results int8 after scale and Relu. Batches of 256 to",
      "108,000 pairs.", "", "| precision | layers | median | p90 |", "|---|---|---|---|",
    ]
    for precision in ["fp16", "fp8", "int8"] {
      lines.append(
        "| \(precision) | \(Self.errors(measured.layers.filter { $0.row.text("precision") == precision })) |")
    }
    return lines
  }

  private var networks: [String] {
    var lines = [
      "", "## MLPerf's DLRM", "",
      "26 tables of Criteo 1 TB with at most 40 M rows and width 128, a row of each, drawn evenly. `one`: fp16, look-ups and interaction in one",
      "kernel; `int8`: the same with layers, rows and interaction in int8; `apart`: fp16, a kernel an operator. Predicted as measured, but for",
      "the rows of tables in the L2 cache, whose reading takes no time of its own in figures of this card.",
      "",
      "| way | pairs | measured | predicted | ratio |", "|---|---|---|---|---|",
    ]
    for way in ["apart", "one", "int8"] {
      for entry in measured.networks.filter({ $0.row.text("way") == way }).sorted(by: {
        $0.row.count("batch") < $1.row.count("batch")
      }) {
        lines.append(
          "| \(way) | \(Figures.number(entry.row.number("batch"))) | \(Figures.seconds(entry.measured)) | \(Figures.seconds(entry.predicted)) | \(Figures.fixed(entry.predicted / entry.measured, decimals: 2)) |"
        )
      }
    }
    return lines
  }

  private var power: [String] {
    var lines = [
      "", "## Power", "",
      "Mean of a second under a steady load, by the card's own meter; the data sheet has 700 W.", "",
      "| load | watts | clock |", "|---|---|---|",
    ]
    for row in watts.rows {
      lines.append(
        "| \(row.text("load")) | \(Figures.number(row.number("watts"))) | \(row.text("clock_mhz")) MHz |")
    }
    return lines
  }

  private static let worst = [
    "",
    "## Where it is worst",
    "",
    "- Narrow rows with many rows a bag: the kernel here reads indices of neighbouring bags far apart, which FBGEMM's does not.",
    "- Tables in L2: how fast that reads wide rows is not in the figures, only how many rows a core fetches.",
    "- Interactions of few narrow features: the kernel here takes an item a block, and blocks start no faster than 1.6 a nanosecond; those",
    "  just above a power of two (33 features) pad to the next.",
    "- Look-ups of single rows that only an interaction reads are taken to be read by its kernel, also where tables lie on other cards,",
    "  whose rows pass the DRAM of both; the link between takes far longer.",
    "- One card; the others take its shares of their own peaks, which is assumed.",
  ]

  /// Whether the tables lie in the L2 cache from one replay to the next.
  private static func isCached(_ entry: MeasuredRecommendation.Entry) -> Bool {
    entry.row.number("tables") * entry.row.number("rows") * entry.row.number("row_bytes") < 40e6
  }

  private static func errors(_ entries: [MeasuredRecommendation.Entry]) -> String {
    let spread = Calibration.Spread(entries.map(\.error))
    return "\(entries.count) | \(Figures.percent(spread.median)) | \(Figures.percent(spread.p90))"
  }
}

extension [Double] {
  /// Of sorted values.
  fileprivate subscript(at share: Double) -> Double? {
    isEmpty ? nil : self[Swift.min(count - 1, Int(share * Double(count)))]
  }
}

import Partitioner
import Reporting

/// Language models on GPUs, predicted against measured, as Markdown.
struct LanguagePage {
  typealias Entry = MeasuredLanguage.Entry

  private static let cards = ["h100-sxm", "h200-sxm"]

  private let measured: [(card: String, language: MeasuredLanguage)]
  private let widened: [(card: String, precision: String, entries: [Entry])]
  private let published: [(text: String, errors: [Double])]
  private let overlap: Table
  private let commands: Table

  /// - Parameters:
  ///   - folder: With the tables that `language.py` and `overlap.py` made.
  ///   - data: With those of AIConfigurator.
  /// - Throws: `missingFile`, `badInput`.
  init(folder: String, data: String) throws(PartitionError) {
    var measured: [(card: String, language: MeasuredLanguage)] = []
    for card in Self.cards { measured.append((card, try MeasuredLanguage(card: card, folder: folder))) }
    self.measured = measured
    var widened: [(card: String, precision: String, entries: [Entry])] = []
    for card in ["a100-sxm", "l40s"] {
      let entries = try MeasuredLanguage.widened(card, folder: data)
      for precision in entries.keys.sorted() { widened.append((card, precision, entries[precision] ?? [])) }
    }
    self.widened = widened
    let decode = try MeasuredAttention("h100-sxm", path: "\(data)/attention_h100-sxm.csv").kernels.filter {
      $0.phase == .decode
    }
    published = [
      ("all", decode), ("at most 16 heads share keys, at least 64 keys", decode.filter(\.isUsual)),
      ("the others", decode.filter { !$0.isUsual }),
    ].map { ($0.0, $0.1.map { abs($0.error) }) }
    overlap = try Table(path: "\(folder)/overlap_h100-sxm.csv")
    commands = try Table(path: "\(folder)/commands_h100-sxm.csv")
  }

  var text: String {
    let lines =
      [
        "# Language models on GPUs: predicted against measured",
        "",
        "Made by `make fidelity` from `data/gpu`: what `language.py` and `overlap.py` measured with PyTorch 2.11 and Triton 3.6 (CUDA 13.0, cuDNN",
        "9.19) on one H100 SXM 80 GB and one H200 SXM in November 2026, in CUDA graphs. Errors are |predicted / measured - 1|, ratios",
        "predicted / measured.",
      ] + models + attention + parts + narrow + beside + LanguageWords.worst
    return lines.joined(separator: "\n") + "\n"
  }

  private var models: [String] {
    var lines = LanguageWords.models
    var keys: [[String]] = []
    for (_, language) in measured {
      for entry in language.models where !keys.contains(Self.key(entry)) { keys.append(Self.key(entry)) }
    }
    for key in keys {
      let cells = measured.map { _, language in
        let known = language.models.filter { Self.key($0) == key }
        guard let compiled = known.first(where: { $0.row.text("way") == "compiled" }),
          let kernels = known.first(where: { $0.row.text("way") == "kernels" })
        else { return "- | - | -" }
        return "\(Figures.seconds(compiled.measured)) | \(Self.ratio(compiled)) | \(Self.ratio(kernels))"
      }
      lines.append("| \(key.joined(separator: " | ")) | \(cells.joined(separator: " | ")) |")
    }
    lines += [
      "", "| card | precision | phase | models | compiled | | kernels | |",
      "|---|---|---|---|---|---|---|---|",
    ]
    for (card, language) in measured {
      for precision in ["bf16", "fp8"] {
        for isDecode in [true, false] {
          let part = language.models.filter {
            $0.row.text("precision") == precision && ($0.row.count("past") > 0) == isDecode
          }
          let ways = ["compiled", "kernels"].map { way in part.filter { $0.row.text("way") == way } }
          lines.append(
            "| \(card) | \(precision) | \(isDecode ? "decode" : "prefill") | \(ways[0].count) | \(ways.map { Self.errors($0.map(\.error)) }.joined(separator: " | ")) |"
          )
        }
      }
    }
    return lines
  }

  private var attention: [String] {
    var lines = LanguageWords.attention
    for (card, language) in measured {
      let fastest = language.attention.map(\.fastest)
      let long = fastest.filter { $0.measured > 50e-6 }
      lines.append(
        "| \(card) | \(fastest.count) | \(Self.errors(fastest.map(\.error))) | \(Self.median(fastest.map(\.ratio))) | \(Self.errors(long.map(\.error))) | \(Self.median(long.map(\.ratio))) |"
      )
    }
    lines += [
      "", "So many times as long as the fastest take, in the median:", "",
      "| card | Triton | cuDNN | FlashAttention of PyTorch | FlexAttention |", "|---|---|---|---|---|",
    ]
    for (card, language) in measured {
      let cells = ["triton", "cudnn", "flash", "flex"].map { library in
        Self.median(
          language.attention.compactMap { entry in
            entry.libraries[library].map { $0 / entry.fastest.measured }
          })
      }
      lines.append("| \(card) | \(cells.joined(separator: " | ")) |")
    }
    lines += LanguageWords.published
    for (text, errors) in published { lines.append("| \(text) | \(errors.count) | \(Self.errors(errors)) |") }
    return lines
  }

  private var parts: [String] {
    var lines = LanguageWords.parts
    for (card, language) in measured {
      for type in ["RMSNormalization", "Add", "Mul", "Silu"] {
        let part = language.parts.filter { $0.row.text("type") == type }
        lines.append(Self.line(card, type, part))
      }
      lines += Self.products(
        card, language.products, ["bf16", "fp8"], [("up to 64 rows", 0...64), ("more", 65...Int.max)]
      ) { "products in \($0), \($1)" }
    }
    return lines
  }

  private var narrow: [String] {
    var lines = LanguageWords.narrow
    for (card, precision, entries) in widened {
      lines.append(Self.line(card, "\(precision), TensorRT-LLM, not used", entries))
    }
    for (card, language) in measured {
      lines += Self.products(
        card, language.narrow, ["w4a16", "w8a16"], [("up to 8 rows", 0...8), ("16 to 128", 16...128)]
      ) { "\($0), PyTorch or Triton, \($1)" }
    }
    return lines
  }

  private var beside: [String] {
    var lines = LanguageWords.beside
    for row in overlap.rows where !row.text("first").hasSuffix("KiB") {
      lines.append(
        "| \(row.text("first")) | \(row.text("second")) | \(Figures.seconds(row.number("alone"))) | \(Self.number(row.number("beside") / row.number("alone"))) |"
      )
    }
    lines += [
      "", "Small copies, of which a row of many waits for nothing else:", "",
      "| copy | beside | alone | beside it |", "|---|---|---|---|",
    ]
    for row in overlap.rows where row.text("first").hasSuffix("KiB") {
      lines.append(
        "| \(row.text("first")) | \(row.text("second")) | \(Figures.seconds(row.number("alone"))) | \(Figures.seconds(row.number("beside"))) |"
      )
    }
    lines += LanguageWords.chains
    let names = [
      "k": "kernel", "ik": "in, kernel", "iko": "in, kernel, out", "ikkkko": "in, four kernels, out",
      "i": "in", "o": "out",
      "kkkk": "four kernels",
    ]
    let graphs = commands.rows.filter { $0.text("way") == "graph" && $0.count("bytes") == 4096 }
    let alone = Dictionary(
      graphs.map { ($0.text("chain"), $0.number("seconds")) }, uniquingKeysWith: { first, _ in first })
    for row in graphs {
      let chain = row.text("chain")
      guard let name = names[chain] else { continue }
      let sum = chain.reduce(0) { $0 + (alone[String($1)] ?? 0) }
      lines.append("| \(name) | \(Figures.seconds(row.number("seconds"))) | \(Figures.seconds(sum)) |")
    }
    return lines
  }

  private static func key(_ entry: Entry) -> [String] {
    ["model", "precision", "batch", "queries", "past"].map(entry.row.text)
  }

  /// A line for each precision and range of rows.
  private static func products(
    _ card: String, _ entries: [Entry], _ precisions: [String],
    _ ranges: [(text: String, rows: ClosedRange<Int>)],
    what: (_ precision: String, _ rows: String) -> String
  ) -> [String] {
    precisions.flatMap { precision in
      ranges.map { range in
        let part = entries.filter {
          $0.row.text("precision") == precision && range.rows.contains($0.row.count("m"))
        }
        return line(card, what(precision, range.text), part)
      }
    }
  }

  private static func line(_ card: String, _ what: String, _ entries: [Entry]) -> String {
    "| \(card) | \(what) | \(entries.count) | \(errors(entries.map(\.error))) | \(median(entries.map(\.ratio))) |"
  }

  private static func errors(_ errors: [Double]) -> String {
    let spread = Calibration.Spread(errors)
    return "\(Figures.percent(spread.median)) | \(Figures.percent(spread.p90))"
  }

  private static func median(_ values: [Double]) -> String { number(Calibration.Spread(values).median) }

  private static func ratio(_ entry: Entry) -> String { number(entry.ratio) }

  private static func number(_ value: Double) -> String { Figures.fixed(value, decimals: 2) }
}

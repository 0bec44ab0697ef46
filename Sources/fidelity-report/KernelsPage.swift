import Partitioner
import Reporting

/// Predicted against measured matrix products and attention, as Markdown.
struct KernelsPage {
  private let cards: [MeasuredCard]
  private let attention: [MeasuredAttention]

  init(_ cards: [MeasuredCard], _ attention: [MeasuredAttention]) {
    self.cards = cards
    self.attention = attention
  }

  var text: String {
    var lines = [
      "# Matrix products and attention: predicted against measured",
      "",
      "Made by `make fidelity` from `data/gemm_*.csv` and `data/attention_*.csv`: the cost of a model with one operator on one card, beside the measured kernel.",
      "Errors are |predicted / measured - 1|. The cards' figures were fitted (`fit.py`) to every other row; the rest are \"not used\".",
      "",
      "| card | precision | fitted to | median | p90 | not used | median | p90 |",
      "|---|---|---|---|---|---|---|---|",
    ]
    for card in cards {
      for precision in Precision.allCases {
        let kernels = card.kernels.filter { $0.precision == precision }
        guard !kernels.isEmpty else { continue }
        let parts = [true, false].map { used in kernels.filter { $0.isFitted == used } }
        lines.append(
          "| \(card.name) | \(precision.rawValue) | "
            + parts.map { "\($0.count) | \(Self.quantile(0.5, $0)) | \(Self.quantile(0.9, $0))" }.joined(
              separator: " | ")
            + " |")
      }
    }
    for card in cards {
      lines += ["", "![\(card.name): predicted over measured seconds](kernels-\(card.name).svg)"]
    }
    lines += ["", "## Where it is worst", "", "The median error by size of the product, rows not used:", ""]
    lines += [
      "| card | up to 1 MFLOP | to 100 MFLOP | to 10 GFLOP | above | m = 1 | n or k below 128 |",
      "|---|---|---|---|---|---|---|",
    ]
    for card in cards {
      let rest = card.kernels.filter { !$0.isFitted }
      let groups: [(MeasuredCard.Kernel) -> Bool] = [
        { Self.operations($0) <= 1e6 }, { (1e6...1e8).contains(Self.operations($0)) },
        { (1e8...1e10).contains(Self.operations($0)) }, { Self.operations($0) > 1e10 }, { $0.product.m == 1 },
        { min($0.product.n, $0.product.k) < 128 },
      ]
      lines.append(
        "| \(card.name) | " + groups.map { Self.quantile(0.5, rest.filter($0)) }.joined(separator: " | ")
          + " |")
    }
    lines += [
      "",
      "On the A100 small products and those of one row are worst: which tile a library takes, and whether it splits k over cores, makes",
      "steps that no smooth curve has. On the L40S it is those of up to 10 GFLOP, whose operands its 96 MB cache holds or not, as",
      "what ran before has left it; one speed-up for all precisions is a compromise there.",
    ]
    return (lines + attentionLines).joined(separator: "\n") + "\n"
  }

  private var attentionLines: [String] {
    var lines = [
      "", "## Attention", "",
      "In bf16; prefill is causal with as many queries as keys, of which half of the scores are counted, decode one query over a cache. Kernels of",
      "prefill also rotate and store what they read. *Above DRAM*: kernels that would have read their keys and values, more than the",
      "card's cache holds, at more than the data sheet's bandwidth: those were stored in fewer bits, or not read, whatever the table says.",
      "", "| card | phase | fitted to | median | p90 | not used | median | p90 | above DRAM |",
      "|---|---|---|---|---|---|---|---|---|",
    ]
    for card in attention {
      for phase in MeasuredAttention.Phase.allCases {
        let kernels = card.kernels.filter { $0.phase == phase }
        let parts = [true, false].map { used in kernels.filter { $0.isFitted == used }.map { abs($0.error) } }
        let above = kernels.count { ($0.shareOfDRAM ?? 0) > 1 }
        lines.append(
          "| \(card.name) | \(phase.rawValue) | "
            + parts.map { "\($0.count) | \(Self.quantile(0.5, $0)) | \(Self.quantile(0.9, $0))" }.joined(
              separator: " | ") + " | \(above) of \(kernels.count) |")
      }
    }
    return lines + [
      "",
      "The L40S keeps the family's figures for decode, whose kernels are PyTorch's ([gpu.md](gpu.md)): a fit was off by as much. Decode is worst",
      "where the table has figures that no cache of bf16 allows, and with large batches over short caches, whose time is that of starting blocks.",
    ]
  }

  private static func operations(_ kernel: MeasuredCard.Kernel) -> Double {
    2 * Double(kernel.product.m) * Double(kernel.product.n) * Double(kernel.product.k)
  }

  private static func quantile(_ share: Double, _ kernels: [MeasuredCard.Kernel]) -> String {
    quantile(share, kernels.map { abs($0.error) })
  }

  private static func quantile(_ share: Double, _ errors: [Double]) -> String {
    guard !errors.isEmpty else { return "-" }
    let errors = errors.sorted()
    // Between the two nearest ranks, as numpy has it.
    let rank = share * Double(errors.count - 1)
    let (low, high) = (errors[Int(rank)], errors[min(errors.count - 1, Int(rank) + 1)])
    return Figures.percent(low + (high - low) * (rank - rank.rounded(.down)))
  }
}

import Partitioner
import Reporting

/// What the numbers say about the source's claim. Every verdict is computed; only the assumptions are prose.
struct ClaimSection {
  let workloads: [Workload]
  /// Requests of 150 to 180 items against batches of 64 (Table I).
  private static let batchesPerRequest = 3.0

  func lines() throws(PartitionError) -> [String] {
    [
      "", "## The claim", "",
      "\"All models served within their latency budget, 5x more complex than before\" (Anderson et al., \"Inference",
      "Accelerator Deployment at Meta\", slides).", "",
    ] + served + (try requests()) + complexity + Self.assumptions
  }

  // MARK: Within the budget

  private var served: [String] {
    let asked = workloads.filter { $0.model.graph.serving.latencyBudgetMilliseconds != nil }
    let late = asked.filter { $0.rate(on: .sixCards) == 0 }.map(\.name)
    let missing = late.isEmpty ? "" : " Not \(late.joined(separator: ", "))."
    return [
      "**Served within the budget:** \(asked.count - late.count) of \(asked.count) on six cards, each at the rate in its "
        + "table.\(missing)"
    ]
  }

  /// The recommendation budget is for a request of several batches.
  private func requests() throws(PartitionError) -> [String] {
    var rates: [String] = []
    for workload in workloads where (workload.model.graph.serving.batch ?? 1) > 1 {
      guard let trial = workload[.sixCards], let search = trial.search else { continue }
      let strict = try trial.highestRate(
        withinSeconds: search.objective.limitSeconds / Self.batchesPerRequest)
      rates.append(
        "\(workload.name) \(Figures.number(strict.highestRate)) (\(Figures.number(search.highestRate)))")
    }
    guard !rates.isEmpty else { return [] }
    return [
      "The recommendation budget is for 150 to 180 items, that is three batches of 64. Batches of one request run side by",
      "side; were they to run one after another, each would have a third of the budget. Batches a second then (and with all of",
      "it): \(rates.joined(separator: ", ")).",
    ]
  }

  // MARK: More complex

  private var complexity: [String] {
    var lines = [
      "", "**5x more complex:** the slides do not say what \"before\" was. Two readings can be computed.", "",
      "*The same models on the host alone.* If the work grew in proportion, six cards would serve a model as many times more",
      "complex at the host's rate, within the same budget, as this says:", "",
      "| workload | host alone, batches/s | 6 cards | times | batches/s per W: times |",
      "|---|---|---|---|---|",
    ]
    var ratios: [Double] = []
    for workload in workloads {
      let (host, cards) = (workload.rate(on: .hostAlone), workload.rate(on: .sixCards))
      let ratio = host > 0 ? cards / host : nil
      if let ratio { ratios.append(ratio) }
      lines.append(
        "| \(workload.name) | \(host > 0 ? Figures.number(host) : "does not serve it") | \(Figures.number(cards)) "
          + "| \(ratio.map(Figures.number) ?? "") | \(efficiencyRatio(workload).map(Figures.number) ?? "") |")
    }
    if let least = ratios.min(), let most = ratios.max() {
      let verdict = least >= 5 ? "every one of them is 5 or more" : "not all of them reach 5"
      lines += ["", "From \(Figures.number(least)) to \(Figures.number(most)) times: \(verdict)."]
    }
    return lines + recommendation
  }

  private func efficiencyRatio(_ workload: Workload) -> Double? {
    guard let host = workload[.hostAlone]?.search?.report, let cards = workload[.sixCards]?.search?.report,
      host.requestsPerSecondPerWatt > 0
    else { return nil }
    return cards.requestsPerSecondPerWatt / host.requestsPerSecondPerWatt
  }

  /// Table I has two recommendation models with the same budget, the one with five times the other's operations.
  private var recommendation: [String] {
    guard let less = workloads.first(where: { $0.name == "dlrm-less-complex" }),
      let more = workloads.first(where: { $0.name == "dlrm-more-complex" })
    else { return [] }
    let (lessSize, moreSize) = (GraphStatistics(less.model.graph), GraphStatistics(more.model.graph))
    let operations = Double(moreSize.macFlops) / Double(max(1, lessSize.macFlops))
    let parameters = Double(moreSize.parameters) / Double(max(1, lessSize.parameters))
    let before = less.rate(on: .hostAlone)
    let after = more.rate(on: .sixCards)
    let verdict = after >= before && after > 0 ? "reproduced" : "not reproduced"
    let alone =
      more.rate(on: .hostAlone) > 0
      ? "The host alone serves the more complex one at \(Figures.number(more.rate(on: .hostAlone))) batches a second."
      : "The host alone cannot serve the more complex one."
    return [
      "",
      "*The two recommendation models.* `dlrm-more-complex` has \(Figures.number(operations)) times the operations and "
        + "\(Figures.number(parameters)) times the",
      "parameters of `dlrm-less-complex`. The host alone serves the less complex one at \(Figures.number(before)) batches a "
        + "second within",
      "100 ms; six cards serve the more complex one at \(Figures.number(after)), and the less complex one at "
        + "\(Figures.number(less.rate(on: .sixCards))).",
      "\(alone) In this reading the claim is \(verdict) in this project's arithmetic.",
    ]
  }

  // MARK: Assumptions

  private static let assumptions = [
    "", "**What this rests on, and does not show:**", "",
    "- The host of the comparison is the cards' own, an 18-core Xeon D with 64 GB [assumed] that computes in fp32. The servers",
    "  that the source replaced are not described; a larger one would make the ratios above that much smaller.",
    "- The models have the sizes of Table I, not the weights or the exact layers of the source's.",
    "- Where tables do not fit in int8, plans store some in int4. Whether a model keeps its accuracy is not looked at.",
    "- How requests reach the host (network, features, decoding) is not modelled. At thousands of batches a second it may well",
    "  be the limit.",
    "- Sustained fractions of peak are assumed alike for all operators. One plan a model; no other tenant on the machine.",
  ]
}

import Partitioner
import Reporting

/// `reports/ablation.md`: what each decision is worth, left out by itself.
struct AblationPage {
  /// A row of the table: the question with something left out.
  private struct Variation: Sendable {
    var words: String
    /// Whether it is about embedding tables, so that it says nothing of models without.
    var isOfTables = false
    var change: @Sendable (inout PlanOptions) -> Void
  }

  /// What was planned and replayed.
  private struct Outcome {
    var plan: PlanDocument
    var saturated: SimulationReport
    var rate: Double?
    /// Over links, in both directions, a batch.
    var bytes: Double
    var latency: PlanDocument?
  }

  let models: [Model]
  /// Called with what is planned next.
  let progress: (String) -> Void

  private static let introduction = [
    "# What each decision is worth",
    "",
    "Made by `make ablation`: each model is planned with the default options, then with one decision left out by itself",
    "(`plan --no-...`), and the plan is replayed by the simulator. Nothing was measured on hardware; see",
    "[cost-model.md](cost-model.md).",
    "",
    "- *batches/s* and *latency* are the plan's own, for throughput and for `--objective latency`; *simulated* is the rate back to",
    "  back; *within budget* the highest rate of Poisson arrivals whose 99th percentile is within the model's latency budget.",
    "- *over PCIe* counts the bytes that a batch moves over links of cards. A watt is one of host and cards together.",
    "",
    "![What is left of each model's rate without each decision](ablation.svg)",
    "",
    "- A decision that is not used is worth nothing: its row is that of the plan with all of them. Two rows ask with rows of tables that",
    "  are looked up unevenly, once with tables split by heat and once without. Padding buckets have no row: no model here varies in length.",
  ]

  private static let variations: [Variation] =
    [Variation(words: "all") { _ in }]
    + Lever.allCases.map { lever in Variation(words: "no \(words(lever))") { $0.without.insert(lever) } } + [
      Variation(words: "tables in int8 alone") { $0.tablePrecisions = [.int8] },
      Variation(words: "tables in fp32") { $0.tablePrecisions = [.fp32] },
      Variation(words: "layers in fp16") { $0.precision = .fp16 },
      Variation(words: "first and last layer kept in fp16") {
        $0.kept = ["first", "last"].map { KeptPrecision(precision: .fp16, pattern: $0) }
      },
      Variation(words: "hot rows as of meta-2021", isOfTables: true) {
        $0.access = TableAccess(usual: .meta2021)
      },
      Variation(words: "the same, tables not split by heat", isOfTables: true) {
        ($0.access, $0.splitsByHeat) = (TableAccess(usual: .meta2021), false)
      },
      Variation(words: "2 requests in flight") { $0.requestsInFlight = 2 },
    ]

  private static func words(_ lever: Lever) -> String {
    switch lever {
    case .netSplit: "net-split"
    case .copies: "copies"
    case .split: "shards of tables"
    case .groups: "groups"
    case .cores: "cores set apart"
    case .cut: "cuts of operators"
    case .partialTransfers: "partial transfers"
    case .commandBatching: "batching of commands"
    case .peerToPeer: "transfers between cards"
    case .narrowActivations: "narrow activations"
    }
  }

  /// - Returns: the page, and a drawing of what is left of each model's rate.
  func text() throws(PartitionError) -> (page: String, drawing: String) {
    var lines = Self.introduction
    var drawing = AblationDrawing(
      rows: Self.variations.dropFirst().filter { !$0.isOfTables }.map(\.words))
    for model in models { lines += try section(model, &drawing) }
    return (lines.joined(separator: "\n") + "\n", drawing.svg)
  }

  private func section(_ model: Model, _ drawing: inout AblationDrawing) throws(PartitionError) -> [String] {
    let system = try Partitioner.system()
    var lines = [
      "", "## \(model.graph.name), on \(SystemSummary.cardWords(system))", "",
      "| decisions | batches/s | of all | simulated | within budget | latency | over PCIe | batches/s per W |",
      "|---|---|---|---|---|---|---|---|",
    ]
    var all: Double?
    var shares: [Double?] = []
    for variation in Self.variations {
      if variation.isOfTables, model.graph.embeddingTables.isEmpty { continue }
      progress("\(model.graph.name): \(variation.words)")
      let outcome: Outcome
      do { outcome = try Self.outcome(of: model, on: system, variation) } catch {
        guard error.kind == .infeasible else { throw error }
        lines.append("| \(variation.words) | no plan | | | | | | |")
        if !variation.isOfTables { shares.append(nil) }
        continue
      }
      let rate = outcome.plan.predicted.throughputPerSecond
      let share = all.map { rate / $0 }
      if all == nil { all = rate } else if !variation.isOfTables { shares.append(share) }
      let cells = [
        variation.words, Figures.number(rate), share.map(Figures.percent) ?? "",
        Figures.number(outcome.saturated.throughputPerSecond.value),
        outcome.rate.map(Figures.number) ?? "",
        outcome.latency.map { Figures.seconds($0.predicted.latencySeconds) } ?? "",
        Figures.bytes(outcome.bytes),
        Figures.number(outcome.saturated.requestsPerSecondPerWatt),
      ]
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    drawing.columns.append((model.graph.name, shares))
    return lines
  }

  private static func outcome(
    of model: Model, on system: System, _ variation: Variation
  ) throws(PartitionError) -> Outcome {
    var options = PlanOptions(seed: Trial.seed)
    variation.change(&options)
    let plan = try Partitioner.plan(model, on: system, options: options)
    let simulator = try Partitioner.simulator(of: plan, model: model)
    var rate: Double?
    let saturated: SimulationReport
    do { saturated = try simulator.run(Trial.options(.backToBack)) } catch { throw PartitionError(error) }
    if let budget = plan.request.latencyBudgetMilliseconds {
      rate = try Trial.highestRate(simulator, withinSeconds: budget / 1000).highestRate
    }
    options.objective = .latency
    let latency = try? Partitioner.plan(model, on: system, options: options)
    let bytes = plan.transfers.reduce(0.0) { sum, transfer in
      // A transfer to or from every card is dealt out: each batch is served by one copy, tables' results by all.
      // Links between cards are not PCIe.
      let links = transfer.links.count { !$0.link.hasPrefix("uplink") && !$0.link.contains(".peer-") }
      return sum + Double(transfer.bytes) * Double(links)
    }
    return Outcome(plan: plan, saturated: saturated, rate: rate, bytes: bytes, latency: latency)
  }
}

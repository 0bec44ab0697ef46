import CostModel
import Graph
import Hardware
import Plan
import Simulation

/// A plan as a page that people look at: verdict first, then the machine, memory, loads, tables, the partitioned graph, one
/// request in time, latency under load, what is assumed, and the certificate in plain words.
///
/// The page depends on nothing but what it is given, so the same plan gives the same page byte for byte.
public struct PlanReport {
  /// The plan replayed at one rate.
  public struct Replay: Sendable {
    /// Of the predicted rate.
    public var share: Double
    public var report: SimulationReport

    public init(share: Double, report: SimulationReport) {
      self.share = share
      self.report = report
    }
  }

  let plan: PlanDocument
  /// With what is predicted of requests of all lengths together.
  private let mixture: PlanDocument
  let graph: Graph?
  let costs: CostModel?
  /// By rate.
  let replays: [Replay]
  /// One batch in an empty system.
  let request: (recording: Recording, program: ExecutionProgram)?
  /// Of the system's figures, those that no source states; `nil` where the figures are not known.
  let assumed: [SystemDescription.Figure]?

  /// - Parameters:
  ///   - graph: the model; without it operators have names alone.
  ///   - costs: those that the plan counts with.
  ///   - replays: of any number of rates; without them the page has no latency under load.
  ///   - figures: of the system, with their sources.
  public init(
    _ plan: PlanDocument, graph: Graph? = nil, costs: CostModel? = nil, replays: [Replay] = [],
    request: (recording: Recording, program: ExecutionProgram)? = nil,
    figures: [SystemDescription.Figure]? = nil
  ) {
    self.plan = plan
    mixture = plan.ofMixture
    self.graph = graph
    self.costs = costs
    self.replays = replays
    self.request = request
    assumed = figures?.filter(\.isAssumed)
  }

  public var html: String {
    let sections: [HTMLPage.Section?] = [
      verdict, BucketsTable(plan).map { .init("buckets", "Requests of different lengths", $0.html) },
      .init("machine", "The machine and its links", MachineDrawing(mixture).html),
      .init("memory", "Memory", MemoryBars(mixture, graph: graph).html),
      .init("load", "Load of each resource", LoadBars(mixture).html),
      plan.tables.isEmpty ? nil : .init("tables", "Tables by card", TableMap(plan).html),
      AccuracyTables(plan).map { .init("accuracy", "What precisions do to accuracy", $0.html) },
      .init("graph", "What runs where", PartitionedGraph(plan, graph: graph, costs: costs).html),
      gantt,
      replays.isEmpty ? nil : .init("latency", "Latency under load", LatencyCharts(plan, replays).html),
      .init("assumed", "What is assumed in the figures", assumptions),
      .init("certificate", "How good the plan is, in plain words", certificate),
    ]
    let summary = PlanSummary(plan)
    return HTMLPage(title: summary.headline.title, sections: sections.compactMap(\.self)).html
  }

  // MARK: Verdict

  private var verdict: HTMLPage.Section {
    let predicted = mixture.predicted
    let isIncomplete = plan.certificate.status == .incomplete
    var cards: [(key: String, value: String, isGood: Bool?)] = []
    let full = predicted.memory.filter { $0.usedBytes > $0.capacityBytes }
    let fullest = predicted.memory.max { Self.share($0) < Self.share($1) }
    cards.append(
      (
        "Does it fit?",
        full.isEmpty
          ? "Yes" + (fullest.map { ": \($0.device) is \(Figures.percent(Self.share($0))) full" } ?? "")
          : "No: \(full.map(\.device).joined(separator: ", "))", full.isEmpty
      ))
    let latency = Figures.seconds(predicted.latencySeconds)
    if let budget = plan.request.latencyBudgetMilliseconds, let meets = predicted.meetsLatencyBudget {
      cards.append(
        (
          "Within its latency budget?",
          "\(meets ? "Yes" : "No"): \(latency) of \(Figures.seconds(budget / 1000))", meets
        ))
    } else {
      cards.append(("One batch takes", (plan.hasBuckets ? "at most " : "") + latency, nil))
    }
    if predicted.bottleneckSeconds > 0 {
      let items =
        plan.request.batch.map { " (\(Figures.number(predicted.throughputPerSecond * Double($0))) items)" }
        ?? ""
      cards.append(("Batches a second", Figures.number(predicted.throughputPerSecond) + items, nil))
    }
    cards.append(
      (
        "How close to the best?",
        isIncomplete
          ? "Not known"
          : plan.certificate.gap <= 0 ? "It is the best" : "Within \(Figures.percent(plan.certificate.gap))",
        isIncomplete ? false : plan.certificate.gap <= plan.request.requestedGap + 1e-12
      ))
    cards.append(
      (
        "Busiest",
        "\(ResourceLabel(predicted.bottleneckResource).words), \(Figures.seconds(predicted.bottleneckSeconds)) a batch",
        nil
      ))
    cards.append(("Energy a batch", Figures.joules(predicted.energyJoulesPerBatch), nil))
    let items = cards.map { card in
      let shade = card.isGood.map { $0 ? " good" : " bad" } ?? ""
      return
        "<li><span class=\"k\">\(HTMLPage.text(card.key))</span><span class=\"v\(shade)\">\(HTMLPage.text(card.value))</span></li>"
    }
    let reason = plan.certificate.reason.map { "<p class=\"bad\">\(HTMLPage.text($0))</p>" } ?? ""
    let notes =
      plan.notes.isEmpty
      ? ""
      : "<h3>Decisions</h3><ul class=\"notes\">\(plan.notes.map { "<li>\(HTMLPage.text($0))</li>" }.joined())</ul>"
    return .init("verdict", "Verdict", reason + "<ul class=\"cards\">\(items.joined())</ul>" + notes)
  }

  private static func share(_ memory: PlanDocument.DeviceMemory) -> Double {
    memory.capacityBytes > 0 ? Double(memory.usedBytes) / Double(memory.capacityBytes) : 0
  }

  // MARK: One request

  private static let mostChartBytes = 600_000

  private var gantt: HTMLPage.Section? {
    guard let request, let first = request.recording.requests.first,
      let chart = TimelineSVG(request.recording, of: request.program).request(first.request)
    else { return nil }
    let caption = "One batch in an empty system, from its arrival to the answer"
    guard chart.utf8.count <= Self.mostChartBytes else {
      return .init(
        "request", "One request in time",
        "<p>The chart has \(Figures.grouped(request.recording.legs.count)) bars, too many for a page; "
          + "<code>partition simulate --timeline</code> draws it.</p>")
    }
    let path = first.criticalTasks.count
    return .init(
      "request", "One request in time",
      HTMLPage.figure(
        "<div class=\"paper\">\(chart.replacing("<svg ", with: "<svg role=\"img\" aria-label=\"\(HTMLPage.text(caption))\" "))</div>",
        caption: caption,
        summary:
          "\(Figures.counted(request.recording.legs.count, "bar")); the longest way has \(Figures.counted(path, "step"))."
      ))
  }

  // MARK: Assumptions

  private var assumptions: String {
    let decisions = DecisionWords(plan)
    var lines = [
      "Times are modelled: the larger of arithmetic and traffic, and a launch for each kernel. Sizes, bandwidths and peaks are "
        + "those of data sheets, less a share that real kernels do not reach."
    ]
    lines.append(
      "Matrix work on the cards is in \(plan.request.precision.rawValue)"
        + (decisions.kept.map { ", but \($0)" } ?? "")
        + (plan.request.layerPrecisions.map {
          ", and of other layers where that is better in \($0.map(\.word).joined(separator: " or "))"
        } ?? "") + "; tables may be stored in "
        + plan.request.tablePrecisions.map(\.rawValue).joined(separator: " or ")
        + ". What that does to accuracy is "
        + (plan.accuracy == nil
          ? "not modelled."
          : plan.accuracy?.layers == nil
            ? "known of tables alone, and by a proxy." : "known by a proxy alone."))
    lines.append(
      decisions.access.map {
        "Look-ups are spread over the rows of tables: \($0). What activations and weights leave on chip holds the hottest rows."
      } ?? "Every look-up is charged as a read from DRAM: no row is taken to be in a cache.")
    if let hot = decisions.hot { lines.append("Tables are split in hot and cold rows: \(hot).") }
    if let ranks = plan.model.cut {
      lines.append(
        (plan.model.cutKind == .batch
          ? "Batches are shared out over teams of \(ranks) cards that act as one; what"
          : "Operators are cut over teams of \(ranks) cards that act as one; what")
          + " they exchange takes as long as was measured of "
          + "such cards, or as their links allow.")
    }
    if let entry = plan.buckets {
      lines.append(
        "Requests have lengths as given and are padded to the end of their bucket: \(NameText.shown(entry.dimension)) up to "
          + entry.buckets.map { "\($0.longest)" }.joined(separator: ", ") + ".")
    }
    if let share = plan.predicted.measuredShare {
      lines.append(
        "\(Figures.percent(share)) of the time of operators and look-ups was measured, the rest is modelled.")
    }
    lines.append(
      "Each card has up to \(Figures.counted(plan.request.requestsInFlight, "request")) in flight.")
    if let batch = plan.request.batch { lines.append("A batch has \(Figures.counted(batch, "item")).") }
    let list = "<ul class=\"notes\">\(lines.map { "<li>\(HTMLPage.text($0))</li>" }.joined())</ul>"
    guard let assumed else {
      return list
        + "<p>The machine is \(HTMLPage.text(plan.system.name)); the plan does not say where its figures come from.</p>"
    }
    guard !assumed.isEmpty else { return list + "<p>Every figure of the machine has a source.</p>" }
    return list
      + HTMLPage.table(
        caption: "Figures of the machine that no source states",
        columns: [("figure", false), ("value", false), ("why this value", false)],
        rows: assumed.map {
          [
            HTMLPage.text($0.path), HTMLPage.text($0.value.replacing(",", with: ", ")),
            HTMLPage.text($0.source),
          ]
        })
  }

  // MARK: Certificate

  private var certificate: String {
    let entry = plan.certificate
    var sentences: [String] = []
    func figure(_ value: Double) -> String {
      entry.unit == .seconds ? Figures.seconds(value) : Figures.joules(value)
    }
    switch entry.status {
    case .incomplete:
      sentences.append("Nothing is proven, because some costs are known to be too low.")
    case .proven, .open:
      if plan.hasBuckets {
        sentences.append("Of the plan for the longest requests, which the others are padded less than:")
      }
      sentences.append(
        "The plan needs \(figure(entry.objective)) a batch, and no other plan needs less than \(figure(entry.bound)): "
          + (entry.gap <= 0
            ? "there is no better one." : "a better one can save \(Figures.percent(entry.gap)) at most."))
      if entry.status == .open {
        sentences.append(
          "That is more than the \(Figures.percent(plan.request.requestedGap)) that were asked for: more time (--effort) may "
            + "find a better plan, or a better proof.")
      }
      if !entry.provedBy.isEmpty { sentences.append("The proof: \(entry.provedBy).") }
      if !entry.scope.isEmpty { sentences.append("It ranges over \(entry.scope).") }
      if entry.priceProof != nil {
        sentences.append(
          "The plan carries prices of resources and memory; `partition check` works out from them, without the optimiser, "
            + "that they prove \(Figures.percent(entry.confirmedShare)) of the bound.")
      }
      sentences.append("The proof is about the figures above: where they are wrong, so is it.")
    }
    return sentences.map { "<p>\(HTMLPage.text($0))</p>" }.joined()
  }
}

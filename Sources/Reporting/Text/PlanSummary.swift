import Graph
import Hardware
import Plan

/// A plan in words that a person takes in within ten seconds: verdict, bottleneck, proof, and a line for each device.
public struct PlanSummary {
  /// Cards are listed one by one up to this many; of more, only the busiest.
  private static let allCardsUpTo = 16
  private static let shownOfMany = 8
  /// Beside the names of lines.
  private static var textWidth: Int { max(40, min(96, (TextWidth.columns ?? .max) - 15)) }
  private static let shownOperators = 3

  private let plan: PlanDocument
  private let isVerbose: Bool

  /// - Parameter isVerbose: whether it also says what proves the bound, over what it ranges, and lists alike cards by themselves.
  public init(_ plan: PlanDocument, isVerbose: Bool = false) {
    self.plan = plan.ofMixture
    self.isVerbose = isVerbose
  }

  /// What was planned, and how well it does, a line each.
  public var headline: (title: String, figures: String) {
    let predicted = plan.predicted
    let whose = plan.hasBuckets ? " at most" : ""
    var figures = "\(throughput), \(Figures.seconds(predicted.latencySeconds)) latency\(whose)"
    if let budget = budgetWords { figures += " (\(budget))" }
    return (
      "\(NameText.shown(plan.model.name)) on \(systemWords)",
      figures + (isIncomplete ? ", incomplete" : ", gap \(Figures.percent(plan.certificate.gap))")
    )
  }

  /// Several lines, without colour, ending in a newline.
  public var text: String {
    var lines = [headline.title, ""]
    if isIncomplete, let reason = plan.certificate.reason {
      lines += wrapped(reason).map { "  \($0)" } + [""]
    }
    var verdict = TextTable([("", .left), ("", .left)])
    verdict.add(["verdict", verdictWords])
    verdict.add(["bottleneck", bottleneckWords])
    if let largest = largestWords { verdict.add(["", largest]) }
    verdict.add(["energy", energyWords])
    if let accuracy = plan.accuracy.flatMap({ AccuracySummary($0, budget: plan.request.accuracyBudget).words }
    ) {
      for (index, line) in wrapped(accuracy).enumerated() {
        verdict.add([index == 0 ? "accuracy" : "", line])
      }
    }
    let scope =
      !isVerbose || plan.certificate.scope.isEmpty || isIncomplete
      ? [] : wrapped("over \(plan.certificate.scope)")
    for (index, line) in (wrapped(certificateWords) + scope).enumerated() {
      verdict.add([index == 0 ? "proof" : "", line])
    }
    if let entry = plan.uncertainty, !isIncomplete {
      for (index, line) in uncertaintyLines(entry).flatMap(wrapped).enumerated() {
        verdict.add([index == 0 ? "errors" : "", line])
      }
    }
    lines += verdict.lines() + [""] + deviceLines
    if let buckets = plan.buckets {
      lines += [""] + BucketSummary(buckets, unit: plan.certificate.unit).lines
    }
    if let frontier = plan.accuracy?.frontier { lines += [""] + AccuracySummary.lines(of: frontier) }
    if !plan.notes.isEmpty {
      lines.append("")
      for note in plan.notes {
        lines += wrapped(note).enumerated().map { index, line in (index == 0 ? "  - " : "    ") + line }
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }

  /// The certificate as a sentence: how good the plan is, by which bound, and proven by what.
  public var certificateWords: String {
    let entry = plan.certificate
    guard !isIncomplete else { return "none: the figures are incomplete" }
    let bound = figure(entry.bound, entry.unit)
    let (gap, asked) = (Figures.percent(entry.gap), Figures.percent(plan.request.requestedGap))
    let verdict =
      switch entry.status {
      case .proven where entry.gap <= 0: "optimal: no placement has less than \(bound)"
      case .proven:
        "within \(gap) of the best possible: no placement has less than \(bound)"
      case .open:
        "gap \(gap), \(gap == asked ? "a little " : "")more than the \(asked) asked for: no placement has less than \(bound)"
      case .incomplete: ""
      }
    let scope = plan.buckets.map {
      plan.hasBuckets ? "of \(NameText.shown($0.dimension)) \($0.buckets.last?.longest ?? 0): " : ""
    }
    return (scope ?? "") + verdict + (entry.provedBy.isEmpty || !isVerbose ? "" : " (by \(entry.provedBy))")
  }

  private var isIncomplete: Bool { plan.certificate.status == .incomplete }

  private func figure(_ value: Double, _ unit: PlanDocument.CertificateEntry.Unit) -> String {
    switch unit {
    case .seconds: Figures.seconds(value)
    case .joules: Figures.joules(value)
    }
  }

  // MARK: Verdict

  private var systemWords: String {
    SystemSummary.cardWords(plan.system) + (plan.groups.map { " in \($0) groups" } ?? "")
  }

  private var throughput: String {
    if plan.predicted.bottleneckSeconds == 0 { return "nothing to compute" }
    let batches = plan.predicted.throughputPerSecond
    let items = plan.request.batch.map { " (\(Figures.number(batches * Double($0))) items/s)" } ?? ""
    return "\(Figures.number(batches)) batches/s\(items)" + (plan.hasBuckets ? " of mixed lengths" : "")
  }

  private var budgetWords: String? {
    guard let budget = plan.request.latencyBudgetMilliseconds, budget.isFinite,
      let meets = plan.predicted.meetsLatencyBudget
    else { return nil }
    return "\(meets ? "within" : "over") its budget of \(Figures.seconds(budget / 1000))"
  }

  private var verdictWords: String {
    let latency = Figures.seconds(plan.predicted.latencySeconds)
    return "\(throughput), one batch in \(plan.hasBuckets ? "at most " : "")\(latency)"
      + (budgetWords.map { ", \($0)" } ?? "")
  }

  private var bottleneckWords: String {
    let label = ResourceLabel(plan.predicted.bottleneckResource)
    return
      "\(label.words), busy \(Figures.seconds(plan.predicted.bottleneckSeconds)) a \(plan.hasBuckets ? "mean " : "")batch"
  }

  /// The operators that keep the bottleneck busy: the first few, with their part of it.
  private var largestWords: String? {
    let seconds = plan.predicted.bottleneckSeconds
    guard seconds > 0, let entries = plan.predicted.bottleneckOperators, !entries.isEmpty else { return nil }
    let named = entries.prefix(Self.shownOperators).map { entry in
      let limit = entry.limit.map { CostSummary.words($0) }.flatMap { $0.isEmpty ? nil : ", \($0)" } ?? ""
      return
        "\(NameText.shown(entry.operator, columns: 30)) (\(Figures.percent(entry.seconds / seconds))\(limit))"
    }
    return "most by " + named.joined(separator: ", ")
  }

  private var energyWords: String {
    "\(Figures.joules(plan.predicted.energyJoulesPerBatch)) a batch at full rate"
  }

  /// What the errors of the costs do to it.
  private func uncertaintyLines(_ entry: PlanDocument.UncertaintyEntry) -> [String] {
    let name =
      switch plan.request.objective {
      case .throughput: "bottleneck"
      case .latency: "latency"
      case .energy: "energy"
      }
    let unit = plan.certificate.unit
    let best =
      entry.alternatives == 0
      ? "no other plan was found for any draw"
      : "the plan stays best of \(entry.alternatives + 1) in \(Figures.percent(entry.staysBest)) of the draws; nine of ten are "
        + "within \(figure(entry.p90, unit))"
        + (entry.alternativeP90.map { ", of the best other plan within \(figure($0, unit))" } ?? "")
    let limits = entry.limits.prefix(Self.shownOperators).map {
      "\(ResourceLabel($0.resource).words) in \(Figures.percent($0.share))"
    }
    let more = entry.limits.dropFirst(Self.shownOperators).reduce(0) { $0 + $1.share }
    return [
      "\(name) \(figure(entry.p10, unit)) to \(figure(entry.p90, unit)) in 80 % of "
        + "\(Figures.grouped(entry.draws)) draws of the costs' errors"
        + (entry.withinBudget.map { ", within the latency budget in \(Figures.percent($0))" } ?? ""),
      best,
      "limited by " + limits.joined(separator: ", ")
        + (more > 0 ? ", others in \(Figures.percent(more))" : ""),
    ]
  }

  /// Lines of at most ``textWidth`` characters, broken between words.
  private func wrapped(_ text: String) -> [String] {
    var lines = [""]
    for part in text.split(separator: " ") {
      let word = NameText.shown(String(part), columns: Self.textWidth)
      let last = lines.count - 1
      if lines[last].isEmpty {
        lines[last] = word
      } else if NameText.width(lines[last]) + 1 + NameText.width(word) <= Self.textWidth {
        lines[last] += " " + word
      } else {
        lines.append(word)
      }
    }
    return lines
  }

  // MARK: Devices

  private var deviceLines: [String] {
    var table = TextTable([
      ("device", .left), ("holds", .left), ("memory", .right), ("", .left), ("busiest", .left), ("", .right),
    ])
    let loads = busiestLoads
    let cards = plan.system.cards.map(\.name)
    let shown = cards.count > Self.allCardsUpTo ? busiest(Self.shownOfMany, of: cards, loads) : cards
    /// Names of neighbours whose cells are alike.
    var run: [String] = []
    var last: [String] = []
    func close() {
      guard let first = run.first, let end = run.last else { return }
      let names = NameText.shown(first) + (run.count > 1 ? " to \(NameText.shown(end))" : "")
      table.add([names] + last)
    }
    for device in ["host"] + shown {
      let cells = cells(of: device, busiest: loads[device])
      if isVerbose || cells != last || device == "host" || run == ["host"] {
        close()
        run = []
      }
      run.append(device)
      last = cells
    }
    close()
    let rest = cards.count - shown.count
    return table.lines() + (rest > 0 ? ["  and \(Figures.counted(rest, "less busy card"))"] : [])
  }

  /// All of a device's row but its name.
  private func cells(of device: String, busiest: PlanDocument.ResourceLoad?) -> [String] {
    var cells = [holdings(of: device), "", "", "", ""]
    if let memory = plan.predicted.memory.first(where: { $0.device == device }) {
      cells[1] = Figures.bytes(memory.usedBytes)
      cells[2] = "of \(Figures.bytes(memory.capacityBytes))"
    }
    if let busiest {
      let isIdle = busiest.seconds <= 0
      cells[3] = isIdle ? "" : ResourceLabel(busiest.resource).shortWords
      cells[4] = isIdle ? "idle" : Figures.seconds(busiest.seconds)
    }
    return cells
  }

  /// The busiest resource of each device.
  private var busiestLoads: [String: PlanDocument.ResourceLoad] {
    var loads: [String: PlanDocument.ResourceLoad] = [:]
    for load in plan.predicted.loads {
      let label = ResourceLabel(load.resource)
      let device = label.device == "uplink" ? "host" : label.device
      if (loads[device]?.seconds ?? -1) < load.seconds { loads[device] = load }
    }
    return loads
  }

  /// The `count` busiest cards, in the order of the system.
  private func busiest(
    _ count: Int, of cards: [String], _ loads: [String: PlanDocument.ResourceLoad]
  ) -> [String] {
    let order = cards.indices.sorted { a, b in
      let (x, y) = (loads[cards[a]]?.seconds ?? 0, loads[cards[b]]?.seconds ?? 0)
      return (y, a) < (x, b)
    }
    return order.prefix(count).sorted().map { cards[$0] }
  }

  private func holdings(of device: String) -> String {
    let site = plan.counterpart(ofCard: device)
    var parts = tableWords(site: site)
    let operators = plan.partitions.filter { $0.site == site }.map(\.operators.count).reduce(0, +)
    if operators > 0 { parts.append(Figures.counted(operators, "operator")) }
    let isInUse = plan.cores.first { $0.card == device }?.isInUse ?? true
    if device != "host", isInUse {
      parts += tableWords(site: "every card").map { "replica of \($0)" }
      let replicated = plan.partitions.filter { $0.site == "every card" }
        .map(\.operators.count).reduce(0, +)
      if replicated > 0 { parts.append("replica of \(Figures.counted(replicated, "operator"))") }
    }
    if parts.isEmpty { return isInUse ? "-" : "not in use" }
    return parts.joined(separator: ", ")
  }

  /// For example `31 tables (12 in int4)` and `2 shards`.
  private func tableWords(site: String) -> [String] {
    var whole: [Precision: Int] = [:]
    var shards = 0
    for table in plan.tables {
      let here = table.shards.filter { $0.site == site }.count
      if table.split == .whole { whole[table.precision, default: 0] += here } else { shards += here }
    }
    var words: [String] = []
    let tables = whole.values.reduce(0, +)
    if tables > 0 {
      let kinds = whole.filter { $0.value > 0 }
        .sorted { $0.key.bytesPerElement > $1.key.bytesPerElement }
      let stored =
        kinds.count == 1
        ? kinds.map { "in \($0.key.rawValue)" }
        : ["(" + kinds.map { "\($0.value) in \($0.key.rawValue)" }.joined(separator: ", ") + ")"]
      words.append("\(Figures.counted(tables, "table")) \(stored.joined())")
    }
    if shards > 0 { words.append(Figures.counted(shards, "shard")) }
    return words
  }
}

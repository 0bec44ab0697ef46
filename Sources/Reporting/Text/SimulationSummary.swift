import Graph
import Simulation

/// A simulation in words: latency, throughput, whether the plan holds, what limits it, and how busy everything is.
public struct SimulationSummary {
  private static let barWidth = 30
  private static let shownResources = 12

  private let report: SimulationReport
  private let load: String

  /// - Parameter load: how requests came, for example `Poisson arrivals at 320 a second`.
  public init(_ report: SimulationReport, load: String) {
    self.report = report
    self.load = load
  }

  /// Several lines, without colour, ending in a newline.
  public var text: String {
    var lines = [headline, ""]
    if let unstable = report.unstable {
      lines += ["  " + unstable.message.replacing("unstable", with: "UNSTABLE", maxReplacements: 1), ""]
    }
    var table = TextTable([("", .left), ("", .left)])
    table.add(["latency", latencyWords])
    if let lengthWords { table.add(["length", lengthWords]) }
    if let precisionWords { table.add(["precision", precisionWords]) }
    if let budgetWords { table.add(["budget", budgetWords]) }
    if let availableWords { table.add(["available", availableWords]) }
    table.add(["throughput", throughputWords])
    table.add(["limit", limitWords])
    if let waitingWords { table.add(["waiting", waitingWords]) }
    table.add(["memory", memoryWords])
    table.add(["energy", energyWords])
    table.add(["checks", checkWords])
    lines += table.lines() + [""] + phaseLines + utilisationLines
    return lines.joined(separator: "\n") + "\n"
  }

  // MARK: Lines

  private var headline: String {
    let run = report.run
    let replications =
      run.replications == 1 ? "" : " in \(run.replications) replications"
    let warmUp =
      run.warmUpRequests == 0 ? "" : ", after \(Figures.grouped(run.warmUpRequests)) to warm up each"
    let measured = Figures.counted(report.counts.measured, "batch", plural: "batches")
    return "\(measured) measured\(replications)\(warmUp): \(load), seed \(run.seed)"
  }

  private var latencyWords: String {
    let latency = report.latency
    return [
      ("p50", latency.p50), ("p90", latency.p90), ("p95", latency.p95), ("p99", latency.p99),
      ("p99.9", latency.p999),
    ].map { name, value in
      "\(name) \(Figures.seconds(value.value))" + (name == "p99" ? margin(value, Figures.seconds) : "")
    }.joined(separator: ", ")
  }

  private var lengthWords: String? {
    guard let factor = report.run.lengthNeeded, let times = report.run.relaxationTimes else { return nil }
    let each = Double(report.counts.measured) / Double(max(1, report.run.replications))
    return
      "TOO SHORT: \(Figures.number(times)) relaxation times of the queue a replication, so latencies are too low and ± too "
      + "narrow; \(Figures.count(factor * each)) batches each would do (--requests)"
  }

  private var precisionWords: String? {
    guard report.run.precisionReached == false, let width = report.latency.p99.halfWidth95 else { return nil }
    let relative = report.latency.p99.value > 0 ? width / report.latency.p99.value : 0
    return "NOT REACHED: p99 ± \(Figures.percent(relative)); measure more batches in each replication"
  }

  private var budgetWords: String? {
    guard let budget = report.verdict.budget else { return nil }
    let verdict = budget.isMet ? "met" : "MISSED"
    let p99 =
      budget.p99Seconds.map { "p99 \(Figures.seconds($0))" }
      ?? "so many requests were lost that p99 has no end,"
    return "\(verdict): \(p99) against \(Figures.seconds(budget.seconds))"
      + (budget.p99Seconds ?? 0 > report.latency.p99.value ? ", lost requests counted as late" : "")
  }

  /// Where requests were lost, could have been, or may be.
  private var availableWords: String? {
    let (lost, required) = (report.counts.failed, report.verdict.requiredAvailability)
    guard lost > 0 || required < 1 || !report.phases.isEmpty else { return nil }
    let share = Decimals.share(report.availability)
    guard lost > 0 else { return share }
    let isTooLittle = report.verdict.problems.contains { $0.kind == .availability }
    return "\(share), \(isTooLittle ? "LESS THAN" : "enough for") the \(Decimals.share(required)) asked for: "
      + "\(Figures.grouped(lost)) of \(Figures.counted(report.counts.completed + lost, "request")) lost"
  }

  private var throughputWords: String {
    let rate = report.throughputPerSecond
    if rate.value == 0, report.counts.completed > 0 { return "no limit: a batch takes no time" }
    let offered = report.offeredPerSecond.map { ", \(Figures.number($0)) offered" } ?? ""
    return "\(Figures.number(rate.value))\(margin(rate, Figures.number)) batches/s\(offered)"
  }

  private var limitWords: String {
    let utilisation = report.resources.first { $0.name == report.limitingResource }?.utilisation ?? 0
    return "\(ResourceLabel(report.limitingResource).words), \(Figures.percent(utilisation)) busy"
  }

  private var waitingWords: String? {
    let waits = report.criticalPath.filter { $0.kind != .service && $0.seconds > 0 }
    let total = waits.map(\.seconds).reduce(0, +)
    guard total > 0 else { return nil }
    let parts = waits.sorted { ($1.seconds, $0.name) < ($0.seconds, $1.name) }.prefix(3).map { part in
      let place =
        switch part.kind {
        case .batching: "for the batch to fill"
        case .admission: "for room on \(NameText.shown(part.name))"
        case .queue, .service: "for \(ResourceLabel(part.name).words)"
        }
      return "\(Figures.seconds(part.seconds)) \(place)"
    }
    return "\(Figures.seconds(total)) of a mean batch: " + parts.joined(separator: ", ")
  }

  private var memoryWords: String {
    let fullest = report.devices.filter { $0.memoryBytes > 0 }
      .max { share($0) < share($1) }
    guard let fullest else { return "nothing held" }
    let verdict = report.memoryViolated ? "EXCEEDED" : "fits"
    return "\(verdict): at most \(Figures.bytes(fullest.memoryHighWaterBytes)) of "
      + "\(Figures.bytes(fullest.memoryBytes)) (\(NameText.shown(fullest.name)))"
  }

  private func share(_ device: SimulationReport.Device) -> Double {
    Double(device.memoryHighWaterBytes) / Double(device.memoryBytes)
  }

  private var energyWords: String {
    "\(Figures.joules(report.energyPerRequestJoules)) a batch, \(Figures.number(report.averageWatts)) W, "
      + "\(Figures.number(report.requestsPerSecondPerWatt)) batches/s per W"
  }

  private var checkWords: String {
    let counts = report.counts
    let sum =
      "\(Figures.grouped(counts.arrived)) arrived \(counts.balanced ? "=" : "BUT") \(Figures.grouped(counts.completed))"
      + " completed + \(Figures.grouped(counts.failed)) failed + \(Figures.grouped(counts.inFlight)) in flight"
    return sum + "; Little's law \(report.littlesLaw.holds ? "holds" : "FAILS")"
  }

  private func margin(_ estimate: SimulationReport.Estimate, _ words: (Double) -> String) -> String {
    // Replications of a load without chance are all alike.
    estimate.halfWidth95.map { $0 > 0 ? " ± \(words($0))" : "" } ?? ""
  }

  // MARK: Tables

  private var phaseLines: [String] {
    guard !report.phases.isEmpty else { return [] }
    var table = TextTable([
      ("outage", .left), ("completed", .right), ("failed", .right), ("p50", .right), ("p99", .right),
      ("", .left),
    ])
    for phase in report.phases {
      table.add([
        phase.name.rawValue, Figures.grouped(phase.completed), Figures.grouped(phase.failed),
        phase.completed > 0 ? Figures.seconds(phase.p50) : "-",
        phase.completed > 0 ? Figures.seconds(phase.p99) : "-", phaseVerdict(phase),
      ])
    }
    return table.lines() + [""]
  }

  /// Who was lost in a phase, and whether those who were served kept the budget.
  private func phaseVerdict(_ phase: SimulationReport.Phase) -> String {
    let lost =
      phase.failed > 0
      ? "\(Figures.percent(Double(phase.failed) / Double(phase.completed + phase.failed))) lost" : ""
    guard let budget = report.verdict.budget, phase.completed > 0 else { return lost }
    let verdict = phase.p99 <= budget.seconds ? "within the budget" : "OVER THE BUDGET"
    return lost.isEmpty ? verdict : lost + ", the others \(verdict)"
  }

  private var utilisationLines: [String] {
    let busy = report.resources.filter { $0.utilisation > 0 }
      .sorted { ($1.utilisation, $0.name) < ($0.utilisation, $1.name) }
    guard !busy.isEmpty else { return [] }
    var table = TextTable([
      ("resource", .left), ("busy", .left), ("", .right), ("queue", .right), ("wait", .right),
    ])
    for resource in busy.prefix(Self.shownResources) {
      table.add([
        ResourceLabel(resource.name).words, Self.bar(resource.utilisation),
        Figures.percent(resource.utilisation), Figures.number(resource.meanQueueLength),
        Figures.seconds(resource.meanWaitSeconds),
      ])
    }
    let more = busy.count - Self.shownResources
    return table.lines() + (more > 0 ? ["  and \(Figures.counted(more, "less busy resource"))"] : [])
  }

  private static func bar(_ utilisation: Double) -> String {
    let filled = Int((min(1, max(0, utilisation)) * Double(barWidth)).rounded())
    return String(repeating: "#", count: filled) + String(repeating: ".", count: barWidth - filled)
  }
}

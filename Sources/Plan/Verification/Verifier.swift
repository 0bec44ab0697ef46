import Accuracy
import CostModel
import Graph
import Hardware

/// Checks a plan document against its model and system.
///
/// Everything is derived again from model, system and placement: coverage, memory, precedence, transfers, loads,
/// latency and the certificate's objective. The optimiser's variables are never seen; only the cost model is shared.
public struct Verifier {
  private let plan: PlanDocument
  private let graph: Graph
  private let costs: CostModel
  private let known: EvaluatedProgram?
  private let knownErrors: LayerErrors?
  private var violations: [Violation] = []

  /// - Parameters:
  ///   - costs: A cost model of `graph` on the plan's system with the plan's precision and requests in flight.
  ///   - known: A program with its figures: where that is what the plan comes to, they are not worked out again.
  ///   - layerErrors: Of the graph with what the plan knows of its layers; `nil` to work them out.
  public static func check(
    _ plan: PlanDocument, graph: Graph, costs: CostModel, known: EvaluatedProgram? = nil,
    layerErrors: LayerErrors? = nil
  ) -> [Violation] {
    var verifier = Verifier(plan: plan, graph: graph, costs: costs, known: known, knownErrors: layerErrors)
    verifier.run()
    return verifier.violations
  }

  /// The placement that a plan describes; `nil` when it describes none, as ``check(_:graph:costs:known:layerErrors:)`` then explains.
  public static func placement(of plan: PlanDocument, graph: Graph) -> ModelPlacement? {
    var reader = PlacementReader(plan: plan, graph: graph)
    return reader.read()
  }

  private init(
    plan: PlanDocument, graph: Graph, costs: CostModel, known: EvaluatedProgram?, knownErrors: LayerErrors?
  ) {
    self.known = known
    self.knownErrors = knownErrors
    self.plan = plan
    self.graph = graph
    self.costs = costs
  }

  private mutating func run() {
    violations += FigureCheck.unusableFigures(in: plan)
    let names = graph.embeddingTables.map(\.name) + (plan.model.hot ?? []).map(\.table)
    for problem in plan.access?.problems(tables: names) ?? [] {
      report(.unusableFigure, "access: \(problem)")
    }
    var reader = PlacementReader(plan: plan, graph: graph)
    let placement = reader.read()
    violations += reader.violations
    checkPrecedence()
    guard let placement, violations.isEmpty else { return }
    checkSupport(placement)
    guard violations.isEmpty else { return }
    let lowering = Lowering(graph: graph, system: plan.system, placement: placement, costs: costs)
    let summary = LoadSummary(lowering.program, known: known)
    let composer = PlanComposer(graph: graph, system: plan.system, placement: placement, costs: costs)
    checkTables(composer)
    checkPartitions(composer, lowering)
    checkTransfers(composer, lowering)
    checkMemory(lowering.program, summary)
    checkPrediction(lowering.program, summary)
    checkBottleneckOperators(composer.bottleneckOperators(lowering, summary))
    if let share = plan.predicted.measuredShare, !isClose(share, composer.measuredShare(lowering) ?? 0) {
      report(.loadMismatch, "measuredShare is \(share), it is \(composer.measuredShare(lowering) ?? 0)")
    }
    checkCertificate(summary)
    checkRules(placement, summary)
    violations += SizingCheck(plan).violations
    violations += BucketsCheck(plan).violations
    let errors = plan.statesLayers ? knownErrors ?? plan.layerErrors(graph: graph) : nil
    violations +=
      AccuracyCheck(plan: plan, placement: placement, graph: graph, costs: costs, layerErrors: errors)
      .violations
    guard violations.isEmpty else { return }
    violations += CertificateCheck(plan: plan, graph: graph, costs: costs, layerErrors: errors).violations
    checkUncertainty(placement)
  }

  // MARK: Structure

  /// The partitions as the plan lists them must have an order in which no one waits for a later one.
  private mutating func checkPrecedence() {
    var partitionOfOperator: [String: Int] = [:]
    for (index, entry) in plan.partitions.enumerated() {
      for name in entry.operators { partitionOfOperator[name] = index }
    }
    var successors: [Set<Int>] = Array(repeating: [], count: plan.partitions.count)
    var missing = Array(repeating: 0, count: plan.partitions.count)
    for op in graph.operators {
      guard let reader = partitionOfOperator[op.name] else { continue }
      for case .some(let input) in op.inputs {
        guard let producer = graph[input].producer,
          let writer = partitionOfOperator[graph[producer].name], writer != reader,
          successors[writer].insert(reader).inserted
        else { continue }
        missing[reader] += 1
      }
    }
    var ready = missing.indices.filter { missing[$0] == 0 }
    var done = 0
    while let next = ready.popLast() {
      done += 1
      for successor in successors[next] {
        missing[successor] -= 1
        if missing[successor] == 0 { ready.append(successor) }
      }
    }
    if done < missing.count {
      let names = missing.indices.filter { missing[$0] > 0 }.map {
        "\(plan.partitions[$0].id) (\(plan.partitions[$0].site))"
      }
      report(.partitionCycle, "partitions wait for each other: \(names.joined(separator: ", "))")
    }
  }

  private mutating func checkSupport(_ placement: ModelPlacement) {
    for (index, op) in graph.operators.enumerated() {
      for card in placement.cards(at: placement.operators[index])
      where !costs.supports(OperatorID(index), card: card) {
        report(
          .unsupportedOperator,
          "operator '\(op.name)' (\(op.type)) is on \(plan.system.cards[card].name), which cannot run it")
        break
      }
    }
    for (table, entry) in placement.tables.enumerated() {
      for shard in entry.shards {
        let canLookUp = placement.locations(at: shard.site).allSatisfy {
          costs.lookup(table: table, format: entry.format, split: entry.split, on: $0) != nil
        }
        guard !canLookUp else { continue }
        report(
          .unsupportedOperator,
          "table '\(graph.embeddingTables[table].name)' is on \(shard.site.name(in: plan.system)), which cannot "
            + "look it up")
      }
    }
  }

  private mutating func checkTables(_ composer: PlanComposer) {
    for (expected, found) in zip(
      composer.tableEntries, plan.tables.sorted(by: order(of: composer.tableEntries)))
    {
      for (index, pair) in zip(expected.shards, found.shards).enumerated()
      where pair.0.bytes != pair.1.bytes {
        report(
          .byteCount,
          "table '\(found.name)' shard \(index): \(pair.1.bytes) bytes, it takes \(pair.0.bytes)")
      }
    }
  }

  private func order(
    of entries: [PlanDocument.TableEntry]
  ) -> (PlanDocument.TableEntry, PlanDocument.TableEntry) -> Bool {
    let rank = Dictionary(
      entries.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
    return { (rank[$0.name] ?? 0) < (rank[$1.name] ?? 0) }
  }

  private mutating func checkPartitions(_ composer: PlanComposer, _ lowering: Lowering) {
    let expected = composer.partitionEntries(lowering)
    guard expected.count == plan.partitions.count else {
      report(
        .partitionMismatch,
        "\(plan.partitions.count) partitions, the placement makes \(expected.count)")
      return
    }
    // Plans that were written without it say nothing of the order inside a device.
    let saysOrder = plan.partitions.contains(where: \.hasOrder)
    for (a, b) in zip(expected, plan.partitions) {
      if (a.id, a.site, a.role, a.level) != (b.id, b.site, b.role, b.level) || a.operators != b.operators {
        report(
          .partitionMismatch,
          "partition \(b.id) (\(b.site), \(b.operators.count) operators) is not what the placement makes there: "
            + "\(a.site), level \(a.level), \(a.operators.count) operators")
      } else if !isClose(a.coreSeconds, b.coreSeconds) || !isClose(a.dramSeconds, b.dramSeconds) {
        report(
          .loadMismatch,
          "partition \(b.id): \(b.coreSeconds) s of cores and \(b.dramSeconds) s of DRAM, it takes "
            + "\(a.coreSeconds) s and \(a.dramSeconds) s")
      } else if saysOrder,
        (a.after ?? [], a.readsRequest ?? false, a.answers ?? false)
          != (b.after ?? [], b.readsRequest ?? false, b.answers ?? false)
      {
        report(
          .partitionMismatch,
          "partition \(b.id) reads from \(b.after ?? []) of its own device; the placement has it read from \(a.after ?? [])"
        )
      }
    }
  }

  private mutating func checkTransfers(_ composer: PlanComposer, _ lowering: Lowering) {
    let expected = composer.transferEntries(lowering)
    guard expected.count == plan.transfers.count else {
      report(
        .transferMismatch, "\(plan.transfers.count) transfers, the placement needs \(expected.count)")
      return
    }
    for (index, (a, b)) in zip(expected, plan.transfers).enumerated() {
      if (a.fromPartition, a.from, a.to) != (b.fromPartition, b.from, b.to)
        || a.toPartitions != b.toPartitions || a.commands != b.commands || a.tensors != b.tensors
      {
        report(
          .transferMismatch,
          "transfer \(index) goes from \(b.from) to \(b.to), the placement needs \(a.from) to \(a.to)")
      } else if a.bytes != b.bytes {
        report(
          .byteCount,
          "transfer \(index) from \(b.from) to \(b.to): \(b.bytes) bytes, it takes \(a.bytes)")
      } else if a.links.map(\.link) != b.links.map(\.link)
        || !zip(a.links, b.links).allSatisfy({ isClose($0.seconds, $1.seconds) })
      {
        report(.transferMismatch, "transfer \(index) from \(b.from) to \(b.to): link times differ")
      }
    }
  }

  // MARK: Figures

  private mutating func checkMemory(_ program: ExecutionProgram, _ summary: LoadSummary) {
    for (device, used) in zip(program.devices, summary.memoryBytes) where used > device.memoryBytes {
      report(
        .memoryExceeded, "\(device.name) needs \(used) bytes and has \(device.memoryBytes)")
    }
    let expected = PlanComposer.prediction(
      program, summary: summary, latencyBudgetMilliseconds: nil
    ).memory
    if expected != plan.predicted.memory {
      let found = Dictionary(
        plan.predicted.memory.map { ($0.device, $0) }, uniquingKeysWith: { first, _ in first })
      for entry in expected where found[entry.device] != entry {
        report(
          .memoryMismatch,
          "\(entry.device): the plan says \(found[entry.device]?.usedBytes ?? 0) of "
            + "\(found[entry.device]?.capacityBytes ?? 0) bytes, it is \(entry.usedBytes) of \(entry.capacityBytes)"
        )
      }
    }
  }

  private mutating func checkPrediction(_ program: ExecutionProgram, _ summary: LoadSummary) {
    let expected = PlanComposer.prediction(
      program, summary: summary, latencyBudgetMilliseconds: plan.request.latencyBudgetMilliseconds)
    let found = plan.predicted
    let foundLoads = Dictionary(
      found.loads.map { ($0.resource, $0.seconds) }, uniquingKeysWith: { first, _ in first })
    for load in expected.loads {
      let seconds = foundLoads[load.resource] ?? .nan
      if !isClose(load.seconds, seconds) {
        report(
          .loadMismatch, "\(load.resource): the plan says \(seconds) s per batch, it is \(load.seconds) s")
      }
    }
    if !isClose(expected.bottleneckSeconds, found.bottleneckSeconds)
      || !isClose(expected.throughputPerSecond, found.throughputPerSecond)
      || expected.bottleneckResource != found.bottleneckResource
    {
      report(
        .loadMismatch,
        "bottleneck: the plan says \(found.bottleneckResource) with \(found.bottleneckSeconds) s, it is "
          + "\(expected.bottleneckResource) with \(expected.bottleneckSeconds) s")
    }
    if !isClose(expected.latencySeconds, found.latencySeconds) {
      report(
        .latencyMismatch,
        "latency: the plan says \(found.latencySeconds) s, it is \(expected.latencySeconds) s")
    }
    if expected.meetsLatencyBudget != found.meetsLatencyBudget {
      report(
        .latencyBudget,
        "the plan's word on its latency budget is wrong: \(expected.latencySeconds * 1000) ms of "
          + "\(plan.request.latencyBudgetMilliseconds ?? 0) ms")
    }
    if !isClose(expected.energyJoulesPerBatch, found.energyJoulesPerBatch) {
      report(
        .energyMismatch,
        "energy: the plan says \(found.energyJoulesPerBatch) J, it is \(expected.energyJoulesPerBatch) J")
    }
  }

  /// Draws the errors again; plans that were compared are not in the document, so that its rank among them is taken as it is.
  private mutating func checkUncertainty(_ placement: ModelPlacement) {
    guard let found = plan.uncertainty else { return }
    guard PlanDocument.UncertaintyEntry.drawCounts.contains(found.draws), (0...1).contains(found.staysBest),
      found.alternatives >= 0, found.alternatives > 0 || found.staysBest == 1
    else {
      report(.uncertainty, "draws, alternatives or staysBest of the uncertainty are out of range")
      return
    }
    let expected = DrawnOutcomes(
      of: [(placement, plan.request.requestsInFlight)], costs: costs, objective: plan.request.objective,
      draws: found.draws, seed: found.seed
    ).entry(
      of: 0, isRobust: found.isRobust, latencyBudgetMilliseconds: plan.request.latencyBudgetMilliseconds)
    let figures = zip(
      [expected.p10, expected.p50, expected.p90, expected.withinBudget ?? -1],
      [found.p10, found.p50, found.p90, found.withinBudget ?? -1])
    let areLimitsAlike =
      expected.limits.map(\.resource) == found.limits.map(\.resource)
      && zip(expected.limits, found.limits).allSatisfy { isClose($0.share, $1.share) }
    if !areLimitsAlike || !figures.allSatisfy({ isClose($0, $1) }) {
      report(
        .uncertainty,
        "uncertainty: the plan says \(found.p10) to \(found.p90), draws of the errors give \(expected.p10) to \(expected.p90)"
      )
    }
  }

  private mutating func checkBottleneckOperators(_ expected: [PlanDocument.BottleneckEntry]) {
    guard let found = plan.predicted.bottleneckOperators else { return }
    let isSame =
      expected.count == found.count
      && zip(expected, found).allSatisfy {
        $0.operator == $1.operator && $0.type == $1.type && $0.limit == $1.limit
          && isClose($0.seconds, $1.seconds)
      }
    if !isSame {
      report(
        .loadMismatch,
        "bottleneck: the plan names \(found.map(\.operator)), it is kept busy by \(expected.map(\.operator))")
    }
  }

  private mutating func checkCertificate(_ summary: LoadSummary) {
    let certificate = plan.certificate
    let objective: Double
    let unit: PlanDocument.CertificateEntry.Unit
    switch plan.request.objective {
    case .throughput: (objective, unit) = (summary.bottleneckSeconds, .seconds)
    case .latency: (objective, unit) = (summary.latencySeconds, .seconds)
    case .energy: (objective, unit) = (summary.energyJoules, .joules)
    }
    if certificate.unit != unit || !isClose(certificate.objective, objective) {
      report(
        .certificate,
        "certificate: objective \(certificate.objective) \(certificate.unit.rawValue), the placement has "
          + "\(objective) \(unit.rawValue)")
    }
    if certificate.bound > certificate.objective * (1 + 1e-9) {
      report(
        .certificate,
        "certificate: the bound \(certificate.bound) is above the objective \(certificate.objective)")
    }
    let gap = objective > 0 ? max(0, (certificate.objective - certificate.bound) / certificate.objective) : 0
    if abs(gap - certificate.gap) > 1e-9 {
      report(.certificate, "certificate: gap \(certificate.gap), objective and bound make \(gap)")
    }
    let isProven = certificate.gap <= plan.request.requestedGap + 1e-12
    let status: PlanDocument.CertificateEntry.Status =
      IncompleteFigures(graph) != nil ? .incomplete : isProven ? .proven : .open
    if certificate.status != status {
      report(
        .certificate,
        "certificate: status \(certificate.status.rawValue) with gap \(certificate.gap), asked for "
          + "\(plan.request.requestedGap)")
    }
  }

  private mutating func checkRules(_ placement: ModelPlacement, _ summary: LoadSummary) {
    do {
      let rules = try PlanRules(
        plan.request.rules ?? [], graph: graph, system: plan.system, without: plan.request.leftOut)
      for breach in rules.breaches(of: placement, graph: graph) { report(.rule, breach) }
      if placement.groups > 1, !rules.rules.isEmpty {
        report(.rule, "the cards form \(placement.groups) groups, for which rules have no meaning")
      }
      let names = ["host"] + plan.system.cards.map(\.name)
      for (device, used) in summary.memoryBytes.enumerated() where Double(used) > rules.capacities[device] {
        guard !rules.isEmpty else { continue }
        report(.rule, "\(names[device]) holds \(used) bytes; rules leave it \(Int(rules.capacities[device]))")
      }
    } catch {
      for finding in error.findings { report(.rule, "the plan's rules: \(finding)") }
    }
  }

  private func isClose(_ a: Double, _ b: Double) -> Bool {
    abs(a - b) <= 1e-9 * max(abs(a), abs(b)) || a == b
  }

  private mutating func report(_ kind: Violation.Kind, _ message: String) {
    violations.append(Violation(kind, message))
  }
}

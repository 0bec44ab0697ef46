@_exported import CostModel
@_exported import Graph
@_exported import Hardware
@_exported import struct Modeling.ProgramText
import Planning
import Rules
import Placement
@_exported import Plan
@_exported import Solvers

/// The library's calls: load, plan, check, simulate. Everything the command line does goes through here.
///
/// Calls are pure but for the files they are told to read or write; they never print and never end the process. All
/// errors are ``PartitionError``.
public enum Partitioner {
  /// Of this library and the plans it writes.
  public static let version = "0.1.0"

  /// A built-in system by name, or one from a file.
  ///
  /// - Parameters:
  ///   - nameOrFile: `nil` for the default system of six NNP-I cards.
  ///   - cards: 0 to 1,024; `nil` for as many as the system has.
  ///   - changes: Figures that are varied, in order.
  public static func system(
    named nameOrFile: String? = nil, cards: Int? = nil, changes: [FigureChange] = []
  ) throws(PartitionError) -> System {
    let description = try systemDescription(named: nameOrFile, changes: changes)
    return try reported { () throws(SystemError) in try description.system(cards: cards) }
  }

  /// A system's description with the source of every figure; see ``system(named:cards:changes:)``.
  public static func systemDescription(
    named nameOrFile: String? = nil, changes: [FigureChange] = []
  ) throws(PartitionError) -> SystemDescription {
    try reported { () throws(SystemError) in
      var description = try SystemCatalog.description(nameOrFile ?? SystemCatalog.defaultName)
      for change in changes { description = try description.changed(by: change) }
      return description
    }
  }

  /// A system from the text of its description.
  ///
  /// - Parameter name: What errors call it.
  public static func system(
    json: [UInt8], name: String, cards: Int? = nil, changes: [FigureChange] = []
  ) throws(PartitionError) -> System {
    try reported { () throws(SystemError) in
      var description = try SystemCatalog.description(json: json, file: name)
      for change in changes { description = try description.changed(by: change) }
      return try description.system(cards: cards)
    }
  }

  static func reported<Value>(
    _ body: () throws(SystemError) -> Value
  ) throws(PartitionError) -> Value {
    do { return try body() } catch {
      let kind: PartitionError.Kind =
        switch error.category {
        case .missingFile: .missingFile
        case .badInput: .badInput
        case .badRequest: .usage
        }
      throw PartitionError(kind, error.findings.map(\.description))
    }
  }

  /// Plans a model on a system.
  ///
  /// - Parameters:
  ///   - isCancelled: Polled often; the best plan so far is returned soon after it answers true.
  ///   - progress: Called when the incumbent or the bound improves, from any thread.
  /// - Returns: A plan that passes ``check(_:model:)``.
  /// - Throws: `infeasible` with the reasons in prose; `usage` for options out of range.
  public static func plan(
    _ model: Model, on system: System, options: PlanOptions = PlanOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil
  ) throws(PartitionError) -> PlanDocument {
    if let sizing = options.sizing {
      return try MachineSearch(
        model: model, system: system, sizing: sizing, options: options, isCancelled: isCancelled,
        progress: progress
      ).plan()
    }
    guard let weighing = options.uncertainty else {
      return try HeatSearch(
        model: model, system: system, options: options, isCancelled: isCancelled, progress: progress
      ).plan()
    }
    return try UncertainPlanning(
      model: model, system: system, options: options, weighing: weighing, isCancelled: isCancelled,
      progress: progress
    ).run()
  }

  /// Plans a model as it is, without teams of cards.
  static func planAsGiven(
    _ model: Model, on system: System, options: PlanOptions, isCancelled: @escaping @Sendable () -> Bool,
    progress: (@Sendable (SearchOptions.Progress) -> Void)?
  ) throws(PartitionError) -> (planned: PlannedModel, document: PlanDocument) {
    let system = options.machine(system)
    let task = try task(model, on: system, options: options, isCancelled: isCancelled, progress: progress)
    let planned: PlannedModel
    do {
      planned = try Planner.plan(task)
    } catch {
      switch error {
      case .infeasible(let reasons):
        var error =
          options.explainsFailure
          ? infeasible(PlanExplainer(task, system: system).explanation(reasons, isProven: true))
          : PartitionError(.infeasible, reasons)
        error.isProven = true
        throw error
      case .noneFound(let reasons):
        guard options.explainsFailure else { throw PartitionError(.infeasible, reasons) }
        throw infeasible(PlanExplainer(task, system: system).explanation(reasons, isProven: false))
      case .limit(let reason): throw PartitionError(.infeasible, reason)
      case .refused(let reason):
        throw PartitionError(.internalError, "the optimiser refused the problem: \(reason)")
      }
    }
    return (
      planned, try document(of: planned, model: model, on: system, options: options, task: task)
    )
  }

  /// The document of a plan, checked.
  ///
  /// - Throws: `infeasible` where it misses the latency budget.
  static func document(
    of planned: PlannedModel, model: Model, on system: System, options: PlanOptions, task: PlanningTask
  ) throws(PartitionError) -> PlanDocument {
    let explainer = PlanExplainer(task, system: system)
    var task = task
    var costOptions = options.costOptions(for: model, on: system)
    costOptions.layers = planned.placement.layers
    costOptions.requestsInFlight = planned.requestsInFlight
    (task.system, task.costs) = (
      system, CostModel(graph: model.graph, system: system, options: costOptions)
    )
    let (plan, evaluated) = compose(planned, model: model, task: task, options: options)
    let violations = Verifier.check(plan, graph: model.graph, costs: task.costs, known: evaluated)
    guard violations.isEmpty else {
      throw PartitionError(.internalError, violations.map { "the plan fails its own check: \($0.message)" })
    }
    if let budget = task.latencyBudgetMilliseconds, plan.predicted.latencySeconds * 1000 > budget {
      guard options.explainsFailure else {
        let shortest = (plan.predicted.latencySeconds * 1e5).rounded(.up) / 100
        throw PartitionError(.infeasible, "the shortest plan found takes \(shortest) ms for one batch")
      }
      throw infeasible(
        explainer.explanation(shortest: plan.predicted.latencySeconds, budgetMilliseconds: budget))
    }
    return plan
  }

  /// What each operator of a model costs on each kind of device: what ``plan(_:on:options:isCancelled:progress:)`` counts
  /// with.
  ///
  /// - Parameters:
  ///   - precision: Of the matrix engines on the cards.
  ///   - measured: Costs in place of the model's.
  public static func costs(
    of model: Model, on system: System, precision: Precision = .int8,
    measured: MeasuredCosts = MeasuredCosts(), kept: [KeptPrecision] = []
  ) throws(PartitionError) -> CostTable {
    do { try system.validate(file: system.name) } catch {
      throw PartitionError(.badInput, error.findings.map(\.description))
    }
    return CostTable(
      CostModel(
        graph: model.graph, system: system,
        options: CostOptions(
          cardMatrixPrecision: precision,
          measured: model.stated(on: system, precision: precision, besides: measured), kept: kept)))
  }

  /// The integer program that decides a question by itself, for another solver.
  ///
  /// Groups and settings are fixed, and named in it: each operator on the host or on every card. Its optimum is the least
  /// bottleneck or energy of such plans.
  ///
  /// - Throws: `usage` where no such program states the question, with the reasons; as
  ///   ``plan(_:on:options:isCancelled:progress:)`` does for what is out of range.
  public static func integerProgram(
    of model: Model, on system: System, options: PlanOptions = PlanOptions()
  ) throws(PartitionError) -> ProgramText {
    let task = try task(
      model, on: options.machine(system), options: options, isCancelled: { false }, progress: nil)
    do { return try IntegerProgram(task).text } catch {
      throw PartitionError(.usage, error.reasons.map { "no integer program states this question: \($0)" })
    }
  }

  static func task(
    _ model: Model, on system: System, options: PlanOptions, isCancelled: @escaping @Sendable () -> Bool,
    progress: (@Sendable (SearchOptions.Progress) -> Void)?
  ) throws(PartitionError) -> PlanningTask {
    try options.validate()
    if options.accuracyBudget != nil || !options.layerPrecisions.isEmpty {
      let hasLayers = model.graph.operators.contains { $0.work.kind == .matrix }
      if !hasLayers, !options.layerPrecisions.isEmpty || model.graph.embeddingTables.isEmpty {
        let what = options.layerPrecisions.isEmpty ? "an accuracy budget is" : "precisions of layers are"
        let tables = options.layerPrecisions.isEmpty ? " and no embedding table" : ""
        throw PartitionError(.usage, "\(what) given, and the model has no operator with matrix work\(tables)")
      }
    }
    let names = model.graph.embeddingTables.map(\.name) + (model.reference.hot ?? []).map(\.table)
    let unspread = options.access?.problems(tables: names) ?? []
    if !unspread.isEmpty { throw PartitionError(.usage, unspread.map { "access: \($0)" }) }
    do { try system.validate(file: system.name) } catch {
      throw PartitionError(.badInput, error.findings.map(\.description))
    }
    let rules = try resolve(options, model, system)
    let reduced = rules.reduced(system)
    var task = PlanningTask(
      graph: model.graph, system: reduced,
      costs: CostModel(
        graph: model.graph, system: reduced, options: options.costOptions(for: model, on: reduced)),
      objective: options.objective, latencyBudgetMilliseconds: options.budget(for: model.graph),
      tablePrecisions: options.tablePrecisions, allowsSplits: options.allowsSplits,
      search: SearchOptions(
        solver: options.solver, gap: options.gap, timeLimit: options.timeLimitSeconds, work: options.work,
        threads: options.threads, seed: options.seed, isCancelled: isCancelled, progress: progress),
      rules: rules, start: options.start, choosesInFlight: options.requestsInFlight == nil)
    task.layers = options.layerQuestion(of: model.graph, on: system)
    task.accuracy = options.accuracy(of: model.graph)
    return task
  }

  private static func infeasible(_ explanation: String) -> PartitionError {
    PartitionError(.infeasible, explanation.split(separator: "\n").joined(separator: "\n"))
  }

  /// - Throws: `badInput` for rules that name nothing.
  static func resolve(
    _ options: PlanOptions, _ model: Model, _ system: System
  ) throws(PartitionError) -> PlanRules {
    let rules = options.rules
    do {
      return try PlanRules(rules.rules, graph: model.graph, system: system, without: options.without)
    } catch {
      let place = rules.source.isEmpty ? "" : "\(rules.source): "
      throw PartitionError(.badInput, error.findings.map { "\(place)\($0)" })
    }
  }

  private static let mostStartProblems = 5

  /// The placement of an existing plan, to begin planning from.
  ///
  /// - Returns: the placement, with the parts of tables that it is of where that are not those of the model
  ///   (``PlanOptions/startHot``), or `nil` with the reasons why planning has to begin without it: it does not fit the
  ///   system, or it breaks rules or options.
  /// - Throws: `usage` when the plan is of another model; `badInput` for rules that name nothing.
  public static func startingPlacement(
    _ plan: PlanDocument, for model: Model, on system: System, options: PlanOptions = PlanOptions()
  ) throws(PartitionError) -> (placement: ModelPlacement?, hot: [HotPart]?, problems: [String]) {
    guard plan.model.sha256 == model.reference.sha256 else {
      throw PartitionError(
        .usage, "the plan to start from is of another model (\(plan.model.name), not \(model.reference.name))"
      )
    }
    var moved = plan
    moved.system = system
    moved.cores = zip(system.cards, plan.cores).map {
      .init(
        card: $0.name, sparseCores: $1.sparseCores,
        denseCores: $1.isInUse ? $0.processor.cores - $1.sparseCores : 0)
    }
    // Further cards stay empty.
    moved.cores += system.cards.dropFirst(plan.cores.count).map {
      .init(card: $0.name, sparseCores: 0, denseCores: 0)
    }
    // Its operators and tables are not those of the model.
    if let hot = plan.model.hot, model.reference.hot == nil {
      guard options.splitsByHeat, let access = options.spread(of: model),
        let split = model.split(byHeat: hot, access: access)
      else {
        return (
          nil, nil, ["its tables are split in hot and cold rows, and these options leave them whole"]
        )
      }
      let found = try startingPlacement(plan, for: split, on: system, options: options)
      return (found.placement, found.placement == nil ? nil : hot, found.problems)
    }
    if let ranks = plan.model.cut, model.reference.cut == nil {
      return (
        nil, nil, ["its operators are cut over teams of \(ranks) cards, and a search begins with whole ones"]
      )
    }
    guard var placement = Verifier.placement(of: moved, graph: model.graph) else {
      return (nil, nil, ["it names devices, operators or tables that are not there"])
    }
    let rules = try resolve(options, model, system)
    var costOptions = options.costOptions(for: model, on: system)
    if options.layerQuestion(of: model.graph, on: system) == nil {
      placement.layers = []
    } else {
      costOptions.layers = placement.layers
    }
    // Where their number is planned, the plan's own has room.
    costOptions.requestsInFlight = options.requestsInFlight ?? plan.request.requestsInFlight
    var problems = rules.breaches(of: placement, graph: model.graph)
    if placement.groups > 1, !rules.rules.isEmpty {
      problems.append("its cards form \(placement.groups) groups, and rules are about single cards")
    }
    let program = Lowering(
      graph: model.graph, system: system, placement: placement,
      costs: CostModel(graph: model.graph, system: system, options: costOptions)
    ).program
    let memory = LoadSummary(program).memoryBytes
    for (index, used) in memory.enumerated() where Double(used) > rules.capacities[index] {
      problems.append(
        "\(program.devices[index].name) would hold \(used) bytes of \(Int(rules.capacities[index]))")
    }
    for (table, entry) in zip(model.graph.embeddingTables, placement.tables) {
      if !options.tablePrecisions.contains(entry.format.precision) {
        problems.append(
          "table '\(table.name)' is in \(entry.format.precision.rawValue), which is not allowed")
      } else if entry.split != .whole, !options.allowsSplits {
        problems.append("table '\(table.name)' is split, which is not allowed")
      }
    }
    let more = problems.count - mostStartProblems
    if more > 0 { problems = problems.prefix(mostStartProblems) + ["and \(more) more"] }
    return (problems.isEmpty ? placement : nil, nil, problems)
  }

  private static func compose(
    _ planned: PlannedModel, model: Model, task: PlanningTask, options: PlanOptions
  ) -> (PlanDocument, EvaluatedProgram) {
    let composer = PlanComposer(
      graph: task.graph, system: task.system, placement: planned.placement, costs: task.costs)
    let lowering = Lowering(
      graph: task.graph, system: task.system, placement: planned.placement, costs: task.costs)
    let summary = LoadSummary(lowering.program, known: planned.evaluated)
    let (objective, unit): (Double, PlanDocument.CertificateEntry.Unit) =
      switch task.objective {
      case .throughput: (summary.bottleneckSeconds, .seconds)
      case .latency: (summary.latencySeconds, .seconds)
      case .energy: (summary.energyJoules, .joules)
      }
    // A bound above the objective was dropped by the planner; this is what rounding leaves.
    let bound = min(planned.bound, objective)
    let gap = objective > 0 ? (objective - bound) / objective : 0
    let incomplete = IncompleteFigures(task.graph)
    var plan = composer.document(
      model: model.reference,
      request: .init(
        objective: task.objective, latencyBudgetMilliseconds: task.latencyBudgetMilliseconds,
        requestedGap: options.gap, precision: options.precision,
        tablePrecisions: options.tablePrecisions, requestsInFlight: planned.requestsInFlight,
        batch: model.graph.serving.batch, rules: options.rules.isEmpty ? nil : options.rules.rules,
        without: options.without, accuracyBudget: task.layers?.limit ?? task.accuracy?.limit),
      certificate: .init(
        unit: unit, objective: objective, bound: bound, gap: gap,
        status: incomplete != nil ? .incomplete : gap <= options.gap + 1e-12 ? .proven : .open,
        provedBy: planned.provedBy, scope: planned.scope, reason: incomplete?.sentence,
        priceProof: planned.priceProof, solver: options.solver.solver.name),
      notes: planned.notes, known: (lowering, summary))
    if let heat = model.heat { plan.access = heat.whole }
    if let note = HotRowsNote(planned.placement, task: task, objective: objective).text {
      plan.notes.append(note)
    }
    if !options.kept.isEmpty { plan.request.kept = options.kept }
    if let layers = task.layers, layers.told == nil, layers.choices.count > 1 {
      plan.request.layerPrecisions = layers.choices
    }
    plan.layers = PlanDocument.layerEntries(planned.placement.layers, in: task.graph)
    let layerErrors = LayerErrors(graph: task.graph, known: options.layerErrors)
    if !task.graph.embeddingTables.isEmpty || !layerErrors.operators.isEmpty {
      plan.accuracy = .init(
        planned.placement.tables, errors: TableErrors(graph: task.graph, known: options.tableErrors),
        layers: PlacedLayers(
          planned.placement, graph: task.graph, system: task.system, options: task.costs.options),
        layerErrors: layerErrors)
    }
    return (plan, EvaluatedProgram(program: lowering.program, summary: summary))
  }

  /// Checks a plan against its model: everything is derived again from model, system and placement.
  ///
  /// - Returns: What does not hold; empty for a plan that does.
  public static func check(_ plan: PlanDocument, model: Model) -> [Violation] {
    let model = model.asPlanned(in: plan)
    var violations: [Violation] = []
    if !plan.model.sha256.isEmpty, plan.model.sha256 != model.reference.sha256 {
      violations.append(
        Violation(
          .modelChanged,
          "the model's SHA-256 is \(model.reference.sha256.prefix(12))..., the plan was made for "
            + "\(plan.model.sha256.prefix(12))..."))
    }
    return violations + Verifier.check(plan, graph: model.graph, costs: costs(of: plan, part: model))
  }

  /// Refuses a plan that fails ``check(_:model:)``.
  ///
  /// - Parameter name: What the plan is called in errors, where that is not plain.
  /// - Throws: `violation` with everything that does not hold.
  public static func requireCheck(
    _ plan: PlanDocument, model: Model, name: String? = nil
  ) throws(PartitionError) {
    let violations = check(plan, model: model)
    guard violations.isEmpty else {
      let place = name.map { "\($0): " } ?? ""
      throw PartitionError(.violation, violations.map { "\(place)the plan fails its check: \($0.message)" })
    }
  }

  /// What one batch does under a plan, for the simulator.
  ///
  /// - Throws: `violation` when the plan fails its check, unless `isForced`.
  public static func program(
    of plan: PlanDocument, model: Model, isForced: Bool = false
  ) throws(PartitionError) -> ExecutionProgram {
    let model = model.asPlanned(in: plan)
    let violations = check(plan, model: model)
    guard violations.isEmpty || isForced else {
      throw PartitionError(.violation, violations.map { "the plan fails its check: \($0.message)" })
    }
    guard let placement = Verifier.placement(of: plan, graph: model.graph) else {
      throw PartitionError(.violation, violations.map { "the plan cannot be run: \($0.message)" })
    }
    return Lowering(
      graph: model.graph, system: plan.system, placement: placement,
      costs: costs(of: plan, part: model)
    ).program
  }

  /// The costs that a plan counts with.
  public static func costs(of plan: PlanDocument, model: Model) -> CostModel {
    costs(of: plan, part: model.asPlanned(in: plan))
  }

  /// - Parameter model: As planned.
  static func costs(of plan: PlanDocument, part model: Model) -> CostModel {
    CostModel(
      graph: model.graph, system: plan.system,
      options: CostOptions(
        cardMatrixPrecision: plan.request.precision, requestsInFlight: plan.request.requestsInFlight,
        // Times out of range are violations of their own: see the verifier.
        measured: (try? MeasuredCosts(plan.measured ?? [])) ?? MeasuredCosts(),
        without: plan.request.leftOut, compiler: plan.compiler ?? CompilerFacts(),
        access: model.heat?.split ?? plan.access,
        kept: plan.request.kept ?? [], layers: plan.layers(in: model.graph)))
  }
}

extension PlanOptions {
  /// A machine as plans may use it.
  func machine(_ system: System) -> System {
    var system = system
    if without.contains(.peerToPeer) { system.peerToPeer = false }
    return system
  }

  func costOptions(for model: Model, on system: System) -> CostOptions {
    CostOptions(
      cardMatrixPrecision: precision,
      requestsInFlight: requestsInFlight ?? Self.usualRequestsInFlight,
      measured: model.stated(on: system, precision: precision, besides: measured), without: without,
      compiler: compiler, access: spread(of: model), kept: kept,
      layers: PlanDocument.layers(toldLayers ?? [], in: model.graph))
  }

  /// Milliseconds: the option's, else the model's own; `nil` for none.
  func budget(for graph: Graph) -> Double? {
    let budget = latencyBudgetMilliseconds ?? graph.serving.latencyBudgetMilliseconds
    return budget.flatMap { $0.isFinite ? $0 : nil }
  }

  /// - Throws: `usage` with everything that is out of range.
  func validate() throws(PartitionError) {
    var problems: [String] = []
    if !(gap >= 0 && gap < 1) { problems.append("gap is \(gap); give a fraction from 0 to below 1") }
    if let limit = timeLimitSeconds, !(limit > 0) {
      problems.append("time limit is \(limit); give seconds above 0")
    }
    if let ticks = work?.ticks, ticks <= 0 { problems.append("work is \(ticks) ticks; give more than 0") }
    if let budget = latencyBudgetMilliseconds, !(budget > 0) {
      problems.append("latency budget is \(budget); give milliseconds above 0")
    }
    if case .error(let limit) = accuracyBudget, !(limit >= 0) {
      problems.append("accuracy budget is \(limit); give a relative error, 0 or more")
    }
    if let known = tableErrors.first(where: { !($0.error >= 0 && $0.error.isFinite) }) {
      problems.append(
        "the error of table '\(known.table)' in \(known.precision.rawValue) is \(known.error); give a relative error, 0 or more"
      )
    }
    if let known = layerErrors.first(where: { !($0.error >= 0 && $0.error.isFinite) }) {
      problems.append(
        "the error of layer '\(known.layer)' in \(known.precision.word) is \(known.error); give a relative error, 0 or more"
      )
    }
    if Set(layerPrecisions).count != layerPrecisions.count {
      problems.append("a layer precision is given twice; name each once, best liked first")
    }
    if tablePrecisions.isEmpty { problems.append("no table precision is allowed; give at least one") }
    if Set(tablePrecisions).count != tablePrecisions.count {
      problems.append("a table precision is given twice; name each once, best liked first")
    }
    if let requestsInFlight, !(1...4096).contains(requestsInFlight) {
      problems.append("requests in flight is \(requestsInFlight); give 1 to 4,096")
    }
    if !(1...256).contains(threads) { problems.append("threads is \(threads); give 1 to 256") }
    if let draws = uncertainty?.draws, !PlanDocument.UncertaintyEntry.drawCounts.contains(draws) {
      problems.append("draws is \(draws); give 10 to 10,000")
    }
    if !problems.isEmpty { throw PartitionError(.usage, problems) }
  }
}

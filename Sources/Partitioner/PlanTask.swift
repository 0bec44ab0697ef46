import CostModel
import Graph
import Hardware
import Placement
import Plan
import Planning
import Rules

extension Partitioner {
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
    (task.accuracy, task.layers) = options.accuracyQuestions(of: model.graph, on: system)
    return task
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
}

import Plan
@_exported import Simulation

extension Partitioner {
  /// Replays a plan under load; the report's verdict says whether it holds.
  ///
  /// - Parameters:
  ///   - buckets: Models of the plan's padding buckets, see ``bucketModels(of:planPath:modelPath:)``; without them every request
  ///     is padded to the longest.
  ///   - options: Where they have no latency budget or no lengths, the plan's own count.
  ///   - isForced: Also when the plan fails its check.
  ///   - progress: Called now and then, from any thread.
  /// - Throws: `violation` for a plan that fails its check; `usage` for options that make no sense.
  public static func simulate(
    _ plan: PlanDocument, model: Model, buckets: [Model] = [], options: SimulationOptions,
    isForced: Bool = false,
    progress: (@Sendable (SimulationProgress) -> Void)? = nil
  ) throws(PartitionError) -> SimulationReport {
    let simulator = try simulator(of: plan, model: model, buckets: buckets, isForced: isForced)
    var options = options
    if options.lengths == nil, !simulator.program.bucketLengths.isEmpty { options.lengths = plan.lengthModel }
    if options.requirements.latencyBudgetSeconds == nil {
      options.requirements.latencyBudgetSeconds = plan.latencyBudgetSeconds
    }
    do {
      return try simulator.run(options, progress: progress)
    } catch {
      throw PartitionError(error)
    }
  }

  /// A simulator of a plan, for rate searches and recordings.
  public static func simulator(
    of plan: PlanDocument, model: Model, isForced: Bool = false
  ) throws(PartitionError) -> Simulator {
    let program = try program(of: plan, model: model, isForced: isForced)
    do {
      return try Simulator(program)
    } catch {
      throw PartitionError(.violation, error.problems.map(\.description))
    }
  }
}

extension PlanDocument {
  /// What it was planned for; `nil` for no budget.
  public var latencyBudgetSeconds: Double? { request.latencyBudgetMilliseconds.map { $0 / 1000 } }
}

extension PartitionError {
  public init(_ error: SimulationError) {
    let isInput = error.problems.contains { $0.kind == .trace }
    self.init(isInput ? .badInput : .usage, error.problems.map(\.description))
  }
}

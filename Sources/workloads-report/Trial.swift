import Partitioner

/// One workload planned for one machine and replayed.
struct Trial {
  static let seed: UInt64 = 1
  /// Requests that must answer within the budget, percent.
  static let percentile = 99.0

  let plan: PlanDocument
  /// One batch in an empty system, the slowest replica's.
  let aloneSeconds: Double
  /// As many batches as the system takes.
  let saturated: SimulationReport
  /// Poisson arrivals at the highest rate that meets the latency budget; `nil` for a model without one.
  let search: RateSearch?
  private let simulator: Simulator

  init(_ model: Model, on machine: Machine) throws(PartitionError) {
    plan = try Partitioner.plan(
      model, on: machine.system(for: model), options: PlanOptions(seed: Self.seed))
    simulator = try Partitioner.simulator(of: plan, model: model)
    do {
      aloneSeconds = try simulator.emptySystemLatencySeconds().max() ?? 0
      saturated = try simulator.run(Self.options(.backToBack))
    } catch {
      throw PartitionError(error)
    }
    if let budget = plan.request.latencyBudgetMilliseconds {
      search = try Self.highestRate(simulator, withinSeconds: budget / 1000)
    } else {
      search = nil
    }
  }

  /// The highest rate of Poisson arrivals at which the percentile is within a limit.
  func highestRate(
    withinSeconds limit: Double, vary: (inout SimulationOptions) -> Void = { _ in }
  ) throws(PartitionError) -> RateSearch {
    try Self.highestRate(simulator, withinSeconds: limit, vary: vary)
  }

  static func highestRate(
    _ simulator: Simulator, withinSeconds limit: Double, vary: (inout SimulationOptions) -> Void = { _ in }
  ) throws(PartitionError) -> RateSearch {
    var options = options(.poisson(requestsPerSecond: 1))
    vary(&options)
    do {
      return try simulator.highestRate(
        meeting: .init(limitSeconds: limit, percentile: percentile), options)
    } catch {
      throw PartitionError(error)
    }
  }

  static func options(_ load: Load) -> SimulationOptions {
    var options = SimulationOptions(load: load)
    options.seed = seed
    return options
  }
}

/// One workload on every machine.
struct Workload {
  let model: Model
  /// In the machines' order; reasons where there is no plan.
  let trials: [(machine: Machine, outcome: Result<Trial, PartitionError>)]

  init(path: String) throws(PartitionError) {
    let model = try Partitioner.loadModel(path: path)
    self.model = model
    trials = Machine.allCases.map { machine in
      (machine, Result { () throws(PartitionError) in try Trial(model, on: machine) })
    }
  }

  var name: String { model.graph.name }

  subscript(machine: Machine) -> Trial? {
    try? trials.first { $0.machine == machine }?.outcome.get()
  }

  /// Batches a second within the latency budget; 0 where there is no plan or it never meets the budget.
  func rate(on machine: Machine) -> Double { self[machine]?.search?.highestRate ?? 0 }
}

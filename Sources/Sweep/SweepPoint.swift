import Partitioner
import Rules

/// One question of a sweep.
public struct SweepPoint: Sendable, Hashable {
  public var model: SweepQuestion.ModelFile
  public var system: String?
  public var cards: Int?
  public var batch = SweepBatch.own
  public var precision = Precision.int8
  public var objective = PlanObjective.throughput
  public var accuracyBudget: AccuracyLimit?
  public var layers = SweepLayers.usual
  public var changes: [FigureChange] = []

  init(model: SweepQuestion.ModelFile) { self.model = model }

  /// The figures that are varied, in one text.
  var changeWords: String { changes.map { "\($0.path)=\($0.value)" }.joined(separator: " ") }

  /// Loads its model; with a batch of one where that is to be found.
  func loadModel() throws(PartitionError) -> Model {
    switch batch {
    case .own: try loadModel(batch: nil)
    case .items(let items): try loadModel(batch: items)
    case .auto: try loadModel(batch: 1)
    }
  }

  private func loadModel(batch: Int?) throws(PartitionError) -> Model {
    if let form = model.form {
      return try Partitioner.loadSheet(form, path: model.path, dense: model.dense, batch: batch)
    }
    var dimensions = model.dimensions
    if let batch { dimensions["batch"] = batch }
    return try Partitioner.loadModel(path: model.path, dimensions: dimensions)
  }

  func loadSystem() throws(PartitionError) -> System {
    try Partitioner.system(named: system, cards: cards, changes: changes)
  }

  /// Plans the point, and replays the plan where that is asked for.
  ///
  /// - Parameter isCancelled: the answer is of no use once it answers true.
  /// - Throws: what is no answer: a model that is gone or has changed, a defect.
  func answer(
    _ question: SweepQuestion, sha256: String, isCancelled: @escaping @Sendable () -> Bool
  ) throws(PartitionError) -> SweepAnswer {
    do throws(PartitionError) {
      var model = try loadModel()
      guard model.reference.sha256 == sha256 else {
        throw PartitionError(.violation, "\(self.model.path): the model has changed since the sweep began")
      }
      let system = try loadSystem()
      var options = PlanOptions(
        objective: objective, latencyBudgetMilliseconds: question.latencyBudgetMilliseconds,
        gap: question.gap, work: question.work, precision: precision,
        tablePrecisions: question.tablePrecisions, threads: 1, seed: question.seed,
        accuracyBudget: accuracyBudget)
      options.layerPrecisions = layers.precisions
      let plan: PlanDocument
      if batch == .auto {
        let found = try Partitioner.batch(on: system, options: options, isCancelled: isCancelled) {
          items throws(PartitionError) in try loadModel(batch: items)
        }
        (plan, model) = (found.plan, found.model)
      } else {
        plan = try Partitioner.plan(model, on: system, options: options, isCancelled: isCancelled)
      }
      var answer = SweepAnswer(
        plan, price: question.prices.isEmpty ? nil : MachinePrices(question.prices).price(of: system))
      if let replay = question.replay { try answer.add(simulate(plan, model, replay)) }
      if question.seeksRate { answer.rateWithinBudget = try rateWithinBudget(plan, model) }
      return answer
    } catch {
      switch error.kind {
      case .infeasible, .usage, .badInput: return SweepAnswer(error)
      default: throw error
      }
    }
  }

  /// - Throws: `usage` where there is no latency budget to keep.
  private func rateWithinBudget(_ plan: PlanDocument, _ model: Model) throws(PartitionError) -> Double {
    guard let budget = plan.latencyBudgetSeconds, budget.isFinite else {
      throw PartitionError(
        .usage,
        "there is no latency budget to keep at a rate; give one (latencyBudgetMilliseconds, --latency-budget)"
      )
    }
    let simulator = try Partitioner.simulator(of: plan, model: model)
    var options = SimulationOptions(load: .poisson(requestsPerSecond: 1))
    options.threads = 1
    do throws(SimulationError) {
      return try simulator.highestRate(meeting: LatencyObjective(limitSeconds: budget), options).highestRate
    } catch {
      throw PartitionError(error)
    }
  }

  private func simulate(
    _ plan: PlanDocument, _ model: Model, _ replay: SweepQuestion.Replay
  ) throws(PartitionError) -> SimulationReport {
    let rate = plan.predicted.throughputPerSecond * replay.share
    var options = SimulationOptions(
      load: rate > 0 && rate.isFinite ? .poisson(requestsPerSecond: rate) : .backToBack)
    options.requests = replay.requests
    options.threads = 1
    return try Partitioner.simulate(plan, model: model, options: options)
  }
}

import Partitioner
import Reporting

/// The page of a plan, with the plan replayed at several rates for it.
public enum PlanPage {
  /// Of the predicted rate.
  private static let shares = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95]
  private static let requests = 2000
  /// Fewer are replayed of a plan whose batches visit many partitions; p99 takes some.
  private static let visits = 400_000
  private static let leastRequests = 400

  /// - Parameters:
  ///   - buckets: the models of padding buckets but for the longest, where the plan has several.
  ///   - isReplayed: whether the page has latency under load.
  ///   - progress: called before each replay with what it is.
  /// - Returns: HTML.
  /// - Throws: `violation` where plan and model do not belong together.
  public static func html(
    of plan: PlanDocument, model: Model, buckets: [Model] = [], isReplayed: Bool = true,
    progress: ((String) -> Void)? = nil
  ) throws(PartitionError) -> String {
    // A batch by itself is one of the longest; under load lengths are mixed.
    let simulator = try Partitioner.simulator(of: plan, model: model)
    let recording: Recording
    do throws(SimulationError) { recording = try simulator.recordSingleRequest() } catch {
      throw PartitionError(error)
    }
    var replayed: [PlanReport.Replay] = []
    if isReplayed {
      let mixed =
        plan.hasBuckets
        ? try Partitioner.simulator(of: plan, model: model, buckets: buckets) : simulator
      replayed = try replays(of: plan, mixed, progress)
    }
    return PlanReport(
      plan, graph: model.graph, costs: Partitioner.costs(of: plan, model: model), replays: replayed,
      request: (recording, simulator.program),
      figures: try? Partitioner.systemDescription(named: plan.system.name).figures
    ).html
  }

  private static func replays(
    of plan: PlanDocument, _ simulator: Simulator, _ progress: ((String) -> Void)?
  ) throws(PartitionError) -> [PlanReport.Replay] {
    let rate = plan.predictedOfMixture.throughputPerSecond
    guard rate > 0, rate.isFinite else { return [] }
    var replays: [PlanReport.Replay] = []
    let requests = min(
      Self.requests, max(Self.leastRequests, Self.visits / max(1, plan.partitions.count)))
    for share in Self.shares {
      progress?("replaying at \(Figures.percent(share)) of the predicted rate")
      var options = SimulationOptions(load: .poisson(requestsPerSecond: rate * share))
      options.requests = requests
      if !simulator.program.bucketLengths.isEmpty { options.lengths = plan.lengthModel }
      options.requirements.latencyBudgetSeconds = plan.latencyBudgetSeconds
      do throws(SimulationError) {
        replays.append(.init(share: share, report: try simulator.run(options)))
      } catch {
        throw PartitionError(error)
      }
    }
    return replays
  }
}

import CostModel
import Graph

/// What placements come to under draws of the costs' errors.
public struct DrawnOutcomes: Sendable {
  /// One placement under one draw.
  private struct Outcome: Sendable {
    /// Of the objective, seconds or joules.
    var value: Double
    var latencySeconds: Double
    /// The resource with the largest load.
    var limit: String
  }

  public let draws: Int
  public let seed: UInt64
  /// By placement and draw.
  private let outcomes: [[Outcome]]

  /// - Parameters:
  ///   - placements: With their requests in flight.
  ///   - costs: As they are, with what was measured.
  ///   - seed: Of the draws.
  public init(
    of placements: [(placement: ModelPlacement, requestsInFlight: Int)], costs: CostModel,
    objective: PlanObjective, draws: Int, seed: UInt64
  ) {
    self.draws = max(1, draws)
    self.seed = seed
    let errors = CostErrors(costs, seed: seed)
    var outcomes: [[Outcome]] = placements.map { _ in [] }
    // Following requests takes as long as a hundred draws; where it says nothing of a plan, it is left out of its draws.
    let follows = placements.map { entry in
      let costs = costs.with(requestsInFlight: entry.requestsInFlight)
      return LoadSummary(
        Lowering(graph: costs.graph, system: costs.system, placement: entry.placement, costs: costs).program
      ).turnSeconds > 0
    }
    for draw in 0..<self.draws {
      let drawn = errors.draw(draw)
      for (index, entry) in placements.enumerated() {
        let program = Lowering(
          graph: drawn.graph, system: drawn.system, placement: entry.placement,
          costs: drawn.with(requestsInFlight: entry.requestsInFlight)
        ).program
        outcomes[index].append(
          Self.outcome(LoadSummary(program, followsTurns: follows[index]), program, objective))
      }
    }
    self.outcomes = outcomes
  }

  private static func outcome(
    _ loads: LoadSummary, _ program: ExecutionProgram, _ objective: PlanObjective
  ) -> Outcome {
    let value: Double =
      switch objective {
      case .throughput: loads.bottleneckSeconds
      case .latency: loads.latencySeconds
      case .energy: loads.energyJoules
      }
    let limit: String =
      switch loads.bottleneck {
      case .resource(let index): program.resources[index].name
      case .places(let device): "\(program.devices[device].name).\(PlanDocument.placesSuffix)"
      case nil: ""
      }
    return Outcome(value: value, latencySeconds: loads.latencySeconds, limit: limit)
  }

  /// By placement: what nine draws of ten do not exceed.
  public var tails: [Double] { outcomes.map { Self.quantile(0.9, $0.map(\.value)) } }

  /// What a plan says of one of the placements.
  public func entry(
    of index: Int, isRobust: Bool, latencyBudgetMilliseconds: Double?
  ) -> PlanDocument.UncertaintyEntry {
    let own = outcomes[index]
    let part = 1 / Double(own.count)
    func share(_ condition: (Int) -> Bool) -> Double { Double(own.indices.count(where: condition)) * part }
    var counts: [(name: String, count: Int)] = []
    for outcome in own {
      if let known = counts.firstIndex(where: { $0.name == outcome.limit }) {
        counts[known].count += 1
      } else {
        counts.append((outcome.limit, 1))
      }
    }
    counts.sort { ($1.count, $0.name) < ($0.count, $1.name) }
    let others = outcomes.indices.filter { $0 != index }
    let values = own.map(\.value)
    return PlanDocument.UncertaintyEntry(
      draws: own.count, seed: seed, isRobust: isRobust, p10: Self.quantile(0.1, values),
      p50: Self.quantile(0.5, values), p90: Self.quantile(0.9, values),
      limits: counts.map { .init(resource: $0.name, share: Double($0.count) * part) },
      withinBudget: latencyBudgetMilliseconds.map { budget in
        share { own[$0].latencySeconds * 1000 <= budget }
      },
      alternatives: others.count,
      staysBest: share { draw in
        others.allSatisfy { own[draw].value <= outcomes[$0][draw].value * (1 + Self.alike) }
      },
      alternativeP90: others.map { tails[$0] }.min())
  }

  /// Plans that differ by less are as good.
  private static let alike = 1e-9

  /// The value that so large a part does not exceed.
  private static func quantile(_ share: Double, _ values: [Double]) -> Double {
    let sorted = values.sorted()
    let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
    return sorted.indices.contains(rank) ? sorted[rank] : 0
  }
}

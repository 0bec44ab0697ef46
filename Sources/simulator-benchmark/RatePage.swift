import Foundation
import Plan
import Simulation

/// How often the search for the highest rate is right, as Markdown.
enum RatePage {
  static func text() throws -> String {
    var lines = [
      "# The search for the highest rate",
      "",
      "Made by `make rates`: \(RateQuestion.seeds.count) searches each, with seeds 1 to \(RateQuestion.seeds.count) and at least 4,000 requests a replication: how often",
      "the exact rate lies between the rate that is reported and the one that is surely missed, how far these are apart, and how low and high",
      "the rate reported is. Of the recommendation model no closed form is known; its exact rate is where a line through",
      "\(RateQuestion.longRuns.count) runs of \(RateQuestion.longRequests) requests in each of \(RateQuestion.longReplications) replications crosses the objective, in the percentile's logarithm.",
      "",
      "| system | objective | exact rate | contained | widest | lowest reported | highest reported |",
      "|---|---|---|---|---|---|---|",
    ]
    for question in try RateQuestion.all() { lines.append(try question.row()) }
    return lines.joined(separator: "\n") + "\n"
  }
}

/// A search whose answer is known.
struct RateQuestion {
  var name: String
  var program: ExecutionProgram
  var jitter: Jitter
  var limit: Double
  /// `nil` where only long runs tell.
  var exact: Double?

  static let seeds: ClosedRange<UInt64> = 1...20
  /// Relative to the middle rate found.
  static let longRuns = [0.96, 0.98, 1.0, 1.02, 1.04]
  static let (longRequests, longReplications) = (200_000, 16)
  private static let service = 0.01

  static func all() throws -> [RateQuestion] {
    let one = SharedSystem.stages([(1, service)])
    return [0.1, 0.25].map { limit in
      RateQuestion(
        name: "M/M/1", program: one, jitter: .exponential, limit: limit, exact: 1 / service - log(100) / limit
      )
    }
      + [0.1, 0.15].map { limit in
        RateQuestion(
          name: "M/D/1", program: one, jitter: .none, limit: limit, exact: constantServiceRate(limit))
      }
      + [
        RateQuestion(
          name: "recommendation on 6 cards", program: RecommendationProgram.make(), jitter: .none,
          limit: 0.005,
          exact: nil)
      ]
  }

  func row() throws -> String {
    let simulator = try Simulator(program)
    let searches = try Self.seeds.map { seed in
      try simulator.highestRate(
        meeting: LatencyObjective(limitSeconds: limit), options(rate: 1, requests: 4000, seed: seed))
    }
    let found = searches.map(\.highestRate).sorted()
    let exact = try self.exact ?? longRunRate(simulator, near: found[found.count / 2])
    let contained = searches.count { $0.surelyMet <= exact && exact <= $0.surelyMissed }
    let widest = searches.map { ($0.surelyMissed - $0.surelyMet) / exact }.max() ?? 0
    let cells = [
      name, "p99 within \(TheorySystem.trimmed(1e3 * limit)) ms", TheoryPage.digits(exact),
      "\(contained) of \(searches.count)", String(format: "%.1f %%", 100 * widest),
      TheoryPage.digits(found[0]), TheoryPage.digits(found[found.count - 1]),
    ]
    return "| " + cells.joined(separator: " | ") + " |"
  }

  private func options(rate: Double, requests: Int, seed: UInt64) -> SimulationOptions {
    var options = SimulationOptions(load: .poisson(requestsPerSecond: rate))
    options.requests = requests
    options.jitter = jitter
    options.seed = seed
    return options
  }

  /// Where the least-squares line of ln p99 over rates crosses the objective.
  private func longRunRate(_ simulator: Simulator, near middle: Double) throws -> Double {
    let points = try Self.longRuns.map { factor in
      var options = options(rate: factor * middle, requests: Self.longRequests, seed: 1000)
      options.replications = Self.longReplications
      return (x: factor * middle, y: log(try simulator.run(options).latency.p99.value))
    }
    let count = Double(points.count)
    let (x, y) = (points.reduce(0) { $0 + $1.x } / count, points.reduce(0) { $0 + $1.y } / count)
    let slope =
      points.reduce(0) { $0 + ($1.x - x) * ($1.y - y) } / points.reduce(0) { $0 + ($1.x - x) * ($1.x - x) }
    return x + (log(limit) - y) / slope
  }

  /// The rate at which M/D/1 has its p99 at `limit` (Erlang 1909), by bisection.
  private static func constantServiceRate(_ limit: Double) -> Double {
    func tail(_ rate: Double) -> Double {
      let wait = limit - service
      var sum = 0.0
      for count in 0...Int(wait / service) {
        let x = rate * (Double(count) * service - wait)
        var term = exp(-x)
        for factor in stride(from: 1, through: count, by: 1) { term *= x / Double(factor) }
        sum += term
      }
      return 1 - (1 - rate * service) * sum
    }
    var (low, high) = (0.0, 1 / service)
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if tail(middle) > 0.01 { high = middle } else { low = middle }
    }
    return low
  }
}

import Foundation
import Simulation

/// What the simulator finds beside what theory knows, as Markdown.
enum TheoryPage {
  static func text() throws -> String {
    var lines = [
      "# The simulator beside closed forms",
      "",
      "Made by `make theory`, from a fixed seed. Eight replications of 200,000 requests each; ± is the half width of the 95 % interval",
      "(Student's t), so that one figure in twenty lies outside by chance. With fair sharing each link is shared by the transfers",
      "that are on it, whatever the other links on their way do.",
      "",
      "| system | source | figure | theory | this simulator | off by |",
      "|---|---|---|---|---|---|",
    ]
    for system in TheorySystem.all {
      let found = system.read(try Simulator(system.program).run(system.options))
      let (unit, scale) = system.figure.hasPrefix("lost") ? ("", 1.0) : (" ms", 1e3)
      let margin = found.halfWidth95.map { " ± \(String(format: "%.2g", $0 * scale))" } ?? ""
      lines.append(
        "| \(system.name) | \(system.source) | \(system.figure) | \(digits(system.exact * scale))\(unit) | "
          + "\(digits(found.value * scale))\(margin)\(unit) | \(String(format: "%.2f", 100 * (found.value / system.exact - 1))) % |"
      )
    }
    lines += [
      "",
      "## The search for the highest rate",
      "",
      "Twenty searches each, with seeds 1 to 20 and 4,000 requests a replication asked for: how often the exact rate lies between the rate",
      "that is reported and the one that is surely missed, how wide that is, and how low the rate reported is.",
      "",
      "| system | objective | exact rate | contained | widest | lowest reported |",
      "|---|---|---|---|---|---|",
    ]
    for search in RateQuestion.all { lines.append(try search.row()) }
    return lines.joined(separator: "\n") + "\n"
  }

  static func digits(_ value: Double) -> String { String(format: "%.4g", value) }
}

/// A search whose answer is known.
struct RateQuestion {
  var name: String
  var jitter: Jitter
  var limit: Double
  var exact: Double

  private static let seeds: ClosedRange<UInt64> = 1...20
  private static let service = 0.01

  static var all: [RateQuestion] {
    [0.1, 2].map { limit in
      RateQuestion(name: "M/M/1", jitter: .exponential, limit: limit, exact: 1 / service - log(100) / limit)
    }
      + [0.1, 0.15].map { limit in
        RateQuestion(name: "M/D/1", jitter: .none, limit: limit, exact: constantServiceRate(limit))
      }
  }

  func row() throws -> String {
    let simulator = try Simulator(SharedSystem.stages([(1, Self.service)]))
    var (contained, widest, lowest) = (0, 0.0, Double.infinity)
    for seed in Self.seeds {
      var options = SimulationOptions(load: .poisson(requestsPerSecond: 1))
      options.requests = 4000
      options.jitter = jitter
      options.seed = seed
      let search = try simulator.highestRate(meeting: LatencyObjective(limitSeconds: limit), options)
      if search.surelyMet <= exact, exact <= search.surelyMissed { contained += 1 }
      widest = max(widest, (search.surelyMissed - search.surelyMet) / exact)
      lowest = min(lowest, search.highestRate)
    }
    return
      "| \(name) | p99 within \(TheorySystem.trimmed(limit)) s | \(TheoryPage.digits(exact)) | \(contained) of \(Self.seeds.count) | "
      + "\(String(format: "%.1f", 100 * widest)) % | \(TheoryPage.digits(lowest)) |"
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

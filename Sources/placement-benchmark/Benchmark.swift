import Foundation
import Placement
import Solvers

/// Solves every `*.options.json` and dnn-partitioning file of a folder (or the files named), or generated instances, and
/// prints what was reached and proven.
@main
struct Benchmark {
  static func main() {
    var gap = 0.001
    var limit: Double? = 10
    var paths: [String] = []
    var arguments = CommandLine.arguments.dropFirst().makeIterator()
    while let argument = arguments.next() {
      switch argument {
      case "--gap": gap = arguments.next().flatMap(Double.init) ?? gap
      case "--time-limit": limit = arguments.next().flatMap(Double.init)
      default: paths.append(argument)
      }
    }
    guard !paths.isEmpty else {
      print(
        """
        usage: placement-benchmark [--gap G] [--time-limit S] INSTANCE ...
        INSTANCE: FOLDER | FILE | sharding-TABLESxCARDS[@SEED] | planner-TABLESxCARDS[@SEED] |
                  generated:OPERATORS:CARDS
        """
      )
      return
    }
    for path in paths.flatMap(Self.files) {
      if path.hasSuffix(".options.json") || Instances.named(path) != nil {
        run(path, gap: gap, limit: limit)
      } else {
        GraphRuns.run(path, gap: gap, limit: limit)
      }
    }
  }

  private static func files(_ path: String) -> [String] {
    guard let names = try? FileManager.default.contentsOfDirectory(atPath: path) else { return [path] }
    return names.filter { $0.hasSuffix(".json") && !$0.hasSuffix(".tables.json") }.sorted().map {
      path + "/" + $0
    }
  }

  private static func run(_ path: String, gap: Double, limit: Double?) {
    let clock = ContinuousClock()
    let start = clock.now
    do {
      let problem =
        if let made = Instances.named(path) { made } else {
          try TorchRecOptions(json: Data(contentsOf: URL(fileURLWithPath: path))).problem()
        }
      let read = start.duration(to: clock.now) / .seconds(1)
      var options = SearchOptions(gap: gap, timeLimit: limit)
      if ProcessInfo.processInfo.environment["VERBOSE"] != nil {
        options.progress = { step in
          print(step.incumbent ?? Double.nan, step.bound, step.seconds)
        }
      }
      let solution = try Optimizer.solve(problem, options: options)
      let certificate = solution.certificate
      let whole = start.duration(to: clock.now) / .seconds(1)
      print(
        """
        \(problem.name): \(certificate.status.rawValue) objective \(certificate.objective ?? Double.nan) \
        bound \(certificate.bound) gap \(certificate.gap ?? Double.nan) by \(certificate.provedBy), \
        \(certificate.nodes) nodes; seconds: search \(certificate.seconds), read \(read), all \(whole)
        """)
    } catch {
      print(path, error)
    }
  }

  static func power(_ base: Double, _ exponent: Double) -> Double { pow(base, exponent) }
}

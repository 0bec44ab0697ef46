import Foundation
import Partitioner

/// Times loading a model and planning it, with the graph in memory, on one thread:
///
///     planning-benchmark MODEL [PLANS] [CARDS]
///
/// prints a line of JSON with seconds of processor time. `reports/speed` counts the instructions of runs with one plan more and
/// one less.
@main
struct PlanningBenchmark {
  static func main() throws {
    let arguments = CommandLine.arguments
    let plans = arguments.count > 2 ? Int(arguments[2]) : 1
    let cards = arguments.count > 3 ? Int(arguments[3]) : 6
    guard arguments.count > 1, let plans, let cards else {
      FileHandle.standardError.write(Data("usage: planning-benchmark MODEL [PLANS] [CARDS]\n".utf8))
      exit(64)
    }
    var model: Model?
    let loading = try seconds { model = try Partitioner.loadModel(path: arguments[1]) }
    guard let model else { return }
    let system = try Partitioner.system(cards: cards)
    var planning: [Double] = []
    var gap = 0.0
    for _ in 0..<plans {
      planning.append(
        try seconds {
          gap = try Partitioner.plan(model, on: system, options: PlanOptions(threads: 1)).certificate.gap
        })
    }
    print("{\"loading\": \(loading), \"planning\": \(planning), \"gap\": \(gap)}")
  }

  /// Of the processor.
  private static func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = now
    try body()
    return now - start
  }

  private static var now: Double {
    var time = timespec()
    unsafe clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }
}

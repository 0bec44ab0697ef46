import Foundation
import Simulation

/// `speed` prints events per processor second on one core; `systems` runs the systems shared with SimPy and prints
/// them with the results as JSON, for `reports/simulator/compare.py`; `theory` and `rates` print `reports/simulator/theory.md` and
/// `rates.md`.
func speed() throws {
  let simulator = try Simulator(RecommendationProgram.make())
  for fraction in [0.5, 0.8, 0.95] {
    var options = SimulationOptions(
      load: .poisson(requestsPerSecond: fraction * simulator.bounds.saturatedRate))
    options.requests = 200_000
    options.replications = 1
    options.threads = 1
    options.warmUp = .requests(1000)
    let start = processorSecondsNow()
    let report = try simulator.run(options)
    let rate = Double(report.run.events) / (processorSecondsNow() - start) / 1e6
    print("load \(fraction): \(report.run.events) events, \((rate * 10).rounded() / 10) million events/s")
  }
}

switch CommandLine.arguments.dropFirst().first {
case "speed": try speed()
case "systems":
  let encoder = JSONEncoder()
  encoder.outputFormatting = [.sortedKeys]
  let systems = try SharedSystem.all.map { try SystemExport($0) }
  print(String(decoding: try encoder.encode(systems), as: UTF8.self))
case "theory": print(try TheoryPage.text(), terminator: "")
case "rates": print(try RatePage.text(), terminator: "")
default:
  print("usage: simulator-benchmark speed|systems|theory|rates")
  exit(64)
}

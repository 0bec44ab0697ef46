import Glibc
import Simulation

/// Processor seconds of this process, so that a busy machine counts less.
func processorSeconds() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

let simulator = try Simulator(RecommendationProgram.make())
print(
  "saturated rate", simulator.bounds.saturatedRate,
  simulator.program.resources[simulator.bounds.bottleneck].name)
for fraction in [0.5, 0.8, 0.95] {
  var options = SimulationOptions(
    load: .poisson(requestsPerSecond: fraction * simulator.bounds.saturatedRate))
  options.requests = 200_000
  options.replications = 1
  options.warmUp = .requests(1000)
  let start = processorSeconds()
  let report = try simulator.run(options)
  let seconds = processorSeconds() - start
  print(
    fraction, "p50", report.latency.p50.value, "p99", report.latency.p99.value, "events", report.run.events,
    "Mevents/s", Double(report.run.events) / seconds / 1e6, report.unstable?.message ?? "stable")
}

import Foundation
import Plan
import Simulation

/// One shared system with what this simulator found, as the comparison script reads it.
struct SystemExport: Encodable {
  struct Leg: Encodable {
    var resource: Int
    var seconds: Double
  }

  struct Task: Encodable {
    var legs: [Leg]
    var predecessors: [Int]
  }

  struct Variant: Encodable {
    var share: Double
    var tasks: [Task]
  }

  var name: String
  var theory: SharedSystem.Theory?
  var servers: [Int]
  var variants: [Variant]
  var requestsPerSecond: Double
  var isPoisson: Bool
  var isExponential: Bool
  var requests: Int
  var warmUp: Int
  var replications: Int
  var mean: SimulationReport.Estimate
  var p99: SimulationReport.Estimate
  var events: UInt64
  var processorSeconds: Double

  init(_ system: SharedSystem) throws {
    let options = system.options
    let start = processorSecondsNow()
    let report = try Simulator(system.program).run(options)
    processorSeconds = processorSecondsNow() - start
    name = system.name
    theory = system.theory
    servers = system.program.resources.map(\.servers)
    variants = system.program.variants.map { variant in
      Variant(
        share: variant.share,
        tasks: variant.tasks.map { task in
          Task(
            legs: task.legs.map { Leg(resource: $0.resource, seconds: $0.seconds) },
            predecessors: task.predecessors)
        })
    }
    requestsPerSecond = system.load.meanRate ?? 0
    if case .poisson = system.load { isPoisson = true } else { isPoisson = false }
    isExponential = system.jitter == .exponential
    requests = options.requests
    warmUp = report.run.warmUpRequests
    replications = report.run.replications
    mean = report.latency.mean
    p99 = report.latency.p99
    events = report.run.events
  }
}

/// Processor seconds of this process, so that a busy machine counts less.
func processorSecondsNow() -> Double { Double(clock()) / Double(CLOCKS_PER_SEC) }

import Plan
import TestSupport
import Testing

@testable import Simulation

/// What must hold in every run, on random programs under random loads.
@Suite struct InvariantTests {
  /// Two cards and a host, random tasks with one to three legs, two variants.
  private func randomProgram(_ random: inout SeededRandom) -> ExecutionProgram {
    var resources: [ExecutionProgram.Resource] = []
    for device in 0..<3 {
      let kinds: [ExecutionProgram.ResourceKind] = [.denseCores, .dram, .linkIn]
      for kind in kinds {
        let servers = Int.random(in: 1...3, using: &random)
        resources.append(
          Programs.resource("\(kind.rawValue) \(device)", kind, device: device, servers: servers))
      }
    }
    let devices = (0..<3).map { device in
      Programs.device(
        device == 0 ? "host" : "card\(device)", limit: Int.random(in: 1...4, using: &random),
        activation: 1 << 20)
    }
    func variant(_ share: Double) -> ExecutionProgram.Variant {
      let count = Int.random(in: 2...9, using: &random)
      let tasks = (0..<count).map { index in
        let device = Int.random(in: 0..<3, using: &random)
        let isTransfer = Bool.random(using: &random)
        let legs = (0..<Int.random(in: 1...3, using: &random)).map { _ in
          (Int.random(in: 0..<9, using: &random), Double.random(in: 0...0.002, using: &random))
        }
        return Programs.task(
          "task \(index)", legs,
          after: (0..<index).filter { _ in Int.random(in: 0..<3, using: &random) == 0 },
          device: device, source: isTransfer ? Int.random(in: 0..<3, using: &random) : nil,
          kind: isTransfer ? .transfer : .dense)
      }
      return .init(card: nil, share: share, tasks: tasks)
    }
    return .init(
      resources: resources, devices: devices, tables: [], variants: [variant(0.25), variant(0.75)])
  }

  private func randomOptions(_ random: inout SeededRandom, _ bounds: ProgramBounds) -> SimulationOptions {
    let rate = bounds.saturatedRate * Double.random(in: 0.1...1.3, using: &random)
    let loads: [Load] = [
      .poisson(requestsPerSecond: rate), .constant(requestsPerSecond: rate), .backToBack,
      .closedLoop(clients: 7, thinkSeconds: 0.001),
      .bursty(.init(calmRate: 0, burstRate: rate, meanCalmSeconds: 0.01, meanBurstSeconds: 0.05)),
      .trace((0..<200).map { Arrival(seconds: Double($0) / rate) }),
    ]
    var options = SimulationOptions(load: loads[Int.random(in: 0..<loads.count, using: &random)])
    options.requests = 300
    options.replications = 2
    options.maximumInSystem = 100
    options.seed = random.next()
    options.warmUp = Bool.random(using: &random) ? .requests(20) : .detected
    options.jitter =
      [.none, .exponential, .uniform(spread: 0.5), .lognormal(variation: 1)][
        Int.random(in: 0..<4, using: &random)]
    options.linkSharing = Bool.random(using: &random) ? .fair : .inOrder
    options.queueing = Bool.random(using: &random) ? .oldestRequest : .arrivalOrder
    options.dispatch = [.roundRobin, .leastLoaded, .random][Int.random(in: 0..<3, using: &random)]
    if Bool.random(using: &random) {
      options.batching = .init(
        maximumRequests: 3, maximumWaitSeconds: 0.002,
        cost: Bool.random(using: &random) ? .padded : .proportional)
    }
    if Int.random(in: 0..<3, using: &random) == 0 {
      options.failures = [
        .init(device: "card1", atSeconds: 0.02, backSeconds: 0.04), .init(device: "card2", atSeconds: 0.03),
      ]
    }
    return options
  }

  @Test(arguments: 0..<40)
  func booksBalance(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let program = randomProgram(&random)
    let simulator = try Simulator(program)
    let options = randomOptions(&random, simulator.bounds)
    let report = try simulator.run(options)
    #expect(report.counts.balanced)
    #expect(report.littlesLaw.holds)
    if options.failures.isEmpty { #expect(report.counts.failed == 0) }
    #expect(report.counts.arrived >= 200)
    for (index, device) in report.devices.enumerated() {
      #expect(device.maximumInFlight <= program.devices[index].inFlightLimit)
    }
    for resource in report.resources { #expect(resource.utilisation <= 1 + 1e-9) }
    // The critical path explains all of the latency.
    let explained = report.criticalPath.reduce(0) { $0 + $1.seconds }
    #expect(abs(explained - report.latency.mean.value) <= 1e-9 + 1e-6 * explained)
    #expect(report.latency.p50.value <= report.latency.p99.value)
    #expect(report.latency.p99.value <= report.latency.maximum)
  }

  @Test(arguments: 0..<5)
  func threadsDoNotShow(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(1000 + seed))
    let simulator = try Simulator(randomProgram(&random))
    var options = randomOptions(&random, simulator.bounds)
    options.replications = 5
    options.threads = 1
    let alone = try simulator.run(options).json()
    options.threads = 3
    #expect(try simulator.run(options).json() == alone)
    options.threads = nil
    #expect(try simulator.run(options).json() == alone)
  }

  /// A request alone is never faster than its longest path, and just as fast where nothing overlaps.
  @Test(arguments: 0..<40)
  func longestPathBoundsOneRequest(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(2000 + seed))
    var program = randomProgram(&random)
    let crowded = try Simulator(program)
    for (latency, path) in zip(try crowded.emptySystemLatencySeconds(), crowded.bounds.longestPathSeconds) {
      #expect(latency >= path - 1e-11)
    }
    for index in program.resources.indices { program.resources[index].servers = 1000 }
    let roomy = try Simulator(program)
    for (latency, path) in zip(try roomy.emptySystemLatencySeconds(), roomy.bounds.longestPathSeconds) {
      // One picosecond of rounding for each leg on the path.
      #expect(abs(latency - path) <= 1e-11)
    }
    // What the plan predicts, which is computed without the simulator.
    for (variant, latency) in zip(program.variants, try roomy.emptySystemLatencySeconds()) {
      let predicted = SingleRequest(program).latency(of: variant)
      #expect(abs(latency - predicted) <= 0.001 * predicted)
    }
  }
}

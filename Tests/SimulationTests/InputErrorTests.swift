import Plan
import TestSupport
import Testing

@testable import Simulation

/// Bad input is refused with all problems at once; the texts are compared with `Snapshots/`.
@Suite struct InputErrorTests {
  private func refusal(_ body: () throws(SimulationError) -> Void) -> String {
    do throws(SimulationError) {
      try body()
      return "(accepted)"
    } catch {
      return error.description
    }
  }

  @Test func options() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    var cases: [(String, SimulationOptions)] = []
    for rate in [0, -5, Double.nan, .infinity, 1e300] {
      cases.append(("Poisson \(rate)", SimulationOptions(load: .poisson(requestsPerSecond: rate))))
    }
    cases.append(("no arrivals", SimulationOptions(load: .trace([]))))
    cases.append(
      (
        "unsorted", SimulationOptions(load: .trace([3, 1, -1, .nan].map { Arrival(seconds: $0) }))
      ))
    cases.append(
      (
        "length",
        SimulationOptions(load: .trace([Arrival(seconds: 0, length: 3), Arrival(seconds: 1, length: 0)]))
      ))
    cases.append(("clients", SimulationOptions(load: .closedLoop(clients: 0, thinkSeconds: -1))))
    var many = SimulationOptions(
      load: .bursty(.init(calmRate: -1, burstRate: 0, meanCalmSeconds: 0, meanBurstSeconds: .infinity)))
    many.requests = 0
    many.replications = 0
    many.threads = 0
    many.precision = 0
    many.warmUp = .requests(-1)
    many.jitter = .uniform(spread: 2)
    many.lookups = .lognormal(variation: -1)
    many.lookupsByTable = ["users": .poisson, "adverts": .fixed]
    many.lengths = .init(plannedLength: 0, distribution: .uniform(minimum: 9, maximum: 3))
    many.batching = .init(maximumRequests: 0, maximumWaitSeconds: .nan)
    many.failures = [
      .init(device: "card9", atSeconds: 1), .init(device: "host", atSeconds: 2, backSeconds: 1),
      .init(device: "host", atSeconds: -1),
    ]
    cases.append(("many", many))
    let text = cases.map { name, options in
      "\(name)\n" + refusal { () throws(SimulationError) in _ = try simulator.run(options) } + "\n"
    }.joined(separator: "\n")
    #expect(snapshotDifference(text, named: "option-errors.txt") == nil)
  }

  @Test func program() {
    let bad = ExecutionProgram(
      resources: [Programs.resource("cores", device: 4, servers: 0)],
      devices: [
        .init(
          name: "host", isHost: true, memoryBytes: -1, staticBytes: 0, activationBytes: 0, inFlightLimit: 0,
          idleWatts: .nan, busyWatts: 1)
      ],
      tables: [],
      variants: [
        .init(card: nil, share: 0.7, tasks: []),
        .init(
          card: nil, share: -1,
          tasks: [
            Programs.task("work", [(0, -1), (7, .nan), (0, 1e300)], after: [0, 5], device: 3, source: 9),
            Programs.task("idle", [], tables: [.init(table: 0, fraction: 2)]),
          ]),
      ])
    let text =
      refusal { () throws(SimulationError) in _ = try Simulator(bad) } + "\n"
      + refusal { () throws(SimulationError) in
        _ = try Simulator(.init(resources: [], devices: [], tables: [], variants: []))
      } + "\n"
    #expect(snapshotDifference(text, named: "program-errors.txt") == nil)
  }

  @Test func traces() throws {
    let good = "time,length,scale\n# recorded\n0,32\r\n0.5,,2\n\n1e0 , 64 , 0.5\n"
    #expect(
      try ArrivalTrace.parse(good, name: "good.csv") == [
        Arrival(seconds: 0, length: 32), Arrival(seconds: 0.5, lookupScale: 2),
        Arrival(seconds: 1, length: 64, lookupScale: 0.5),
      ])
    let bad = ["", "time\n", "2\n1\n", "0\nsoon\n-1\nnan\n1,-4\n1,2,x\n1,2,3,4\n", "\u{0}\u{1}\n"]
    let text = bad.map { trace in
      refusal { () throws(SimulationError) in _ = try ArrivalTrace.parse(trace, name: "day.csv") }
    }.joined(separator: "\n\n")
    #expect(snapshotDifference(text + "\n", named: "trace-errors.txt") == nil)
    let long = String(repeating: "x\n", count: 1000)
    #expect(throws: SimulationError.self) { try ArrivalTrace.parse("0\n" + long, name: "long.csv") }
  }

  @Test func timesThatOverflow() throws {
    // Each request takes 11 days, and there are many.
    let simulator = try Simulator(Programs.tandem([1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6, 1e6]))
    #expect(throws: SimulationError.self) { try simulator.run(SimulationOptions(load: .backToBack)) }
    let rare = try Simulator(Programs.queue(seconds: 0.01))
    #expect(throws: SimulationError.self) {
      try rare.run(SimulationOptions(load: .poisson(requestsPerSecond: 1e-9)))
    }
  }

  @Test func searches() throws {
    let simulator = try Simulator(Programs.queue(seconds: 0.01))
    let text =
      refusal { () throws(SimulationError) in
        _ = try simulator.highestRate(
          meeting: .init(limitSeconds: -1, percentile: 100), SimulationOptions(load: .backToBack))
      } + "\n"
      + refusal { () throws(SimulationError) in
        _ = try simulator.highestRate(
          meeting: .init(limitSeconds: 1, percentile: 0.99),
          SimulationOptions(load: .poisson(requestsPerSecond: 1)))
      } + "\n"
    #expect(snapshotDifference(text, named: "search-errors.txt") == nil)
  }
}

import Plan
import Testing

@testable import Simulation

/// Requests run the program of the bucket that their length falls into.
@Suite struct BucketTests {
  /// One core; requests up to length 10 take 1 ms, those up to 100 take 10 ms.
  private func program() -> ExecutionProgram {
    var program = Programs.queue(seconds: 0.001)
    var long = program.variants[0]
    program.variants[0].share = 0.75
    long.tasks[0].legs[0].seconds = 0.010
    (long.share, long.bucket) = (0.25, 1)
    program.variants.append(long)
    program.bucketLengths = [10, 100]
    return program
  }

  private func trace(_ arrivals: [(Double, Double?)]) -> SimulationOptions {
    var options = SimulationOptions(
      load: .trace(arrivals.map { Arrival(seconds: $0.0, length: $0.1) }))
    options.replications = 1
    options.lengths = .init(plannedLength: 100, distribution: .fixed(100))
    return options
  }

  @Test func aLengthChoosesItsBucket() throws {
    // 10 falls into the first bucket, 11 into the second; padded, so that a length of 11 takes as long as one of 100.
    let report = try Simulator(program()).run(trace([(0, 10), (1, 11), (2, 100), (3, 1)]))
    #expect(report.latency.maximum == 0.010)
    #expect(abs(report.latency.mean.value - 0.022 / 4) < 1e-12)
  }

  @Test func eachBucketHasAWindowOfItsOwn() throws {
    var options = trace([(0, 5), (0.001, 50), (0.002, 5), (0.003, 50)])
    options.batching = .init(maximumRequests: 2, maximumWaitSeconds: 1)
    let report = try Simulator(program()).run(options)
    // The short pair leaves at 2 ms and ends at 3, the long one waits for nothing at 3 ms and ends at 13.
    #expect(report.latency.maximum == 0.012)
    #expect(abs(report.latency.mean.value - (0.003 + 0.001 + 0.012 + 0.010) / 4) < 1e-12)
    // The last of a bucket goes when its own time is up.
    var short = trace([(0, 5), (0.001, 50)])
    short.batching = .init(maximumRequests: 2, maximumWaitSeconds: 0.004)
    let alone = try Simulator(program()).run(short)
    #expect(abs(alone.latency.mean.value - (0.005 + 0.014) / 2) < 1e-12)
  }

  @Test(arguments: [SimulationOptions.Dispatch.roundRobin, .leastLoaded, .random])
  func theMixtureIsServedAtItsMean(dispatch: SimulationOptions.Dispatch) throws {
    var options = SimulationOptions(load: .backToBack)
    options.dispatch = dispatch
    options.lengths = .init(
      plannedLength: 100, distribution: .shares(lengths: [5, 10, 60], shares: [0.5, 0.25, 0.25]))
    let simulator = try Simulator(program())
    let report = try simulator.run(options)
    // 0.75 x 1 ms + 0.25 x 10 ms.
    #expect(abs(simulator.bounds.saturatedRate - 1 / 0.00325) < 1e-6)
    #expect(abs(report.throughputPerSecond.value * 0.00325 - 1) < 0.03)
    #expect(report.littlesLaw.holds)
    #expect(try simulator.emptySystemLatencySeconds() == [0.001, 0.010])
  }

  @Test func lengthsBeyondTheLongestBucketAreRefused() throws {
    var options = SimulationOptions(load: .backToBack)
    options.lengths = .init(plannedLength: 100, distribution: .uniform(minimum: 1, maximum: 101))
    #expect(throws: SimulationError.self) { try Simulator(program()).run(options) }
    options.lengths = .init(plannedLength: 100, distribution: .shares(lengths: [1], shares: [0.5]))
    #expect(throws: SimulationError.self) { try Simulator(program()).run(options) }
    var descending = program()
    descending.bucketLengths = [100, 10]
    #expect(throws: SimulationError.self) { try Simulator(descending) }
    descending.bucketLengths = []
    #expect(throws: SimulationError.self) { try Simulator(descending) }
  }

  @Test func theProgramOfAllBucketsHoldsThemAll() throws {
    var small = Programs.queue(seconds: 0.001)
    small.devices = [Programs.device(limit: 4, statics: 100, activation: 5)]
    var large = Programs.queue(seconds: 0.010)
    large.devices = [Programs.device(limit: 2, statics: 130, activation: 50)]
    let whole = try #require(
      ExecutionProgram(
        [.init(longest: 10, share: 0.75, program: small), .init(longest: 100, share: 0.25, program: large)],
        tableBytes: [90]))
    // Tables once, weights of each, the larger activations.
    #expect(whole.devices[0].staticBytes == 90 + 10 + 40)
    #expect(whole.devices[0].activationBytes == 50 && whole.devices[0].inFlightLimit == 2)
    #expect(whole.variants.map(\.share) == [0.75, 0.25] && whole.variants.map(\.bucket) == [0, 1])
    #expect(abs(LoadSummary(whole).bottleneckSeconds - 0.00325) < 1e-12)
    #expect([1, 10, 11, 1000].map { whole.bucket(ofLength: $0) } == [0, 0, 1, 1])
    #expect(ExecutionProgram([], tableBytes: []) == nil)
  }
}

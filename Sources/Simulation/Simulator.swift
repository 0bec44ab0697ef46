import Plan

/// Replays an execution program under load: the independent judge of a plan.
public struct Simulator: Sendable {
  let compiled: CompiledProgram
  /// What the program alone says about rate and latency.
  public let bounds: ProgramBounds

  public var program: ExecutionProgram { compiled.source }

  /// - Throws: every defect of the program that would keep it from running.
  public init(_ program: ExecutionProgram) throws(SimulationError) {
    compiled = try CompiledProgram(program)
    bounds = ProgramBounds(compiled)
  }

  /// Runs all replications and merges them.
  ///
  /// - Parameter progress: called now and then, from any thread, with the requests that have ended and those expected.
  /// - Throws: every problem with the options; a time overflow.
  public func run(
    _ options: SimulationOptions, progress: (@Sendable (SimulationProgress) -> Void)? = nil
  ) throws(SimulationError) -> SimulationReport {
    try OptionsCheck.check(options, program)
    var options = options
    let length = RunLength(self, options)
    options.maximumInSystem = length.maximumInSystem(options)
    options.requests = length.requests(options)
    let warmUp = try warmUpRequests(options)
    let outcome = try Replications.run(
      compiled, options, template(options, warmUp: warmUp), progress: progress)
    return ReportBuilder.build(self, options, outcome, warmUp: warmUp)
  }

  /// Latency of one batch in an empty system, for each variant, without variation.
  public func emptySystemLatencySeconds() throws(SimulationError) -> [Double] {
    var latencies: [Double] = []
    for index in program.variants.indices { latencies.append(try single(index).result.meanLatencySeconds) }
    return latencies
  }

  /// Records one batch in an empty system, without variation.
  ///
  /// - Parameter variant: which replica runs it.
  /// - Throws: when there is no such variant.
  public func recordSingleRequest(variant: Int = 0) throws(SimulationError) -> Recording {
    guard program.variants.indices.contains(variant) else {
      throw SimulationError(
        .options, at: "variant", "there is no variant \(variant); the plan has \(program.variants.count)")
    }
    return try single(variant).recording
  }

  private func single(_ variant: Int) throws(SimulationError) -> (result: RunResult, recording: Recording) {
    var alone = program
    alone.bucketLengths = []
    for other in alone.variants.indices {
      alone.variants[other].share = other == variant ? 1 : 0
      alone.variants[other].bucket = 0
    }
    let recorder = Recorder(RecordingWindow(fromSeconds: 0, toSeconds: .infinity, maximumLegs: .max))
    var engine = try Engine(
      CompiledProgram(alone), SimulationOptions(load: .trace([Arrival(seconds: 0)])),
      .init(replication: 0, warmUp: 0, requests: nil, clients: 0), recorder: recorder)
    let result = try engine.simulate()
    return (result, recorder.recording)
  }

  /// Replays the first replication from its start and records a window of it; the replay ends with the window.
  public func record(
    _ options: SimulationOptions, _ window: RecordingWindow
  ) throws(SimulationError) -> Recording {
    try OptionsCheck.check(options, program)
    let recorder = Recorder(window)
    var engine = try Engine(compiled, options, template(options, warmUp: 0), recorder: recorder)
    _ = try engine.simulate()
    return recorder.recording
  }

  /// The run of each replication, but for its number.
  func template(_ options: SimulationOptions, warmUp: Int) -> Engine.Run {
    let requests: Int? = if case .trace = options.load { nil } else { requestsCoveringFailures(options) }
    return Engine.Run(replication: 0, warmUp: warmUp, requests: requests, clients: clients(options))
  }

  /// Requests that a closed load keeps under way or thinking; 0 for others.
  public func clients(_ options: SimulationOptions) -> Int {
    switch options.load {
    case .closedLoop(let count, _): count
    case .backToBack: options.backToBackDepth ?? saturatingDepth(options)
    case .trace, .poisson, .constant, .bursty: 0
    }
  }

  /// As many as were asked for, and enough to see half as much time again as the last failure or recovery takes: at the
  /// rate of the load, for a closed one the highest that can be served.
  private func requestsCoveringFailures(_ options: SimulationOptions) -> Int {
    let last = options.failures.map { max($0.atSeconds, $0.backSeconds ?? 0) }.max() ?? 0
    let served = bounds.saturatedRate * Double(options.batching?.maximumRequests ?? 1)
    let covering = last > 0 ? 1.5 * last * (options.load.meanRate ?? served) : 0
    return max(options.requests, Int(min(1e9, covering.rounded(.up))))
  }

  /// As many batches as devices have places for, and a few for each variant.
  private func saturatingDepth(_ options: SimulationOptions) -> Int {
    let places = min(1024, program.devices.map(\.inFlightLimit).max() ?? 0)
    return max(16, 8 * program.variants.count, places) * (options.batching?.maximumRequests ?? 1)
  }
}

/// How far a simulation is.
public struct SimulationProgress: Sendable, Hashable {
  public var requestsEnded: Int
  /// Of the replications started so far.
  public var requestsExpected: Int
}

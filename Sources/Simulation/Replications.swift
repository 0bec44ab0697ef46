import Dispatch
import Synchronization

/// Independent replications on all cores.
///
/// Replication i always draws from stream i and results are merged in order of i, so that the number of threads never
/// shows. Replications are added in rounds whose size does not depend on it either.
enum Replications {
  struct Outcome {
    /// In order of replication.
    var results: [RunResult]
    var precisionReached: Bool?
  }

  static func run(
    _ program: CompiledProgram, _ options: SimulationOptions, _ template: Engine.Run,
    progress: (@Sendable (SimulationProgress) -> Void)?
  ) throws(SimulationError) -> Outcome {
    var count = options.replications
    if options.precision != nil { count = max(3, count) }
    var results = try round(0..<count, program, options, template, progress)
    guard let precision = options.precision else { return Outcome(results: results) }
    while !reached(precision, results), results.count < options.maximumReplications,
      !results.contains(where: \.isUnstable)
    {
      let more = min(max(4, results.count / 2), options.maximumReplications - results.count)
      results += try round(results.count..<results.count + more, program, options, template, progress)
    }
    return Outcome(results: results, precisionReached: reached(precision, results))
  }

  private static func reached(_ precision: Double, _ results: [RunResult]) -> Bool {
    let values = results.map { $0.latencies.quantile(0.99) }
    let mean = values.reduce(0, +) / Double(values.count)
    guard let halfWidth = StudentT.halfWidth95(values) else { return false }
    return halfWidth <= precision * mean
  }

  private static func round(
    _ numbers: Range<Int>, _ program: CompiledProgram, _ options: SimulationOptions, _ template: Engine.Run,
    _ progress: (@Sendable (SimulationProgress) -> Void)?
  ) throws(SimulationError) -> [RunResult] {
    let workers = min(options.threads ?? numbers.count, numbers.count)
    let ended = Atomic<Int>(0)
    let perRun = template.warmUp + (template.requests ?? 0)
    let expected = perRun * numbers.count
    let outcomes = Mutex([Result<RunResult, SimulationError>?](repeating: nil, count: numbers.count))
    DispatchQueue.concurrentPerform(iterations: workers) { worker in
      for index in stride(from: worker, to: numbers.count, by: workers) {
        var run = template
        run.replication = numbers.lowerBound + index
        let outcome = Result<RunResult, SimulationError> { () throws(SimulationError) in
          var engine = try Engine(program, options, run)
          return try engine.simulate { more in
            let total = ended.add(more, ordering: .relaxed).newValue
            progress?(SimulationProgress(requestsEnded: total, requestsExpected: expected))
          }
        }
        outcomes.withLock { $0[index] = outcome }
      }
    }
    var results: [RunResult] = []
    for outcome in outcomes.withLock({ $0 }) {
      if let outcome { results.append(try outcome.get()) }
    }
    return results
  }
}

import Partitioner
import Reporting

/// One call of the simulator and what is printed and written of it.
struct SimulationRun {
  /// Options that name a file for a window of the run.
  static let trace = "--trace"
  static let timeline = "--timeline"

  let simulator: Simulator
  var options: SimulationOptions
  let output: Output
  let json: Bool

  /// Replays the load and prints the report; answers whether the plan holds.
  func replay(words: String) throws(PartitionError) -> Bool {
    let report = try attempt { () throws(SimulationError) in
      try simulator.run(options) { progress in
        ProgressLine.shared.show(
          "simulating: \(progress.requestsEnded) of \(progress.requestsExpected) batches")
      }
    }
    ProgressLine.shared.clear()
    try print(report, SimulationSummary(report, load: words).text)
    try record(options)
    return report.verdict.holds
  }

  /// Finds the highest rate that meets an objective and prints it; answers whether there is one. What is recorded is a run
  /// at that rate.
  func search(_ objective: LatencyObjective) throws(PartitionError) -> Bool {
    let search = try attempt { () throws(SimulationError) in
      try simulator.highestRate(meeting: objective, options) { trial in
        ProgressLine.shared.show(
          "trying \(Figures.number(trial.requestsPerSecond)) a second: \(trial.meets ? "met" : "missed")")
      }
    }
    ProgressLine.shared.clear()
    try print(search, RateSearchSummary(search).text)
    if search.highestRate > 0 {
      var found = options
      found.load = options.load.scaled(to: search.highestRate)
      try record(found)
    }
    return search.holds
  }

  private func print(_ result: some Encodable, _ text: String) throws(PartitionError) {
    if json { try Output.print(JSONText.encode(result)) } else { try output.say(text) }
  }

  /// Writes a window of the run where a file is named.
  private func record(_ options: SimulationOptions) throws(PartitionError) {
    guard output.has(Self.trace) || output.has(Self.timeline) else { return }
    let window = window(of: options)
    let recording = try attempt { () throws(SimulationError) in try simulator.record(options, window) }
    try output.write(ChromeTrace(recording, of: simulator.program).text, for: Self.trace)
    try output.write(
      TimelineSVG(recording, of: simulator.program)
        .page(fromSeconds: window.fromSeconds, toSeconds: window.toSeconds), for: Self.timeline)
    if !json {
      try output.say("\n")
      try output.sayWhatWasWritten()
    }
  }

  /// Long enough for a few batches however seldom they come, from when the first have gone through.
  private func window(of options: SimulationOptions) -> RecordingWindow {
    let path = max(simulator.bounds.longestPathSeconds.max() ?? 0, 1e-6)
    let between: Double =
      if case .closedLoop(let clients, let think) = options.load {
        think / Double(max(1, clients))
      } else {
        options.load.meanRate.map { Double(options.batching?.maximumRequests ?? 1) / $0 } ?? 0
      }
    guard case .backToBack = options.load else {
      return RecordingWindow(fromSeconds: 4 * path, toSeconds: 4 * path + 8 * max(path, between))
    }
    // A batch waits for those that are in front of it; a short run is shown from its start.
    let inFront = simulator.clients(options)
    let stay = Double(inFront) / simulator.bounds.saturatedRate
    let begin = options.requests > 2 * inFront ? 4 * path : 0
    return RecordingWindow(fromSeconds: begin, toSeconds: begin + max(8 * path, 1.5 * stay))
  }

  private func attempt<Result>(
    _ body: () throws(SimulationError) -> Result
  ) throws(PartitionError) -> Result {
    do { return try body() } catch { throw PartitionError(error) }
  }
}

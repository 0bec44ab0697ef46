import Partitioner
import Reporting

/// One call of the simulator and what is printed and written of it.
struct SimulationRun {
  let simulator: Simulator
  let options: SimulationOptions
  let latencyBudgetSeconds: Double?
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
    let summary = SimulationSummary(report, load: words, latencyBudgetSeconds: latencyBudgetSeconds)
    print(json ? try JSONText.encode(report) : summary.text, terminator: "")
    return report.unstable == nil && !report.memoryViolated && summary.meetsBudget != false
  }

  /// Finds the highest rate that meets an objective and prints it; answers whether there is one.
  func search(_ objective: LatencyObjective) throws(PartitionError) -> Bool {
    let search = try attempt { () throws(SimulationError) in
      try simulator.highestRate(meeting: objective, options) { trial in
        ProgressLine.shared.show(
          "trying \(Figures.number(trial.requestsPerSecond)) a second: \(trial.meets ? "met" : "missed")")
      }
    }
    ProgressLine.shared.clear()
    print(json ? try JSONText.encode(search) : RateSearchSummary(search).text, terminator: "")
    return search.highestRate > 0
  }

  /// Writes a window of the run where a file is named.
  func record(trace: String?, timeline: String?) throws(PartitionError) {
    guard trace != nil || timeline != nil else { return }
    let window = self.window
    let recording = try attempt { () throws(SimulationError) in try simulator.record(options, window) }
    if let trace {
      try Partitioner.write(ChromeTrace(recording, of: simulator.program).text, to: trace)
    }
    if let timeline {
      let drawing = TimelineSVG(recording, of: simulator.program)
      try Partitioner.write(
        drawing.page(fromSeconds: window.fromSeconds, toSeconds: window.toSeconds), to: timeline)
    }
  }

  /// Long enough for a few batches, from when the first have gone through.
  private var window: RecordingWindow {
    let path = max(simulator.bounds.longestPathSeconds.max() ?? 0, 1e-6)
    return RecordingWindow(fromSeconds: 4 * path, toSeconds: 12 * path)
  }

  private func attempt<Result>(
    _ body: () throws(SimulationError) -> Result
  ) throws(PartitionError) -> Result {
    do { return try body() } catch { throw PartitionError(error) }
  }
}

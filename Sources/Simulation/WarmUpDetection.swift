/// MSER-5 (White 1997): where the start-up transient of a series ends.
///
/// The series is cut into means of five. The truncation point is the one that minimises the squared standard error of
/// the mean of what is left; points in the second half are not trusted, so that at most half is left out.
enum WarmUpDetection {
  static let batch = 5

  /// - Returns: values to leave out at the start; a multiple of five.
  static func truncation(of series: [Double]) -> Int {
    let count = series.count / batch
    guard count >= 4 else { return 0 }
    let means = (0..<count).map { index in
      series[index * batch..<(index + 1) * batch].reduce(0, +) / Double(batch)
    }
    var sum = 0.0
    var squares = 0.0
    var best = 0
    var bestError = Double.infinity
    // From the end, so that each point adds one batch. Centred on the mean, so that squares keep their digits.
    let centre = means.reduce(0, +) / Double(count)
    for start in stride(from: count - 1, through: 0, by: -1) {
      let value = means[start] - centre
      sum += value
      squares += value * value
      let left = Double(count - start)
      guard start <= count / 2 else { continue }
      let error = max(0, squares - sum * sum / left) / (left * left)
      // On a tie the earlier start wins, so that nothing is left out of a constant series.
      if error <= bestError * (1 + 1e-12) {
        bestError = error
        best = start
      }
    }
    return best * batch
  }
}

extension Simulator {
  /// Requests to leave out at the start of each replication.
  func warmUpRequests(_ options: SimulationOptions) throws(SimulationError) -> Int {
    if case .requests(let count) = options.warmUp { return count }
    if case .trace = options.load { return 0 }
    var pilot = template(options, warmUp: 0)
    pilot.keepsLatencies = true
    pilot.requests = min(20_000, max(1000, options.requests))
    var undisturbed = options
    undisturbed.failures = []
    var engine = try Engine(compiled, undisturbed, pilot)
    return WarmUpDetection.truncation(of: try engine.simulate().latencySeries)
  }
}

/// How many requests were in the system over time, in at most 64 samples however long the run.
struct GrowthSeries: Sendable {
  private struct Sample {
    var time: Int64
    var inSystem: Int
  }

  private var samples: [Sample] = []
  private var stride = 1
  private var skipped = 0

  mutating func add(_ time: Int64, _ inSystem: Int) {
    skipped += 1
    guard skipped >= stride else { return }
    skipped = 0
    samples.append(Sample(time: time, inSystem: inSystem))
    if samples.count == 64 {
      samples = samples.indices.filter { $0 % 2 == 1 }.map { samples[$0] }
      stride *= 2
    }
  }

  /// Requests a second by which the queue grew over the second half of the run.
  var growthPerSecond: Double {
    guard samples.count >= 8, let last = samples.last else { return 0 }
    let middle = samples[samples.count / 2]
    guard last.time > middle.time else { return 0 }
    return Double(last.inSystem - middle.inSystem) / Ticks.seconds(last.time - middle.time)
  }

  /// Whether the number in the system rises in a straight line rather than wandering about a level.
  ///
  /// Over the second half it must rise by half at least (a line through the origin doubles, a random walk at exactly
  /// full load grows by 41 %), by more than 100 requests, and through every quarter.
  var isSteady: Bool {
    guard samples.count >= 16 else { return false }
    let count = samples.count
    let levels = [count / 4, count / 2, 3 * count / 4, count - 1].map { Double(samples[$0].inSystem) }
    return levels[3] - levels[1] > 100 && levels[3] > 1.5 * levels[1]
      && levels[0] < levels[1] && levels[1] < levels[2] && levels[2] < levels[3]
  }
}

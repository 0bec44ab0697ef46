/// What a plan must do under a load to hold; the report's ``SimulationReport/Verdict`` says whether it does.
public struct Requirements: Sendable, Hashable {
  /// Seconds within which 99 of 100 requests must be answered; `nil` or infinite for no budget.
  public var latencyBudgetSeconds: Double?
  /// Least share of the requests that must be answered, 0 to 1: what fails with a device is lost.
  public var availability: Double

  public init(latencyBudgetSeconds: Double? = nil, availability: Double = 1) {
    self.latencyBudgetSeconds = latencyBudgetSeconds
    self.availability = availability
  }

  /// How many of `failed` lost requests are more than the availability allows.
  ///
  /// Those count as late wherever a percentile is held against a limit: an outage is never a shorter latency.
  func notAllowed(completed: Int, failed: Int) -> Double {
    max(0, Double(failed) - (1 - availability) * Double(completed + failed))
  }

  /// Whether so many lost requests are allowed.
  func allows(completed: Int, failed: Int) -> Bool {
    // A share such as 0.999 has no exact value in binary.
    notAllowed(completed: completed, failed: failed) <= 1e-9 * Double(completed + failed)
  }
}

extension SimulationReport {
  /// Whether the plan holds under the load, and if not, why.
  public struct Verdict: Sendable, Hashable, Codable {
    public var holds: Bool
    /// Empty when it holds.
    public var problems: [Problem]
    /// `nil` without a budget.
    public var budget: Budget?
    /// The least share of requests that had to be answered.
    public var requiredAvailability: Double

    public struct Problem: Sendable, Hashable, Codable {
      public enum Kind: String, Sendable, Hashable, Codable { case unstable, memory, latency, availability }
      public var kind: Kind
      public var message: String
    }

    /// The latency budget against the 99th percentile of all requests that ended in the measured part. Lost requests count
    /// as never answered, except for as many as the availability allows.
    public struct Budget: Sendable, Hashable, Codable {
      public var seconds: Double
      /// `nil` when the lost requests reach into it: then it has no end.
      public var p99Seconds: Double?
      public var isMet: Bool
    }
  }
}

extension SimulationReport.Verdict {
  /// - Parameters:
  ///   - latencies: of the requests answered in the measured part.
  ///   - failed: lost in the measured part.
  init(
    _ requirements: Requirements, latencies: LatencyHistogram, failed: Int, counts: SimulationReport.Counts,
    unstable: SimulationReport.Unstable?, memoryViolated: Bool
  ) {
    problems = []
    requiredAvailability = requirements.availability
    if let unstable { problems.append(.init(kind: .unstable, message: unstable.message)) }
    if memoryViolated {
      problems.append(.init(kind: .memory, message: "a device held more bytes than it has"))
    }
    if !requirements.allows(completed: counts.completed, failed: counts.failed) {
      problems.append(
        .init(
          kind: .availability,
          message: "\(counts.failed) of \(counts.completed + counts.failed) requests were lost: available "
            + "\(Decimals.share(counts.availability)), less than the "
            + "\(Decimals.share(requirements.availability)) that is required"))
    }
    budget = requirements.latencyBudgetSeconds.flatMap { $0.isFinite ? $0 : nil }.map { seconds in
      let late = requirements.notAllowed(completed: Int(latencies.count), failed: failed)
      let p99 = latencies.quantile(0.99, late: late)
      return Budget(
        seconds: seconds, p99Seconds: p99, isMet: unstable == nil && (p99.map { $0 <= seconds } ?? false))
    }
    if let budget, !budget.isMet, unstable == nil {
      let limit = "the budget of \(Decimals.text(budget.seconds * 1e3, digits: 3)) ms"
      problems.append(
        .init(
          kind: .latency,
          message: budget.p99Seconds.map {
            "p99 is \(Decimals.text($0 * 1e3, digits: 3)) ms, over \(limit)"
          } ?? "fewer than 99 of 100 requests were answered, so \(limit) is missed"))
    }
    holds = problems.isEmpty
  }
}

extension SimulationReport.Counts {
  /// Share of the requests that ended by being answered, not lost; 1 where none ended.
  public var availability: Double {
    let (ended, overflows) = completed.addingReportingOverflow(failed)
    return ended > 0 && !overflows ? Double(completed) / Double(ended) : 1
  }
}

extension LatencyHistogram {
  /// The value that `fraction` of all values do not exceed where so many more are late without end, in seconds; `nil` when
  /// it is one of those, or when there are no values.
  func quantile(_ fraction: Double, late: Double) -> Double? {
    guard count > 0 else { return nil }
    let rank = fraction * (Double(count) + late) / Double(count)
    return rank <= 1 + 1e-12 ? quantile(min(1, rank)) : nil
  }
}

/// Variation of service times: each task's time is multiplied by one draw with mean 1, the same for all its legs.
public enum Jitter: Sendable, Hashable {
  case none
  /// Uniform between 1 - spread and 1 + spread; spread in 0 ... 1.
  case uniform(spread: Double)
  /// Lognormal with the given coefficient of variation.
  case lognormal(variation: Double)
  /// Exponential: the memoryless service of the M/M queues.
  case exponential
}

/// Distribution of one request's look-ups into one table; the mean is the table's average.
///
/// A draw is capped at the table's maximum, the size of its padded index tensor; the mean of capped draws is still the average, so
/// that more variation is no less load. A table whose average is its maximum does not vary.
public enum LookupDistribution: Sendable, Hashable {
  /// Always the average.
  case fixed
  case poisson
  /// Geometric on 0, 1, 2, ...: many requests with few look-ups, a few with very many.
  case geometric
  /// Lognormal with the given coefficient of variation.
  case lognormal(variation: Double)
}

/// Distribution of sequence lengths.
///
/// Every part of a task that does not scale with look-ups is multiplied by length / planned length. That is exact
/// for work proportional to the number of tokens; attention's quadratic share is not modelled. A program with padding buckets has
/// its own times: there a length says which bucket a request falls into.
public struct LengthModel: Sendable, Hashable {
  /// The length that the program's times hold for.
  public var plannedLength: Double
  public var distribution: Distribution

  public enum Distribution: Sendable, Hashable {
    case fixed(Double)
    /// Uniform on the whole numbers of the closed range.
    case uniform(minimum: Int, maximum: Int)
    /// Drawn with equal chance from measured lengths.
    case empirical([Double])
    /// Each length with its part of the requests; the parts add up to 1.
    case shares(lengths: [Double], shares: [Double])
  }

  public init(plannedLength: Double, distribution: Distribution) {
    self.plannedLength = plannedLength
    self.distribution = distribution
  }
}

/// Requests that wait for each other and run as one batch of the program.
///
/// The window opens with its first request and closes when `maximumRequests` have come or `maximumWaitSeconds` have
/// passed, whichever is first.
public struct BatchingWindow: Sendable, Hashable {
  public var maximumRequests: Int
  public var maximumWaitSeconds: Double
  public var cost: Cost

  /// What a batch with k of n requests costs.
  public enum Cost: String, Sendable, Hashable, Codable {
    /// The program's full time: compiled shapes are fixed, the rest is padding.
    case padded
    /// k / n of the program's time.
    case proportional
  }

  public init(maximumRequests: Int, maximumWaitSeconds: Double, cost: Cost = .padded) {
    self.maximumRequests = maximumRequests
    self.maximumWaitSeconds = maximumWaitSeconds
    self.cost = cost
  }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// A distribution of look-ups whose draws are capped at a table's maximum and keep the table's average all the same.
///
/// The distribution is given the mean m at which E[min(X, M)] is the average. With q = m / (1 + m), z = (M - m) / sqrt(m),
/// s^2 = ln(1 + c^2) and a = ln m - s^2 / 2, that is
///
///     geometric   m (1 - q^M)
///     Poisson     M - sum over k < M of (M - k) P(X = k); above a mean of 30, where draws are normal: M - sqrt(m) (z F(z) + f(z))
///     lognormal   m F((ln M - a - s^2) / s) + M (1 - F((ln M - a) / s))
///
/// with F and f of the standard normal distribution. Where the average is the maximum, every draw is.
struct CappedDistribution {
  let distribution: LookupDistribution
  /// Of the distribution without a cap.
  let mean: Double
  /// Infinite for none.
  let maximum: Double

  /// - Parameters:
  ///   - average: Above 0.
  ///   - maximum: Below the average for none.
  init(_ distribution: LookupDistribution, average: Double, maximum: Double) {
    let isCapped = maximum >= average
    self.maximum = isCapped ? maximum : .infinity
    if !isCapped || distribution == .fixed {
      self.distribution = distribution
      mean = average
    } else if let mean = Self.mean(distribution, average: average, maximum: maximum) {
      self.distribution = distribution
      self.mean = mean
    } else {
      self.distribution = .fixed
      mean = average
    }
  }

  func draw(from random: inout RandomStream) -> Double {
    let drawn: Double =
      switch distribution {
      case .fixed: mean
      case .poisson: random.poisson(mean: mean)
      case .geometric: random.geometric(mean: mean)
      case .lognormal(let variation): mean * random.lognormal(variation: variation)
      }
    return min(drawn, maximum)
  }

  // MARK: The mean

  /// How many times a mean may be doubled: beyond it draws are all but always the maximum.
  private static let mostDoublings = 40
  private static let bisections = 60

  /// `nil` where the average is so close to the maximum that no mean gives it.
  private static func mean(_ distribution: LookupDistribution, average: Double, maximum: Double) -> Double? {
    func capped(_ mean: Double) -> Double { cappedMean(distribution, mean: mean, maximum: maximum) }
    var (low, high) = (average, average)
    var doublings = 0
    while capped(high) < average * (1 - 1e-12) {
      guard doublings < mostDoublings else { return nil }
      (low, high) = (high, 2 * high)
      doublings += 1
    }
    for _ in 0..<bisections {
      let middle = (low + high) / 2
      if capped(middle) < average { low = middle } else { high = middle }
    }
    return high
  }

  /// E[min(X, maximum)].
  static func cappedMean(_ distribution: LookupDistribution, mean: Double, maximum: Double) -> Double {
    switch distribution {
    case .fixed: return min(mean, maximum)
    case .geometric: return -mean * expm1(-maximum * log1p(1 / mean))
    case .poisson where mean > 30:
      let deviation = mean.squareRoot()
      let z = (maximum - mean) / deviation
      return maximum - deviation * (z * normal(z) + exp(-z * z / 2) / (2 * Double.pi).squareRoot())
    case .poisson:
      // No draw of a mean up to 30 reaches 200.
      guard maximum < 200 else { return mean }
      var (probability, sum) = (exp(-mean), 0.0)
      for count in 0..<Int(maximum.rounded(.up)) {
        sum += (maximum - Double(count)) * probability
        probability *= mean / Double(count + 1)
      }
      return maximum - sum
    case .lognormal(let variation):
      let variance = log(1 + variation * variation)
      let deviation = variance.squareRoot()
      guard deviation > 0 else { return min(mean, maximum) }
      let z = (log(maximum) - log(mean) + variance / 2) / deviation
      return mean * normal(z - deviation) + maximum * (1 - normal(z))
    }
  }

  /// The standard normal distribution function.
  private static func normal(_ z: Double) -> Double { erfc(-z / 2.0.squareRoot()) / 2 }
}

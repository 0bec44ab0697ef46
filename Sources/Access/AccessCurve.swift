import Rules

/// Which part of a table's look-ups its hottest rows take: piecewise linear and concave, from nothing to all.
///
/// Between two points the true curve lies above, so that what is read off is rather too little.
public struct AccessCurve: Sendable, Hashable {
  /// A share of the rows, hottest first, and of the look-ups that go to them.
  public struct Point: Sendable, Hashable {
    public var rows: Double
    public var lookups: Double

    public init(rows: Double, lookups: Double) {
      self.rows = rows
      self.lookups = lookups
    }
  }

  /// Ascending, from (0, 0) to (1, 1).
  public let points: [Point]

  /// Every row as often as any other.
  public static let uniform = AccessCurve(points: [Point(rows: 0, lookups: 0), Point(rows: 1, lookups: 1)])

  /// Statistics of `facebookresearch/dlrm_datasets` (MIT) of 2021, 856 tables: of the rows that 65,536 samples touch the share that is
  /// used more than 256, 64, 32, 16 and 4 times. Rows that are used less may be others in the next samples: what is left of the
  /// look-ups is spread over all other rows alike.
  ///
  /// - Parameter touched: The share of a table's rows that so many samples touch.
  public static func meta2021(touched: Double) -> AccessCurve {
    let share = min(1, max(0, touched))
    guard share > 0 else { return .uniform }
    let known = [(0.002, 0.311), (0.008, 0.421), (0.02, 0.494), (0.052, 0.598), (0.236, 0.82)]
    return AccessCurve(
      points: [Point(rows: 0, lookups: 0)] + known.map { Point(rows: $0.0 * share, lookups: $0.1) }
        + [Point(rows: 1, lookups: 1)])
  }

  private init(points: [Point]) { self.points = points }

  /// - Parameter points: Between (0, 0) and (1, 1), which are added.
  /// - Returns: `nil` where they do not ascend, lie outside, or are not concave: then they are not of rows by falling heat.
  public init?(through points: [Point]) {
    var all = points
    if all.first != Point(rows: 0, lookups: 0) { all.insert(Point(rows: 0, lookups: 0), at: 0) }
    if all.last != Point(rows: 1, lookups: 1) { all.append(Point(rows: 1, lookups: 1)) }
    var steepest = Double.infinity
    for (point, next) in zip(all, all.dropFirst()) {
      let (rows, lookups) = (next.rows - point.rows, next.lookups - point.lookups)
      guard rows > 0, lookups >= 0, next.rows <= 1, next.lookups <= 1, lookups / rows <= steepest * (1 + 1e-9)
      else { return nil }
      steepest = lookups / rows
    }
    self.points = all
  }

  /// Zipf's law: of n rows the one of rank k is looked up in proportion to k^-a.
  ///
  /// - Parameters:
  ///   - exponent: a, 0 for uniform; at most 100.
  ///   - rows: n, at least 1.
  public init(zipf exponent: Double, rows: Int) {
    guard exponent > 0, exponent.isFinite, rows > 1 else {
      self = .uniform
      return
    }
    let all = Self.harmonic(rows, exponent)
    var points = [Point(rows: 0, lookups: 0)]
    var rank = 1
    while rank < rows {
      let lookups = min(1, Self.harmonic(rank, exponent) / all)
      // Where the tail is too thin to tell, it is none.
      guard lookups > (points.last?.lookups ?? 0) else { break }
      points.append(Point(rows: Double(rank) / Double(rows), lookups: lookups))
      let (next, overflow) = rank.multipliedReportingOverflow(by: 2)
      if overflow { break }
      rank = next
    }
    points.append(Point(rows: 1, lookups: 1))
    self.points = points
  }

  /// Sum of k^-a over k from 1 to `count`: the first terms by themselves, the others by the integral between half steps.
  private static func harmonic(_ count: Int, _ exponent: Double) -> Double {
    let exact = min(count, 64)
    var sum = 0.0
    for rank in 1...exact { sum += PortableMath.exp(-exponent * PortableMath.ln(Double(rank))) }
    guard count > exact else { return sum }
    let (low, high) = (PortableMath.ln(Double(exact) + 0.5), PortableMath.ln(Double(count) + 0.5))
    let power = 1 - exponent
    if abs(power) < 1e-9 { return sum + high - low }
    return sum + (PortableMath.exp(power * high) - PortableMath.exp(power * low)) / power
  }

  /// The part of the look-ups that a share of the rows takes, the hottest.
  public func lookups(ofRows share: Double) -> Double {
    guard share > 0 else { return 0 }
    guard share < 1 else { return 1 }
    for (point, next) in zip(points, points.dropFirst()) where share <= next.rows {
      return point.lookups
        + (next.lookups - point.lookups) * (share - point.rows) / (next.rows - point.rows)
    }
    return 1
  }
}

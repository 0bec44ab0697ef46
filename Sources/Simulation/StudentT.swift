/// Confidence intervals of a mean over independent replications.
enum StudentT {
  /// Two-sided 95 % points for 1 ... 30 degrees of freedom, then for 40, 60, 120 and infinity; from the tables in
  /// Abramowitz and Stegun, 26.10.
  private static let points: [Double] = [
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.160, 2.145, 2.131,
    2.120,
    2.110, 2.101, 2.093, 2.086, 2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
  ]

  static func point95(degreesOfFreedom: Int) -> Double {
    guard degreesOfFreedom >= 1 else { return .infinity }
    if degreesOfFreedom <= points.count { return points[degreesOfFreedom - 1] }
    // The first terms of the Cornish-Fisher expansion about the normal point; off by less than 0.0005 from 31 on.
    let z = 1.959964
    let n = Double(degreesOfFreedom)
    return z + (z * z * z + z) / (4 * n) + (5 * z * z * z * z * z + 16 * z * z * z + 3 * z) / (96 * n * n)
  }

  /// Half the width of the 95 % interval of the mean; `nil` for fewer than two values.
  static func halfWidth95(_ values: [Double]) -> Double? {
    guard values.count >= 2 else { return nil }
    let count = Double(values.count)
    let mean = values.reduce(0, +) / count
    let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
    return point95(degreesOfFreedom: values.count - 1) * (variance / count).squareRoot()
  }
}

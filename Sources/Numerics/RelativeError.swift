/// |found - exact| / |exact| of lists of numbers, L2.
enum RelativeError {
  /// 0 where both are 0; 1 where only `exact` is.
  static func of(_ found: [Float], exact: [Float]) -> Double {
    var lost = 0.0
    var whole = 0.0
    for (a, b) in zip(found, exact) {
      let difference = Double(a) - Double(b)
      lost += difference * difference
      whole += Double(b) * Double(b)
    }
    return whole > 0 ? (lost / whole).squareRoot() : lost > 0 ? 1 : 0
  }
}

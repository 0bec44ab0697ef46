/// Arithmetic on untrusted sizes that never traps.
package enum Saturating {
  /// The product, or the largest integer when it overflows. Factors must not be negative.
  package static func product(_ factors: some Sequence<Int>) -> Int {
    var result = 1
    var overflowed = false
    for factor in factors {
      if factor == 0 { return 0 }
      let (product, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow { overflowed = true } else { result = product }
    }
    return overflowed ? .max : result
  }

  package static func product(_ factors: Int...) -> Int { product(factors) }

  package static func sum(_ a: Int, _ b: Int) -> Int {
    let (sum, overflow) = a.addingReportingOverflow(b)
    return overflow ? (b > 0 ? .max : .min) : sum
  }

  /// The product, or `nil` when it overflows.
  static func exactProduct(_ factors: [Int]) -> Int? {
    var result = 1
    for factor in factors {
      let (product, overflow) = result.multipliedReportingOverflow(by: factor)
      if overflow { return nil }
      result = product
    }
    return result
  }
}

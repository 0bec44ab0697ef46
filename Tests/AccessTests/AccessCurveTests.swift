import Access
import Foundation
import Testing

@Suite struct AccessCurveTests {
  @Test func publishedSharesAreReadOff() {
    let curve = AccessCurve.meta2021(touched: 1)
    // The hottest 5.2 % of the rows take 59.8 % of the look-ups, 2.0 % take 49.4 %, 0.8 % take 42 %, 0.2 % take 31 %.
    for (rows, lookups) in [
      (0.052, 0.598), (0.02, 0.494), (0.008, 0.42), (0.002, 0.31), (0, 0), (1, 1), (2, 1),
    ] {
      #expect(abs(curve.lookups(ofRows: rows) - lookups) < 0.002)
    }
    #expect(AccessCurve(through: Array(curve.points.dropFirst().dropLast())) == curve)
    // Of a table of which a tenth of the rows is touched they are a tenth as many.
    let tenth = AccessCurve.meta2021(touched: 0.1)
    #expect(abs(tenth.lookups(ofRows: 0.0052) - 0.598) < 1e-9)
    #expect(tenth.lookups(ofRows: 0.1) < 0.9)
    #expect(AccessCurve.meta2021(touched: 0) == .uniform)
    #expect(AccessCurve.meta2021(touched: .infinity) == curve)
    #expect(AccessCurve.uniform.lookups(ofRows: 0.3) == 0.3)
  }

  /// Held against the sums themselves.
  @Test(arguments: [0.4, 0.8, 1, 1.2, 2.5]) func zipfIsTheSumOfItsRanks(exponent: Double) throws {
    let rows = 20_000
    let curve = AccessCurve(zipf: exponent, rows: rows)
    var (sum, sums) = (0.0, [0.0])
    for rank in 1...rows {
      sum += exp(-exponent * log(Double(rank)))
      sums.append(sum)
    }
    for point in curve.points {
      let rank = Int((point.rows * Double(rows)).rounded())
      #expect(abs(point.lookups - sums[rank] / sum) < 1e-4)
    }
    for share in [0.0001, 0.003, 0.01, 0.1, 0.5] {
      let exact = sums[Int(share * Double(rows))] / sum
      #expect(curve.lookups(ofRows: share) <= exact + 1e-4)
    }
  }

  @Test func whatIsNoCurveIsRefused() {
    func curve(_ points: [(Double, Double)]) -> AccessCurve? {
      AccessCurve(through: points.map { .init(rows: $0.0, lookups: $0.1) })
    }
    #expect(curve([(0.1, 0.5), (0.5, 0.9)]) != nil)
    #expect(curve([(0.5, 0.1)]) == nil)
    #expect(curve([(0.1, 0.5), (0.1, 0.6)]) == nil)
    #expect(curve([(0.1, 1.5)]) == nil)
    #expect(curve([(.nan, 0.5)]) == nil)
    #expect(curve([(0.1, .nan)]) == nil)
    #expect(curve([(-0.1, 0.5)]) == nil)
    #expect(AccessCurve(zipf: .infinity, rows: 10) == .uniform)
    #expect(AccessCurve(zipf: 100, rows: .max).lookups(ofRows: 0.5) <= 1)
    #expect(AccessCurve(zipf: 1, rows: 1) == .uniform)
  }
}

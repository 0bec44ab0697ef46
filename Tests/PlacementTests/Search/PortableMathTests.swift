import Foundation
import Rules
import Testing

@Suite struct PortableMathTests {
  @Test func agreesWithTheLibrary() {
    for step in -7000...7000 {
      let x = Double(step) / 10
      #expect(isNear(PortableMath.exp(x), exp(x)), "exp \(x)")
    }
    for step in 1...2000 {
      let x = pow(1.37, Double(step - 1000))
      #expect(isNear(PortableMath.ln(x), log(x)), "ln \(x)")
      #expect(
        isNear(PortableMath.pow(0.7, Double(step) / 100), pow(0.7, Double(step) / 100)), "power \(step)")
    }
  }

  private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-14 * abs(b) }

  @Test func edges() {
    #expect(PortableMath.exp(0) == 1 && PortableMath.ln(1) == 0)
    #expect(PortableMath.exp(-1e9) == 0 && PortableMath.exp(1e9) == .infinity)
    #expect(PortableMath.exp(-.infinity) == 0 && PortableMath.exp(.nan).isNaN)
    #expect(PortableMath.ln(0) == -.infinity && PortableMath.ln(-1).isNaN)
    #expect(PortableMath.ln(.infinity) == .infinity)
    #expect(PortableMath.pow(0, 0.5) == 0 && PortableMath.pow(2, 10) > 1023.999)
  }

  /// Bits that every platform must give.
  @Test func bitsAreFixed() {
    #expect(PortableMath.exp(-0.731) == 0x1.ecfb48ad1f40ap-2)
    #expect(PortableMath.ln(0.3) == -0x1.34378fcbda721p+0)
  }
}

import Rules

/// Seeded numbers that are the same on every machine: SplitMix64, and Marsaglia's polar method for normal ones.
struct NormalNumbers {
  private var state: UInt64
  private var spare: Float?

  init(seed: UInt64) { state = seed }

  private mutating func bits() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z >> 31)
  }

  /// From 0 to below 1.
  private mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  /// From 0 to below `count`, which is above 0.
  mutating func below(_ count: Int) -> Int { min(count - 1, Int(uniform() * Double(count))) }

  mutating func next() -> Float {
    if let known = spare {
      spare = nil
      return known
    }
    while true {
      let (x, y) = (2 * uniform() - 1, 2 * uniform() - 1)
      let square = x * x + y * y
      guard square > 0, square < 1 else { continue }
      let factor = (-2 * PortableMath.ln(square) / square).squareRoot()
      spare = Float(y * factor)
      return Float(x * factor)
    }
  }

  mutating func numbers(_ count: Int, scale: Float = 1) -> [Float] { (0..<count).map { _ in next() * scale } }
}

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// xoshiro256++ (Blackman, Vigna 2019), seeded through SplitMix64.
///
/// Arrivals, service times, look-ups and dispatch each draw from a stream of their own, so that changing one
/// option leaves the others' random numbers as they were.
struct RandomStream: RandomNumberGenerator {
  enum Purpose: UInt64 { case arrivals = 1, service, lookups, lengths, dispatch }

  private var s0: UInt64
  private var s1: UInt64
  private var s2: UInt64
  private var s3: UInt64

  init(seed: UInt64, replication: Int, purpose: Purpose) {
    var state = seed
    func mix() -> UInt64 {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return z ^ (z >> 31)
    }
    state = mix() ^ UInt64(truncatingIfNeeded: replication)
    state = mix() ^ purpose.rawValue
    s0 = mix()
    s1 = mix()
    s2 = mix()
    s3 = mix()
  }

  mutating func next() -> UInt64 {
    let sum = s0 &+ s3
    let result = ((sum << 23) | (sum >> 41)) &+ s0
    let t = s1 << 17
    s2 ^= s0
    s3 ^= s1
    s1 ^= s2
    s0 ^= s3
    s2 ^= t
    s3 = (s3 << 45) | (s3 >> 19)
    return result
  }

  /// Uniform in (0, 1].
  mutating func uniform() -> Double { Double((next() >> 11) + 1) * 0x1p-53 }

  /// Exponential with mean 1.
  mutating func exponential() -> Double { -log(uniform()) }

  /// Standard normal, by Box and Muller; the second value is not kept, so that a draw costs the same every time.
  mutating func normal() -> Double {
    let radius = (-2 * log(uniform())).squareRoot()
    return radius * cos(2 * Double.pi * uniform())
  }

  /// Lognormal with mean 1 and the given coefficient of variation.
  mutating func lognormal(variation: Double) -> Double {
    let variance = log(1 + variation * variation)
    return exp(variance.squareRoot() * normal() - variance / 2)
  }

  /// Poisson: by multiplication below a mean of 30, else the normal approximation rounded and cut at zero.
  mutating func poisson(mean: Double) -> Double {
    if mean > 30 { return max(0, (mean + mean.squareRoot() * normal()).rounded()) }
    let limit = exp(-mean)
    var product = uniform()
    var count = 0.0
    while product > limit {
      product *= uniform()
      count += 1
    }
    return count
  }

  /// Geometric on 0, 1, 2, ... with the given mean.
  mutating func geometric(mean: Double) -> Double {
    guard mean > 0 else { return 0 }
    return (log(uniform()) / log(mean / (1 + mean))).rounded(.down)
  }
}

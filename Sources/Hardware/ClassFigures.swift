/// What a class of operators reaches on a device.
///
/// A kernel of m operations (w of the vector engine, r results of depth k, b bytes, s steps) takes
///
///     max(m / (peak x efficiency x r / (r + half results x cores) x k / (k + half depth)), b / (bandwidth x share)) + s x launch
///
/// with the peaks of the data sheet. Vector operations count as their own results, of no depth; of normalisations, Softmax,
/// reductions and pooling the depth is the length of a row: what is read for one result.
public struct ClassFigures: Sendable, Hashable, Codable {
  /// Of the engine's peak, at large sizes; above 1 where an algorithm needs fewer operations than are counted.
  public var efficiency: Double
  /// Results a core at which half of that is reached; 0 where any number reaches all of it.
  public var halfResults: Double
  /// Depth at which half of that is reached; 0 where any depth reaches all of it.
  public var halfDepth: Double
  /// Of the bandwidth of DRAM and of on-chip memory; of the DRAM's at most 1.
  public var bandwidthShare: Double
  /// Fixed time of a kernel, or of a step of a recurrent layer, seconds.
  public var launchSeconds: Double
  /// The median of |predicted / measured - 1| over the kernels that they were fitted to; 0 where it is not known.
  public var error: Double

  public init(
    efficiency: Double, halfResults: Double, halfDepth: Double, bandwidthShare: Double, launchSeconds: Double,
    error: Double = 0
  ) {
    self.efficiency = efficiency
    self.halfResults = halfResults
    self.halfDepth = halfDepth
    self.bandwidthShare = bandwidthShare
    self.launchSeconds = launchSeconds
    self.error = error
  }

  /// Of a peak, what kernels of `results` a step and `depth` reach; 0 depth for none.
  public func efficiency(results: Double, depth: Double, cores: Int) -> Double {
    guard results > 0 else { return efficiency }
    let wide = efficiency * results / (results + halfResults * Double(cores))
    return depth > 0 ? wide * depth / (depth + halfDepth) : wide
  }
}

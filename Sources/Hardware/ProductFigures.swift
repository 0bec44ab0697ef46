/// How much of an engine's sustained peak matrix products reach in one precision.
///
/// With r results of depth k (r = m n for y[m, n] = x[m, k] w[k, n]; for a convolution r elements of output and k = kernel
/// volume x channels of a group) a product runs at
///
///     sustained peak x r / (r + half results) x k / (k + half depth)
///
/// since few tiles leave cores idle and short sums never fill the pipeline. Fitted to measured kernels in `reports/fidelity`.
public struct ProductFigures: Sendable, Hashable, Codable {
  /// Results at which half of the peak is reached; 0 where any number reaches all of it.
  public var halfResults: Double
  /// Depth at which half of the peak is reached; 0 where any depth reaches all of it.
  public var halfDepth: Double
  /// Fixed time of a kernel, seconds.
  public var launchSeconds: Double
  /// Fixed time of the kernels that quantise what a product reads in a wider precision, seconds; `nil` where none are counted.
  public var quantiseSeconds: Double?
  /// Bytes of DRAM that they move for each element, where these are not in the other figures already.
  public var quantiseBytes: Double?

  public init(
    halfResults: Double, halfDepth: Double, launchSeconds: Double, quantiseSeconds: Double? = nil,
    quantiseBytes: Double? = nil
  ) {
    self.halfResults = halfResults
    self.halfDepth = halfDepth
    self.launchSeconds = launchSeconds
    self.quantiseSeconds = quantiseSeconds
    self.quantiseBytes = quantiseBytes
  }

  /// The part of the sustained peak, above 0 and at most 1; 1 for nothing to compute.
  public func share(results: Double, depth: Double) -> Double {
    guard results > 0, depth > 0 else { return 1 }
    return results / (results + halfResults) * depth / (depth + halfDepth)
  }
}

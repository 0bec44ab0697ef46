/// Arithmetic precision of an engine, or the stored precision of a tensor.
public enum Precision: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
  case int4, int8, fp16, fp32

  public var bits: Int {
    switch self {
    case .int4: 4
    case .int8: 8
    case .fp16: 16
    case .fp32: 32
    }
  }

  /// Size of one element; half a byte for `int4`.
  public var bytesPerElement: Double { Double(bits) / 8 }

  /// Bytes that `count` elements take, rounded up to whole bytes; `Int.max` when that overflows.
  public func bytes(for count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: bits)
    return overflow ? .max : product / 8 + (product % 8 == 0 ? 0 : 1)
  }
}

/// Arithmetic precision of an engine, or the stored precision of a tensor.
public enum Precision: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
  case int4, int8, fp8, fp16, bf16, fp32

  public var bits: Int {
    switch self {
    case .int4: 4
    case .int8, .fp8: 8
    case .fp16, .bf16: 16
    case .fp32: 32
    }
  }

  /// Whether values are whole numbers with a scale.
  public var isInteger: Bool { self == .int4 || self == .int8 }

  /// Size of one element; half a byte for `int4`.
  public var bytesPerElement: Double { Double(bits) / 8 }

  /// Bytes that `count` elements take, rounded up to whole bytes; `Int.max` when that overflows.
  public func bytes(for count: Int) -> Int {
    let (product, overflow) = count.multipliedReportingOverflow(by: bits)
    return overflow ? .max : product / 8 + (product % 8 == 0 ? 0 : 1)
  }

  /// What an engine computes in that is asked for this precision and has only `available`: this one, else another of its
  /// width and kind (fp16 for bf16), else the narrowest wider one that holds its values (integers in integers first, floating
  /// point never in integers), else the widest. `nil` where there is none.
  public func choice(among available: some Sequence<Precision>) -> Precision? {
    let known = Set(available)
    if known.contains(self) { return self }
    let ordered = Precision.allCases.filter(known.contains)
    return ordered.first { $0.bits == bits && $0.isInteger == isInteger }
      ?? ordered.first { $0.bits > bits && (isInteger ? $0 != .fp8 : !$0.isInteger) }
      ?? ordered.last { isInteger || !$0.isInteger } ?? ordered.last
  }
}

/// The element type of a tensor, named as in ONNX.
public enum ElementType: String, Hashable, Sendable, CaseIterable {
  case float32, float64, float16, bfloat16, float8, float4
  case int2, uint2, int4, uint4, int8, uint8, int16, uint16, int32, uint32, int64, uint64
  case bool, string, complex64, complex128

  /// Size of one element in bits; a string counts as a pointer.
  public var bits: Int {
    switch self {
    case .int2, .uint2: 2
    case .int4, .uint4, .float4: 4
    case .float8, .int8, .uint8, .bool: 8
    case .float16, .bfloat16, .int16, .uint16: 16
    case .float32, .int32, .uint32: 32
    case .float64, .int64, .uint64, .string, .complex64: 64
    case .complex128: 128
    }
  }

  /// Whether values of this type are model weights when they are constant, as opposed to indices and shapes.
  public var isWeight: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16, .float8, .float4: true
    case .int8, .uint8, .int4, .uint4, .int2, .uint2: true
    default: false
    }
  }

  /// Whether it is a floating-point type.
  public var isFloat: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16, .float8, .float4: true
    default: false
    }
  }

  /// Whether it is an integer wide enough to index rows.
  package var isIndex: Bool {
    switch self {
    case .int16, .uint16, .int32, .uint32, .int64, .uint64: true
    default: false
    }
  }

  /// Bytes that `count` elements take, rounded up to whole bytes; `nil` when that overflows.
  public func bytes(for count: Int) -> Int? {
    let (product, overflow) = count.multipliedReportingOverflow(by: bits)
    guard !overflow else { return nil }
    return product / 8 + (product % 8 == 0 ? 0 : 1)
  }
}

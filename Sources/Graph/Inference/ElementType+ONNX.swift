extension ElementType {
  /// The type with this code in ONNX's `TensorProto.DataType`; `nil` for codes it does not define.
  package init?(onnxCode code: Int) {
    switch code {
    case 1: self = .float32
    case 2: self = .uint8
    case 3: self = .int8
    case 4: self = .uint16
    case 5: self = .int16
    case 6: self = .int32
    case 7: self = .int64
    case 8: self = .string
    case 9: self = .bool
    case 10: self = .float16
    case 11: self = .float64
    case 12: self = .uint32
    case 13: self = .uint64
    case 14: self = .complex64
    case 15: self = .complex128
    case 16: self = .bfloat16
    case 17, 18, 19, 20, 24: self = .float8
    case 21: self = .uint4
    case 22: self = .int4
    case 23: self = .float4
    case 25: self = .uint2
    case 26: self = .int2
    default: return nil
    }
  }
}

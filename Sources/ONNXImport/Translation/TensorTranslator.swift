import FoundationEssentials
import Graph
import ONNXSchema

/// Reads the name, type and shape of a constant, and its values where there are few.
struct TensorTranslator {
  private(set) var findings: [Finding] = []

  /// `nil` for a tensor with nothing to go by; a finding says so.
  mutating func translate(_ tensor: Onnx_TensorProto, node: String?) -> GraphDraft.Constant? {
    let type = ElementType(onnxCode: Int(tensor.dataType))
    if type == nil {
      findings.append(
        Finding(
          tensor.dataType == 0 ? .warning : .error,
          tensor.dataType == 0
            ? "the constant has no element type; float32 is assumed"
            : "element type \(tensor.dataType) is not one ONNX defines",
          node: node, field: tensor.name))
    }
    guard let shape = shape(tensor.dims, name: tensor.name, node: node) else { return nil }
    let values = values(of: tensor, type: type ?? .float32, count: Saturating.product(shape))
    return GraphDraft.Constant(
      name: tensor.name, type: type ?? .float32, shape: shape, values: values)
  }

  /// A sparse constant counts with its dense shape.
  mutating func translate(_ tensor: Onnx_SparseTensorProto, node: String?) -> GraphDraft.Constant? {
    guard let shape = shape(tensor.dims, name: tensor.values.name, node: node) else { return nil }
    return GraphDraft.Constant(
      name: tensor.values.name, type: ElementType(onnxCode: Int(tensor.values.dataType)) ?? .float32,
      shape: shape)
  }

  private mutating func shape(_ dims: [Int64], name: String, node: String?) -> [Int]? {
    guard let axis = dims.firstIndex(where: { $0 < 0 }) else { return dims.map { Int($0) } }
    findings.append(
      Finding(
        .error, "axis \(axis) of the constant has size \(dims[axis]); sizes must not be negative",
        node: node, field: name))
    return nil
  }

  private func values(of tensor: Onnx_TensorProto, type: ElementType, count: Int) -> ConstantValues? {
    guard count <= ConstantValues.limit, tensor.dataLocation != .external else { return nil }
    if count == 0 { return type.isFloatingPoint ? .floats([]) : .ints([]) }
    let values =
      tensor.hasRawData && !tensor.rawData.isEmpty
      ? RawTensorData.values(tensor.rawData, type: type) : typedValues(of: tensor, type: type)
    return values?.count == count ? values : nil
  }

  private func typedValues(of tensor: Onnx_TensorProto, type: ElementType) -> ConstantValues? {
    switch type {
    case .float32: .floats(tensor.floatData.map(Double.init))
    case .float64: .floats(tensor.doubleData)
    case .float16: .floats(tensor.int32Data.map { RawTensorData.half(UInt16(truncatingIfNeeded: $0)) })
    case .bfloat16: .floats(tensor.int32Data.map { RawTensorData.brain(UInt16(truncatingIfNeeded: $0)) })
    case .int64: .ints(tensor.int64Data.map { Int($0) })
    case .uint32, .uint64: .ints(tensor.uint64Data.map { Int(clamping: $0) })
    case .int32, .int16, .int8, .uint16, .uint8, .bool: .ints(tensor.int32Data.map { Int($0) })
    default: nil
    }
  }
}

extension ElementType {
  fileprivate var isFloatingPoint: Bool {
    switch self {
    case .float32, .float64, .float16, .bfloat16, .float8, .float4: true
    default: false
    }
  }
}

import Graph
import ONNXSchema

extension ElementType {
  /// Its code in `TensorProto.DataType`; the first of those that are one type here.
  var onnxCode: Int32 {
    Int32((1...26).first { ElementType(onnxCode: $0) == self } ?? 1)
  }
}

/// The declaration of a value for the inputs and outputs of a part.
enum ValueText {
  /// - Parameter stated: What the file declares of it, for what is no tensor.
  static func declaration(
    _ name: String, _ fact: WrittenGraph.Value, stated: Onnx_ValueInfoProto?
  ) -> Onnx_ValueInfoProto? {
    var value = Onnx_ValueInfoProto()
    value.name = name
    var type = Onnx_TypeProto()
    let isTensor: Bool
    switch stated?.type.value {
    case nil, .tensorType?: isTensor = !fact.isSequence
    default: isTensor = false
    }
    if isTensor {
      guard let element = fact.type else { return stated.map { renamed($0, name) } }
      var tensor = Onnx_TypeProto.Tensor()
      if case .tensorType(let given)? = stated?.type.value,
        ElementType(onnxCode: Int(given.elemType)) == element
      {
        tensor.elemType = given.elemType
      } else {
        tensor.elemType = element.onnxCode
      }
      if let shape = fact.shape {
        tensor.shape.dim = shape.map { size in
          var dimension = Onnx_TensorShapeProto.Dimension()
          dimension.dimValue = Int64(size)
          return dimension
        }
      }
      type.tensorType = tensor
    } else if let stated {
      return renamed(stated, name)
    } else {
      guard fact.isSequence, let element = fact.type else { return nil }
      var item = Onnx_TypeProto()
      item.tensorType.elemType = element.onnxCode
      type.sequenceType.elemType = item
    }
    value.type = type
    return value
  }

  private static func renamed(_ stated: Onnx_ValueInfoProto, _ name: String) -> Onnx_ValueInfoProto {
    var value = stated
    value.name = name
    return value
  }
}

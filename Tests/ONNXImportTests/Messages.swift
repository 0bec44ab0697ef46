import Foundation
import Graph
import ONNXImport
import ONNXSchema
import SwiftProtobuf

/// Short ways to write ONNX messages.
enum Messages {
  enum Size {
    case size(Int64)
    case name(String)
    case open
  }

  static func value(
    _ name: String, _ sizes: [Size]?, type: Onnx_TensorProto.DataType = .float
  ) -> Onnx_ValueInfoProto {
    var value = Onnx_ValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = Int32(type.rawValue)
    guard let sizes else { return value }
    value.type.tensorType.shape = Onnx_TensorShapeProto()
    for size in sizes {
      var dimension = Onnx_TensorShapeProto.Dimension()
      switch size {
      case .size(let size): dimension.dimValue = size
      case .name(let name): dimension.dimParam = name
      case .open: break
      }
      value.type.tensorType.shape.dim.append(dimension)
    }
    return value
  }

  static func value(_ name: String, _ sizes: [Int64]) -> Onnx_ValueInfoProto {
    value(name, sizes.map(Size.size))
  }

  static func tensor(
    _ name: String, _ dims: [Int64], type: Onnx_TensorProto.DataType = .float
  ) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dims = dims
    tensor.dataType = Int32(type.rawValue)
    return tensor
  }

  static func ints(_ name: String, _ values: [Int64], isScalar: Bool = false) -> Onnx_TensorProto {
    var tensor = tensor(name, isScalar ? [] : [Int64(values.count)], type: .int64)
    tensor.int64Data = values
    return tensor
  }

  static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], name: String? = nil, domain: String = "",
    attributes: [Onnx_AttributeProto] = []
  ) -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    node.opType = type
    node.input = inputs
    node.output = outputs
    node.name = name ?? "node_\(outputs.first ?? type)"
    node.domain = domain
    node.attribute = attributes
    return node
  }

  static func attribute(_ name: String, _ value: Int64) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .int
    attribute.i = value
    return attribute
  }

  static func attribute(_ name: String, _ values: [Int64]) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .ints
    attribute.ints = values
    return attribute
  }

  static func attribute(_ name: String, body: Onnx_GraphProto) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = .graph
    attribute.g = body
    return attribute
  }

  static func graph(
    _ nodes: [Onnx_NodeProto], inputs: [Onnx_ValueInfoProto] = [], outputs: [String],
    constants: [Onnx_TensorProto] = []
  ) -> Onnx_GraphProto {
    var graph = Onnx_GraphProto()
    graph.name = "g"
    graph.node = nodes
    graph.input = inputs
    graph.initializer = constants
    graph.output = outputs.map { name in
      var value = Onnx_ValueInfoProto()
      value.name = name
      return value
    }
    return graph
  }

  static func model(_ graph: Onnx_GraphProto) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = 10
    var set = Onnx_OperatorSetIdProto()
    set.version = 20
    model.opsetImport = [set]
    model.graph = graph
    return model
  }

  /// image [batch, 3, 32, 32] -> Conv -> Relu -> Flatten -> Gemm -> scores [batch, 10].
  static func classifier(batch: Size = .size(2)) -> Onnx_ModelProto {
    let image = value("image", [batch, .size(3), .size(32), .size(32)])
    return model(
      graph(
        [
          node(
            "Conv", ["image", "w1", "b1"], ["c"], name: "conv",
            attributes: [attribute("pads", [1, 1, 1, 1]), attribute("strides", [2, 2])]),
          node("Relu", ["c"], ["r"], name: "relu"),
          node("Flatten", ["r"], ["f"], name: "flatten"),
          node("Gemm", ["f", "w2"], ["scores"], name: "fc", attributes: [attribute("transB", 1)]),
        ], inputs: [image], outputs: ["scores"],
        constants: [tensor("w1", [8, 3, 3, 3]), tensor("b1", [8]), tensor("w2", [10, 8 * 16 * 16])]))
  }
}

extension Onnx_ModelProto {
  func binary() throws -> [UInt8] { try serializedBytes() }

  func load(_ dimensions: [String: Int] = [:]) throws -> LoadedModel {
    try ModelLoader.load(bytes: binary(), name: "m.onnx", options: LoadOptions(dimensions: dimensions))
  }
}

extension Graph {
  func shape(_ name: String) -> [Int]? { tensors.first { $0.name == name }?.shape }
  func tensor(_ name: String) -> Tensor? { tensors.first { $0.name == name } }
  func node(_ name: String) -> Operator? { operators.first { $0.name == name } }
}

import Foundation
import ONNXSchema

/// Small models with what exporters write, to begin mutations from.
enum SampleModels {
  static let all: [Onnx_ModelProto] = [
    convolutional, recommendation, control, attention, recurrent, quantised, function,
  ]

  /// With values for all constants, as parts need them.
  static let filled = all.map { model in
    var model = model
    for index in model.graph.initializer.indices where !hasValues(model.graph.initializer[index]) {
      let count = Int(model.graph.initializer[index].dims.reduce(1, *))
      model.graph.initializer[index].rawData = Data(repeating: 0, count: count * 4)
    }
    return model
  }

  private static func hasValues(_ tensor: Onnx_TensorProto) -> Bool {
    !tensor.rawData.isEmpty || !tensor.int64Data.isEmpty || !tensor.int32Data.isEmpty
  }

  private static var convolutional: Onnx_ModelProto {
    model(
      [
        node(
          "Conv", ["x", "w", "b"], ["c"],
          [ints("strides", [1, 1]), ints("pads", [1, 1, 1, 1]), int("group", 1)]),
        node("BatchNormalization", ["c", "b", "b", "b", "b"], ["n"]), node("Relu", ["n"], ["r"]),
        node("MaxPool", ["r"], ["p"], [ints("kernel_shape", [2, 2]), ints("strides", [2, 2])]),
        node("Shape", ["p"], ["s"]), node("Gather", ["s", "zero"], ["rows"], [int("axis", 0)]),
        node("Unsqueeze", ["rows", "axes"], ["front"]),
        node("Concat", ["front", "rest"], ["shape"], [int("axis", 0)]),
        node("Reshape", ["p", "shape"], ["f"]), node("Gemm", ["f", "g"], ["y"], [int("transB", 1)]),
      ],
      inputs: [value("x", 1, ["N", 3, 8, 8])], outputs: [value("y", 1, ["N", 10])],
      constants: [
        tensor("w", [8, 3, 3, 3]), tensor("b", [8]), tensor("g", [10, 128]), integers("zero", [], [0]),
        integers("axes", [1], [0]), integers("rest", [1], [128]),
      ])
  }

  private static var recommendation: Onnx_ModelProto {
    model(
      [
        node("Gemm", ["dense", "w"], ["d"], [int("transB", 1)]),
        node("Gather", ["table0", "ids0"], ["e0"], [int("axis", 0)]),
        node("ReduceSum", ["e0", "one"], ["p0"], [int("keepdims", 0)]),
        node("Gather", ["table1", "ids1"], ["e1"]),
        node("ReduceMean", ["e1", "one"], ["p1"], [int("keepdims", 0)]),
        node("Concat", ["d", "p0", "p1"], ["all"], [int("axis", 1)]), node("Sigmoid", ["all"], ["score"]),
      ],
      inputs: [value("dense", 1, [16, 13]), value("ids0", 7, [16, 20]), value("ids1", 7, [16, 4])],
      outputs: [value("score", 1, [16, 48])],
      constants: [
        tensor("w", [16, 13]), tensor("table0", [50_000, 16]), tensor("table1", [300, 16]),
        integers("one", [1], [1]),
      ])
  }

  private static var control: Onnx_ModelProto {
    let body = graph(
      [node("Add", ["state", "x"], ["next"]), node("Identity", ["keep"], ["go"])],
      inputs: [value("i", 7, []), value("keep", 9, []), value("state", 1, [4, 4])],
      outputs: [value("go", 9, []), value("next", 1, [4, 4])])
    let yes = graph([node("Relu", ["x"], ["t"])], inputs: [], outputs: [value("t", 1, [4, 4])])
    let no = graph([node("Neg", ["x"], ["u"])], inputs: [], outputs: [value("u", 1, [4, 4])])
    let step = graph(
      [node("Mul", ["s", "e"], ["m"]), node("Identity", ["m"], ["o"])],
      inputs: [value("s", 1, [4]), value("e", 1, [4])], outputs: [value("m", 1, [4]), value("o", 1, [4])])
    return model(
      [
        node("Loop", ["count", "true", "x"], ["looped"], [sub("body", body)]),
        node("If", ["true"], ["chosen"], [sub("then_branch", yes), sub("else_branch", no)]),
        node(
          "Scan", ["first", "chosen"], ["last", "scanned"], [sub("body", step), int("num_scan_inputs", 1)]),
        node("Add", ["looped", "scanned"], ["y"]),
      ],
      inputs: [value("x", 1, [4, 4])], outputs: [value("y", 1, [4, 4])],
      constants: [integers("count", [], [3]), flag("true"), tensor("first", [4])])
  }

  private static var attention: Onnx_ModelProto {
    model(
      [
        node("LayerNormalization", ["x", "g", "g"], ["n"], [int("axis", -1)]),
        node("MatMul", ["n", "wq"], ["q"]),
        node("MatMul", ["n", "wq"], ["k"]), node("Transpose", ["k"], ["kt"], [ints("perm", [0, 2, 1])]),
        node("MatMul", ["q", "kt"], ["s"]), node("Softmax", ["s"], ["p"], [int("axis", -1)]),
        node("MatMul", ["p", "n"], ["o"]),
        node("Split", ["o"], ["a", "b"], [int("axis", 2), int("num_outputs", 2)]),
        node("Mul", ["a", "b"], ["y"]),
        node(
          "MultiHeadAttention", ["q", "k", "n"], ["mha"], [int("num_heads", 4)], domain: "com.microsoft"),
        node("Slice", ["mha", "begin", "end"], ["cut"]), node("Expand", ["cut", "wide"], ["z"]),
      ],
      inputs: [value("x", 1, ["N", 16, 32])], outputs: [value("y", 1, ["N", 16, 16]), value("z", 1, [])],
      constants: [
        tensor("g", [32]), tensor("wq", [32, 32]), integers("begin", [1], [0]), integers("end", [1], [1]),
        integers("wide", [3], [2, 16, 32]),
      ])
  }

  private static var recurrent: Onnx_ModelProto {
    model(
      [
        node("LSTM", ["x", "w", "r", "b", "", "past_0"], ["y", "present_0", "c"], [int("hidden_size", 8)]),
        node("Squeeze", ["y", "one"], ["s"]), node("GRU", ["s", "w3", "r3"], ["z"], [int("hidden_size", 8)]),
      ],
      inputs: [value("x", 1, [5, 2, 4]), value("past_0", 1, [1, 2, 8])],
      outputs: [value("z", 1, []), value("present_0", 1, [1, 2, 8])],
      constants: [
        tensor("w", [1, 32, 4]), tensor("r", [1, 32, 8]), tensor("b", [1, 64]), tensor("w3", [1, 24, 8]),
        tensor("r3", [1, 24, 8]), integers("one", [1], [1]),
      ])
  }

  private static var quantised: Onnx_ModelProto {
    model(
      [
        node("QuantizeLinear", ["x", "scale", "zero"], ["q"]),
        node("DequantizeLinear", ["q", "scale", "zero"], ["d"]),
        node("DequantizeLinear", ["codes", "scale", "zero"], ["w"]), node("MatMul", ["d", "w"], ["m"]),
        node("TopK", ["m", "k"], ["v", "i"], [int("axis", -1)]), node("NonZero", ["v"], ["nz"]),
        node("Cast", ["nz"], ["y"], [int("to", 1)]),
      ],
      inputs: [value("x", 1, [8, 16])], outputs: [value("y", 1, []), value("i", 7, [])],
      constants: [tensor("scale", []), bytes("zero", []), bytes("codes", [16, 8]), integers("k", [1], [3])])
  }

  private static var function: Onnx_ModelProto {
    var function = Onnx_FunctionProto()
    function.name = "Twice"
    function.domain = "own"
    function.input = ["a"]
    function.output = ["c"]
    function.node = [node("Relu", ["a"], ["b"]), node("Selu", ["b"], ["c"])]
    function.opsetImport = [opset("", 18)]
    var model = model(
      [node("Twice", ["x"], ["h"], domain: "own"), node("Twice", ["h"], ["y"], domain: "own")],
      inputs: [value("x", 1, [2, 2])], outputs: [value("y", 1, [2, 2])], constants: [])
    model.functions = [function]
    model.opsetImport.append(opset("own", 1))
    return model
  }

  // MARK: Parts

  private static func model(
    _ nodes: [Onnx_NodeProto], inputs: [Onnx_ValueInfoProto], outputs: [Onnx_ValueInfoProto],
    constants: [Onnx_TensorProto]
  ) -> Onnx_ModelProto {
    var model = Onnx_ModelProto()
    model.irVersion = 8
    model.opsetImport = [opset("", 18), opset("com.microsoft", 1)]
    model.graph = graph(nodes, inputs: inputs, outputs: outputs)
    model.graph.initializer = constants
    return model
  }

  private static func graph(
    _ nodes: [Onnx_NodeProto], inputs: [Onnx_ValueInfoProto], outputs: [Onnx_ValueInfoProto]
  ) -> Onnx_GraphProto {
    var graph = Onnx_GraphProto()
    graph.name = "sample"
    graph.node = nodes.enumerated().map { index, node in
      var node = node
      node.name = "\(node.opType)_\(index)"
      return node
    }
    graph.input = inputs
    graph.output = outputs
    return graph
  }

  private static func opset(_ domain: String, _ version: Int64) -> Onnx_OperatorSetIdProto {
    var opset = Onnx_OperatorSetIdProto()
    opset.domain = domain
    opset.version = version
    return opset
  }

  private static func node(
    _ type: String, _ inputs: [String], _ outputs: [String], _ attributes: [Onnx_AttributeProto] = [],
    domain: String = ""
  ) -> Onnx_NodeProto {
    var node = Onnx_NodeProto()
    node.opType = type
    node.domain = domain
    node.input = inputs
    node.output = outputs
    node.attribute = attributes
    return node
  }

  private static func int(_ name: String, _ value: Int64) -> Onnx_AttributeProto {
    attribute(name, .int) { $0.i = value }
  }

  private static func ints(_ name: String, _ values: [Int64]) -> Onnx_AttributeProto {
    attribute(name, .ints) { $0.ints = values }
  }

  private static func sub(_ name: String, _ graph: Onnx_GraphProto) -> Onnx_AttributeProto {
    attribute(name, .graph) { $0.g = graph }
  }

  private static func attribute(
    _ name: String, _ type: Onnx_AttributeProto.AttributeType, _ fill: (inout Onnx_AttributeProto) -> Void
  ) -> Onnx_AttributeProto {
    var attribute = Onnx_AttributeProto()
    attribute.name = name
    attribute.type = type
    fill(&attribute)
    return attribute
  }

  /// A dimension of a shape: a size, or a name.
  enum Dimension: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case size(Int64)
    case name(String)
    init(integerLiteral value: Int64) { self = .size(value) }
    init(stringLiteral value: String) { self = .name(value) }
  }

  private static func value(_ name: String, _ type: Int32, _ shape: [Dimension]) -> Onnx_ValueInfoProto {
    var value = Onnx_ValueInfoProto()
    value.name = name
    value.type.tensorType.elemType = type
    value.type.tensorType.shape.dim = shape.map { dimension in
      var dim = Onnx_TensorShapeProto.Dimension()
      switch dimension {
      case .size(let size): dim.dimValue = size
      case .name(let name): dim.dimParam = name
      }
      return dim
    }
    return value
  }

  private static func tensor(_ name: String, _ dims: [Int64]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dataType = 1
    tensor.dims = dims
    // As small as can be: values play no part in most of what is tried, and large tables have none.
    let count = dims.reduce(1, *)
    if count <= 4096 { tensor.rawData = Data(repeating: 0, count: Int(count) * 4) }
    return tensor
  }

  private static func integers(_ name: String, _ dims: [Int64], _ values: [Int64]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dataType = 7
    tensor.dims = dims
    tensor.int64Data = values
    return tensor
  }

  private static func bytes(_ name: String, _ dims: [Int64]) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dataType = 2
    tensor.dims = dims
    tensor.rawData = Data(repeating: 1, count: Int(dims.reduce(1, *)))
    return tensor
  }

  private static func flag(_ name: String) -> Onnx_TensorProto {
    var tensor = Onnx_TensorProto()
    tensor.name = name
    tensor.dataType = 9
    tensor.int32Data = [1]
    return tensor
  }
}

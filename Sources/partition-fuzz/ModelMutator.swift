import Foundation
import ONNXSchema

/// Changes messages, shapes, attributes and figures of a model.
struct ModelMutator {
  private static let types = [
    "Conv", "Gemm", "MatMul", "Reshape", "Gather", "Concat", "Slice", "Split", "Expand", "Tile", "Resize",
    "Pad", "TopK", "Range",
    "ConstantOfShape", "Loop", "If", "Scan", "Transpose", "Squeeze", "Unsqueeze", "ReduceSum", "Shape",
    "Size", "Cast", "Einsum",
    "LSTM", "MaxPool", "ConvTranspose", "Attention", "GatherND", "ScatterElements", "OneHot", "DFT", "STFT",
    "Identity", "Add", "Where",
    "SpaceToDepth", "DepthToSpace", "Col2Im", "CenterCropPad", "MaxUnpool", "Compress", "NonZero",
    "SequenceConstruct",
    "SequenceAt", "Optional", "Constant", "EyeLike", "AveragePool", "GlobalAveragePool", "Trilu", "CumSum",
    "Dropout", "Flatten",
    "GridSample", "AffineGrid", "RoiAlign", "NonMaxSuppression", "QLinearConv", "MatMulNBits",
    "EmbedLayerNormalization", "ATen",
  ]

  private var choices: Choices

  static func mutated(_ model: Onnx_ModelProto, _ choices: inout Choices) -> Onnx_ModelProto {
    var model = model
    var mutator = ModelMutator(choices: choices)
    for _ in 0...mutator.choices.below(4) { mutator.change(&model) }
    choices = mutator.choices
    return model
  }

  private mutating func change(_ model: inout Onnx_ModelProto) {
    switch choices.below(10) {
    case 0, 1, 2, 3: change(&model.graph)
    case 4, 5: changeNode(&model.graph)
    case 6: changeValue(&model.graph)
    case 7: changeConstant(&model.graph)
    case 8:
      if !model.functions.isEmpty {
        let index = choices.below(model.functions.count)
        if choices.oneIn(2) {
          // A function that calls itself.
          model.functions[index].node.append(
            contentsOf: model.graph.node.filter { $0.domain == "own" }.prefix(1))
        } else {
          model.functions[index].node.removeAll { _ in choices.oneIn(2) }
        }
      }
    default:
      if !model.opsetImport.isEmpty {
        let index = choices.below(model.opsetImport.count)
        model.opsetImport[index].version = choices.figure()
      }
      if choices.oneIn(4) { model.opsetImport = [] }
      if choices.oneIn(4) { model.irVersion = choices.figure() }
    }
  }

  private mutating func change(_ graph: inout Onnx_GraphProto) {
    guard !graph.node.isEmpty else { return }
    let index = choices.below(graph.node.count)
    switch choices.below(6) {
    case 0: graph.node.remove(at: index)
    case 1: graph.node.append(graph.node[index])
    case 2: graph.node.swapAt(index, choices.below(graph.node.count))
    case 3: graph.output.removeAll { _ in choices.oneIn(2) }
    case 4: graph.input.removeAll { _ in choices.oneIn(2) }
    default: changeNode(&graph)
    }
  }

  private mutating func changeNode(_ graph: inout Onnx_GraphProto) {
    guard !graph.node.isEmpty else { return }
    let index = choices.below(graph.node.count)
    let names =
      graph.node.flatMap(\.output) + graph.initializer.map(\.name) + graph.input.map(\.name) + [
        "", "nowhere",
      ]
    switch choices.below(8) {
    case 0: graph.node[index].opType = choices.pick(Self.types) ?? ""
    case 1:
      if !graph.node[index].input.isEmpty {
        graph.node[index].input[choices.below(graph.node[index].input.count)] = choices.pick(names) ?? ""
      }
    case 2: graph.node[index].input.append(choices.pick(names) ?? "")
    case 3: if !graph.node[index].input.isEmpty { graph.node[index].input.removeLast() }
    case 4:
      if !graph.node[index].output.isEmpty {
        graph.node[index].output[choices.below(graph.node[index].output.count)] = choices.pick(names) ?? ""
      }
    case 5: graph.node[index].output.append(choices.oneIn(2) ? "more" : "")
    case 6: graph.node[index].name = choices.pick(["", "\u{0}", graph.node[0].name, "a/b"]) ?? ""
    default: changeAttribute(&graph.node[index])
    }
  }

  private mutating func changeAttribute(_ node: inout Onnx_NodeProto) {
    if node.attribute.isEmpty || choices.oneIn(6) {
      var attribute = Onnx_AttributeProto()
      attribute.name =
        choices.pick([
          "axis", "axes", "pads", "group", "kernel_shape", "strides", "num_outputs", "dilations", "to",
          "hidden_size", "value",
        ])
        ?? ""
      attribute.type = .int
      attribute.i = choices.figure()
      node.attribute.append(attribute)
      return
    }
    let index = choices.below(node.attribute.count)
    if node.attribute[index].type == .graph, !choices.oneIn(4) {
      var body = node.attribute[index].g
      switch choices.below(3) {
      case 0: change(&body)
      case 1: changeNode(&body)
      default: changeValue(&body)
      }
      node.attribute[index].g = body
      return
    }
    switch choices.below(6) {
    case 0: node.attribute.remove(at: index)
    case 1:
      node.attribute[index].type =
        choices.pick([.int, .ints, .float, .string, .tensor, .graph, .undefined]) ?? .int
    case 2:
      node.attribute[index].type = .ints
      node.attribute[index].ints.append(choices.figure())
    case 3:
      if !node.attribute[index].ints.isEmpty {
        node.attribute[index].ints[choices.below(node.attribute[index].ints.count)] = choices.figure()
      }
    case 4:
      node.attribute[index].f = Float(choices.number())
      node.attribute[index].i = choices.figure()
    default: node.attribute.append(node.attribute[index])
    }
  }

  private mutating func changeValue(_ graph: inout Onnx_GraphProto) {
    let isInput = choices.oneIn(3) ? false : true
    var values = isInput ? graph.input : graph.output
    guard !values.isEmpty else { return }
    let index = choices.below(values.count)
    switch choices.below(5) {
    case 0: values[index].type.tensorType.elemType = Int32(choices.below(30))
    case 1:
      var dim = Onnx_TensorShapeProto.Dimension()
      if choices.oneIn(3) {
        dim.dimParam = choices.pick(["N", "M", "N*2", "1/0", "-1", ""]) ?? ""
      } else {
        dim.dimValue = choices.figure()
      }
      values[index].type.tensorType.shape.dim.append(dim)
    case 2:
      if !values[index].type.tensorType.shape.dim.isEmpty {
        let at = choices.below(values[index].type.tensorType.shape.dim.count)
        values[index].type.tensorType.shape.dim[at].dimValue = choices.figure()
      }
    case 3: values[index].type = Onnx_TypeProto()
    default:
      if !values[index].type.tensorType.shape.dim.isEmpty {
        values[index].type.tensorType.shape.dim.removeLast()
      }
    }
    if isInput { graph.input = values } else { graph.output = values }
  }

  private mutating func changeConstant(_ graph: inout Onnx_GraphProto) {
    guard !graph.initializer.isEmpty else { return }
    let index = choices.below(graph.initializer.count)
    switch choices.below(7) {
    case 0: graph.initializer[index].dataType = Int32(choices.below(30))
    case 1:
      if !graph.initializer[index].dims.isEmpty {
        graph.initializer[index].dims[choices.below(graph.initializer[index].dims.count)] = choices.figure()
      }
    case 2: graph.initializer[index].dims.append(choices.figure())
    case 3:
      if !graph.initializer[index].int64Data.isEmpty {
        graph.initializer[index].int64Data[choices.below(graph.initializer[index].int64Data.count)] =
          choices.figure()
      } else {
        graph.initializer[index].int64Data = [choices.figure()]
      }
    case 4: graph.initializer[index].rawData = Data(repeating: choices.byte(), count: choices.below(64))
    case 5: graph.initializer.remove(at: index)
    default:
      graph.initializer[index].dataLocation = .external
      var entry = Onnx_StringStringEntryProto()
      entry.key = choices.pick(["location", "offset", "length"]) ?? ""
      entry.value =
        choices.pick(["../../etc/passwd", "/dev/zero", "-1", "9223372036854775807", "weights.bin", ""]) ?? ""
      graph.initializer[index].externalData.append(entry)
    }
  }
}

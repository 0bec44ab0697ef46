import Graph
import ONNXSchema

/// Products whose weights are in blocks, each with a scale: `MatMulNBits`, whose sizes are attributes.
extension TeamModel {
  static func hasBlocks(_ node: Operator) -> Bool { node.type == "MatMulNBits" }

  private static let weights = 1
  private static let scales = 2
  private static let zeroPoints = 3
  private static let bias = 5

  /// How a card reads an input: along an axis in segments, or all of it; `nil` where its part cannot be cut out.
  ///
  /// Weights are [columns, blocks, bytes]. What is beside them has a row a column, or all of them one after the other.
  func blockPart(
    ofInput position: Int, _ node: Operator, _ operation: CutDetail.Operation
  ) -> (axis: Int?, segments: [Int])? {
    guard let tensor = node.inputs[position], node.inputs.indices.contains(Self.weights),
      let weights = node.inputs[Self.weights], whole[weights].shape.count == 3
    else { return nil }
    let (shape, columns, blocks) = (whole[tensor].shape, whole[weights].shape[0], whole[weights].shape[1])
    switch operation.inputs[Self.weights] {
    case 0?:
      guard let output = node.outputs.first.flatMap({ $0 }), columns > 0 else { return nil }
      let own = segments[output]
      switch position {
      case 0: return (nil, [])
      case Self.weights, Self.scales, Self.zeroPoints, Self.bias:
        guard let first = shape.first, first % columns == 0 else { return nil }
        return (0, own.map { $0 * (first / columns) })
      default: return (nil, [])
      }
    case 1?:
      guard let input = node.inputs.first.flatMap({ $0 }), let rows = whole[input].shape.last, blocks > 0
      else {
        return nil
      }
      let own = segments[input]
      switch position {
      case 0: return (whole[input].shape.count - 1, own)
      case Self.bias: return (nil, [])
      case Self.weights, Self.scales, Self.zeroPoints:
        // Several zero points may be in a byte, and blocks may reach over the end of the rows.
        guard shape.count > 1, shape[0] == columns, rows % shape[1] == 0 else { return nil }
        let each = rows / shape[1]
        guard own.allSatisfy({ $0 % (each * ranks) == 0 }) else { return nil }
        return (1, own.map { $0 / each })
      default: return nil
      }
    default: return (nil, [])
    }
  }

  /// The sizes of a card, and the bias of one term alone.
  func restateBlocks(
    _ message: inout Onnx_NodeProto, _ node: Operator, _ operation: CutDetail.Operation, rank: Int
  ) {
    guard let axis = operation.inputs[Self.weights] else { return }
    for index in message.attribute.indices where message.attribute[index].name == (axis == 0 ? "N" : "K") {
      message.attribute[index].i /= Int64(ranks)
    }
    if axis == 1, rank > 0, message.input.count > Self.bias { message.input.removeLast() }
  }
}

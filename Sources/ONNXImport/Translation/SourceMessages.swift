import Graph
import ONNXSchema

/// The messages that a draft was translated from, by the positions that it calls their origin.
package struct SourceMessages: Sendable {
  /// Outside and inside bodies and functions.
  package private(set) var nodes: [Onnx_NodeProto] = []
  /// Bodies and the main graph without nodes and constants: inputs, outputs and the types of values.
  package private(set) var graphs: [Onnx_GraphProto] = []
  package private(set) var constants: [Constant] = []

  package enum Constant: Sendable {
    case dense(Onnx_TensorProto)
    case sparse(Onnx_SparseTensorProto)
  }

  /// Makes room for so many more.
  mutating func reserve(nodes: Int, constants: Int) {
    self.nodes.reserveCapacity(self.nodes.count + nodes)
    self.constants.reserveCapacity(self.constants.count + constants)
  }

  mutating func add(_ node: Onnx_NodeProto) -> Int {
    nodes.append(node)
    return nodes.count - 1
  }

  mutating func add(_ graph: Onnx_GraphProto) -> Int {
    var types = Onnx_GraphProto()
    types.input = graph.input
    types.output = graph.output
    types.valueInfo = graph.valueInfo
    graphs.append(types)
    return graphs.count - 1
  }

  mutating func located(_ constant: GraphDraft.Constant, in tensor: Onnx_TensorProto) -> GraphDraft.Constant {
    constants.append(.dense(tensor))
    return located(constant)
  }

  mutating func located(
    _ constant: GraphDraft.Constant, in tensor: Onnx_SparseTensorProto
  ) -> GraphDraft.Constant {
    constants.append(.sparse(tensor))
    return located(constant)
  }

  private func located(_ constant: GraphDraft.Constant) -> GraphDraft.Constant {
    var constant = constant
    constant.origin = constants.count - 1
    return constant
  }
}

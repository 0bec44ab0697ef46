import Graph
import ONNXSchema

/// Puts the pieces of a look-up together.
struct PieceJoin {
  /// What they are put together to.
  let result: String
  let form: PieceForm
  let fact: WrittenGraph.Value

  /// - Parameter parts: Pieces of each part of the table, which are of its columns or have some rows alone.
  func nodes(_ parts: [(names: [String], areColumns: Bool)]) -> [Onnx_NodeProto] {
    var terms: [String] = []
    var joins: [Onnx_NodeProto] = []
    for (index, part) in parts.enumerated() {
      guard part.areColumns else {
        terms += part.names
        continue
      }
      let whole = parts.count == 1 ? result : "\(result)/part\(index)"
      let axis = fact.shape.map { Int64($0.count - 1) } ?? -1
      joins.append(
        NodeText.node(
          "Concat", name: parts.count == 1 ? "\(result)/join" : "\(whole)/join", inputs: part.names,
          outputs: [whole], attributes: [NodeText.attribute("axis", axis)]))
      terms.append(whole)
    }
    return terms == [result] ? joins : joins + joined(terms)
  }

  private func joined(_ terms: [String]) -> [Onnx_NodeProto] {
    let type = fact.type ?? .float32
    if [.float32, .float64].contains(type) { return [last(terms, result)] }
    // Wide enough for all values of the type: only one of the terms is not 0, or rounding comes last.
    let wide: ElementType = type.isFloat ? .float32 : .int64
    func cast(_ input: String, _ output: String, to type: ElementType) -> Onnx_NodeProto {
      NodeText.node(
        "Cast", name: output, inputs: [input], outputs: [output],
        attributes: [NodeText.attribute("to", Int64(type.onnxCode))])
    }
    var nodes = terms.map { cast($0, "\($0)/wide/\(result)", to: wide) }
    let widened = nodes.compactMap(\.output.first)
    let joined = "\(result)/wide"
    if form.join == .maximum {
      nodes.append(last(widened, joined))
    } else {
      // Sum knows no whole numbers.
      nodes += sums(of: widened, joined)
    }
    return nodes + [cast(joined, result, to: type)]
  }

  private func last(_ terms: [String], _ output: String) -> Onnx_NodeProto {
    NodeText.node(
      form.join == .sum ? "Sum" : "Max", name: "\(output)/join", inputs: terms, outputs: [output])
  }

  private func sums(of terms: [String], _ output: String) -> [Onnx_NodeProto] {
    var nodes: [Onnx_NodeProto] = []
    var sum = terms.first ?? output
    for (index, term) in terms.dropFirst().enumerated() {
      let next = index == terms.count - 2 ? output : "\(output)/sum\(index)"
      nodes.append(NodeText.node("Add", name: next, inputs: [sum, term], outputs: [next]))
      sum = next
    }
    return nodes
  }
}

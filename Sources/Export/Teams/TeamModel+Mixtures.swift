import Graph
import ONNXSchema
import Plan

/// Mixtures of experts, of which each card has some. A token's choice is among the experts of all cards, and so are their shares; a
/// card's operator chooses among its own those that were chosen, and its result is scaled by their part of the shares.
extension TeamModel {
  private static let router = 1
  /// Scores of experts that were not chosen: their shares are 0, in half precision too.
  private static let never = -60_000.0

  /// Whether a mixture chooses the experts with the largest scores, by shares that follow from those alone.
  static func chooses(_ node: Operator) -> Bool {
    guard ["MoE", "QMoE"].contains(node.type), node.inputs.count > router, node.inputs[router] != nil else {
      return false
    }
    // Weights of experts that are not their scores.
    let weights = 14
    return [nil, .int(0)].contains(node.attributes["use_sparse_mixer"])
      && (node.inputs.count <= weights || node.inputs[weights] == nil)
  }

  /// Adds a card's part of a mixture, given its node with the card's weights.
  mutating func addMixture(
    _ part: Onnx_NodeProto, _ node: Operator, rank: Int, _ op: OperatorID, at site: PlacementSite
  ) {
    var message = part
    guard let scores = node.inputs[Self.router], let x = node.inputs.first.flatMap({ $0 }),
      writer.operatorSet >= 13,
      whole[scores].shape.count == 2, let experts = whole[scores].shape.last, experts % ranks == 0,
      hasRows(node, experts)
    else {
      if rank == 0 {
        problems.append(
          "operator '\(node.name)' (\(node.qualifiedType)): a card's part of it needs operator set 13 or newer, scores by token and expert, and weights by expert; plan again with --no-cut"
        )
      }
      return
    }
    let own = (rank * experts / ranks)..<((rank + 1) * experts / ranks)
    var chosen = 1
    if case .int(let k)? = node.attributes["k"] { chosen = k }
    func add(_ type: String, _ inputs: [String], _ name: String, _ attributes: [Onnx_AttributeProto] = [])
      -> String
    {
      let result = "\(part.name)/\(name)"
      let outputs = type == "TopK" ? [result, result + "/experts"] : [result]
      self.add(
        NodeText.node(type, name: result, inputs: inputs, outputs: outputs, attributes: attributes), op,
        at: site)
      return result
    }
    func cast(_ value: String, to type: ElementType, _ name: String) -> String {
      add("Cast", [value], name, [NodeText.attribute("to", Int64(type.onnxCode))])
    }
    let last = NodeText.attribute("axis", -1)
    let isWide = whole[scores].type == .float32
    let wide = isWide ? message.input[Self.router] : cast(message.input[Self.router], to: .float32, "scores")
    let shares = add("Softmax", [wide], "shares", [last])
    let largest = add("TopK", [shares, writer.list([Int64(min(chosen, experts))])], "largest", [last])
    let none = add("Sub", [shares, shares], "none")
    let kept = add(
      "ScatterElements", [none, largest + "/experts", largest], "kept", [NodeText.attribute("axis", 1)])
    let limits = [own.lowerBound, own.upperBound, 1].map { writer.list([Int64($0)]) }
    let ownShares = add("Slice", [kept] + limits, "own_shares")
    let isChosen = add("Greater", [ownShares, writer.scalar(TableRead.float, 0)], "chosen")
    let ownScores = add("Slice", [wide] + limits, "own_scores")
    let masked = add("Where", [isChosen, ownScores, writer.scalar(TableRead.float, Self.never)], "masked")
    message.input[Self.router] = isWide ? masked : cast(masked, to: whole[scores].type, "masked_scores")

    message.attribute.removeAll { ["k", "normalize_routing_weights"].contains($0.name) }
    message.attribute.append(NodeText.attribute("k", Int64(min(chosen, own.count))))
    let result = message.output[0]
    message.output[0] = "\(part.name)/unscaled"
    self.add(message, op, at: site)

    let keep = NodeText.attribute("keepdims", 1)
    var scale = add("ReduceSum", [ownShares, writer.list([1])], "own_share", [keep])
    if ![nil, .int(0)].contains(node.attributes["normalize_routing_weights"]) {
      scale = add("Div", [scale, add("ReduceSum", [kept, writer.list([1])], "all_shares", [keep])], "share")
    }
    if whole[x].type != .float32 { scale = cast(scale, to: whole[x].type, "typed_share") }
    let rows = whole[x].shape.dropLast().map(Int64.init) + [1]
    scale = add("Reshape", [scale, writer.list(rows)], "shaped_share")
    self.add(
      NodeText.node("Mul", name: result, inputs: [message.output[0], scale], outputs: [result]), op, at: site)
  }

  /// Whether all weights have a row an expert, so that cards have parts of all of them.
  private func hasRows(_ node: Operator, _ experts: Int) -> Bool {
    node.inputs.compactMap { $0 }.filter { whole[$0].role == .constant }.allSatisfy {
      whole[$0].shape.count > 1 && whole[$0].shape[0] == experts
    }
  }
}

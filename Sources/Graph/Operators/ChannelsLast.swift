/// Convolutions and pooling whose activations are [batch, spatial..., channels]: the rules for [batch, channels, spatial...]
/// applied to permuted shapes.
enum ChannelsLast {
  /// - Parameter attribute: the attribute that asks for this layout; `nil` where the operator always has it.
  static func rule(_ rule: @escaping ShapeRule, when attribute: String? = nil) -> ShapeRule {
    { node throws(ShapeProblem) in
      if let attribute, try node.int(attribute, default: 0) == 0 { return try rule(node) }
      guard var data = node.input(0), let shape = data.shape, shape.count >= 2, let channels = shape.last
      else { return [] }
      data.shape = [shape[0], channels] + shape[1..<(shape.count - 1)]
      let permuted = NodeContext(node: node.node, inputs: [data] + node.inputs.dropFirst())
      return try rule(permuted).map { output in
        guard let shape = output.shape, shape.count >= 2 else { return output }
        var output = output
        output.shape = [shape[0]] + shape[2...] + [shape[1]]
        return output
      }
    }
  }
}

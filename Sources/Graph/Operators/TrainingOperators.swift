/// Operators of training, and those of `ai.onnx.preview`: neither runs on an inference accelerator.
enum TrainingOperators {
  static let definitions: [OperatorDefinition] =
    ["Adagrad", "Adam", "Momentum"].map {
      OperatorDefinition($0, in: .training, shape: updated, traits: .hostOnly)
    } + [
      OperatorDefinition("Gradient", in: .training, shape: gradients, work: .unknown, traits: .hostOnly)
    ]

  /// After the rate and the count come all tensors, their gradients and their states; tensors and states come out.
  private static let updated: ShapeRule = { node in
    let count = node.node.outputs.count
    let states = node.inputs.dropFirst(2)
    let groups = node.type == "Adam" ? 4 : 3
    let each = states.count / groups
    guard each > 0, count >= each else { return [] }
    return (Array(states.prefix(each)) + Array(states.dropFirst(2 * each))).map {
      TensorFact($0?.type, $0?.shape)
    }
  }

  /// As many gradients as tensors to derive by, of the same shapes.
  private static let gradients: ShapeRule = { node in
    node.inputs.prefix(node.node.outputs.count).map { TensorFact($0?.type, $0?.shape) }
  }
}

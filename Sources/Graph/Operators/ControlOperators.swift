/// Operators that run subgraphs; ``ShapeInference`` infers them with their bodies.
enum ControlOperators {
  static let definitions = ["If", "Loop", "Scan"].map {
    OperatorDefinition($0, shape: nil, work: .movement, traits: .hasBodies)
  }
}

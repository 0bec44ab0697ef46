/// An operator as a profile knows it: its type, and the shapes that it ran with.
package struct MeasuredOperator: Sendable {
  package let definition: OperatorDefinition
  package let matrixOperations: Int
  package let vectorOperations: Int

  /// - Parameters:
  ///   - type: Looked up in the domains that ONNX Runtime runs, the standard one first.
  ///   - attributes: Those that are whole numbers or lists of them, as far as they are known.
  ///   - inputs: `nil` where an input is not given or its shape is not known.
  /// - Returns: `nil` for an operator that is not known or runs others.
  package init?(_ type: String, attributes: [String: [Int]], inputs: [[Int]?], outputs: [[Int]]) {
    let domains = ["", "com.microsoft", "com.microsoft.nchwc", "ai.onnx.ml"]
    guard
      let definition = domains.lazy.compactMap({ OperatorRegistry.definition(of: type, domain: $0) }).first,
      !definition.traits.contains(.hasBodies)
    else { return nil }
    let node = NodeContext(
      node: Scope.Node(
        name: "", type: type, domain: "", inputs: [], outputs: [],
        attributes: attributes.mapValues { .ints($0) }, tensors: [:], bodies: [], captured: []),
      inputs: inputs.map { shape in shape.map { TensorFact(nil, $0) } })
    let work = definition.work.work(node, outputs: outputs.map { TensorFact(nil, $0) })
    self.definition = definition
    matrixOperations = work.matrixOperations
    vectorOperations = work.vectorOperations
  }
}

/// Leaves out nodes that join or combine one value alone: their result is that value. Exporters write them where a cache was
/// joined with an empty one; what reads the cache is then hidden behind a copy of it.
extension Scope {
  func skippingJoinsOfOne() -> Scope {
    let results = Set(outputs)
    /// By value: the one that stands for it.
    var places = Array(values.indices)
    var skipped: [Int: [Node]] = [:]
    for (index, node) in nodes.enumerated() {
      guard Self.joins.contains(node.type), node.domain.isEmpty, node.inputs.count == 1,
        let input = node.inputs[0], node.outputs.count == 1, let output = node.outputs[0],
        !results.contains(output)
      else { continue }
      places[output] = places[input]
      skipped[index] = []
    }
    guard !skipped.isEmpty else { return self }
    var scope = replacing(skipped)
    for index in scope.nodes.indices {
      scope.nodes[index].inputs = scope.nodes[index].inputs.map { $0.map { places[$0] } }
      scope.nodes[index].captured = Set(scope.nodes[index].captured.map { places[$0] }).sorted()
      for body in scope.nodes[index].bodies.indices {
        scope.nodes[index].bodies[body].scope.moveCaptures(to: places)
      }
    }
    return scope
  }

  private static let joins: Set<String> = ["Concat", "Max", "Mean", "Min", "Sum"]
}

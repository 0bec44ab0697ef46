/// Bytes of activations over one run of a graph in its stored order.
struct ActivationStatistics {
  /// Bytes of everything operators write, each tensor once.
  let total: Int
  /// The most bytes alive at one time: inputs live from the start to their last reader, outputs to the end, and an
  /// operator's inputs and outputs live together while it runs. Nothing is computed in place.
  let peak: Int

  init(_ graph: Graph) {
    let end = graph.operators.count
    let outputs = Set(graph.outputs)
    /// The step after which a tensor is dead; `nil` where nothing reads it.
    func lastUse(_ id: TensorID) -> Int? {
      outputs.contains(id) ? end : graph[id].consumers.last?.index
    }
    var current = graph.inputs.reduce(0) { Saturating.sum($0, graph[$1].bytes) }
    var peak = current
    var total = 0
    var isAlive = [Bool](repeating: false, count: graph.tensors.count)
    for input in graph.inputs { isAlive[input.index] = true }
    for (step, operation) in graph.operators.enumerated() {
      let written = operation.outputs.compactMap { $0 }
      for output in written where !isAlive[output.index] {
        isAlive[output.index] = true
        current = Saturating.sum(current, graph[output].bytes)
        total = Saturating.sum(total, graph[output].bytes)
      }
      peak = max(peak, current)
      for id in operation.inputs.compactMap({ $0 }) + written where isAlive[id.index] {
        guard (lastUse(id) ?? step) <= step else { continue }
        isAlive[id.index] = false
        current -= graph[id].bytes
      }
    }
    self.total = total
    self.peak = peak
  }
}

import Graph

extension GraphStructure {
  /// Bytes of the constants that `operators` read, each once, embedding tables excluded.
  func distinctWeightBytes(of operators: [OperatorID], tensorBytes: [Int]) -> Int {
    var isCounted = [Bool](repeating: false, count: tensorBytes.count)
    var total = 0
    for op in operators {
      for weight in weights[op.index] where !isCounted[weight.index] {
        isCounted[weight.index] = true
        total = saturatingSum(total, tensorBytes[weight.index])
      }
    }
    return total
  }

  /// The largest sum of activation bytes alive at once while `operators` run in ascending order.
  ///
  /// A buffer lives from its producer (from the start, when it comes from outside) to its last reader (to the end,
  /// when something outside reads it). Views and fused operators share their input's buffer. Linear in the operators'
  /// inputs and outputs plus the graph's tensors. States live all the time, before and after their operator in one buffer.
  func peakActivationBytes(of operators: [OperatorID], graph: Graph, tensorBytes: [Int]) -> Int {
    let order = operators.sorted()
    var isMember = [Bool](repeating: false, count: graph.operators.count)
    for op in order { isMember[op.index] = true }
    /// By buffer: its size, and the last step that needs it; -1 while unused.
    var size = [Int](repeating: 0, count: tensorBytes.count)
    var last = [Int](repeating: -1, count: tensorBytes.count)
    /// Buffers in order of their first step, and where each step's begin.
    var born: [(step: Int, buffer: Int)] = []

    func touch(_ tensor: TensorID, until step: Int, from start: Int) {
      let root = buffer[tensor.index].index
      if last[root] < 0 { born.append((start, root)) }
      size[root] = max(size[root], tensorBytes[tensor.index])
      last[root] = max(last[root], step)
    }
    /// A state is there before the first operator and after the last one.
    func touchState(_ tensor: TensorID) { touch(tensor, until: order.count - 1, from: 0) }

    for (step, op) in order.enumerated() {
      for input in activationInputs[op.index] {
        if isState[input.index] { touchState(input) }
        let isInside = graph[input].producer.map { isMember[$0.index] } ?? false
        touch(input, until: step, from: isInside ? step : 0)
      }
      for case .some(let output) in graph.operators[op.index].outputs {
        if isState[output.index] { touchState(output) }
        let leaves =
          isGraphOutput[output.index]
          || !graph.tensors[output.index].consumers.allSatisfy { isMember[$0.index] }
        touch(output, until: leaves ? order.count - 1 : step, from: step)
      }
    }

    var change = [Int](repeating: 0, count: order.count + 1)
    // State stays from one batch of a request to the next.
    change[0] = order.reduce(0) { saturatingSum($0, graph[$1].work.stateBytes) }
    for (step, root) in born {
      change[step] = saturatingSum(change[step], size[root])
      change[last[root] + 1] = saturatingDifference(change[last[root] + 1], size[root])
    }
    var live = 0
    var peak = 0
    for step in order.indices {
      live = max(0, saturatingSum(live, change[step]))
      peak = max(peak, live)
    }
    return peak
  }
}

func saturatingSum(_ a: Int, _ b: Int) -> Int {
  let (sum, overflow) = a.addingReportingOverflow(b)
  return overflow ? .max : sum
}

func saturatingDifference(_ a: Int, _ b: Int) -> Int {
  let (difference, overflow) = a.subtractingReportingOverflow(b)
  return overflow ? .min : difference
}

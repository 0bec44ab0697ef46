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
  ///
  /// - Parameters:
  ///   - rounds: Those that run after each other without anything from outside in between.
  ///   - share: Of a buffer that one round makes and reads, which is there at a time; see ``BatchParts``.
  func peakActivationBytes(
    of rounds: [[OperatorID]], graph: Graph, tensorBytes: [Int], share: Double = 1
  ) -> Int {
    let order = rounds.flatMap(\.self).sorted()
    /// By operator: its round; `nil` where it is none of them.
    var round = [Int?](repeating: nil, count: graph.operators.count)
    for (index, operators) in rounds.enumerated() {
      for op in operators { round[op.index] = index }
    }
    /// By buffer: whether a whole batch of it is there at once, because others than one round make or read it.
    var isWhole = [Bool](repeating: share >= 1, count: tensorBytes.count)
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
    func touchState(_ tensor: TensorID) {
      touch(tensor, until: order.count - 1, from: 0)
      isWhole[buffer[tensor.index].index] = true
    }

    for (step, op) in order.enumerated() {
      for input in activationInputs[op.index] {
        if isState[input.index] { touchState(input) }
        let made = graph[input].producer.flatMap { round[$0.index] }
        touch(input, until: step, from: made == nil ? 0 : step)
        if made != round[op.index] { isWhole[buffer[input.index].index] = true }
      }
      for case .some(let output) in graph.operators[op.index].outputs {
        if isState[output.index] { touchState(output) }
        let leaves =
          isGraphOutput[output.index]
          || !graph.tensors[output.index].consumers.allSatisfy { round[$0.index] != nil }
        touch(output, until: leaves ? order.count - 1 : step, from: step)
        if leaves { isWhole[buffer[output.index].index] = true }
      }
    }

    var change = [Int](repeating: 0, count: order.count + 1)
    // State stays from one batch of a request to the next.
    change[0] = order.reduce(0) { saturatingSum($0, graph[$1].work.stateBytes) }
    for (step, root) in born {
      let bytes =
        isWhole[root] ? size[root] : Int(exactly: (Double(size[root]) * share).rounded(.up)) ?? size[root]
      change[step] = saturatingSum(change[step], bytes)
      change[last[root] + 1] = saturatingDifference(change[last[root] + 1], bytes)
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

import Graph

/// Bytes of the constants that `operators` read, each once, embedding tables excluded.
func distinctWeightBytes(
  of operators: [OperatorID], graph: Graph, isTable: [Bool], bytes: (TensorID) -> Int
) -> Int {
  var seen: Set<TensorID> = []
  var total = 0
  for op in operators {
    for constant in graph.constantInputs(of: graph[op])
    where !isTable[constant.index] && seen.insert(constant).inserted {
      total = saturatingSum(total, bytes(constant))
    }
  }
  return total
}

/// The largest sum of activation bytes alive at once while `operators` run in ascending order.
///
/// A buffer lives from its producer (from the start, when it comes from outside) to its last reader (to the end,
/// when something outside reads it). Views and fused operators share their input's buffer.
func largestLiveBytes(
  of operators: [OperatorID], graph: Graph, buffer: [TensorID], bytes: (TensorID) -> Int
) -> Int {
  let order = operators.sorted()
  let members = Set(order)
  var size: [TensorID: Int] = [:]
  var lastUse: [TensorID: Int] = [:]
  var firstUse: [[TensorID]] = Array(repeating: [], count: order.count)
  let graphOutputs = Set(graph.outputs)

  func touch(_ tensor: TensorID, at step: Int, from start: Int) {
    let root = buffer[tensor.index]
    if size[root] == nil { firstUse[start].append(root) }
    size[root] = max(size[root] ?? 0, bytes(tensor))
    lastUse[root] = max(lastUse[root] ?? 0, step)
  }

  for (step, op) in order.enumerated() {
    for input in graph.activationInputs(of: graph[op]) {
      let isInside = graph[input].producer.map(members.contains) ?? false
      touch(input, at: step, from: isInside ? step : 0)
    }
    for case .some(let output) in graph[op].outputs {
      let leaves =
        graphOutputs.contains(output) || !graph[output].consumers.allSatisfy(members.contains)
      touch(output, at: leaves ? order.count - 1 : step, from: step)
    }
  }

  var dying: [Int] = Array(repeating: 0, count: order.count)
  // Order does not matter here: sums of integers per step.
  for (root, step) in lastUse { dying[step] = saturatingSum(dying[step], size[root] ?? 0) }
  var live = 0
  var peak = 0
  for step in order.indices {
    for root in firstUse[step] { live = saturatingSum(live, size[root] ?? 0) }
    peak = max(peak, live)
    live -= min(live, dying[step])
  }
  return peak
}

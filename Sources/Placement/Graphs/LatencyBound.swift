/// A lower bound on latency by the longest way through the nets.
struct LatencyBound: SearchStep {
  let name = StepName.longestPath

  func run(_ context: GraphContext, within clock: SearchClock) {
    context.incumbent.raise(Self.longestPath(context.model), by: name)
  }

  /// The longest path through the graph, where every unit chooses a device class and pays for a change of class.
  ///
  /// f(v, c) = own time of v on c + the largest over nets u -> v of the smallest over classes b of
  /// f(u, b) + transfer(u, b, c), where the transfer is the net's `out` on b and `incoming` on c when the classes differ, or
  /// when the two items together exceed the memory of the class, and nothing otherwise. The bound is the largest over v of the smallest f(v, c), seconds.
  ///
  /// Proof: follow any path in any allowed plan. Parts of the path inside one call take at most the call's time, since
  /// the call is the sum of its units, of the tensors it reads once each and of those it writes once each; the path enters
  /// and leaves a call once, because calls that wait for each other are not allowed. Units that run as ready add their
  /// time and transfers by definition. So by induction no unit of class c ends, and no later unit starts, before f. Classes
  /// an item may not use, for memory or otherwise, are left out.
  static func longestPath(_ model: GraphModel) -> Double {
    let problem = model.problem
    let classCount = model.classes.count
    let own = ownTimes(model)
    var readersOf: [[(reader: Int, net: Int)]] = Array(repeating: [], count: problem.units.count)
    var waiting = Array(repeating: 0, count: problem.units.count)
    for (index, net) in problem.nets.enumerated() {
      for consumer in net.consumers {
        readersOf[net.producer].append((consumer, index))
        waiting[consumer] += 1
      }
    }
    let seconds = { (amounts: [Problem.Amount]) in amounts.reduce(0) { $0 + $1.seconds } }
    let out = problem.nets.map { net in model.classes.map { seconds(net.out[$0.group]) } }
    let incoming = problem.nets.map { net in model.classes.map { seconds(net.incoming[$0.group]) } }
    let memory = ItemCosts(model, .floor).memory
    let fitTogether = { (a: Int, b: Int, entry: Int) -> Bool in
      let (first, second) = (model.itemOf[a], model.itemOf[b])
      if first == second { return true }
      let sum = memory[first * classCount + entry] + memory[second * classCount + entry]
      return sum <= model.classes[entry].memory * (1 + ProblemEvaluator.memoryTolerance)
    }
    var arrival = Array(repeating: Array(repeating: 0.0, count: classCount), count: problem.units.count)
    var ready = waiting.indices.filter { waiting[$0] == 0 }
    var longest = 0.0
    while let unit = ready.popLast() {
      let end = (0..<classCount).map { arrival[unit][$0] + own[unit][$0] }
      longest = max(longest, end.min() ?? 0)
      for (reader, net) in readersOf[unit] {
        for entry in 0..<classCount {
          var first = Double.infinity
          for before in 0..<classCount {
            let mayShare = before == entry && fitTogether(unit, reader, entry)
            let transfer = mayShare ? 0 : out[net][before] + incoming[net][entry]
            first = min(first, end[before] + transfer)
          }
          arrival[reader][entry] = max(arrival[reader][entry], first)
        }
        waiting[reader] -= 1
        if waiting[reader] == 0 { ready.append(reader) }
      }
    }
    return longest
  }

  /// Seconds over all lanes by unit and class, the smallest over the modes; `.infinity` where the item may not go.
  static func ownTimes(_ model: GraphModel) -> [[Double]] {
    let problem = model.problem
    var own = Array(
      repeating: Array(repeating: Double.infinity, count: model.classes.count), count: problem.units.count)
    for item in 0..<model.itemCount {
      for (entry, modes) in model.modes[item].enumerated() {
        for mode in modes {
          for (unit, option) in zip(model.units[item], mode.options) {
            let loads = problem.units[unit].options[option].shards[0].loads
            own[unit][entry] = min(own[unit][entry], loads.reduce(0) { $0 + $1.seconds })
          }
        }
      }
    }
    return own
  }
}

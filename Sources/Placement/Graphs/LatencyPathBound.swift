/// A lower bound on latency from single paths, with the memory and the number of devices of every class.
///
/// On a path u1 -> u2 -> ... -> um, cut it into runs of consecutive units that share a call, or that run as ready. An allowed plan
/// does that: a path enters and leaves a call once. A run in a call fits the device's memory, and there are at
/// most as many runs in calls of a class as it has devices. Every unit takes its own time, and every change of run takes
/// the net's `out` on the class it leaves and `incoming` on the class it enters. The dynamic program below finds the
/// least time over all such cuts, which no plan can beat. Units of one item share its memory: it is counted once.
enum LatencyPathBound {
  /// Longer paths cost more than they are worth.
  private static let longestPath = 600

  /// The largest bound over a few long paths, seconds.
  static func largest(_ model: GraphModel) -> Double {
    let own = LatencyBound.ownTimes(model)
    let memory = ItemCosts(model, .floor).memory
    let classCount = model.classes.count
    let fastest = own.map { $0.min() ?? 0 }
    let capacity = model.classes.map(\.memory).filter(\.isFinite).min()
    var weights = [fastest]
    if let capacity, let total = fastest.max(), total > 0 {
      // A path may be worth taking for the memory that it needs.
      weights.append(
        model.itemOf.indices.map { unit in
          let bytes = (0..<classCount).map { memory[model.itemOf[unit] * classCount + $0] }
          let need = bytes.filter(\.isFinite).max() ?? 0
          return fastest[unit] + need / max(capacity, 1) * total
        })
    }
    return weights.map { bound(model, path(model, weight: $0), own, memory) }.max() ?? 0
  }

  private struct Hop {
    var unit: Int
    /// Net from the unit before.
    var net: Int
  }

  private static func path(_ model: GraphModel, weight: [Double]) -> [Hop] {
    let nets = model.problem.nets
    var readersOf: [[(reader: Int, net: Int)]] = Array(repeating: [], count: weight.count)
    var waiting = Array(repeating: 0, count: weight.count)
    for (index, net) in nets.enumerated() {
      for consumer in net.consumers {
        readersOf[net.producer].append((consumer, index))
        waiting[consumer] += 1
      }
    }
    var length = weight
    var before = Array(repeating: Hop(unit: -1, net: -1), count: weight.count)
    var ready = waiting.indices.filter { waiting[$0] == 0 }
    var last = -1
    while let unit = ready.popLast() {
      if last < 0 || length[unit] > length[last] { last = unit }
      for (reader, net) in readersOf[unit] {
        if length[unit] + weight[reader] > length[reader] {
          length[reader] = length[unit] + weight[reader]
          before[reader] = Hop(unit: unit, net: net)
        }
        waiting[reader] -= 1
        if waiting[reader] == 0 { ready.append(reader) }
      }
    }
    var hops: [Hop] = []
    while last >= 0 && hops.count < longestPath {
      hops.append(Hop(unit: last, net: before[last].net))
      last = before[last].unit
    }
    return hops.reversed()
  }

  private static func bound(_ model: GraphModel, _ path: [Hop], _ own: [[Double]], _ memory: [Double])
    -> Double
  {
    guard !path.isEmpty else { return 0 }
    let classCount = model.classes.count
    let transfer =
      model.problem.nets.isEmpty
      ? []
      : path.map { hop -> [(out: Double, incoming: Double)] in
        guard hop.net >= 0 else { return [] }
        let net = model.problem.nets[hop.net]
        return model.classes.map { entry in
          (
            net.out[entry.group].reduce(0) { $0 + $1.seconds },
            net.incoming[entry.group].reduce(0) { $0 + $1.seconds }
          )
        }
      }
    var strides: [Int] = []
    var stateCount = 1
    for entry in model.classes {
      strides.append(stateCount)
      if entry.execution == .oneCall { stateCount *= entry.devices.count + 1 }
      guard stateCount <= 512 else { return 0 }
    }
    // value[i][c][state]: least time for the first i units, the last of them in a run on class c.
    let none = Array(repeating: Array(repeating: Double.infinity, count: stateCount), count: classCount)
    var value = Array(repeating: none, count: path.count + 1)
    for first in 0..<path.count {
      for (entry, deviceClass) in model.classes.enumerated() {
        let counts = deviceClass.execution == .oneCall
        var entering = Array(repeating: Double.infinity, count: stateCount)
        for state in 0..<stateCount {
          let used = state / strides[entry] % (counts ? deviceClass.devices.count + 1 : 1)
          if counts && used == 0 { continue }
          let from = state - (counts ? strides[entry] : 0)
          if first == 0 {
            if from == 0 { entering[state] = 0 }
            continue
          }
          for before in 0..<classCount where counts || before != entry {
            let hop = transfer[first][before].out + transfer[first][entry].incoming
            entering[state] = min(entering[state], value[first][before][from] + hop)
          }
        }
        var bytes = 0.0
        var time = 0.0
        var items: Set<Int> = []
        for last in first..<path.count {
          let unit = path[last].unit
          let item = model.itemOf[unit]
          if items.insert(item).inserted { bytes += memory[item * classCount + entry] }
          time += own[unit][entry]
          guard time < .infinity,
            bytes <= deviceClass.memory * (1 + ProblemEvaluator.memoryTolerance)
          else { break }
          for state in 0..<stateCount where entering[state] < .infinity {
            value[last + 1][entry][state] = min(value[last + 1][entry][state], entering[state] + time)
          }
        }
      }
    }
    let least = value[path.count].joined().min() ?? 0
    return least < .infinity ? least : 0
  }
}

extension LatencyPathBound {
  struct Step: SearchStep {
    let name = StepName.pathWithMemory

    func run(_ context: GraphContext, within clock: SearchClock) {
      context.incumbent.raise(LatencyPathBound.largest(context.model), by: name)
    }
  }
}

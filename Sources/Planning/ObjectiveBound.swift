import CostModel
import Graph
import Hardware
import Plan

/// Turns a proven bound on the bottleneck into one on the task's objective.
struct ObjectiveBound {
  let task: PlanningTask
  let units: ModelUnits
  let kinds: CardKinds
  let share: [Double]

  /// - Parameters:
  ///   - bottleneck: Proven lower bound on the bottleneck, seconds.
  ///   - onHost: The placement that uses no card.
  func bound(bottleneck: Double, onHost: Candidate) -> Double {
    switch task.objective {
    case .throughput: bottleneck
    case .latency:
      min(criticalPath, onHost.fits ? onHost.loads.latencySeconds : .infinity)
    case .energy: task.system.host.processor.idleWatts * bottleneck + leastJoulesOfWork
    }
  }

  /// Longest path through the model with every unit on the faster of host and card, transfers left out.
  ///
  /// A path's operators run one after the other wherever they are, so no placement is faster.
  private var criticalPath: Double {
    var finish = Array(repeating: 0.0, count: task.graph.operators.count)
    for (index, op) in task.graph.operators.enumerated() {
      var start = 0.0
      for case .some(let input) in op.inputs {
        if let producer = task.graph[input].producer { start = max(start, finish[producer.index]) }
      }
      finish[index] = start + leastSeconds(OperatorID(index))
    }
    return finish.max() ?? 0
  }

  private func leastSeconds(_ op: OperatorID) -> Double {
    guard units.served.table[op.index] == nil else { return 0 }
    let host = task.costs.cost(of: op, on: .host)?.seconds ?? .infinity
    let cards = kinds.representatives.compactMap { task.costs.cost(of: op, on: .card($0))?.seconds }
    return cards.reduce(host, min)
  }

  /// Each unit on the device where its busy time costs least; a card that is on for it is not idle for less.
  private var leastJoulesOfWork: Double {
    let host = task.system.host.processor
    return units.units.reduce(0) { sum, unit in
      var least = unit.host.cores * (host.busyWatts - host.idleWatts)
      for (kind, card) in kinds.representatives.enumerated() where unit.supportingKinds[kind] {
        least = min(least, unit.cards[kind].cores * task.system.cards[card].processor.busyWatts)
      }
      return sum + max(0, least)
    }
  }
}

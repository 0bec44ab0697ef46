import CostModel
import Graph
import Hardware
import Plan

/// Plans of copies whose requests go to the host and back so often that they hold each other up, with fewer such turns.
///
/// Searches rate copies by the busiest resource. A line that requests enter again and again may do less (Lu and Kumar 1991): two
/// cards of an image model that its host helped ten times a batch did 55 % of it. So the answer is followed, and where it does
/// less, runs of operators on the host go back to the cards, those first that save the cards least.
struct FewerTurns {
  let task: PlanningTask

  /// How much slower than its busiest resource a plan may be.
  private static let leastLoss = 0.01

  /// - Parameter best: rated by its busiest resource.
  func settled(_ best: Candidate) -> Candidate {
    let followed = Candidate(best.placement, task: task, followsCopies: true)
    guard task.objective == .throughput,
      followed.value(.throughput) > best.value(.throughput) * (1 + Self.leastLoss)
    else { return best }
    var settled = followed
    let runs = runsOnHost(best.placement)
    var left = runs.count
    while left > 0 {
      left /= 2
      var placement = best.placement
      for op in runs.dropFirst(left).joined() { placement.operators[op] = .everyCard }
      let other = Candidate(placement, task: task, followsCopies: true)
      if other.isBetter(than: settled, for: task) { settled = other }
    }
    return settled
  }

  /// Operators on the host that every card runs, in runs that follow each other; those that take the host longest first.
  private func runsOnHost(_ placement: ModelPlacement) -> [[Int]] {
    var runs: [[Int]] = []
    var isOpen = false
    let served = ServedLookups(graph: task.graph)
    for (index, site) in placement.operators.enumerated() where served.table[index] == nil {
      let op = OperatorID(index)
      guard site == .host, task.rules.operatorSites[index].everyCard,
        task.system.cards.indices.allSatisfy({ task.costs.supports(op, card: $0) })
      else {
        isOpen = false
        continue
      }
      if isOpen { runs[runs.count - 1].append(index) } else { runs.append([index]) }
      isOpen = true
    }
    let seconds = runs.map { run in
      run.reduce(0) { $0 + (task.costs.cost(of: OperatorID($1), on: .host)?.seconds ?? 0) }
    }
    return runs.indices.sorted { (seconds[$1], $0) < (seconds[$0], $1) }.map { runs[$0] }
  }
}

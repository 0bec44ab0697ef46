import Graph

/// Which operators run on the same cards.
struct DeviceClasses {
  /// By operator: a number that two share where the same cards run both.
  private let classes: [Int]
  /// By class and class: whether all cards that run operators of the first, if any does, run those of the second.
  private let runsWherever: [[Bool]]

  /// - Parameter isRefused: By kind of card and operator: what it cannot run.
  init(_ graph: Graph, isRefused: [[Bool]]) {
    var known: [[Bool]: Int] = [:]
    var refused: [[Bool]] = []
    classes = graph.operators.indices.map { index in
      let key = isRefused.map { $0[index] }
      if let number = known[key] { return number }
      known[key] = refused.count
      refused.append(key)
      return refused.count - 1
    }
    runsWherever = refused.map { first in
      refused.map { first.contains(false) ? zip(first, $0).allSatisfy { $0 || !$1 } : first == $0 }
    }
  }

  /// Whether an operator runs on all cards that another one runs on; of one for the host alone, whether it is for the host too.
  func runs(_ op: OperatorID, wherever other: OperatorID) -> Bool {
    runsWherever[classes[other.index]][classes[op.index]]
  }
}

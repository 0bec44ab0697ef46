import Partitioner

/// A system that a workload is tried on.
enum Machine: CaseIterable {
  case sixCards, oneCard, hostAlone

  var words: String {
    switch self {
    case .sixCards: "6 cards"
    case .oneCard: "1 card"
    case .hostAlone: "host alone"
    }
  }

  func system(for model: Model) throws(PartitionError) -> System {
    switch self {
    case .sixCards: return try Partitioner.system(cards: 6)
    case .oneCard: return try Partitioner.system(cards: 1)
    case .hostAlone:
      // A system has at least one card. One that runs no operator of the model and draws no idle power changes nothing.
      var system = try Partitioner.system(cards: 1)
      system.cards[0].unsupportedOperators = Set(model.graph.operators.map(\.type)).sorted()
      system.cards[0].processor.idleWatts = 0
      return system
    }
  }
}

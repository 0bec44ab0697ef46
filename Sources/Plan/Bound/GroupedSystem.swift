import CostModel
import Graph
import Hardware

extension System {
  /// One group of cards that does what `groups` alike ones do together: so many times as fast, with the memory of one.
  ///
  /// A request is served by one group, so what a placement brings to a card of each group is spread over all groups; the
  /// host and its uplink serve the requests of all. Hence a placement on the group returned here has the loads and the
  /// energy of its copies on all groups, though not their latency.
  ///
  /// - Returns: `nil` where the cards do not form so many alike groups of consecutive ones.
  public func grouped(_ groups: Int) -> System? {
    guard groups > 1, !cards.isEmpty, cards.count % groups == 0 else { return nil }
    let count = cards.count / groups
    guard CardKinds(system: self).areAlike(groups: groups, of: count) else { return nil }
    var system = self
    system.cards = cards.prefix(count).map { card in
      var card = card
      card.processor.speedUp(Double(groups))
      card.link.speedUp(Double(groups))
      card.peerLink?.speedUp(Double(groups))
      return card
    }
    return system
  }
}

extension Link {
  fileprivate mutating func speedUp(_ factor: Double) {
    bytesPerSecond *= factor
    commandSeconds /= factor
  }
}

extension Processor {
  /// Everything takes so many times less time, and the power for it is so many times as high.
  fileprivate mutating func speedUp(_ factor: Double) {
    for precision in matrix.keys { matrix[precision]?.operationsPerSecond *= factor }
    for precision in vector.keys { vector[precision]?.operationsPerSecond *= factor }
    dram.bytesPerSecond *= factor
    sram?.bytesPerSecond *= factor
    launchSeconds /= factor
    for precision in Precision.allCases {
      products?[precision]?.launchSeconds /= factor
      if let seconds = products?[precision]?.quantiseSeconds {
        products?[precision]?.quantiseSeconds = seconds / factor
      }
    }
    for kind in OperatorClass.allCases { classes?[kind]?.launchSeconds /= factor }
    lookupsPerCorePerSecond *= factor
    idleWatts *= factor
    busyWatts *= factor
  }
}

extension PlacementQuestion {
  /// The question about placements on `groups` alike groups of cards, as one about a single group: see
  /// `System.grouped(_:)`. For throughput and energy.
  ///
  /// - Returns: `nil` where there are no such groups.
  public func grouped(_ groups: Int) -> PlacementQuestion? {
    guard objective != .latency, rules.rules.isEmpty, let system = system.grouped(groups) else { return nil }
    return PlacementQuestion(
      graph: graph, system: system, costs: CostModel(graph: graph, system: system, options: costs.options),
      objective: objective, tablePrecisions: tablePrecisions,
      rules: PlanRules(graph: graph, system: system, without: rules.without), accuracy: accuracy,
      layers: layers?.question)
  }
}

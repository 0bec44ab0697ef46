import CostModel
import Graph
import Hardware
import Plan

/// Says in words, with figures, why a model does not fit the memory of a system.
struct MemoryShortage {
  private let task: PlanningTask
  private let operators: [OperatorID]

  private static let mostOperators = 3

  init(task: PlanningTask) {
    self.task = task
    let served = ServedLookups(graph: task.graph)
    operators = task.graph.operators.indices.filter { served.table[$0] == nil }.map { OperatorID($0) }
  }

  /// Whether the constants alone, each held once, are more than all devices together have.
  var isProven: Bool { missing > 0 }

  private var missing: Double { leastTables + leastConstants - room }

  /// What is short, the sums first.
  func reasons() -> [String] {
    (isProven ? [sums + ": \(gigabytes(missing)) too little"] : [])
      + wholeCopy + largeTables + largeOperators
      + (isProven ? [] : [sums + ", but no arrangement was found that leaves room on each device"])
  }

  // MARK: Reasons

  private var sums: String {
    let others = task.tablePrecisions.filter { $0 != smallest }.map {
      "\(gigabytes(tables($0))) in \($0.rawValue)"
    }
    let inTables =
      task.hasTables
      ? "the embedding tables take \(gigabytes(tables(smallest))) in \(smallest.rawValue)"
        + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")))")
      : ""
    let inOperators = "the operators' constants \(task.hasTables ? "" : "take ")\(gigabytes(leastConstants))"
    return (task.hasTables ? "\(inTables), \(inOperators)" : inOperators)
      + "; \(counted(cards.count, "card")) and the host have \(gigabytes(room)) in all"
  }

  /// What a copy of all operators takes of a card, where that is more than it has.
  private var wholeCopy: [String] {
    guard let card = cards.indices.min(by: { cards[$0].usableBytes < cards[$1].usableBytes }) else {
      return []
    }
    let supported = operators.filter { task.costs.supports($0, card: card) }
    let weights = Double(task.costs.weightBytes(of: supported, on: .card(card)))
    let activations = Double(task.costs.activationBytes(of: supported, on: .card(card)))
    let usable = Double(cards[card].usableBytes)
    let onHost = Double(task.costs.peakActivationBytes(of: operators, on: .host))
    guard weights + activations > usable || onHost > Double(task.system.host.usableBytes) else { return [] }
    return [
      "a copy of all operators takes \(gigabytes(weights)) of constants and \(gigabytes(activations)) of activations "
        + "(\(counted(requests, "request")) in flight, \(gigabytes(activations / Double(max(1, requests)))) each) of the "
        + "\(gigabytes(usable)) of a card; on the host the activations take \(gigabytes(onHost)) of "
        + "\(gigabytes(Double(task.system.host.usableBytes))) for one request"
    ]
  }

  private var largeTables: [String] {
    guard !task.allowsSplits else { return [] }
    return task.graph.embeddingTables.enumerated().compactMap { index, table in
      let size = Double(task.costs.tableBytes(index, format: .init(precision: smallest)))
      guard size > largest else { return nil }
      return
        "table \(table.name) alone takes \(gigabytes(size)) in \(smallest.rawValue), \(gigabytes(size - largest)) more "
        + "than the roomiest device has; splitting it is off"
    }
  }

  /// Operators whose constants and activations alone are more than any device that runs them has.
  private var largeOperators: [String] {
    let large = operators.compactMap { op -> (name: String, bytes: Double)? in
      var least = Double.infinity
      for (location, usable) in locations where task.costs.supports(op, on: location) {
        let bytes =
          Double(task.costs.weightBytes(of: op, on: location))
          + Double(task.costs.peakActivationBytes(of: [op], on: location)) * Double(requests)
        if bytes <= usable { return nil }
        least = min(least, bytes)
      }
      return (task.graph[op].name, least)
    }
    return large.prefix(Self.mostOperators).map {
      "operator '\($0.name)' alone takes \(gigabytes($0.bytes)) with the activations of "
        + "\(counted(requests, "request")) in flight, more than any device that runs it has"
    }
  }

  // MARK: Sizes

  private var cards: [Card] { task.system.cards }

  private var requests: Int { task.costs.options.requestsInFlight }

  private var locations: [(Location, usable: Double)] {
    [(.host, Double(task.system.host.usableBytes))]
      + CardKinds(system: task.system).representatives.map { (.card($0), Double(cards[$0].usableBytes)) }
  }

  /// Of all devices together.
  private var room: Double {
    cards.reduce(max(0, Double(task.system.host.usableBytes))) { $0 + max(0, Double($1.usableBytes)) }
  }

  private var largest: Double { locations.map(\.usable).max() ?? 0 }

  private var smallest: Precision { task.tablePrecisions.min { tables($0) < tables($1) } ?? .int8 }

  private func tables(_ precision: Precision) -> Double {
    task.graph.embeddingTables.indices.reduce(0.0) {
      $0 + Double(task.costs.tableBytes($1, format: .init(precision: precision)))
    }
  }

  private var leastTables: Double {
    task.graph.embeddingTables.indices.reduce(0.0) { sum, table in
      sum
        + (task.tablePrecisions.map { Double(task.costs.tableBytes(table, format: .init(precision: $0))) }
          .min() ?? 0)
    }
  }

  /// Of the operators' constants, each held once, on the device that stores them smallest; 0 where that is not the same
  /// for all.
  private var leastConstants: Double {
    let places = locations.map(\.0)
    let best = places.first { place in
      operators.allSatisfy { op in
        let bytes = task.costs.weightBytes(of: op, on: place)
        return places.allSatisfy { bytes <= task.costs.weightBytes(of: op, on: $0) }
      }
    }
    return best.map { Double(task.costs.weightBytes(of: operators, on: $0)) } ?? 0
  }

  private func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }
}

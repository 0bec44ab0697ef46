import Accuracy
import CostModel
import Graph
import Hardware
import Plan

/// Which layers are in which of their precisions where as much as possible is to be saved and no more lost than may be.
struct LayerKnapsack {
  enum Measure { case seconds, bytes }

  /// What layers are in.
  struct Choice {
    /// By operator.
    var precisions: [LayerPrecision?]
    /// Layers that are to be on the host, where they lose nothing.
    var onHost: Set<OperatorID> = []
  }

  private let losses: LayerLosses
  private let choices: [LayerPrecision]
  /// Of operators.
  private let count: Int
  /// By layer and choice, on a card of each kind together.
  private let seconds: [[Double]]
  private let bytes: [[Double]]
  /// By layer: seconds on the host, as often.
  private let onHost: [Double]

  private var layers: [OperatorID] { losses.layers }

  init(_ task: PlanningTask, _ question: LayerQuestion, _ losses: LayerLosses) {
    let graph = task.graph
    self.losses = losses
    count = graph.operators.count
    choices = question.choices
    let cards = task.system.cards.indices.reduce(into: [Int: Int]()) { kinds, card in
      let kind = task.costs.kindNumber(at: .card(card))
      if kinds[kind] == nil { kinds[kind] = card }
    }.values.sorted()
    var followers: [Int: [OperatorID]] = [:]
    for op in graph.operators.indices {
      if let leader = task.costs.fusedInto(OperatorID(op)) {
        followers[leader.index, default: []].append(OperatorID(op))
      }
    }
    let kernels = losses.layers.map { op in [op] + (followers[op.index] ?? []).filter { $0 != op } }
    var (seconds, bytes) = (kernels.map { _ in [Double]() }, kernels.map { _ in [Double]() })
    for choice in question.choices {
      let costs = task.costs.with { $0.setLayers(choice, in: graph) }
      for (layer, kernel) in kernels.enumerated() {
        seconds[layer].append(
          cards.reduce(0) { sum, card in
            kernel.reduce(sum) { $0 + (costs.cost(of: $1, on: .card(card))?.seconds ?? 0) }
          })
        bytes[layer].append(
          cards.reduce(0) { $0 + costs.sharedWeightBytes(of: losses.layers[layer], on: .card($1)) })
      }
    }
    (self.seconds, self.bytes) = (seconds, bytes)
    onHost = kernels.map { kernel in
      kernel.reduce(0) { $0 + (task.costs.cost(of: $1, on: .host)?.seconds ?? 0) } * Double(cards.count)
    }
  }

  /// The choice that saves most and loses no more than `limit`; `nil` where each loses more.
  ///
  /// - Parameters:
  ///   - lossless: Layers that lose nothing whatever they are in.
  ///   - offersHost: Whether layers may be on the host, where they save the seconds that they do not take on cards.
  func choice(
    saving measure: Measure, limit: Double, lossless: Set<OperatorID> = [], offersHost: Bool = false
  ) -> Choice? {
    let values = measure == .seconds ? seconds : bytes
    var result = Choice(precisions: [LayerPrecision?](repeating: nil, count: count))
    if limit == .infinity, !offersHost {
      for (layer, op) in layers.enumerated() {
        let best = choices.indices.min { (values[layer][$0], $0) < (values[layer][$1], $1) } ?? 0
        result.precisions[op.index] = choices[best]
      }
      return result
    }
    // By layer: its choices by growing loss; of those that lose alike the one that takes least.
    let orders = layers.enumerated().map { layer, op in
      choices.indices.sorted { first, second in
        (losses.loss(op, in: choices[first]), values[layer][first], first)
          < (losses.loss(op, in: choices[second]), values[layer][second], second)
      }
    }
    let knapsack = PrecisionKnapsack(
      tables: layers.enumerated().map { layer, op in
        let host = offersHost ? [PrecisionKnapsack.Level(loss: 0, saved: -onHost[layer])] : []
        return host
          + orders[layer].map { choice in
            .init(
              loss: lossless.contains(op) ? 0 : losses.loss(op, in: choices[choice]),
              saved: -values[layer][choice])
          }
      }, limit: limit - losses.kept)
    guard let levels = knapsack.choice() else { return nil }
    for (layer, op) in layers.enumerated() {
      let level = offersHost ? levels[layer] - 1 : levels[layer]
      if level < 0 { result.onHost.insert(op) }
      result.precisions[op.index] = choices[level < 0 ? 0 : orders[layer][level]]
    }
    return result
  }

  /// Layers that a choice has in another precision, by what they gain by that, least first.
  func byGain(_ choice: [LayerPrecision?], over other: [LayerPrecision?]) -> [OperatorID] {
    func place(_ choice: [LayerPrecision?], _ op: OperatorID) -> Int {
      choice[op.index].flatMap { choices.firstIndex(of: $0) } ?? 0
    }
    let gains = layers.enumerated().compactMap { layer, op -> (Int, Double)? in
      let (own, before) = (place(choice, op), place(other, op))
      return own == before ? nil : (layer, seconds[layer][before] - seconds[layer][own])
    }
    return gains.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map { layers[$0.0] }
  }
}

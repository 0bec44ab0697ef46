import Accuracy
import CostModel
import Graph
import Hardware
import Plan

/// What layers lose and take in each of their precisions, and which choices lose no more than they may.
struct LayerLosses {
  enum Measure { case seconds, bytes }

  /// Operators with matrix work that a user keeps in no precision, ascending.
  let layers: [OperatorID]
  /// Of each, its place in `layers`.
  private let position: [OperatorID: Int]
  private let count: Int
  private let choices: [LayerPrecision]
  /// By layer and choice: of the model's error, where it is on cards that lose most.
  private let losses: [[Double]]
  private let seconds: [[Double]]
  private let bytes: [[Double]]
  /// By layer: seconds on the host.
  private let onHost: [Double]
  /// Of the operators that a user keeps.
  private let kept: Double

  init(_ task: PlanningTask, _ question: LayerQuestion) {
    let (graph, errors) = (task.graph, question.errors)
    let asked = KeptPrecision.byOperator(task.costs.options.kept, in: graph)
    let engines = Set(task.system.cards.map { $0.processor.matrix.keys.sorted { $0.rawValue < $1.rawValue } })
    func loss(_ op: OperatorID, _ layer: LayerPrecision) -> Double {
      engines.map { errors.weighted(op, in: layer.choice(among: $0)) }.max() ?? 0
    }
    let layers = errors.operators.filter { asked[$0.index] == nil }
    self.layers = layers
    position = Dictionary(uniqueKeysWithValues: zip(layers, layers.indices))
    count = graph.operators.count
    choices = question.choices
    kept = errors.operators.reduce(0) { sum, op in asked[op.index].map { sum + loss(op, $0) } ?? sum }
    losses = layers.map { op in question.choices.map { loss(op, $0) } }
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
    var (seconds, bytes) = (layers.map { _ in [Double]() }, layers.map { _ in [Double]() })
    for choice in question.choices {
      let costs = task.costs.with { $0.setLayers(choice, in: graph) }
      for (index, op) in layers.enumerated() {
        let kernel = [op] + (followers[op.index] ?? []).filter { $0 != op }
        seconds[index].append(
          cards.reduce(0) { sum, card in
            kernel.reduce(sum) { $0 + (costs.cost(of: $1, on: .card(card))?.seconds ?? 0) }
          })
        bytes[index].append(cards.reduce(0) { $0 + costs.sharedWeightBytes(of: op, on: .card($1)) })
      }
    }
    (self.seconds, self.bytes) = (seconds, bytes)
    onHost = layers.map { op in
      ([op] + (followers[op.index] ?? []).filter { $0 != op }).reduce(0) {
        $0 + (task.costs.cost(of: $1, on: .host)?.seconds ?? 0)
      } * Double(cards.count)
    }
  }

  /// What all layers lose at least on cards.
  var leastLoss: Double { losses.reduce(kept) { $0 + ($1.min() ?? 0) } }

  /// What a choice loses where all layers are on cards.
  ///
  /// - Parameter lossless: layers that lose nothing, since they are on the host.
  func loss(_ choice: [LayerPrecision?], lossless: Set<OperatorID> = []) -> Double {
    layers.indices.reduce(kept) { lossless.contains(layers[$1]) ? $0 : $0 + losses[$1][place(choice, $1)] }
  }

  func loss(_ op: OperatorID, _ choice: [LayerPrecision?]) -> Double {
    position[op].map { losses[$0][place(choice, $0)] } ?? 0
  }

  private func place(_ choice: [LayerPrecision?], _ layer: Int) -> Int {
    choice[layers[layer].index].flatMap { choices.firstIndex(of: $0) } ?? 0
  }

  /// By operator: the choice that saves most and loses no more than `limit`; `nil` where each loses more.
  func choice(
    saving measure: Measure, limit: Double, lossless: Set<OperatorID> = []
  ) -> [LayerPrecision?]? {
    let values = measure == .seconds ? seconds : bytes
    var result = [LayerPrecision?](repeating: nil, count: count)
    // By layer: its choices by growing loss; of those that lose alike the one that takes least.
    let orders = layers.indices.map { layer in
      choices.indices.sorted {
        (losses[layer][$0], values[layer][$0], $0) < (losses[layer][$1], values[layer][$1], $1)
      }
    }
    if limit == .infinity {
      for (layer, op) in layers.enumerated() {
        let best = choices.indices.min { (values[layer][$0], $0) < (values[layer][$1], $1) } ?? 0
        result[op.index] = choices[best]
      }
      return result
    }
    let knapsack = PrecisionKnapsack(
      tables: layers.indices.map { layer in
        orders[layer].map { choice in
          .init(
            loss: lossless.contains(layers[layer]) ? 0 : losses[layer][choice], saved: -values[layer][choice])
        }
      }, limit: limit - kept)
    guard let levels = knapsack.choice() else { return nil }
    for (layer, op) in layers.enumerated() { result[op.index] = choices[orders[layer][levels[layer]]] }
    return result
  }

  /// The choice that takes least seconds and loses no more than `limit`, with layers that lose nothing because they are on the host; `nil`
  /// where those that a user keeps lose more.
  func choiceWithHost(limit: Double) -> (choice: [LayerPrecision?], onHost: Set<OperatorID>)? {
    let orders = layers.indices.map { layer in
      choices.indices.sorted {
        (losses[layer][$0], seconds[layer][$0]) < (losses[layer][$1], seconds[layer][$1])
      }
    }
    let knapsack = PrecisionKnapsack(
      tables: layers.indices.map { layer in
        [.init(loss: 0, saved: -onHost[layer])]
          + orders[layer].map { .init(loss: losses[layer][$0], saved: -seconds[layer][$0]) }
      }, limit: limit - kept)
    guard let levels = knapsack.choice() else { return nil }
    var (choice, host) = ([LayerPrecision?](repeating: nil, count: count), Set<OperatorID>())
    for (layer, op) in layers.enumerated() {
      if levels[layer] == 0 { host.insert(op) }
      choice[op.index] = choices[levels[layer] == 0 ? 0 : orders[layer][levels[layer] - 1]]
    }
    return (choice, host)
  }

  /// Layers that a choice has in another precision, by what they gain by that, least first.
  func byGain(_ choice: [LayerPrecision?], over other: [LayerPrecision?]) -> [OperatorID] {
    let gains = layers.indices.compactMap { layer -> (Int, Double)? in
      let (own, before) = (place(choice, layer), place(other, layer))
      return own == before ? nil : (layer, seconds[layer][before] - seconds[layer][own])
    }
    return gains.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.map { layers[$0.0] }
  }
}

import Accuracy
import CostModel
import Graph
import Hardware
import Plan

/// What layers lose in each of the precisions that they may be in.
struct LayerLosses {
  /// Operators with matrix work that a user keeps in no precision, ascending.
  let layers: [OperatorID]
  /// Of each, its place in `layers`.
  private let position: [OperatorID: Int]
  /// What is liked best, in which operators are that a choice leaves out.
  private let liked: LayerPrecision
  /// By precision and layer: of the model's error, where it is on cards that lose most.
  private let losses: [LayerPrecision: [Double]]
  /// Of the operators that a user keeps.
  let kept: Double

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
    liked = question.choices[0]
    kept = errors.operators.reduce(0) { sum, op in asked[op.index].map { sum + loss(op, $0) } ?? sum }
    let precisions = Set(question.choices + (question.told ?? []).compactMap(\.self))
    losses = Dictionary(
      uniqueKeysWithValues: precisions.map { precision in (precision, layers.map { loss($0, precision) }) })
  }

  /// What all layers lose at least on cards.
  var leastLoss: Double {
    layers.indices.reduce(kept) { sum, layer in sum + (losses.values.map { $0[layer] }.min() ?? 0) }
  }

  /// What a choice loses where all layers are on cards.
  ///
  /// - Parameter lossless: layers that lose nothing, since they are on the host.
  func loss(_ choice: [LayerPrecision?], lossless: Set<OperatorID> = []) -> Double {
    layers.reduce(kept) { lossless.contains($1) ? $0 : $0 + loss($1, choice) }
  }

  /// What a layer loses in a choice; 0 of what is none.
  func loss(_ op: OperatorID, _ choice: [LayerPrecision?]) -> Double {
    loss(op, in: choice[op.index] ?? liked)
  }

  func loss(_ op: OperatorID, in precision: LayerPrecision) -> Double {
    position[op].flatMap { losses[precision]?[$0] } ?? 0
  }
}

import CostModel
import Graph
import Hardware
import Plan

/// What operators of a plan compute in: fp32 on the host, on cards the precision asked for where their engines have it.
struct PlannedPrecisions {
  /// By operator: of products and convolutions, and of everything else.
  private(set) var products: [Precision] = []
  /// By operator: of constants that are widened as they are read; `nil` where they are as products compute.
  private(set) var weights: [Precision?] = []
  private(set) var activations: [Precision] = []

  init(_ plan: PlanDocument, _ placement: ModelPlacement, _ graph: Graph) {
    let kept = plan.layersOnCards(in: graph)
    for (index, site) in placement.operators.enumerated() {
      guard let card = placement.cards(at: site).first, plan.system.cards.indices.contains(card) else {
        products.append(.fp32)
        weights.append(nil)
        activations.append(.fp32)
        continue
      }
      let processor = plan.system.cards[card].processor
      let wanted = kept[index]?.precision ?? plan.request.precision
      products.append(wanted.choice(among: processor.matrix.keys) ?? .fp32)
      weights.append(kept[index]?.weights)
      activations.append(Precision.fp16.choice(among: processor.vector.keys) ?? .fp32)
    }
  }
}

import CostModel
import Graph
import Hardware
import Plan

/// What operators of a plan compute in: fp32 on the host, on cards the precision asked for where their engines have it.
struct PlannedPrecisions {
  /// By operator: of products and convolutions, and of everything else.
  private(set) var products: [Precision] = []
  private(set) var activations: [Precision] = []

  init(_ plan: PlanDocument, _ placement: ModelPlacement, _ graph: Graph) {
    let kept = KeptPrecision.byOperator(plan.request.kept ?? [], in: graph)
    for (index, site) in placement.operators.enumerated() {
      guard let card = placement.cards(at: site).first, plan.system.cards.indices.contains(card) else {
        products.append(.fp32)
        activations.append(.fp32)
        continue
      }
      let processor = plan.system.cards[card].processor
      products.append((kept[index] ?? plan.request.precision).choice(among: processor.matrix.keys) ?? .fp32)
      activations.append(Precision.fp16.choice(among: processor.vector.keys) ?? .fp32)
    }
  }
}

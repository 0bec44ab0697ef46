import Accuracy
import CostModel
import Graph
import Hardware
import Rules

/// Works a certificate's bound over every placement out again, and holds it against placements that are easily found.
struct CertificateCheck {
  private(set) var violations: [Violation] = []

  /// - Parameter layerErrors: `nil` where the plan says nothing of layers.
  init(plan: PlanDocument, graph: Graph, costs: CostModel, layerErrors: LayerErrors?) {
    let certificate = plan.certificate
    guard
      let question = try? PlacementQuestion(plan: plan, graph: graph, costs: costs, layerErrors: layerErrors)
    else { return }
    if let proof = certificate.priceProof {
      let proven = question.value(of: proof)
      if proof.bound > proven * (1 + 1e-9) {
        report(
          "the prices prove \(proven) \(certificate.unit.rawValue), not \(proof.bound) as the certificate says"
        )
      }
      if proof.bound > certificate.objective * (1 + 1e-9) {
        report("the prices' bound \(proof.bound) is above the objective \(certificate.objective)")
      }
    }
    let claimed = max(certificate.bound, certificate.priceProof?.bound ?? 0)
    func contradicts(_ loads: LoadSummary) -> Bool {
      claimed > loads.value(of: plan.request.objective) * (1 + 1e-9)
    }
    for question in question.inEachLayerPrecision {
      for (name, placement, loads) in GreedyPlacements(question).placements
      where contradicts(loads) && question.keepsErrorLimit(placement) {
        let loads = LoadSummary(question.program(of: placement))
        if contradicts(loads) {
          report(
            "the bound \(claimed) is above \(loads.value(of: plan.request.objective)) \(certificate.unit.rawValue) of \(name)"
          )
        }
      }
    }
  }

  private mutating func report(_ message: String) {
    violations.append(Violation(.certificate, "certificate: \(message)"))
  }
}

extension PlacementQuestion {
  /// The question with all layers in each of the precisions that they may be in; itself where that is no decision.
  fileprivate var inEachLayerPrecision: [PlacementQuestion] {
    guard let layers else { return [self] }
    return layers.question.choices.map { choice in
      var question = self
      question.costs = costs.with { $0.setLayers(choice, in: graph) }
      return question
    }
  }

  /// Whether tables and layers of a placement lose no more than they may.
  fileprivate func keepsErrorLimit(_ placement: ModelPlacement) -> Bool {
    layers?.question.allows(placement, tables: accuracy?.errors, costs: costs) ?? true
  }

  /// What the prices of a proof prove, seconds or joules: the least over the numbers of groups that it speaks of.
  public func value(of proof: PlanDocument.PriceProof) -> Double {
    let own = objective == .latency ? PathBound(self).seconds : PriceBound(self).value(of: proof)
    return (proof.groups ?? []).reduce(own) { least, entry in
      min(least, grouped(entry.groups).map { $0.value(of: entry.proof) } ?? .infinity)
    }
  }
}

extension LoadSummary {
  /// Seconds, or joules for energy.
  public func value(of objective: PlanObjective) -> Double {
    switch objective {
    case .throughput: bottleneckSeconds
    case .latency: latencySeconds
    case .energy: energyJoules
    }
  }
}

extension PlanDocument.CertificateEntry {
  /// The part of the bound that whoever has the model can work out again from the prices, 0 to 1; 0 without prices.
  public var confirmedShare: Double {
    guard let proof = priceProof, bound > 0 else { return 0 }
    return min(1, proof.bound / bound)
  }
}

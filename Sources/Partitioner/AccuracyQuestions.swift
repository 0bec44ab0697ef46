import Planning

/// What tables and layers may lose, and what layers may be in, as options ask.
extension PlanOptions {
  /// `nil` without a budget, with one that is infinite, and without tables.
  func accuracy(of graph: Graph) -> AccuracyBudget? {
    guard !graph.embeddingTables.isEmpty, let limit = accuracyLimit(of: graph) else { return nil }
    return AccuracyBudget(errors: TableErrors(graph: graph, known: tableErrors), limit: limit)
  }

  /// What layers may be in; `nil` where that is no question.
  func layerQuestion(of graph: Graph, on system: System) -> LayerQuestion? {
    guard accuracyBudget != nil || toldLayers != nil || !layerPrecisions.isEmpty else { return nil }
    let errors = LayerErrors(graph: graph, known: layerErrors)
    guard !errors.operators.isEmpty else { return nil }
    let limit = accuracyLimit(of: graph, errors)
    if let toldLayers {
      return LayerQuestion(
        errors: errors, choices: [LayerPrecision(precision)], limit: limit,
        told: PlanDocument.layers(toldLayers, in: graph))
    }
    let choices = layerPrecisions.isEmpty && limit != nil ? usualLayerPrecisions(on: system) : layerPrecisions
    return choices.isEmpty ? nil : LayerQuestion(errors: errors, choices: choices, limit: limit)
  }

  /// The precision asked for and the wider ones that cards have, 16 bits and more.
  private func usualLayerPrecisions(on system: System) -> [LayerPrecision] {
    let known = Set(system.cards.flatMap(\.processor.matrix.keys))
    let wide = [Precision.fp16, .bf16, .fp32].filter { known.contains($0) && $0.bits > precision.bits }
    // Two of 16 bits take the same and do not lose the same.
    let wider = wide.contains(.fp16) ? wide.filter { $0 != .bf16 } : wide
    return ([precision] + wider).map { LayerPrecision($0) }
  }

  /// What tables and layers may lose together; `nil` for any amount.
  private func accuracyLimit(of graph: Graph, _ layers: LayerErrors? = nil) -> Double? {
    guard let accuracyBudget else { return nil }
    let limit = accuracyBudget.error(
      TableErrors(graph: graph, known: tableErrors), layers ?? LayerErrors(graph: graph, known: layerErrors))
    return limit.isFinite ? limit : nil
  }
}

import Planning

/// What tables and layers may lose, and what layers may be in, as options ask.
extension PlanOptions {
  /// What is asked of accuracy, with the errors that it rests on worked out once.
  ///
  /// - Returns: `tables`: `nil` without a budget, with one that is infinite, and without tables. `layers`: `nil` where what they are in is
  ///   no question.
  func accuracyQuestions(
    of graph: Graph, on system: System
  ) -> (tables: AccuracyBudget?, layers: LayerQuestion?) {
    guard accuracyBudget != nil || toldLayers != nil || !layerPrecisions.isEmpty else { return (nil, nil) }
    let layers = LayerErrors(graph: graph, known: layerErrors)
    var limit: Double?
    var budget: AccuracyBudget?
    if let accuracyBudget {
      let tables = TableErrors(graph: graph, known: tableErrors)
      limit = accuracyBudget.error(tables, layers)
      if limit?.isFinite == false { limit = nil }
      if !graph.embeddingTables.isEmpty { budget = limit.map { AccuracyBudget(errors: tables, limit: $0) } }
    }
    return (budget, layers.operators.isEmpty ? nil : question(layers, limit, in: graph, on: system))
  }

  /// - Parameter limit: What tables and layers may lose together; `nil` for any amount.
  private func question(
    _ errors: LayerErrors, _ limit: Double?, in graph: Graph, on system: System
  ) -> LayerQuestion? {
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
}

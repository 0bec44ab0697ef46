import CostModel
import Graph
import Heat
import Plan

/// How the tables of a model were split by how often rows are looked up.
struct ModelHeat: Sendable {
  var parts: [HotPart]
  /// Of the tables of the whole model, and of their parts.
  var whole: TableAccess
  var split: TableAccess
}

extension Model {
  /// The model with tables split; `nil` where they cannot be.
  func split(byHeat parts: [HotPart], access: TableAccess) -> Model? {
    guard heat == nil, let split = graph.split(byHeat: parts, access: access) else { return nil }
    return Model(
      self, split: split,
      heat: ModelHeat(parts: parts, whole: access, split: access.split(byHeat: parts, of: graph)))
  }
}

extension PlanOptions {
  /// How look-ups into a model's tables are spread: what was asked for, else what its sheet states; `nil` where no row is hotter than
  /// others.
  func spread(of model: Model) -> TableAccess? {
    if let heat = model.heat { return heat.split }
    let access = access ?? TableAccess(usual: .none, tables: model.skews)
    return model.graph.embeddingTables.isEmpty || access == TableAccess(usual: .none) ? nil : access
  }
}

import Accuracy
import CostModel
import Graph
import Hardware

/// A model, a system, and which placements may answer: what a bound ranges over.
///
/// Every placement that the ``Verifier`` accepts for it counts: operators on the host, on any single card or on every
/// card, or on every one of the first cards where the others idle; tables whole, cut in any number of shards, or copied, in any
/// mixture of these sites, in any allowed precision; cores divided in any way; 1 or more requests in flight.
public struct PlacementQuestion: Sendable {
  public var graph: Graph
  public var system: System
  /// Of `graph` on `system`.
  public var costs: CostModel
  public var objective: PlanObjective
  /// Allowed for tables; at least one.
  public var tablePrecisions: [Precision]
  public var rules: PlanRules
  /// What tables may lose; `nil` for any amount.
  public var accuracy: AccuracyBudget?
  /// What layers may be in, where that is a decision; `costs` are then the least of all choices.
  package let layers: LayerAlternatives?

  public init(
    graph: Graph, system: System, costs: CostModel, objective: PlanObjective,
    tablePrecisions: [Precision], rules: PlanRules, accuracy: AccuracyBudget? = nil,
    layers: LayerQuestion? = nil
  ) {
    self.graph = graph
    self.system = system
    self.costs = costs
    self.objective = objective
    self.tablePrecisions = tablePrecisions
    self.rules = rules
    self.accuracy = accuracy
    self.layers = layers.map { LayerAlternatives($0, costs: costs) }
  }

  /// The most that tables and layers may lose; `nil` for any amount.
  var errorLimit: Double? { layers?.question.limit ?? accuracy?.limit }

  /// The question that a plan answers.
  ///
  /// - Parameter layerErrors: As the plan has them; `nil` to work them out.
  /// - Throws: rules that name nothing.
  public init(
    plan: PlanDocument, graph: Graph, costs: CostModel, layerErrors: LayerErrors? = nil
  ) throws(FormatError) {
    var costs = costs
    var layers: LayerQuestion?
    if let choices = plan.request.layerPrecisions {
      costs = costs.least(of: choices)
      layers = LayerQuestion(
        errors: layerErrors ?? plan.layerErrors(graph: graph), choices: choices,
        limit: plan.request.accuracyBudget)
    }
    self.init(
      graph: graph, system: plan.system, costs: costs, objective: plan.request.objective,
      tablePrecisions: plan.request.tablePrecisions,
      rules: try PlanRules(
        plan.request.rules ?? [], graph: graph, system: plan.system, without: plan.request.leftOut),
      accuracy: plan.accuracyBudget(graph: graph), layers: layers)
  }
}

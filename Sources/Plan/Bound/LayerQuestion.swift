import Accuracy
import CostModel
import Graph
import Hardware

/// What layers may be computed in on cards, as a decision of the plan.
public struct LayerQuestion: Sendable {
  public var errors: LayerErrors
  /// Best liked first; at least one. Operators that a user keeps in a precision have none.
  public var choices: [LayerPrecision]
  /// The most that tables and layers may lose together; `nil` for any amount.
  public var limit: Double?
  /// By operator: what they are in, where that is no decision.
  public var told: [LayerPrecision?]?

  public init(
    errors: LayerErrors, choices: [LayerPrecision], limit: Double?, told: [LayerPrecision?]? = nil
  ) {
    self.errors = errors
    self.choices = choices
    self.limit = limit
    self.told = told
  }

  /// Whether an error is within the limit, but for the rounding of sums.
  package func allows(_ error: Double) -> Bool { limit.map { error <= $0 * (1 + 1e-9) } ?? true }

  /// Whether what tables and layers of a placement lose is within the limit.
  ///
  /// - Parameters:
  ///   - tables: What tables lose; `nil` where there are none.
  ///   - costs: Of what the layers are in, on the placement's system.
  package func allows(_ placement: ModelPlacement, tables: TableErrors?, costs: CostModel) -> Bool {
    guard limit != nil else { return true }
    let placed = PlacedLayers(placement, graph: costs.graph, system: costs.system, options: costs.options)
    let ofTables = tables?.total(of: placement.tables.map(\.format.precision)) ?? 0
    return allows(ofTables + placed.error(errors))
  }
}

/// What layers cost at least in each of their choices, whatever others are in, and what they lose: for bounds by prices.
package struct LayerAlternatives: Sendable {
  let question: LayerQuestion
  /// By choice.
  let costs: [CostModel]
  /// By operator: what a user keeps it in.
  private let kept: [LayerPrecision?]

  /// - Parameter costs: of the question.
  init(_ question: LayerQuestion, costs: CostModel) {
    self.question = question
    self.costs = question.choices.map { costs.least(of: [$0]) }
    kept = KeptPrecision.byOperator(costs.options.kept, in: costs.graph)
  }

  /// What an operator may be in on cards, with its costs; `nil` where it is no layer. What is kept has the costs of the question.
  func choices(of op: OperatorID, _ graph: Graph) -> [(precision: LayerPrecision, costs: CostModel?)]? {
    guard graph[op].work.kind == .matrix else { return nil }
    if let layer = kept[op.index] { return [(layer, nil)] }
    return zip(question.choices, costs).map { ($0, $1) }
  }
}

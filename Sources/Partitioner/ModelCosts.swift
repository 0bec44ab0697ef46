import CostModel
import Graph
import Hardware
import Plan

extension Partitioner {
  /// What each operator of a model costs on each kind of device: what ``plan(_:on:options:isCancelled:progress:)`` counts
  /// with.
  ///
  /// - Parameters:
  ///   - precision: Of the matrix engines on the cards.
  ///   - measured: Costs in place of the model's.
  public static func costs(
    of model: Model, on system: System, precision: Precision = .int8,
    measured: MeasuredCosts = MeasuredCosts(), kept: [KeptPrecision] = []
  ) throws(PartitionError) -> CostTable {
    do { try system.validate(file: system.name) } catch {
      throw PartitionError(.badInput, error.findings.map(\.description))
    }
    return CostTable(
      CostModel(
        graph: model.graph, system: system,
        options: CostOptions(
          cardMatrixPrecision: precision,
          measured: model.stated(on: system, precision: precision, besides: measured), kept: kept)))
  }

  /// The costs that a plan counts with.
  public static func costs(of plan: PlanDocument, model: Model) -> CostModel {
    costs(of: plan, part: model.asPlanned(in: plan))
  }

  /// - Parameter model: As planned.
  static func costs(of plan: PlanDocument, part model: Model) -> CostModel {
    CostModel(
      graph: model.graph, system: plan.system,
      options: CostOptions(
        cardMatrixPrecision: plan.request.precision, requestsInFlight: plan.request.requestsInFlight,
        // Times out of range are violations of their own: see the verifier.
        measured: (try? MeasuredCosts(plan.measured ?? [])) ?? MeasuredCosts(),
        without: plan.request.leftOut, compiler: plan.compiler ?? CompilerFacts(),
        access: model.heat?.split ?? plan.access,
        kept: plan.request.kept ?? [], layers: plan.layers(in: model.graph)))
  }
}

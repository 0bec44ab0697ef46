import Export
import Numerics
import ONNXImport

@_exported import struct Numerics.NumericsReport

extension Partitioner {
  /// What a plan's precisions do to the numbers of its model, on reference kernels and seeded inputs.
  ///
  /// - Parameter path: of the plan's model; its weights are used where it has them.
  /// - Throws: `violation` for a plan that fails its check; `badInput` for weights that cannot be read.
  public static func numerics(
    of plan: PlanDocument, modelPath path: String, seed: UInt64 = 1
  ) throws(PartitionError) -> NumericsReport {
    let model = try loadModel(path: path, as: plan.model).asPlanned(in: plan)
    try requireCheck(plan, model: model)
    guard let placement = Verifier.placement(of: plan, graph: model.graph) else {
      throw PartitionError(.violation, "the plan describes no placement")
    }
    var weights: ModelWeights?
    if plan.model.form == nil {
      do {
        let source = try ModelLoader.loadSource(
          path: path,
          options: LoadOptions(dimensions: plan.model.dimensions, states: plan.model.stateChoice))
        // Parts of operators that are cut over teams of cards have weights that no file holds.
        if source.loaded.graph.tensors == model.graph.tensors { weights = ModelWeights(source) }
      } catch {
        throw PartitionError(error)
      }
    }
    do {
      return try NumericsReport(plan, placement: placement, graph: model.graph, weights: weights, seed: seed)
    } catch {
      throw PartitionError(error)
    }
  }
}

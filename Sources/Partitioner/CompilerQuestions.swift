import CostModel
import Graph
import Hardware

extension Partitioner {
  /// Asks a compiler about a model, for ``plan(_:on:options:isCancelled:progress:)``.
  ///
  /// - Returns: The options with the answers; measurements in them count where the compiler leaves costs to the model.
  /// - Throws: `badInput` for a system that is not valid; `usage` with every time that is out of range.
  public static func ask(
    _ compiler: CompilerHooks, about model: Model, on system: System, options: PlanOptions = PlanOptions()
  ) throws(PartitionError) -> PlanOptions {
    do { try system.validate(file: system.name) } catch {
      throw PartitionError(.badInput, error.findings.map(\.description))
    }
    var options = options
    do {
      let answers = try compiler.answers(
        about: model.graph, on: system, options: options.costOptions(for: model, on: system))
      (options.measured, options.compiler) = (answers.measured, answers.compiler)
    } catch {
      throw PartitionError(.usage, error.messages.map { "the compiler's costs: \($0)" })
    }
    return options
  }
}

import Export
import ONNXImport

@_exported import Accuracy

extension Partitioner {
  /// What tables and layers of a model's file lose in each precision, from their weights; nothing of those whose weights are not there.
  ///
  /// Weights are streamed, so that memory does not grow with them.
  ///
  /// - Parameter path: of the file that `model` was loaded from.
  public static func errors(
    of model: Model, path: String
  ) throws(PartitionError) -> KnownErrors {
    guard model.reference.form == nil, path != standardStream else {
      return KnownErrors()
    }
    let source: ModelSource
    do {
      source = try ModelLoader.loadSource(
        path: path,
        options: LoadOptions(dimensions: model.reference.dimensions, states: model.reference.stateChoice))
    } catch {
      throw PartitionError(error)
    }
    do {
      return KnownErrors(tables: try WeightErrors.ofTables(source), layers: try WeightErrors.ofLayers(source))
    } catch { throw PartitionError(error) }
  }

  /// What tables and layers lose by name and precision, as fractions.
  ///
  /// - Throws: `badInput` for names that are no table, layer or precision, and for errors that are none.
  public static func errors(
    of model: Model, _ errors: [String: [String: Double]]
  ) throws(PartitionError) -> KnownErrors {
    do {
      return try ErrorSidecar.known(
        errors, tables: model.graph.embeddingTables.map(\.name), layers: model.graph.layerNames)
    } catch {
      throw PartitionError(.badInput, error.findings.map { "errors: \($0)" })
    }
  }

  /// What tables and layers lose as a file says: see `ErrorSidecar`.
  public static func errors(
    of model: Model, sidecar path: String
  ) throws(PartitionError) -> KnownErrors {
    let bytes = try read(path: path)
    do {
      return try ErrorSidecar.read(
        bytes, tables: model.graph.embeddingTables.map(\.name), layers: model.graph.layerNames)
    } catch {
      throw PartitionError(.badInput, error.findings.map { "\(name(ofInput: path)): \($0)" })
    }
  }
}

extension PlanOptions {
  /// Takes errors that are known in place of assumed ones.
  public mutating func take(_ known: KnownErrors) {
    (tableErrors, layerErrors) = (known.tables, known.layers)
  }
}

extension Graph {
  /// Of operators with matrix work.
  fileprivate var layerNames: [String] { operators.filter { $0.work.kind == .matrix }.map(\.name) }
}

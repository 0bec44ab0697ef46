import Export
import ONNXImport

@_exported import Accuracy

extension Partitioner {
  /// What tables of a model's file lose in each precision, from their weights; nothing of tables whose weights are not there.
  ///
  /// Weights are streamed, so that memory does not grow with them.
  ///
  /// - Parameter path: of the file that `model` was loaded from.
  public static func tableErrors(
    of model: Model, path: String
  ) throws(PartitionError) -> [TableErrors.Known] {
    guard model.reference.form == nil, path != standardStream, !model.graph.embeddingTables.isEmpty else {
      return []
    }
    let source: ModelSource
    do {
      source = try ModelLoader.loadSource(
        path: path,
        options: LoadOptions(dimensions: model.reference.dimensions, states: model.reference.stateChoice))
    } catch {
      throw PartitionError(error)
    }
    do { return try WeightErrors.ofTables(source) } catch { throw PartitionError(error) }
  }

  /// What tables lose by table and precision, as fractions.
  ///
  /// - Throws: `badInput` for names that are no table or precision, and for errors that are none.
  public static func tableErrors(
    of model: Model, _ errors: [String: [String: Double]]
  ) throws(PartitionError) -> [TableErrors.Known] {
    do { return try ErrorSidecar.known(errors, tables: model.graph.embeddingTables.map(\.name)) } catch {
      throw PartitionError(.badInput, error.findings.map { "tableErrors: \($0)" })
    }
  }

  /// What tables lose as a file says: see `ErrorSidecar`.
  public static func tableErrors(
    of model: Model, sidecar path: String
  ) throws(PartitionError) -> [TableErrors.Known] {
    let bytes = try read(path: path)
    do { return try ErrorSidecar.read(bytes, tables: model.graph.embeddingTables.map(\.name)) } catch {
      throw PartitionError(.badInput, error.findings.map { "\(name(ofInput: path)): \($0)" })
    }
  }
}

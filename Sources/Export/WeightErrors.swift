import Accuracy
import Graph
import Hardware
import ONNXImport

/// What tables of a model's file lose in each precision, from their weights.
///
/// Rows are streamed: memory is that of one piece of a table, whatever its size.
package enum WeightErrors {
  /// Errors of the tables whose weights are in the file as they are; of others nothing is said.
  ///
  /// - Throws: for weights that are broken off or lie elsewhere than the file says.
  package static func ofTables(
    _ source: ModelSource, precisions: [Precision] = Precision.allCases, allowsOutside: Bool = false
  ) throws(ExportError) -> [TableErrors.Known] {
    let weights = ModelWeights(source, allowsOutside: allowsOutside)
    var known: [TableErrors.Known] = []
    for table in source.loaded.graph.embeddingTables {
      guard let weight = try weights.weight(table.tensor), weight.shape == [table.rows, table.dimension]
      else {
        continue
      }
      var meter = RowErrorMeter(precisions)
      try weight.forEachRow { meter.add($0) }
      known += zip(precisions, meter.errors).map {
        TableErrors.Known(table: table.name, precision: $0, error: $1, source: .weights)
      }
    }
    return known
  }
}

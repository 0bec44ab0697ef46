import Accuracy
import Graph
import Hardware
import ONNXImport

/// What tables and layers of a model's file lose in each precision, from their weights.
///
/// They are streamed: memory is that of one piece of a table, or of a sample of a layer, whatever their size.
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

  /// Values of a layer that are looked at, whole channels evenly spread over all.
  private static let mostValues = 1 << 20

  /// Errors of the layers whose weights are in the file as they are, from a sample of their channels: products with a matrix, and
  /// convolutions; of others nothing is said. Errors of what they read are assumed.
  ///
  /// - Throws: as ``ofTables(_:precisions:allowsOutside:)`` does.
  package static func ofLayers(
    _ source: ModelSource, allowsOutside: Bool = false
  ) throws(ExportError) -> [LayerErrors.Known] {
    let graph = source.loaded.graph
    let weights = ModelWeights(source, allowsOutside: allowsOutside)
    let errors = LayerErrors(graph: graph)
    var known: [LayerErrors.Known] = []
    for op in errors.operators {
      guard let (tensor, areRows) = channels(of: graph[op], in: graph),
        let weight = try weights.weight(tensor)
      else { continue }
      var meter = ChannelErrorMeter()
      for channel in try sample(weight, areRows: areRows) { meter.add(channel) }
      known += errors.known(op, weights: meter.errors, in: graph)
    }
    return known
  }

  /// The weights of a layer, and whether each of their rows makes one result; else each column does.
  private static func channels(of node: Operator, in graph: Graph) -> (TensorID, areRows: Bool)? {
    guard node.inputs.count > 1, let tensor = node.inputs[1], graph[tensor].role == .constant else {
      return nil
    }
    let rank = graph[tensor].shape.count
    switch node.type {
    case "MatMul": return rank == 2 ? (tensor, false) : nil
    case "Gemm":
      let isTurned = if case .int(let value)? = node.attributes["transB"] { value != 0 } else { false }
      return rank == 2 ? (tensor, isTurned) : nil
    case "Conv": return rank > 2 ? (tensor, true) : nil
    default: return nil
    }
  }

  private static func sample(_ weight: Weight, areRows: Bool) throws(ExportError) -> [[Float]] {
    let rows = weight.shape.first ?? 0
    let columns = weight.shape.dropFirst().reduce(1, *)
    let (count, length) = areRows ? (rows, columns) : (columns, rows)
    guard count > 0, length > 0 else { return [] }
    let most = max(1, min(count, mostValues / length))
    let numbers = (0..<most).map { $0 * count / most }
    if areRows { return try weight.rows(numbers) }
    var channels = numbers.map { _ in [Float]() }
    for index in channels.indices { channels[index].reserveCapacity(length) }
    try weight.forEachRow { row in
      for (index, number) in numbers.enumerated() { channels[index].append(row[row.startIndex + number]) }
    }
    return channels
  }
}

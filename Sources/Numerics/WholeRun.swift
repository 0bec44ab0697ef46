import CostModel
import Export
import Graph
import Hardware
import Plan

/// A small model run twice on the same seeded inputs: in fp32, and as planned.
enum WholeRun {
  typealias Values = ReferenceRun.Values

  /// Relative L2 error of all outputs, or why the model is not run.
  static func error(
    _ graph: Graph, _ placement: ModelPlacement, _ precisions: PlannedPrecisions, _ weights: ModelWeights?,
    _ seed: UInt64
  ) throws(ExportError) -> Result<Double, ReferenceRun.Obstacle> {
    if let obstacle = obstacle(graph) { return .failure(obstacle) }
    let inputs = try inputs(graph, weights, seed)
    let wide = graph.operators.map { _ in Precision.fp32 }
    let exact = ReferenceRun(
      graph: graph, products: wide, activations: wide,
      tables: graph.embeddingTables.map { _ in TableFormat(precision: .fp32) })
    let planned = ReferenceRun(
      graph: graph, products: precisions.products, weights: precisions.weights,
      activations: precisions.activations,
      tables: placement.tables.map(\.format))
    func rows(_ table: Int, _ numbers: [Int]) throws -> [[Float]] {
      let entry = graph.embeddingTables[table]
      let known = Array(Set(numbers)).sorted()
      let read: [[Float]]
      if let weight = try weights?.weight(entry.tensor), weight.shape == [entry.rows, entry.dimension] {
        read = try weight.rows(known)
      } else {
        read = known.map { number in
          var random = NormalNumbers(seed: seed &+ UInt64(table) &* 1_000_003 &+ UInt64(number))
          return random.numbers(entry.dimension)
        }
      }
      let byNumber = Dictionary(uniqueKeysWithValues: zip(known, read))
      return numbers.map { byNumber[$0] ?? [] }
    }
    do {
      let outputs = try exact.outputs(inputs, rows: rows).flatMap { $0 }
      let found = try planned.outputs(inputs, rows: rows).flatMap { $0 }
      return .success(RelativeError.of(found, exact: outputs))
    } catch let obstacle as ReferenceRun.Obstacle {
      return .failure(obstacle)
    } catch let error as ExportError {
      throw error
    } catch {
      return .failure(.init(reason: "\(error)"))
    }
  }

  private static func obstacle(_ graph: Graph) -> ReferenceRun.Obstacle? {
    let others = Set(
      graph.operators.map(\.qualifiedType).filter { type in
        !ReferenceRun.types.contains(type) && type != "glow::SparseLengthsSum"
      }
    ).sorted()
    if !others.isEmpty {
      return .init(
        reason: "it has operators that the reference does not run: \(others.joined(separator: ", "))")
    }
    let work = graph.operators.reduce(0.0) { $0 + Double($1.work.matrixOperations) / 2 }
    let tables = Set(graph.embeddingTables.map(\.tensor))
    let elements = graph.tensors.indices.reduce(0.0) { sum, index in
      tables.contains(TensorID(index)) ? sum : sum + Double(graph.tensors[index].count)
    }
    return work <= ReferenceRun.mostWork && elements <= Double(ReferenceRun.mostElements)
      ? nil : .init(reason: "it is too large for a run on the CPU")
  }

  /// Constants and seeded inputs: normal numbers, rows of tables, and as many rows for each sample.
  private static func inputs(
    _ graph: Graph, _ weights: ModelWeights?, _ seed: UInt64
  ) throws(ExportError) -> [TensorID: Values] {
    var random = NormalNumbers(seed: seed)
    let tables = Dictionary(
      graph.embeddingTables.map { ($0.tensor, $0.rows) }, uniquingKeysWith: { first, _ in first })
    var values: [TensorID: Values] = [:]
    for index in graph.tensors.indices {
      let id = TensorID(index)
      let tensor = graph[id]
      guard tensor.producer == nil, tables[id] == nil else { continue }
      let data: [Float]
      if tensor.role == .constant, let weight = try weights?.weight(id) {
        data = try weight.values()
      } else if tensor.type.isFloat {
        let fan = tensor.shape.count == 4 ? tensor.count / max(1, tensor.shape[0]) : tensor.shape.first ?? 1
        let scale = tensor.role == .constant ? 1 / Float(max(1, fan)).squareRoot() : 1
        data = random.numbers(tensor.count, scale: scale)
      } else {
        data = numbers(tensor, id, graph, tables, &random)
      }
      values[id] = Values(shape: tensor.shape, data: data)
    }
    return values
  }

  /// Whole numbers: rows of the table that they look up, or so many for each sample as there are.
  private static func numbers(
    _ tensor: Tensor, _ id: TensorID, _ graph: Graph, _ tables: [TensorID: Int], _ random: inout NormalNumbers
  ) -> [Float] {
    for reader in tensor.consumers {
      let op = graph[reader]
      guard op.type == "SparseLengthsSum", op.inputs.count >= 3,
        let rows = op.inputs[0].flatMap({ tables[$0] })
      else { continue }
      // Larger whole numbers are not all floats.
      if op.inputs[1] == id { return (0..<tensor.count).map { _ in Float(random.below(min(rows, 1 << 24))) } }
      if op.inputs[2] == id, let indices = op.inputs[1] {
        let each = graph[indices].count / max(1, tensor.count)
        return [Float](repeating: Float(each), count: tensor.count)
      }
    }
    return [Float](repeating: 0, count: tensor.count)
  }
}

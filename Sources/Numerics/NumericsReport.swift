import Accuracy
import Export
import Graph
import Hardware
import Plan

/// What a plan's precisions do to the numbers of its tables and layers, and of the whole model where it is small: reference kernels
/// on the CPU, in fp32 and in the planned precision, on seeded inputs.
public struct NumericsReport: Sendable, Hashable, Codable {
  public struct Table: Sendable, Hashable, Codable {
    public var name: String
    public var precision: Precision
    /// Relative L2 error of the pooled rows of ``bags`` samples.
    public var error: Double
    /// Whether its rows are the model's; otherwise seeded normal numbers.
    public var hasWeights: Bool
  }

  public struct Layer: Sendable, Hashable, Codable {
    public var `operator`: String
    public var type: String
    public var precision: Precision
    /// Of its weights where they are narrower and widened as they are read; absent where both are one.
    public var weights: Precision?
    /// Relative L2 error of its result on normal inputs.
    public var error: Double
    public var hasWeights: Bool
  }

  public var seed: UInt64
  public var tables: [Table]
  public var layers: [Layer]
  /// Products and convolutions that were too large, or not of constant weights.
  public var layersLeftOut: Int
  /// Relative L2 error of all outputs of a run of the model; absent where it was not run.
  public var error: Double?
  /// Why the model was not run as a whole.
  public var reason: String?

  /// Samples of a table, and rows of a product's input.
  static let bags = 64
  static let inputRows = 8
  private static let mostPooled = 256
  private static let mostWeights = 1 << 23
  private static let mostWork = 2e8

  /// - Parameter weights: of the plan's model; `nil` for seeded ones.
  /// - Throws: for weights that are broken off or lie elsewhere than the file says.
  package init(
    _ plan: PlanDocument, placement: ModelPlacement, graph: Graph, weights: ModelWeights?, seed: UInt64 = 1
  ) throws(ExportError) {
    self.seed = seed
    (tables, layers, layersLeftOut) = ([], [], 0)
    for index in graph.embeddingTables.indices {
      tables.append(try Self.table(index, placement, graph, weights, seed))
    }
    let precisions = PlannedPrecisions(plan, placement, graph)
    for (index, op) in graph.operators.enumerated() where ["MatMul", "Gemm", "Conv"].contains(op.type) {
      guard
        let layer = try Self.layer(
          op, ReferenceProduct(precision: precisions.products[index], weights: precisions.weights[index]),
          graph, weights,
          seed &+ UInt64(index))
      else {
        layersLeftOut += 1
        continue
      }
      layers.append(layer)
    }
    switch try WholeRun.error(graph, placement, precisions, weights, seed) {
    case .success(let found): error = found
    case .failure(let obstacle): reason = obstacle.reason
    }
  }

  private static func table(
    _ index: Int, _ placement: ModelPlacement, _ graph: Graph, _ weights: ModelWeights?, _ seed: UInt64
  ) throws(ExportError) -> Table {
    let table = graph.embeddingTables[index]
    let format = placement.tables[index].format
    var random = NormalNumbers(seed: seed &+ UInt64(index))
    let mean = table.isPooled && table.bags > 0 ? table.averageLookups / Double(table.bags) : 1
    let pooled = Int(max(1, min(Double(mostPooled), mean.rounded())))
    let picks = (0..<(bags * pooled)).map { _ in random.below(table.rows) }
    let numbers = Array(Set(picks)).sorted()
    let weight = try weights?.weight(table.tensor)
    let read =
      if let weight, weight.shape == [table.rows, table.dimension] {
        try weight.rows(numbers)
      } else {
        numbers.map { _ in random.numbers(table.dimension) }
      }
    let rows = Dictionary(uniqueKeysWithValues: zip(numbers, read))
    var (exact, stored): ([Float], [Float]) = ([], [])
    for bag in 0..<bags {
      var sums = [[Double]](repeating: [Double](repeating: 0, count: table.dimension), count: 2)
      for pick in picks[(bag * pooled)..<((bag + 1) * pooled)] {
        let row = rows[pick] ?? []
        for (column, pair) in zip(row, TableKernel.stored(row, format)).enumerated() {
          sums[0][column] += Double(pair.0)
          sums[1][column] += Double(pair.1)
        }
      }
      exact += sums[0].map { Float($0) }
      stored += sums[1].map { Float($0) }
    }
    return Table(
      name: table.name, precision: format.precision, error: RelativeError.of(stored, exact: exact),
      hasWeights: weight != nil)
  }

  /// `nil` for what is left out.
  private static func layer(
    _ op: Operator, _ planned: ReferenceProduct, _ graph: Graph, _ weights: ModelWeights?, _ seed: UInt64
  ) throws(ExportError) -> Layer? {
    guard op.inputs.count >= 2, let x = op.inputs[0], let w = op.inputs[1],
      let y = op.outputs.first.flatMap({ $0 }),
      graph[w].role == .constant, graph[w].type.isFloat, (1...mostWeights).contains(graph[w].count)
    else { return nil }
    var random = NormalNumbers(seed: seed)
    let shape = graph[w].shape
    let stored = try weights?.weight(w)?.values()
    let fan = Float(max(1, shape.count == 2 ? shape[0] : shape.dropFirst().reduce(1, *)))
    let values = stored ?? random.numbers(graph[w].count, scale: 1 / fan.squareRoot())
    func result(
      _ product: ReferenceProduct, _ input: [Float], _ kernel: [Float], _ inner: Int, _ columns: Int
    ) -> [Float] {
      product.product(input, kernel, inner: inner, columns: columns)
    }
    let (exact, found): ([Float], [Float])
    let wide = ReferenceProduct(precision: .fp32)
    if op.type == "Conv" {
      let one = [1] + graph[x].shape.dropFirst()
      guard graph[x].shape.count == 4, graph[y].shape.count == 4, one.reduce(1, *) <= mostWeights,
        let convolution = ReferenceConvolution(
          op, input: Array(one), weights: shape, output: [1] + graph[y].shape.dropFirst()),
        convolution.work <= mostWork
      else { return nil }
      let input = random.numbers(one.reduce(1, *))
      exact = convolution.run(input, values) { result(wide, $0, $1, $2, $3) }
      found = convolution.run(input, values) { result(planned, $0, $1, $2, $3) }
    } else {
      guard shape.count == 2 else { return nil }
      var isTurned = false
      if op.type == "Gemm", case .int(1)? = op.attributes["transB"] { isTurned = true }
      let kernel =
        isTurned
        ? Elementwise.transposed(.init(shape: shape, data: values)) : .init(shape: shape, data: values)
      let input = random.numbers(inputRows * kernel.shape[0])
      exact = result(wide, input, kernel.data, kernel.shape[0], kernel.shape[1])
      found = result(planned, input, kernel.data, kernel.shape[0], kernel.shape[1])
    }
    return Layer(
      operator: op.name, type: op.type, precision: planned.precision, weights: planned.narrow,
      error: RelativeError.of(found, exact: exact),
      hasWeights: stored != nil)
  }
}

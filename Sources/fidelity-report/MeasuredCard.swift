import Partitioner

/// Measured matrix products of one card, each beside what the cost model says of a model that has nothing else.
struct MeasuredCard {
  struct Kernel {
    var product: Measurement.Product
    var precision: Precision
    var measured: Double
    var predicted: Double
    /// Whether the card's figures were fitted to it.
    var isFitted: Bool

    /// Predicted / measured - 1.
    var error: Double { predicted / measured - 1 }
  }

  let name: String
  private(set) var kernels: [Kernel] = []

  /// - Parameter isNarrow: Whether operands in 8 bits are there in them, so that nothing is quantised; products of integers have
  ///   results of 32 bits then.
  /// - Throws: `missingFile`, `badInput`.
  init(_ name: String, path: String, isNarrow: Bool = false) throws(PartitionError) {
    self.name = name
    let file = try Partitioner.measurements(path: path)
    let system = try Partitioner.system(named: name, cards: 1)
    var position: [Precision: Int] = [:]
    for row in file.measurements {
      guard let product = row.product, let precision = row.precision, row.seconds > 0 else { continue }
      // As fit.py: every other row of a precision.
      let index = position[precision, default: 0]
      position[precision] = index + 1
      let costs = CostModel(
        graph: try Self.graph(product, isInteger: isNarrow && precision == .int8), system: system,
        options: CostOptions(
          cardMatrixPrecision: precision,
          cardActivationPrecision: isNarrow && precision == .fp8 ? .fp8 : .fp16))
      guard let cost = costs.cost(of: OperatorID(0), on: .card(0)) else { continue }
      kernels.append(
        Kernel(
          product: product, precision: precision, measured: row.seconds, predicted: cost.seconds,
          isFitted: index.isMultiple(of: 2)))
    }
  }

  /// y[m, n] = x[m, k] w[k, n].
  private static func graph(
    _ product: Measurement.Product, isInteger: Bool
  ) throws(PartitionError) -> Graph {
    var builder = GraphBuilder(name: "product")
    let type: ElementType = isInteger ? .int8 : .float32
    let x = builder.input("x", type, [product.m, product.k])
    let w = builder.constant("w", type, [product.k, product.n])
    builder.output(builder.add(isInteger ? "MatMulInteger" : "MatMul", [x, w], name: "y"))
    do { return try builder.build().graph } catch {
      throw PartitionError(.internalError, "a product of \(product) cannot be built: \(error)")
    }
  }
}

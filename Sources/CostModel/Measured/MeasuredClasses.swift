import Graph
import Hardware
import Rules

/// What decides how long an operator takes, apart from the device.
struct OperatorShape {
  var type: String
  var inputs: [[Int]]
  var outputs: [[Int]]
  /// For plain matrix products.
  var product: Measurement.Product?

  init(_ op: OperatorID, in graph: Graph) {
    let node = graph[op]
    type = node.type
    inputs = node.inputs.compactMap { $0.map { graph[$0].shape } }
    outputs = node.outputs.compactMap { $0.map { graph[$0].shape } }
    product = nil
    if MatrixProduct.types.contains(type), node.inputs.count > 1, let second = node.inputs[1] {
      product = MatrixProduct.sizes(
        inputs: inputs, output: outputs.first ?? [], weights: graph[second].shape,
        operations: node.work.matrixOperations)
    }
  }

  init(_ row: Measurement) {
    type = row.type ?? ""
    inputs = row.inputs
    outputs = row.outputs
    product = row.product
    if product == nil, MatrixProduct.types.contains(type) {
      // Weights that a runtime packs are missing from its shapes: two matrices of higher rank multiply in batches.
      let second = inputs.count > 1 ? inputs[1] : []
      product = MatrixProduct.sizes(
        inputs: inputs, output: outputs.first ?? [], weights: second, operations: nil)
    }
  }

  /// Whether operators of this type are products with one matrix of weights.
  static func isProduct(_ type: String) -> Bool { MatrixProduct.types.contains(type) }

  /// Elements read and written, of what is known.
  var elements: Double {
    (inputs + outputs).reduce(0.0) { sum, shape in sum + shape.reduce(1.0) { $0 * Double($1) } }
  }
}

/// Matrix products with one matrix of weights: y[m, n] = x[m, k] w[k, n].
enum MatrixProduct {
  static let types: Set<String> = [
    "MatMul", "Gemm", "MatMulInteger", "QLinearMatMul", "FusedMatMul", "FusedGemm",
  ]

  /// - Parameters:
  ///   - weights: Shape of the second matrix; empty where it is not known.
  ///   - operations: 2 m n k where they are known.
  static func sizes(
    inputs: [[Int]], output: [Int], weights: [Int], operations: Int?
  ) -> Measurement.Product? {
    guard weights.count <= 2, output.count >= 2, let n = output.last, n > 0, let first = inputs.first,
      !first.isEmpty
    else { return nil }
    var m = 1
    for size in output.dropLast() {
      let (product, overflow) = m.multipliedReportingOverflow(by: size)
      guard !overflow, product > 0 else { return nil }
      m = product
    }
    let (results, overflow) = m.multipliedReportingOverflow(by: n)
    guard !overflow else { return nil }
    if let operations {
      let k = operations / 2 / results
      return k > 0 ? .init(m: m, n: n, k: k) : nil
    }
    let read = first.reduce(1.0) { $0 * Double($1) }
    guard let k = Int(exactly: read / Double(m)), k > 0 else { return nil }
    return .init(m: m, n: n, k: k)
  }
}

/// Measurements on one kind of device, to look up by shape and to interpolate in.
struct MeasuredClasses {
  typealias Row = MeasurementMatcher.Row

  /// A time and the rows that it comes from.
  struct Found {
    var seconds: Double
    var rows: [Row]
  }

  /// Type and outputs.
  private struct ShapeKey: Hashable {
    var type: String
    var outputs: [[Int]]
  }

  private struct Sized {
    var shape: OperatorShape
    var row: Row
  }

  private var shapes: [ShapeKey: [Sized]] = [:]
  private var products: [Sized] = []
  private var sameProducts: [Measurement.Product: [Sized]] = [:]
  private var types: [String: [Sized]] = [:]

  init(_ rows: [Row]) {
    for row in rows {
      let sized = Sized(shape: OperatorShape(row.measurement), row: row)
      if let product = sized.shape.product {
        products.append(sized)
        sameProducts[product, default: []].append(sized)
      }
      if let type = row.measurement.type, !row.measurement.outputs.isEmpty {
        shapes[ShapeKey(type: type, outputs: row.measurement.outputs), default: []].append(sized)
        if sized.shape.product == nil { types[type, default: []].append(sized) }
      }
    }
  }

  /// The middle of the same operator in the same shapes.
  func same(as wanted: OperatorShape, precision: Precision) -> Found? {
    var found = shapes[ShapeKey(type: wanted.type, outputs: wanted.outputs)] ?? []
    found = found.filter { Self.isPart($0.shape.inputs, of: wanted.inputs) }
    if found.isEmpty, let product = wanted.product { found = sameProducts[product] ?? [] }
    let rows = found.map(\.row).filter { Self.isIn(precision, $0) }
    return rows.isEmpty ? nil : Found(seconds: Middle.mean(rows.map(\.measurement.seconds)), rows: rows)
  }

  private static func isIn(_ precision: Precision, _ row: Row) -> Bool {
    row.measurement.precision?.isComputedLike(precision) ?? true
  }

  /// Whether `part` is `whole` with some left out.
  private static func isPart(_ part: [[Int]], of whole: [[Int]]) -> Bool {
    var rest = whole[...]
    for shape in part {
      guard let index = rest.firstIndex(of: shape) else { return false }
      rest = rest[(index + 1)...]
    }
    return true
  }

  // MARK: Interpolation

  /// The nearest of a class that are looked at.
  private static let neighbours = 4
  /// The nearest is at most this far away, in the logarithm of all sizes.
  private static let farthest = 1.4
  /// Keeps the weight of a measurement that is almost the same finite; a difference of a tenth counts half.
  private static let softening = 0.01

  /// Between measurements of the same class in other sizes.
  ///
  /// Matrix products are a class by precision, with the coordinates ln m, ln n and ln k; other operators are one by type, with
  /// the coordinate ln(elements read and written). What is interpolated is the ratio of the measured to the modelled time, as
  /// the mean of the logarithms of the four nearest, weighted by 1 / (distance^2 + 0.01) (Shepard 1968): the model gives the
  /// course, the measurements its level. Nothing is said further than 1.4 (a factor of 4) from the nearest.
  ///
  /// - Parameter model: Seconds of a shape on the device.
  func between(_ wanted: OperatorShape, precision: Precision, model: (OperatorShape) -> Double) -> Found? {
    let known = wanted.product != nil ? products : types[wanted.type] ?? []
    let modelled = model(wanted)
    let near = known.filter { Self.isIn(precision, $0.row) && $0.row.measurement.seconds > 0 }
      .map { (distance: Self.squaredDistance(wanted, $0.shape), sized: $0) }
      .enumerated().sorted { ($0.element.distance, $0.offset) < ($1.element.distance, $1.offset) }
      .prefix(Self.neighbours).map(\.element)
    guard modelled > 0, let nearest = near.first, nearest.distance <= Self.farthest * Self.farthest else {
      return nil
    }
    var sum = 0.0
    var weights = 0.0
    for (distance, sized) in near {
      let seconds = model(sized.shape)
      guard seconds > 0 else { return nil }
      let weight = 1 / (distance + Self.softening)
      sum += weight * PortableMath.ln(sized.row.measurement.seconds / seconds)
      weights += weight
    }
    return Found(seconds: modelled * PortableMath.exp(sum / weights), rows: near.map(\.sized.row))
  }

  private static func squaredDistance(_ a: OperatorShape, _ b: OperatorShape) -> Double {
    func squared(_ x: Double, _ y: Double) -> Double {
      guard x > 0, y > 0 else { return .infinity }
      let difference = PortableMath.ln(x / y)
      return difference * difference
    }
    guard let p = a.product, let q = b.product else { return squared(a.elements, b.elements) }
    return squared(Double(p.m), Double(q.m)) + squared(Double(p.n), Double(q.n))
      + squared(Double(p.k), Double(q.k))
  }
}

extension DeviceCosts {
  /// The roofline of a shape: of a matrix product its arithmetic and its three matrices, else its elements through DRAM.
  func roofline(of shape: OperatorShape, precision: Precision) -> Double {
    guard let product = shape.product else {
      return shape.elements * precisions.activation.bytesPerElement / processor.dram.sustained
        + processor.launchSeconds
    }
    let (m, n, k) = (Double(product.m), Double(product.n), Double(product.k))
    let bytes =
      (m * k + m * n) * precisions.activation.bytesPerElement + n * k * precision.bytesPerElement
    let share = precisions.products?.share(results: m * n, depth: k) ?? 1
    let speedup = processor.cache?.factor(moving: bytes) ?? 1
    return max(2 * m * n * k / (precisions.matrixPeak * share), bytes / (processor.dram.sustained * speedup))
      + (precisions.products?.launchSeconds ?? processor.launchSeconds)
  }
}

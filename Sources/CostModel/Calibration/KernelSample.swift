import Graph
import Hardware

/// A measured kernel with what its cost follows from.
struct KernelSample {
  /// The file that it is in.
  var file: Int
  var shape: KernelShape
  var matrixOperations: Int
  var vectorOperations: Int
  /// Elements that it writes.
  var results: Double
  /// Elements of constants that it reads.
  var weights: Double
  /// Elements that it reads and writes beside them.
  var activations: Double
  /// Of one kernel.
  var seconds: Double
  /// Kernels of this shape in the file.
  var count: Double

  /// What makes two kernels of a file the same.
  struct Kind: Hashable {
    var shape: KernelShape
    var operations: [Int]
    var elements: [Double]
  }

  var kind: Kind {
    Kind(shape: shape, operations: [matrixOperations, vectorOperations], elements: [weights, activations])
  }

  /// - Returns: `nil` for a kernel whose work does not follow from what the file has of it.
  init?(_ row: Measurement, file: Int) {
    guard row.seconds > 0, let type = row.type ?? (row.product == nil ? nil : "MatMul") else { return nil }
    var (inputs, outputs) = Self.shapes(row)
    guard (inputs.compactMap(\.self) + outputs).joined().allSatisfy({ $0 >= 0 }) else { return nil }
    if OperatorShape.isProduct(type), inputs.count < 2 || inputs[1] == nil, let k = inputs.first??.last,
      let n = outputs.first?.last
    {
      // Weights that a runtime packs are missing from its shapes.
      inputs = [inputs[0], [k, n]] + inputs.dropFirst(2)
    }
    guard let known = MeasuredOperator(type, attributes: row.attributes, inputs: inputs, outputs: outputs)
    else { return nil }
    let kernel = known.definition.kernel
    if known.definition.isMatrix, known.matrixOperations == 0 { return nil }
    outputs = outputs.isEmpty ? [[]] : outputs
    let shape = KernelShape(
      kernel, matrixOperations: known.matrixOperations, vectorOperations: known.vectorOperations,
      inputs: inputs, outputs: outputs, order: row.attributes["perm"])
    guard shape.results.isFinite, shape.depth.isFinite else { return nil }
    self.file = file
    self.shape = shape
    (matrixOperations, vectorOperations) = (known.matrixOperations, known.vectorOperations)
    let isConstant = Self.constants(of: shape.operatorClass)
    var (read, constants) = (0.0, 0.0)
    for (position, shape) in inputs.enumerated() {
      let count = shape?.reduce(1) { $0 * Double($1) } ?? 0
      if isConstant.contains(position) { constants += count } else { read += count }
    }
    let written = outputs.reduce(0) { $0 + $1.reduce(1) { $0 * Double($1) } }
    weights = constants
    results = written
    let isMovement = known.matrixOperations == 0 && known.vectorOperations == 0
    activations = shape.operatorClass == .view ? 0 : (isMovement ? min(read, written) : read) + written
    seconds = row.seconds
    count = Double(max(1, row.count))
  }

  /// Positions of the inputs that are constants as a rule.
  private static func constants(of kind: OperatorClass) -> Range<Int> {
    switch kind {
    case .product, .pointwiseConvolution, .convolution, .groupedConvolution, .depthwiseConvolution,
      .volumetricConvolution, .transposedConvolution:
      1..<2
    case .recurrent: 1..<3
    default: 0..<0
    }
  }

  private static func shapes(_ row: Measurement) -> (inputs: [[Int]?], outputs: [[Int]]) {
    if let product = row.product, row.outputs.isEmpty {
      return ([[product.m, product.k], [product.k, product.n]], [[product.m, product.n]])
    }
    return (row.inputsByPosition ?? row.inputs.map { $0 }, row.outputs)
  }
}

/// The kernels of a file on one kind of device.
struct SampledFile {
  var name: String
  /// Those that are alike as one.
  var samples: [KernelSample]
  /// Kernels whose work is not known.
  var unknown: Int
  /// Seconds of all kernels that are known.
  var seconds: Double { samples.reduce(0) { $0 + $1.seconds * $1.count } }

  init(name: String, rows: [Measurement], index: Int) {
    self.name = name
    samples = []
    unknown = 0
    var position: [KernelSample.Kind: Int] = [:]
    for row in rows {
      guard let sample = KernelSample(row, file: index) else {
        unknown += max(1, row.count)
        continue
      }
      if let known = position[sample.kind] {
        // The mean of those that are alike.
        let count = samples[known].count + sample.count
        samples[known].seconds += (sample.seconds - samples[known].seconds) * sample.count / count
        samples[known].count = count
      } else {
        position[sample.kind] = samples.count
        samples.append(sample)
      }
    }
  }

  /// The share of the constants that stays on chip; see ``CostModel/residentShare(of:on:)``.
  func residentShare(_ predictor: KernelPredictor) -> Double {
    guard let sram = predictor.formula.processor.sram else { return 0 }
    let weights = samples.reduce(0) { $0 + predictor.weightBytes($1) * $1.count }
    if weights == 0 { return 1 }
    let peak = samples.map { predictor.activationBytes($0) }.max() ?? 0
    let room = Double(sram.bytes)
    return min(1, (room - min(peak, room / 2)) / weights)
  }
}

/// What the cost model says of a kernel.
struct KernelPredictor {
  var formula: KernelFormula
  let isCard: Bool

  func weightBytes(_ sample: KernelSample) -> Double {
    sample.weights * formula.precisions.matrix.bytesPerElement
  }

  func activationBytes(_ sample: KernelSample) -> Double {
    sample.activations * formula.precisions.activation.bytesPerElement
  }

  func seconds(_ sample: KernelSample, residentShare: Double) -> Double {
    let shape = sample.shape
    let launch = formula.launchSeconds(isMatrix: sample.matrixOperations > 0, shape: shape)
    if shape.operatorClass == .view { return formula.figures(shape) == nil ? 0 : launch }
    let matrix = formula.matrixSeconds(
      operations: sample.matrixOperations, results: sample.results, shape: shape)
    let vector = formula.vectorSeconds(operations: sample.vectorOperations, shape: shape)
    return formula.cost(
      compute: isCard ? max(matrix, vector) : matrix + vector, launch: launch, weights: weightBytes(sample),
      activations: activationBytes(sample), residentShare: residentShare, shape: shape
    ).seconds
  }
}

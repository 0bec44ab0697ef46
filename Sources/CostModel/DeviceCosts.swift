import Graph
import Hardware

/// The costs of every operator on one kind of device; cards that are alike share one.
///
/// A class, so that looking one up copies a reference and not a dozen tables.
final class DeviceCosts: Sendable {
  /// What the host is called, whatever its own name.
  static let host = "host"

  /// ``host``, or the card's model.
  let name: String
  let processor: Processor
  let precisions: DevicePrecisions
  /// In which a batch runs.
  let parts: BatchParts
  /// By operator; `nil` where the device cannot run it.
  let costs: [OperatorCost?]
  /// Stored bytes of each tensor.
  let tensorBytes: [Int]
  /// Stored bytes of each operator's constants, embedding tables excluded.
  let weightBytes: [Int]
  /// Seconds in which the DRAM streams what one batch reads of each operator's constants: of all, or of the rows that are
  /// looked up.
  let weightSeconds: [Double]
  /// By embedding table.
  let lookups: [LookupSizes]
  /// By operator: the first of the kernel that computes it on the device.
  let leader: [OperatorID?]
  /// Share of the graph's weights that stays in SRAM when the whole graph is on the device.
  let residentShare: Double
  /// By operator: measured seconds on all cores; empty where nothing was measured.
  let measured: [Double?]
  /// By embedding table: how much longer its look-ups were measured to take than the model says; empty where nothing was.
  let lookupFactors: [Double]
  /// Rows of tables on chip; `nil` where none is hotter than others.
  let hotRows: HotRows?
  /// By operator: the matrix precision, of those that are kept in one of their own that.
  let kept: [Int: Precision]
  /// By tensor: see ``NarrowActivations``; empty on the host.
  let narrow: [Precision?]

  init(
    name: String, processor: Processor, precisions: DevicePrecisions, parts: BatchParts,
    costs: [OperatorCost?],
    tensorBytes: [Int], weightBytes: [Int], weightSeconds: [Double], lookups: [LookupSizes],
    leader: [OperatorID?], residentShare: Double, measured: [Double?], lookupFactors: [Double],
    hotRows: HotRows?, kept: [Int: Precision], narrow: [Precision?]
  ) {
    self.name = name
    self.processor = processor
    self.precisions = precisions
    self.parts = parts
    self.costs = costs
    self.tensorBytes = tensorBytes
    self.weightBytes = weightBytes
    self.weightSeconds = weightSeconds
    self.lookups = lookups
    self.leader = leader
    self.residentShare = residentShare
    self.measured = measured
    self.lookupFactors = lookupFactors
    self.hotRows = hotRows
    self.kept = kept
    self.narrow = narrow
  }
}

/// The precisions a device really uses: those asked for, or the next wider its engines have.
struct DevicePrecisions: Sendable, Hashable {
  let matrix: Precision
  let vector: Precision
  let activation: Precision
  /// Sustained.
  let matrixPeak: Double
  let vectorPeak: Double
  /// That classes of operators reach shares of, which were fitted in 16 bits; in narrower precisions it is less than the data
  /// sheet's by as much as the engine sustains less there.
  let matrixDataSheetPeak: Double
  let vectorDataSheetPeak: Double
  /// Of constants that are widened to the matrix precision as they are read; `nil` for none: see ``KeptPrecision``.
  var weights: Precision?
  /// Of the matrix precision; `nil` where products of any size are taken to reach the peak.
  let products: ProductFigures?

  init(processor: Processor, matrix: Precision, activation: Precision) {
    let (chosen, sustained, peak) = Self.choose(matrix, from: processor.matrix)
    let wide = (processor.matrix[.fp16] ?? processor.matrix[.bf16])?.sustainedFraction ?? 0
    let loss = chosen.bits < 16 && wide > 0 ? min(1, sustained / peak / wide) : 1
    (self.matrix, matrixPeak, matrixDataSheetPeak) = (chosen, sustained, peak * loss)
    (self.vector, vectorPeak, vectorDataSheetPeak) = Self.choose(activation, from: processor.vector)
    self.activation = activation
    products = processor.products?[self.matrix]
  }

  /// See ``Hardware/Precision/choice(among:)``; with its sustained peak and that of the data sheet.
  private static func choose(
    _ wanted: Precision, from peaks: [Precision: EnginePeak]
  ) -> (Precision, Double, Double) {
    guard let choice = wanted.choice(among: peaks.keys), let peak = peaks[choice] else {
      return (wanted, .infinity, .infinity)
    }
    return (choice, peak.sustained, peak.operationsPerSecond)
  }
}

extension DevicePrecisions {
  /// In which an operator with matrix work reads and writes activations where others of its kind do; `nil` where that is no
  /// narrower than the activation precision.
  var operand: Precision? {
    let narrowest: Precision = matrix == .int4 ? .int8 : matrix
    return narrowest.bits < activation.bits ? narrowest : nil
  }

  /// Bytes of a tensor on the device.
  ///
  /// Floating-point values shrink to the device's precision and never grow; integers and booleans keep their type.
  /// Constants of rank 2 or more that a matrix operator reads take the matrix precision, other constants (biases,
  /// normalisation) the vector one. Operators that look up rows take them as they are. A constant that is computed from
  /// a narrower one is held in that form where it is the smaller.
  func bytes(of id: TensorID, in graph: Graph) -> Int {
    let tensor = graph[id]
    guard tensor.type.isFloat else { return tensor.stored.bytes }
    let wanted: Precision
    var scales = 0
    if tensor.role == .constant {
      let readers = tensor.consumers.map { graph[$0] }.filter { !$0.readsRows(of: id) }
      let feedsMatrix = !readers.isEmpty && readers.allSatisfy { $0.work.kind == .matrix }
      wanted = feedsMatrix && tensor.shape.count > 1 ? weights ?? matrix : vector
      if feedsMatrix, tensor.shape.count > 1, weights == .int4 {
        scales = 2 * (tensor.count / KeptPrecision.groupSize + 1)
      }
    } else {
      wanted = activation
    }
    return min(
      wanted.bits < tensor.type.bits ? saturatingSum(wanted.bytes(for: tensor.count), scales) : tensor.bytes,
      tensor.stored.bytes)
  }
}

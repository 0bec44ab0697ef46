import Graph
import Hardware

/// The costs of every operator on one kind of device; cards that are alike share one.
///
/// A class, so that looking one up copies a reference and not a dozen tables.
final class DeviceCosts: Sendable {
  let name: String
  let processor: Processor
  let precisions: DevicePrecisions
  /// By operator; `nil` where the device cannot run it.
  let costs: [OperatorCost?]
  /// Stored bytes of each tensor.
  let tensorBytes: [Int]
  /// Stored bytes of each operator's constants, embedding tables excluded.
  let weightBytes: [Int]
  /// Share of the graph's weights that stays in SRAM when the whole graph is on the device.
  let residentShare: Double

  init(
    name: String, processor: Processor, precisions: DevicePrecisions, costs: [OperatorCost?],
    tensorBytes: [Int], weightBytes: [Int], residentShare: Double
  ) {
    self.name = name
    self.processor = processor
    self.precisions = precisions
    self.costs = costs
    self.tensorBytes = tensorBytes
    self.weightBytes = weightBytes
    self.residentShare = residentShare
  }
}

/// The precisions a device really uses: those asked for, or the next wider its engines have.
struct DevicePrecisions: Sendable, Hashable {
  let matrix: Precision
  let vector: Precision
  let activation: Precision
  let matrixPeak: Double
  let vectorPeak: Double

  init(processor: Processor, matrix: Precision, activation: Precision) {
    (self.matrix, matrixPeak) = Self.choose(matrix, from: processor.matrix)
    (self.vector, vectorPeak) = Self.choose(activation, from: processor.vector)
    self.activation = activation
  }

  /// The narrowest precision at least as wide as `wanted`, else the widest there is, with its sustained peak.
  private static func choose(
    _ wanted: Precision, from peaks: [Precision: EnginePeak]
  ) -> (Precision, Double) {
    let available = Precision.allCases.filter { peaks[$0] != nil }
    let choice = available.first { $0.bits >= wanted.bits } ?? available.last
    guard let choice, let peak = peaks[choice] else { return (wanted, .infinity) }
    return (choice, peak.sustained)
  }
}

extension DevicePrecisions {
  /// Bytes of `tensor` on the device.
  ///
  /// Floating-point values shrink to the device's precision and never grow; integers and booleans keep their type.
  /// Constants of rank 2 or more that a matrix operator reads take the matrix precision, other constants (biases,
  /// normalisation) the vector one.
  func bytes(of tensor: Tensor, in graph: Graph) -> Int {
    switch tensor.type {
    case .float32, .float64, .float16, .bfloat16, .float8: break
    default: return tensor.bytes
    }
    let wanted: Precision
    if tensor.role == .constant {
      let feedsMatrix = tensor.consumers.contains { graph[$0].work.kind == .matrix }
      let others = tensor.consumers.contains { graph[$0].work.kind != .matrix }
      wanted = feedsMatrix && !others && tensor.shape.count > 1 ? matrix : vector
    } else {
      wanted = activation
    }
    return wanted.bits < tensor.type.bits ? wanted.bytes(for: tensor.count) : tensor.bytes
  }
}

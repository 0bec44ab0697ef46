import Accuracy
import Graph
import ONNXImport
import ONNXSchema

/// The floating-point weights of a model's file, by the graph's tensors.
package final class ModelWeights {
  private let source: ModelSource
  private let store: WeightStore
  /// By tensor: the value of the file that it is.
  private var values: [TensorID: Int] = [:]

  package init(_ source: ModelSource, allowsOutside: Bool = false) {
    self.source = source
    store = WeightStore(source, allowsOutside: allowsOutside)
    for (value, tensor) in source.written.tensorOfValue.enumerated() {
      guard let tensor, value < source.written.scope.values.count,
        case .constant = source.written.scope.values[value].origin
      else { continue }
      if values[tensor] == nil { values[tensor] = value }
    }
  }

  /// A tensor's values; `nil` where the file has none of it as it is.
  ///
  /// - Throws: for weights that are broken off or lie elsewhere than the file says.
  package func weight(_ tensor: TensorID) throws(ExportError) -> Weight? {
    let graph = source.loaded.graph
    guard let value = values[tensor],
      case .constant(let position) = source.written.scope.values[value].origin,
      let origin = source.written.scope.constants[position].origin,
      case .dense(let message) = source.messages.constants[origin]
    else { return nil }
    let stored: StoredTensor
    do { stored = try store.tensor(message, name: graph[tensor].name) } catch {
      // A model without weights is as good as any for everything else.
      if error.reason == .missingFile { return nil }
      throw error
    }
    let isRead: Bool = [.float64, .float32, .float16, .bfloat16].contains(stored.type)
    guard isRead, stored.shape == graph[tensor].shape else { return nil }
    return Weight(stored: stored)
  }
}

/// Values of a weight, read as they are asked for.
package struct Weight {
  let stored: StoredTensor

  package var shape: [Int] { stored.shape }

  private var rowBytes: Int { width * stored.type.bits / 8 }
  private var width: Int { stored.shape.dropFirst().reduce(1, *) }
  private static let chunk = 1 << 20

  /// All of them.
  package func values() throws(ExportError) -> [Float] {
    var reader = TensorReader(stored)
    return StoredFloats.values(try reader.read(stored.bytes), stored.type)
  }

  /// Hands out all rows, along the first axis, from front to back; memory is that of one piece.
  package func forEachRow(_ body: (ArraySlice<Float>) -> Void) throws(ExportError) {
    guard rowBytes > 0 else { return }
    var reader = TensorReader(stored)
    let rowsAtOnce = max(1, Self.chunk / rowBytes)
    var left = stored.shape.first ?? 0
    while left > 0 {
      let count = min(left, rowsAtOnce)
      let values = StoredFloats.values(try reader.read(count * rowBytes), stored.type)
      for row in 0..<count { body(values[(row * width)..<((row + 1) * width)]) }
      left -= count
    }
  }

  /// Some rows along the first axis, in ascending order of their numbers, each once.
  package func rows(_ numbers: [Int]) throws(ExportError) -> [[Float]] {
    var reader = TensorReader(stored)
    var next = 0
    var rows: [[Float]] = []
    for number in numbers {
      try reader.skip((number - next) * rowBytes)
      rows.append(StoredFloats.values(try reader.read(rowBytes), stored.type))
      next = number + 1
    }
    return rows
  }
}

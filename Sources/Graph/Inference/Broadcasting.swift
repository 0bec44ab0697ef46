/// Multidirectional broadcasting as ONNX and NumPy define it.
enum Broadcasting {
  static func shape(_ shapes: [[Int]]) throws(ShapeProblem) -> [Int] {
    let rank = shapes.map(\.count).max() ?? 0
    var result = [Int](repeating: 1, count: rank)
    for shape in shapes {
      let offset = rank - shape.count
      for (position, size) in shape.enumerated() where size != 1 {
        guard result[offset + position] == 1 || result[offset + position] == size else {
          let texts = shapes.map(\.description).joined(separator: " and ")
          throw ShapeProblem("shapes \(texts) cannot be broadcast together")
        }
        result[offset + position] = size
      }
    }
    return result
  }

  /// For every element of `target`, in row-major order, the position of the element of `source` it reads.
  /// `target` must be small and `source` broadcastable to it.
  static func positions(of source: [Int], in target: [Int]) -> [Int] {
    let strides = Strides(source)
    let offset = target.count - source.count
    return Strides.indices(of: target).map { index in
      var position = 0
      for axis in source.indices where source[axis] != 1 {
        position += index[offset + axis] * strides.values[axis]
      }
      return position
    }
  }
}

/// Row-major strides of a small tensor.
struct Strides {
  let values: [Int]

  init(_ shape: [Int]) {
    var values = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { values[axis] = values[axis + 1] * shape[axis + 1] }
    self.values = values
  }

  /// All indices of a small shape in row-major order.
  static func indices(of shape: [Int]) -> [[Int]] {
    var result: [[Int]] = [[]]
    for size in shape {
      result = result.flatMap { prefix in (0..<max(size, 0)).map { prefix + [$0] } }
    }
    return result
  }
}

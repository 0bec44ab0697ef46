import Graph
import Rules

/// Everything in a ``ReferenceRun`` that is no product.
enum Elementwise {
  typealias Values = ReferenceRun.Values
  typealias Obstacle = ReferenceRun.Obstacle

  static func sigmoid(_ x: Float) -> Float { Float(1 / (1 + PortableMath.exp(-Double(x)))) }

  /// Over the last axis that has more than one element.
  static func softmax(_ op: Operator, _ x: Values) throws -> [Float] {
    var axis = x.shape.count - 1
    if case .int(let given)? = op.attributes["axis"] { axis = given < 0 ? given + x.shape.count : given }
    guard axis < 0 || x.shape.indices.contains(axis) && x.shape[(axis + 1)...].allSatisfy({ $0 == 1 }) else {
      throw Obstacle(reason: "operator '\(op.name)' (Softmax) is not over the last axis")
    }
    let width = max(1, axis < 0 ? 1 : x.shape[axis])
    return stride(from: 0, to: x.data.count, by: width).flatMap { start in
      let row = x.data[start..<(start + width)]
      let most = row.max() ?? 0
      let powers = row.map { PortableMath.exp(Double($0 - most)) }
      let sum = powers.reduce(0, +)
      return powers.map { Float($0 / sum) }
    }
  }

  static func combine(_ op: Operator, _ inputs: [Values], _ shape: [Int]) throws -> [Float] {
    guard inputs.count == 2 else { throw Obstacle(reason: "operator '\(op.name)' does not have two inputs") }
    let a = try spread(inputs[0], to: shape, op)
    let b = try spread(inputs[1], to: shape, op)
    return zip(a, b).map { x, y in op.type == "Add" ? x + y : op.type == "Sub" ? x - y : x * y }
  }

  /// Values repeated along the axes that they lack or have once, as ONNX broadcasts.
  static func spread(_ values: Values, to shape: [Int], _ op: Operator) throws -> [Float] {
    if values.shape == shape { return values.data }
    let own = Array(repeating: 1, count: max(0, shape.count - values.shape.count)) + values.shape
    guard own.count == shape.count, zip(own, shape).allSatisfy({ $0 == $1 || $0 == 1 }), !values.data.isEmpty
    else { throw Obstacle(reason: "operator '\(op.name)': \(values.shape) does not spread to \(shape)") }
    var steps = [Int](repeating: 0, count: shape.count)
    var step = 1
    for axis in shape.indices.reversed() {
      steps[axis] = own[axis] == 1 ? 0 : step
      step *= own[axis]
    }
    return (0..<shape.reduce(1, *)).map { place in
      var (rest, position) = (place, 0)
      for axis in shape.indices.reversed() {
        position += rest % shape[axis] * steps[axis]
        rest /= shape[axis]
      }
      return values.data[position]
    }
  }

  static func concat(_ op: Operator, _ inputs: [Values]) throws -> [Float] {
    guard case .int(var axis)? = op.attributes["axis"], let rank = inputs.first?.shape.count,
      inputs.allSatisfy({ $0.shape.count == rank })
    else { throw Obstacle(reason: "operator '\(op.name)' (Concat) has no axis") }
    if axis < 0 { axis += rank }
    guard (0..<rank).contains(axis) else {
      throw Obstacle(reason: "operator '\(op.name)' (Concat) has no axis")
    }
    let outer = inputs[0].shape[..<axis].reduce(1, *)
    var result: [Float] = []
    for row in 0..<outer {
      for input in inputs {
        let width = input.data.count / max(1, outer)
        result += input.data[(row * width)..<((row + 1) * width)]
      }
    }
    return result
  }

  static func transposed(_ values: Values) -> Values {
    let (rows, columns) = (values.shape[0], values.shape[1])
    return Values(
      shape: [columns, rows],
      data: (0..<(rows * columns)).map { values.data[$0 % rows * columns + $0 / rows] })
  }
}

import Accuracy
import CostModel
import Graph
import Hardware

/// Runs a small model on a CPU, operator by operator, in precisions that are chosen for each: enough operators for perceptrons,
/// recommendation models and convolutional nets.
struct ReferenceRun {
  struct Values {
    var shape: [Int]
    var data: [Float]
  }

  /// What keeps a model from being run, in words.
  struct Obstacle: Error { var reason: String }

  let graph: Graph
  /// By operator: of products and convolutions.
  let products: [Precision]
  /// By operator: of constants of products that are widened as they are read; empty for none.
  var weights: [Precision?] = []
  /// By operator: of everything else, and of what goes from one to the next.
  let activations: [Precision]
  /// By table: how its rows are stored.
  let tables: [TableFormat]

  /// The least that keeps a run within some seconds.
  static let mostWork = 5e8
  static let mostElements = 1 << 24

  /// Types of operators that are run.
  static let types: Set<String> = [
    "MatMul", "Gemm", "Conv", "Relu", "Sigmoid", "Tanh", "Add", "Sub", "Mul", "Concat", "Flatten", "Reshape",
    "Identity",
    "Dropout", "Unsqueeze", "Squeeze", "SparseLengthsSum", "GlobalAveragePool", "Softmax",
  ]

  /// The outputs.
  ///
  /// - Parameters:
  ///   - inputs: by tensor, constants among them but for embedding tables.
  ///   - rows: of a table, in the order asked for.
  func outputs(_ inputs: [TensorID: Values], rows: (Int, [Int]) throws -> [[Float]]) throws -> [[Float]] {
    var values = inputs
    for index in graph.operators.indices {
      let op = graph.operators[index]
      guard let output = op.outputs.first.flatMap({ $0 }) else { continue }
      let data =
        op.type == "SparseLengthsSum"
        ? try lookUp(op, values, rows) : try run(index, op, values, shape: graph[output].shape)
      let precision = activations[index]
      values[output] = Values(
        shape: graph[output].shape, data: data.map { FloatRounding.rounded($0, to: precision) })
    }
    return try graph.outputs.map { output in
      guard let found = values[output] else { throw Obstacle(reason: "an output is of no operator") }
      return found.data
    }
  }

  private func run(_ index: Int, _ op: Operator, _ values: [TensorID: Values], shape: [Int]) throws -> [Float]
  {
    let inputs = try op.inputs.compactMap { $0 }.map { input in
      guard let found = values[input] else {
        throw Obstacle(
          reason: "'\(graph[input].name)' has no value: operator '\(op.name)' (\(op.type)) needs it")
      }
      return found
    }
    guard let x = inputs.first else { throw Obstacle(reason: "operator '\(op.name)' reads nothing") }
    switch op.type {
    case "MatMul": return try multiply(index, op, inputs)
    case "Gemm": return try gemm(index, op, inputs)
    case "Conv": return try convolve(index, op, inputs, shape)
    case "Relu": return x.data.map { max(0, $0) }
    case "Sigmoid": return x.data.map(Elementwise.sigmoid)
    case "Tanh": return x.data.map { 2 * Elementwise.sigmoid(2 * $0) - 1 }
    case "Softmax": return try Elementwise.softmax(op, x)
    case "Add", "Sub", "Mul": return try Elementwise.combine(op, inputs, shape)
    case "Concat": return try Elementwise.concat(op, inputs)
    case "GlobalAveragePool":
      let places = max(1, x.shape.dropFirst(2).reduce(1, *))
      return stride(from: 0, to: x.data.count, by: places).map { start in
        Float(x.data[start..<(start + places)].reduce(0.0) { $0 + Double($1) } / Double(places))
      }
    case "Flatten", "Reshape", "Identity", "Dropout", "Squeeze", "Unsqueeze": return x.data
    default: throw Obstacle(reason: "operator '\(op.name)' (\(op.type)) is not one that the reference runs")
    }
  }

  // MARK: Products

  private func product(_ index: Int) -> ReferenceProduct {
    ReferenceProduct(precision: products[index], weights: weights.isEmpty ? nil : weights[index])
  }

  private func multiply(_ index: Int, _ op: Operator, _ inputs: [Values]) throws -> [Float] {
    guard inputs.count == 2, inputs[1].shape.count == 2, let inner = inputs[0].shape.last,
      inner == inputs[1].shape[0]
    else { throw Obstacle(reason: "operator '\(op.name)' (MatMul) is no product by a matrix") }
    return product(index).product(
      inputs[0].data, inputs[1].data, inner: inner, columns: inputs[1].shape[1])
  }

  private func gemm(_ index: Int, _ op: Operator, _ inputs: [Values]) throws -> [Float] {
    func int(_ name: String) -> Int { if case .int(let value)? = op.attributes[name] { value } else { 0 } }
    func factor(_ name: String) -> Float {
      if case .float(let value)? = op.attributes[name] { Float(value) } else { 1 }
    }
    guard inputs.count >= 2, inputs[0].shape.count == 2, inputs[1].shape.count == 2 else {
      throw Obstacle(reason: "operator '\(op.name)' (Gemm) has no matrices")
    }
    let a = int("transA") == 1 ? Elementwise.transposed(inputs[0]) : inputs[0]
    let b = int("transB") == 1 ? Elementwise.transposed(inputs[1]) : inputs[1]
    guard a.shape[1] == b.shape[0] else {
      throw Obstacle(reason: "operator '\(op.name)' (Gemm): shapes differ")
    }
    var result = product(index).product(
      a.data, b.data, inner: b.shape[0], columns: b.shape[1])
    let (alpha, beta) = (factor("alpha"), factor("beta"))
    for place in result.indices { result[place] *= alpha }
    guard inputs.count > 2 else { return result }
    let bias = try Elementwise.spread(inputs[2], to: [a.shape[0], b.shape[1]], op)
    return zip(result, bias).map { $0 + beta * $1 }
  }

  private func convolve(_ index: Int, _ op: Operator, _ inputs: [Values], _ shape: [Int]) throws -> [Float] {
    guard inputs.count >= 2,
      let convolution = ReferenceConvolution(
        op, input: inputs[0].shape, weights: inputs[1].shape, output: shape)
    else { throw Obstacle(reason: "operator '\(op.name)' (Conv) is not over two dimensions") }
    let product = self.product(index)
    var result = convolution.run(inputs[0].data, inputs[1].data) {
      product.product($0, $1, inner: $2, columns: $3)
    }
    guard inputs.count > 2, inputs[2].data.count == shape[1] else { return result }
    let places = shape[2] * shape[3]
    for place in result.indices { result[place] += inputs[2].data[place / places % shape[1]] }
    return result
  }

  // MARK: Look-ups

  private func lookUp(_ op: Operator, _ values: [TensorID: Values], _ rows: (Int, [Int]) throws -> [[Float]])
    throws
    -> [Float]
  {
    guard let tensor = op.inputs.first.flatMap({ $0 }),
      let table = graph.embeddingTables.firstIndex(where: { $0.tensor == tensor }), op.inputs.count >= 3,
      let indices = op.inputs[1].flatMap({ values[$0] }), let lengths = op.inputs[2].flatMap({ values[$0] })
    else { throw Obstacle(reason: "operator '\(op.name)' (\(op.type)) looks up no table") }
    let width = graph.embeddingTables[table].dimension
    let numbers = indices.data.map { Int($0) }
    let found = try rows(table, numbers).map { TableKernel.stored($0, tables[table]) }
    var result: [Float] = []
    var next = 0
    for length in lengths.data {
      var sum = [Float](repeating: 0, count: width)
      for row in found[next..<min(found.count, next + Int(length))] {
        for column in 0..<min(width, row.count) { sum[column] += row[column] }
      }
      next = min(found.count, next + Int(length))
      result += sum
    }
    return result
  }
}

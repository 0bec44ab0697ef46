import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Numerics

@Suite struct ReferenceRunTests {
  private typealias Values = ReferenceRun.Values

  /// Two samples of two and one rows, behind them a product and an activation, worked out by hand.
  @Test func aModelIsRunOperatorByOperator() throws {
    var builder = GraphBuilder(name: "small")
    let indices = builder.input("indices", .int64, [3])
    let lengths = builder.input("lengths", .int32, [2])
    let table = builder.constant("table", .float32, [20_000, 2])
    let pooled = builder.add("SparseLengthsSum", [table, indices, lengths], domain: "glow", name: "pooled")
    builder.declare(pooled, .float32, [2, 2])
    let weights = builder.constant("weights", .float32, [2, 2])
    let product = builder.add("MatMul", [pooled, weights], name: "product")
    let bias = builder.constant("bias", .float32, [2])
    let sum = builder.add("Add", [product, bias], name: "sum")
    builder.output(builder.add("Relu", [sum], name: "relu"))
    let graph = try builder.build().graph
    #expect(graph.embeddingTables.count == 1)
    var values: [TensorID: Values] = [:]
    for (index, tensor) in graph.tensors.enumerated() {
      switch tensor.name {
      case "indices": values[TensorID(index)] = Values(shape: [3], data: [5, 1, 7])
      case "lengths": values[TensorID(index)] = Values(shape: [2], data: [2, 1])
      case "weights": values[TensorID(index)] = Values(shape: [2, 2], data: [1, 2, 0, -1])
      case "bias": values[TensorID(index)] = Values(shape: [2], data: [10, 0.5])
      default: break
      }
    }
    let wide = graph.operators.map { _ in Precision.fp32 }
    let run = ReferenceRun(graph: graph, products: wide, activations: wide, tables: [.fp32])
    let outputs = try run.outputs(values) { table, numbers in
      #expect(table == 0)
      return numbers.map { [Float($0), 1] }
    }
    // (5 + 1, 2) and (7, 1), times the weights, and the bias.
    #expect(outputs == [[16, 10.5, 17, 13.5]])
  }

  @Test func otherOperatorsAreNamed() throws {
    let graph = try SampleNets.chain(length: 3, width: 8, batch: 2, middle: "Erf")
    let run = ReferenceRun(
      graph: graph, products: graph.operators.map { _ in .fp32 },
      activations: graph.operators.map { _ in .fp32 }, tables: [])
    #expect(throws: ReferenceRun.Obstacle.self) { try run.outputs([:]) { _, _ in [] } }
  }

  @Test func elementwiseOperatorsSpreadAndJoin() throws {
    let op = Operator(name: "x", type: "Mul", inputs: [], outputs: [], attributes: ["axis": .int(-1)])
    let (a, b) = (Values(shape: [2, 2], data: [1, 2, 3, 4]), Values(shape: [2], data: [10, 100]))
    #expect(try Elementwise.combine(op, [a, b], [2, 2]) == [10, 200, 30, 400])
    #expect(try Elementwise.concat(op, [a, a]) == [1, 2, 1, 2, 3, 4, 3, 4])
    #expect(
      Elementwise.transposed(Values(shape: [2, 3], data: [1, 2, 3, 4, 5, 6])).data == [1, 4, 2, 5, 3, 6])
    #expect(try Elementwise.softmax(op, Values(shape: [1, 2], data: [0, 0])) == [0.5, 0.5])
    #expect(Elementwise.sigmoid(0) == 0.5)
    #expect(throws: ReferenceRun.Obstacle.self) {
      try Elementwise.spread(Values(shape: [3], data: [1, 2, 3]), to: [2, 2], op)
    }
  }
}

import Testing

@testable import Graph

/// Sizes that are worked out from constants, against figures by hand: each result is the shape that a value is expanded to.
@Suite struct ValueRuleTests {
  struct Case: CustomTestStringConvertible {
    var type: String
    var inputs: [(shape: [Int], values: ConstantValues)]
    var attributes: [String: Attribute] = [:]
    var result: [Int]
    var testDescription: String { "\(type) \(inputs.map(\.values)) -> \(result)" }
  }

  static let cases: [Case] = [
    // A grid of positions is as wide as the root of their number.
    Case(type: "Pow", inputs: [([], .floats([16])), ([], .floats([0.5]))], result: [4]),
    Case(type: "Pow", inputs: [([2], .ints([2, 3])), ([], .ints([3]))], result: [8, 27]),
    Case(type: "Pow", inputs: [([], .ints([17])), ([], .floats([0.5]))], result: [4]),
    Case(type: "Exp", inputs: [([], .floats([0]))], result: [1]),
    Case(type: "Log", inputs: [([], .floats([1000]))], result: [6]),
    Case(
      type: "Clip", inputs: [([2], .ints([3, 90])), ([], .ints([8])), ([], .ints([64]))], result: [8, 64]),
    Case(
      type: "Clip", inputs: [([2], .floats([0.5, 9]))], attributes: ["min": .float(1), "max": .float(4)],
      result: [1, 4]),
    Case(type: "Relu", inputs: [([2], .ints([-3, 3]))], result: [0, 3]),
    Case(type: "Sign", inputs: [([2], .ints([12, 0]))], result: [1, 0]),
    Case(
      type: "BitShift", inputs: [([2], .ints([3, 5])), ([], .ints([2]))],
      attributes: ["direction": .string("LEFT")], result: [12, 20]),
    Case(
      type: "BitShift", inputs: [([], .ints([20])), ([], .ints([3]))],
      attributes: ["direction": .string("RIGHT")], result: [2]),
    Case(type: "BitwiseAnd", inputs: [([], .ints([14])), ([], .ints([7]))], result: [6]),
    Case(type: "BitwiseOr", inputs: [([], .ints([8])), ([], .ints([3]))], result: [11]),
    Case(type: "BitwiseXor", inputs: [([], .ints([14])), ([], .ints([7]))], result: [9]),
    // float32: 10 x 0.1 is 1, not more; in double precision its ceiling would be 2.
    Case(type: "Mul", inputs: [([], .floats([10])), ([], .floats([Double(Float(0.1))]))], result: [1]),
    Case(
      type: "ReduceSum", inputs: [([2, 3], .ints([1, 2, 3, 4, 5, 6])), ([1], .ints([1]))],
      attributes: ["keepdims": .int(0)], result: [6, 15]),
    Case(
      type: "ReduceMax", inputs: [([2, 3], .ints([1, 5, 3, 4, 2, 6])), ([1], .ints([0]))],
      attributes: ["keepdims": .int(0)], result: [4, 5, 6]),
    Case(type: "ReduceProd", inputs: [([2], .floats([2, 3]))], result: [6]),
    Case(
      type: "ReduceMean", inputs: [([4], .floats([2, 4, 6, 8]))], attributes: ["axes": .ints([0])],
      result: [5]),
    Case(
      type: "Gather", inputs: [([2, 3], .ints([1, 2, 3, 4, 5, 6])), ([], .ints([-1]))],
      attributes: ["axis": .int(1)], result: [3, 6]),
    Case(
      type: "GatherElements", inputs: [([2, 2], .ints([1, 2, 3, 4])), ([2, 1], .ints([1, 0]))],
      attributes: ["axis": .int(1)], result: [2, 3]),
    Case(
      type: "GatherND", inputs: [([2, 2], .ints([1, 2, 3, 4])), ([2, 2], .ints([0, 1, 1, 0]))],
      result: [2, 3]),
    Case(
      type: "GatherND", inputs: [([2, 2], .ints([1, 2, 3, 4])), ([1, 1], .ints([-1]))], result: [3, 4]),
    Case(
      type: "ScatterElements",
      inputs: [([3], .ints([7, 8, 9])), ([2], .ints([2, 0])), ([2], .ints([1, 5]))], result: [5, 8, 1]),
    Case(
      type: "ScatterND", inputs: [([3], .ints([7, 8, 9])), ([1, 1], .ints([1])), ([1], .ints([4]))],
      result: [7, 4, 9]),
    Case(
      type: "Concat", inputs: [([2, 1], .ints([1, 3])), ([2, 2], .ints([2, 5, 4, 6]))],
      attributes: ["axis": .int(1)], result: [1, 2, 5, 3, 4, 6]),
    Case(type: "CastLike", inputs: [([], .floats([3.7])), ([], .ints([0]))], result: [3]),
  ]

  @Test(arguments: cases) func values(_ example: Case) throws {
    var builder = GraphBuilder(name: "g")
    let inputs = example.inputs.enumerated().map { index, input in
      let type: ElementType = input.values.ints == nil ? .float32 : .int64
      return builder.constant("i\(index)", type, input.shape, values: input.values)
    }
    let value = builder.add(example.type, inputs, name: "op", attributes: example.attributes)
    // Whole sizes: of floats the ceiling of Mul, which tells 1 from more, and the whole part of all others.
    let whole = example.type == "Mul" ? builder.add("Ceil", [value]) : value
    let sizes = builder.add("Cast", [whole], attributes: ["to": .int(7)])
    let flat = builder.constant("flat", .int64, [1], values: .ints([-1]))
    let x = builder.input("x", .float32, [1])
    builder.output(builder.add("Expand", [x, builder.add("Reshape", [sizes, flat])], name: "sized"))
    let graph = try builder.build().graph
    #expect(graph[graph.outputs[0]].shape == example.result)
  }
}

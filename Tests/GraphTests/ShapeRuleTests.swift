import Testing

@testable import Graph

/// The output shapes of operators, against figures worked out by hand from ONNX's definitions.
@Suite struct ShapeRuleTests {
  struct Case: CustomTestStringConvertible {
    var type: String
    var inputs: [[Int]]
    var attributes: [String: Attribute] = [:]
    var values: [Int: ConstantValues] = [:]
    var outputs: [[Int]]
    var testDescription: String { "\(type) \(inputs) -> \(outputs)" }
  }

  /// The element type is known where the shape is not: here axes are computed.
  @Test func elementTypesDoNotDependOnShapes() throws {
    var builder = GraphBuilder(name: "types")
    let x = builder.input("x", .float64, [2, 3, 4])
    let axes = builder.input("axes", .int64, [1])
    let sum = builder.add("ReduceSum", [x, axes], name: "sum")
    builder.output(builder.add("Transpose", [sum], name: "back"))
    let built = try builder.build()
    for name in ["sum", "back"] {
      let tensor = try #require(built.graph.tensors.first { $0.name == name })
      #expect(tensor.type == .float64, "\(name)")
    }
  }

  static let cases: [Case] = [
    Case(
      type: "Conv", inputs: [[1, 3, 224, 224], [64, 3, 7, 7]],
      attributes: ["strides": .ints([2, 2]), "pads": .ints([3, 3, 3, 3])], outputs: [[1, 64, 112, 112]]),
    Case(
      type: "Conv", inputs: [[1, 32, 10, 10, 10], [32, 1, 3, 3, 3]],
      attributes: ["group": .int(32), "dilations": .ints([2, 1, 1])], outputs: [[1, 32, 6, 8, 8]]),
    Case(
      type: "Conv", inputs: [[1, 3, 7, 7], [4, 3, 3, 3]],
      attributes: ["auto_pad": .string("SAME_UPPER"), "strides": .ints([2, 2])], outputs: [[1, 4, 4, 4]]),
    Case(
      type: "ConvTranspose", inputs: [[1, 8, 5, 5], [8, 4, 3, 3]],
      attributes: ["strides": .ints([2, 2]), "output_padding": .ints([1, 1])], outputs: [[1, 4, 12, 12]]),
    Case(
      type: "MaxPool", inputs: [[1, 2, 6, 6]],
      attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2]), "ceil_mode": .int(1)],
      outputs: [[1, 2, 3, 3]]),
    Case(
      type: "AveragePool", inputs: [[1, 2, 6, 6]],
      attributes: ["kernel_shape": .ints([3, 3]), "strides": .ints([2, 2])], outputs: [[1, 2, 2, 2]]),
    Case(type: "GlobalAveragePool", inputs: [[2, 5, 7, 7]], outputs: [[2, 5, 1, 1]]),
    Case(
      type: "Gemm", inputs: [[5, 3], [4, 5]], attributes: ["transA": .int(1), "transB": .int(1)],
      outputs: [[3, 4]]),
    Case(type: "MatMul", inputs: [[2, 1, 3, 4], [5, 4, 6]], outputs: [[2, 5, 3, 6]]),
    Case(type: "MatMul", inputs: [[4], [4, 6]], outputs: [[6]]),
    Case(
      type: "Einsum", inputs: [[2, 3, 4], [2, 4, 5]], attributes: ["equation": .string("bij, bjk -> bik")],
      outputs: [[2, 3, 5]]),
    Case(
      type: "Einsum", inputs: [[7, 2, 3], [3, 4]], attributes: ["equation": .string("...i,ij->...j")],
      outputs: [[7, 2, 4]]),
    Case(
      type: "LSTM", inputs: [[9, 2, 16], [2, 32, 16], [2, 32, 8]],
      outputs: [[9, 2, 2, 8], [2, 2, 8], [2, 2, 8]]),
    Case(type: "Add", inputs: [[4, 1, 3], [5, 1]], outputs: [[4, 5, 3]]),
    Case(type: "Where", inputs: [[2, 1], [3], []], outputs: [[2, 3]]),
    Case(
      type: "Reshape", inputs: [[2, 3, 4], [3]], values: [1: .ints([0, -1, 2])], outputs: [[2, 6, 2]]),
    Case(type: "Flatten", inputs: [[2, 3, 4]], attributes: ["axis": .int(2)], outputs: [[6, 4]]),
    Case(type: "Squeeze", inputs: [[1, 3, 1]], attributes: ["axes": .ints([-1])], outputs: [[1, 3]]),
    Case(
      type: "Unsqueeze", inputs: [[3, 4], [2]], values: [1: .ints([0, -1])], outputs: [[1, 3, 4, 1]]),
    Case(
      type: "Transpose", inputs: [[2, 3, 4]], attributes: ["perm": .ints([2, 0, 1])], outputs: [[4, 2, 3]]),
    Case(type: "Concat", inputs: [[2, 3], [2, 5]], attributes: ["axis": .int(-1)], outputs: [[2, 8]]),
    Case(
      type: "Split", inputs: [[2, 7]], attributes: ["axis": .int(1), "num_outputs": .int(3)],
      outputs: [[2, 3], [2, 3], [2, 1]]),
    Case(
      type: "Split", inputs: [[6], [2]], values: [1: .ints([4, 2])], outputs: [[4], [2]]),
    Case(
      type: "Slice", inputs: [[10, 8], [2], [2], [2], [2]],
      values: [1: .ints([1, -1]), 2: .ints([Int.max, Int.min]), 3: .ints([0, 1]), 4: .ints([3, -2])],
      outputs: [[3, 4]]),
    Case(
      type: "Gather", inputs: [[5, 6, 7], [2, 3]], attributes: ["axis": .int(1)], outputs: [[5, 2, 3, 7]]),
    Case(type: "GatherND", inputs: [[5, 6, 7], [4, 2]], outputs: [[4, 7]]),
    Case(type: "Expand", inputs: [[3, 1], [3]], values: [1: .ints([2, 1, 6])], outputs: [[2, 3, 6]]),
    Case(type: "Tile", inputs: [[2, 3], [2]], values: [1: .ints([2, 3])], outputs: [[4, 9]]),
    Case(
      type: "Pad", inputs: [[2, 3], [4]], values: [1: .ints([0, 1, 0, -2])], outputs: [[2, 2]]),
    Case(
      type: "Resize", inputs: [[1, 2, 10, 10], [0], [4]], values: [2: .floats([1, 1, 1.5, 0.25])],
      outputs: [[1, 2, 15, 2]]),
    Case(
      type: "Resize", inputs: [[1, 2, 10, 20], [0], [0], [2]],
      attributes: ["axes": .ints([2, 3]), "keep_aspect_ratio_policy": .string("not_larger")],
      values: [2: .floats([]), 3: .ints([5, 5])], outputs: [[1, 2, 3, 5]]),
    Case(
      type: "ReduceMean", inputs: [[2, 3, 4]], attributes: ["axes": .ints([-1, 0]), "keepdims": .int(0)],
      outputs: [[3]]),
    Case(type: "ReduceSum", inputs: [[2, 3]], outputs: [[1, 1]]),
    Case(type: "ArgMax", inputs: [[2, 3]], attributes: ["axis": .int(1)], outputs: [[2, 1]]),
    Case(type: "Softmax", inputs: [[2, 3]], outputs: [[2, 3]]),
    Case(
      type: "LayerNormalization", inputs: [[2, 3, 4], [4]], attributes: ["axis": .int(-1)],
      outputs: [[2, 3, 4], [2, 3, 1]]),
    Case(type: "QuantizeLinear", inputs: [[2, 3], []], outputs: [[2, 3]]),
    Case(type: "DynamicQuantizeLinear", inputs: [[2, 3]], outputs: [[2, 3], [], []]),
    Case(
      type: "RoiAlign", inputs: [[1, 256, 84, 88], [1000, 4], [1000]],
      attributes: ["output_height": .int(7), "output_width": .int(5)], outputs: [[1000, 256, 7, 5]]),
    Case(
      type: "NonMaxSuppression", inputs: [[2, 300, 4], [2, 3, 300], []], values: [2: .ints([50])],
      outputs: [[300, 3]]),
    Case(type: "TopK", inputs: [[2, 30], [1]], values: [1: .ints([5])], outputs: [[2, 5], [2, 5]]),
    Case(
      type: "DepthToSpace", inputs: [[1, 8, 2, 3]], attributes: ["blocksize": .int(2)],
      outputs: [[1, 2, 4, 6]]),
    Case(type: "OneHot", inputs: [[3, 2], [], [2]], values: [1: .ints([10])], outputs: [[3, 2, 10]]),
  ]

  @Test(arguments: cases) func shapes(_ example: Case) throws {
    var builder = GraphBuilder(name: "g")
    let inputs = example.inputs.enumerated().map { index, shape in
      if let values = example.values[index] {
        let isFloat = if case .floats = values { true } else { false }
        return builder.constant("i\(index)", isFloat ? .float32 : .int64, shape, values: values)
      }
      return shape.contains(0)
        ? builder.constant("i\(index)", .float32, shape) : builder.input("i\(index)", .float32, shape)
    }
    let outputs = builder.add(
      example.type, inputs, outputs: example.outputs.count, name: "op", attributes: example.attributes)
    for output in outputs { builder.output(output) }
    let result = try builder.build()
    #expect(result.graph.outputs.map { result.graph[$0].shape } == example.outputs)
    // Its size depends on data, and is said to be an upper bound.
    #expect(result.findings.count == (example.type == "NonMaxSuppression" ? 1 : 0))
  }

  @Test func computedShapesAreFolded() throws {
    // The reshape that exporters write: [batch, -1] from the input's own shape.
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [4, 3, 5])
    let zero = builder.constant("zero", .int64, [], values: .ints([0]))
    let axis = builder.constant("axis", .int64, [1], values: .ints([0]))
    let rest = builder.constant("rest", .int64, [1], values: .ints([-1]))
    let shape = builder.add("Shape", [x])
    let batch = builder.add("Unsqueeze", [builder.add("Gather", [shape, zero]), axis])
    let target = builder.add("Concat", [batch, rest], attributes: ["axis": .int(0)])
    builder.output(builder.add("Reshape", [x, target], name: "flat"))
    let graph = try builder.build().graph
    #expect(graph.operators.map(\.name) == ["flat"])
    #expect(graph[graph.outputs[0]].shape == [4, 15])
    #expect(graph.sourceNodeCount == 5)
  }

  @Test func floatArithmeticOnShapesIsFolded() throws {
    // Old Upsample exports: floor(size * 1.5) as the size of a Resize.
    var builder = GraphBuilder(name: "g")
    let x = builder.input("x", .float32, [1, 2, 5, 7])
    let part = builder.add(
      "Slice",
      [
        builder.add("Shape", [x]), builder.constant("s", .int64, [1], values: .ints([2])),
        builder.constant("e", .int64, [1], values: .ints([4])),
      ])
    let scale = builder.constant("scale", .float32, [1], values: .floats([1.5]))
    let size = builder.add(
      "Cast",
      [
        builder.add(
          "Floor",
          [builder.add("Mul", [builder.add("Cast", [part], attributes: ["to": .int(1)]), scale])])
      ], attributes: ["to": .int(7)])
    let head = builder.constant("head", .int64, [2], values: .ints([1, 2]))
    let sizes = builder.add("Concat", [head, size], attributes: ["axis": .int(0)])
    builder.output(builder.add("Resize", [x, nil, nil, sizes]))
    let graph = try builder.build().graph
    #expect(graph[graph.outputs[0]].shape == [1, 2, 7, 10])
  }
}

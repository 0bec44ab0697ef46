import Graph

/// Random small models with what exporters write between the heavy operators: views, some with a computed shape,
/// branches with several readers, operators with several outputs, activations, and tables looked up by computed ids,
/// by some more than once.
public struct SeededModel {
  private var builder = GraphBuilder(name: "seeded")
  private var random: SeededRandom
  private var values: [(value: GraphBuilder.Value, shape: [Int])] = []
  private var tables: [GraphBuilder.Value] = []

  public static func graph(seed: UInt64, operators: Int = 30) throws -> Graph {
    var model = SeededModel(random: SeededRandom(seed: seed))
    model.values = [
      (model.builder.input("x", .float32, [8, 32]), [8, 32]),
      (model.builder.input("mask", .float32, [8, 32]), [8, 32]),
    ]
    model.tables = (0..<2).map { model.builder.constant("table\($0)", .float32, [20_000, 32]) }
    for index in 0..<operators { model.step(index) }
    for value in model.values.suffix(3) { model.builder.output(value.value) }
    return try model.builder.build().graph
  }

  private init(random: SeededRandom) { self.random = random }

  private mutating func step(_ index: Int) {
    // Mostly what was made last, so that chains grow.
    let recent = max(0, values.count - 4)
    let x = values[Int.random(in: recent..<values.count, using: &random)]
    switch Int.random(in: 0..<16, using: &random) {
    case 0, 1, 2:
      let weights = builder.constant("weights\(index)", .float32, [x.shape.last ?? 1, 32])
      values.append((builder.add("MatMul", [x.value, weights]), x.shape.dropLast() + [32]))
    case 3, 4, 5:
      let type = ["Relu", "Sigmoid", "Gelu", "Erf"][Int.random(in: 0..<4, using: &random)]
      values.append((builder.add(type, [x.value]), x.shape))
    case 6, 7, 8:
      let alike = values.filter { $0.shape == x.shape }
      let y = alike[Int.random(in: 0..<alike.count, using: &random)]
      values.append((builder.add(index % 2 == 0 ? "Add" : "Mul", [x.value, y.value]), x.shape))
    case 9, 10, 11: view(x, index)
    case 12: values.append((builder.add("Softmax", [x.value]), x.shape))
    case 13:
      let parts = builder.add(
        "Split", [x.value], outputs: 2, attributes: ["num_outputs": .int(2), "axis": .int(0)])
      for part in parts { values.append((part, [x.shape[0] / 2] + x.shape.dropFirst())) }
      let joined = builder.add("Concat", parts, attributes: ["axis": .int(0)])
      values.append((joined, x.shape))
    case 14:
      let scale = builder.constant("scale\(index)", .float32, [x.shape.last ?? 1])
      let outputs = builder.add("LayerNormalization", [x.value, scale], outputs: 3)
      values.append((outputs[0], x.shape))
    default:
      let ids = builder.add("ArgMax", [x.value], attributes: ["axis": .int(-1), "keepdims": .int(0)])
      let table = tables[Int.random(in: 0..<tables.count, using: &random)]
      values.append((builder.add("Gather", [table, ids]), x.shape.dropLast() + [32]))
    }
  }

  private mutating func view(_ x: (value: GraphBuilder.Value, shape: [Int]), _ index: Int) {
    let flat = [x.shape.reduce(1, *) / 32, 32]
    switch Int.random(in: 0..<5, using: &random) {
    case 0: values.append((builder.add("Identity", [x.value]), x.shape))
    case 1: values.append((builder.add("Dropout", [x.value], outputs: 2)[0], x.shape))
    case 2:
      let axes = builder.constant("axes\(index)", .int64, [1], values: .ints([1]))
      values.append((builder.add("Unsqueeze", [x.value, axes]), [x.shape[0], 1] + x.shape.dropFirst()))
    case 3:
      let shape = builder.constant("shape\(index)", .int64, [2], values: .ints(flat))
      values.append((builder.add("Reshape", [x.value, shape]), flat))
    default:
      // A shape that only running the model gives: here the place of the largest value in two rows.
      let y = values[Int.random(in: 0..<values.count, using: &random)]
      let rows = builder.constant("rows\(index)", .int64, [2], values: .ints([0, 0]))
      let picked = builder.add("Gather", [y.value, rows], attributes: ["axis": .int(0)])
      let places = builder.add("ArgMax", [picked], attributes: ["axis": .int(-1), "keepdims": .int(0)])
      let size = builder.constant("size\(index)", .int64, [1], values: .ints([2]))
      let zero = builder.constant("zero\(index)", .int64, [1], values: .ints([0]))
      let all = builder.constant("all\(index)", .int64, [1], values: .ints([-1]))
      let line = builder.add("Slice", [builder.add("Reshape", [places, all]), zero, size])
      let result = builder.add("Reshape", [x.value, line])
      builder.declare(result, .float32, flat)
      values.append((result, flat))
    }
  }
}

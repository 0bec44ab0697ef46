import Graph

/// Small models for tests, built in memory.
public enum SampleNets {
  /// A recommendation model: embedding tables whose sums join a bottom net's output in front of a top net.
  ///
  /// - Parameters:
  ///   - rows: By table.
  ///   - lookups: Look-ups per sample, by table, cycled.
  public static func recommendation(
    rows: [Int], width: Int = 32, batch: Int = 16, lookups: [Int] = [1, 4, 8], hidden: Int = 128
  ) throws -> Graph {
    var builder = GraphBuilder(name: "recommendation")
    builder.serving = Serving(latencyBudgetMilliseconds: 100, batch: batch)
    let dense = builder.input("dense", .float32, [batch, 13])
    let bottom = builder.add(
      "Relu",
      [
        builder.add(
          "MatMul", [dense, builder.constant("bottom", .float32, [13, width])], name: "bottom.matmul")
      ], name: "bottom.relu")
    var parts: [GraphBuilder.Value?] = [bottom]
    for (index, count) in rows.enumerated() {
      let perSample = lookups[index % lookups.count]
      let indices = builder.input("indices\(index)", .int64, [batch * perSample])
      let lengths = builder.input("lengths\(index)", .int32, [batch])
      let table = builder.constant("table\(index)", .float32, [count, width])
      let sum = builder.add(
        "SparseLengthsSum", [table, indices, lengths], domain: "glow", name: "lookup\(index)")
      builder.declare(sum, .float32, [batch, width])
      parts.append(sum)
    }
    let joined = builder.add("Concat", parts, name: "join", attributes: ["axis": .int(1)])
    let top = builder.constant("top", .float32, [width * (rows.count + 1), hidden])
    let hiddenValue = builder.add(
      "Relu", [builder.add("MatMul", [joined, top], name: "top.matmul")], name: "top.relu")
    let out = builder.constant("out", .float32, [hidden, 1])
    builder.output(
      builder.add("Sigmoid", [builder.add("MatMul", [hiddenValue, out], name: "out.matmul")], name: "score"))
    return try builder.build().graph
  }

  /// A chain of matrix products with one operator in the middle that cards may not support.
  public static func chain(length: Int, width: Int = 256, batch: Int = 4, middle: String = "Relu") throws
    -> Graph
  {
    var builder = GraphBuilder(name: "chain")
    var value = builder.input("input", .float32, [batch, width])
    for index in 0..<length {
      let weights = builder.constant("weights\(index)", .float32, [width, width])
      value = builder.add("MatMul", [value, weights], name: "matmul\(index)")
      if index == length / 2 { value = builder.add(middle, [value], name: "middle") }
    }
    builder.output(value)
    return try builder.build().graph
  }

  /// Chains of matrix products side by side, between a product in front of all and one behind all.
  public static func branches(_ count: Int, length: Int, width: Int, batch: Int) throws -> Graph {
    var builder = GraphBuilder(name: "branches")
    func product(_ value: GraphBuilder.Value, _ name: String) -> GraphBuilder.Value {
      let weights = builder.constant("\(name).weights", .float32, [width, width])
      return builder.add("MatMul", [value, weights], name: name)
    }
    let start = product(builder.input("input", .float32, [batch, width]), "first")
    let ends: [GraphBuilder.Value?] = (0..<count).map { branch in
      (0..<length).reduce(start) { product($0, "branch\(branch).\($1)") }
    }
    builder.output(product(builder.add("Sum", ends, name: "join"), "last"))
    return try builder.build().graph
  }
}

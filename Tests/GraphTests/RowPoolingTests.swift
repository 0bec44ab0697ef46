import Testing

@testable import Graph

/// Rows that are gathered and then pooled are one embedding bag, however the pooling is written.
@Suite struct RowPoolingTests {
  /// A model of one table of 100 x 16; `pool` gets the table and indices of 8 x 5.
  private func bag(
    _ ids: [Int] = [8, 5], table: ElementType = .float32,
    _ pool: (inout GraphBuilder, GraphBuilder.Value, GraphBuilder.Value) -> GraphBuilder.Value
  ) throws -> Graph {
    var builder = GraphBuilder(name: "g")
    let indices = builder.input("ids", .int64, ids)
    let result = pool(&builder, builder.constant("t", table, [100, 16]), indices)
    builder.output(builder.add("Relu", [result], name: "y"))
    return try builder.build().graph
  }

  private func expectBag(
    _ graph: Graph, extras: [String] = [], lookups: Int = 40, bags: Int = 8,
    _ location: SourceLocation = #_sourceLocation
  ) throws {
    let table = try #require(graph.embeddingTables.first, sourceLocation: location)
    #expect(table.isPooled && table.dimension == 16 && table.rows == 100, sourceLocation: location)
    #expect(table.maximumLookups == lookups && table.bags == bags, sourceLocation: location)
    #expect(table.outputBytes == bags * 16 * 4, sourceLocation: location)
    let lookup = graph[table.lookups[0]]
    #expect(lookup.work.vectorOperations == lookups * 16, sourceLocation: location)
    let inputs = lookup.inputs.compactMap { $0 }.filter { graph[$0].role != .constant }.map { graph[$0].name }
    #expect(inputs == ["ids"] + extras, sourceLocation: location)
    #expect(graph.operators.map(\.type).filter { $0 != "Relu" } == ["EmbeddingBag"], sourceLocation: location)
  }

  private let sum: [String: Attribute] = ["axes": .ints([1]), "keepdims": .int(0)]

  @Test func sumMeanAndMaximum() throws {
    for reduction in ["ReduceSum", "ReduceMean", "ReduceMax"] {
      try expectBag(bag { $0.add(reduction, [$0.add("Gather", [$1, $2])], attributes: sum) })
    }
  }

  @Test func castsAndViewsBetween() throws {
    try expectBag(
      bag(table: .float16) {
        let axis = $0.constant("axis", .int64, [1], values: .ints([1]))
        let wide = $0.add("Cast", [$0.add("Gather", [$1, $2])], attributes: ["to": .int(1)])
        return $0.add(
          "ReduceSum", [$0.add("Unsqueeze", [wide, axis])],
          attributes: ["axes": .ints([1, 2]), "keepdims": .int(0)])
      })
  }

  @Test func indicesBehindCastAndReshape() throws {
    try expectBag(
      bag([40]) {
        let shape = $0.constant("shape", .int64, [2], values: .ints([8, 5]))
        let narrow = $0.add("Cast", [$2], attributes: ["to": .int(6)])
        return $0.add(
          "ReduceSum", [$0.add("Gather", [$1, $0.add("Reshape", [narrow, shape])])], attributes: sum)
      })
  }

  @Test func paddingMaskIsComputedWhereTheIndicesAre() throws {
    try expectBag(
      bag {
        let kept = $0.add("Not", [$0.add("Equal", [$2, $0.constant("pad", .int64, [])])])
        let mask = $0.add(
          "Unsqueeze", [$0.add("Cast", [kept], attributes: ["to": .int(1)])], attributes: ["axes": .ints([2])]
        )
        return $0.add("ReduceSum", [$0.add("Mul", [$0.add("Gather", [$1, $2]), mask])], attributes: sum)
      })
    try expectBag(
      bag {
        let valid = $0.add("Greater", [$2, $0.constant("zero", .int64, [])])
        let wide = $0.add("Unsqueeze", [valid], attributes: ["axes": .ints([2])])
        let rows = $0.add("Where", [wide, $0.add("Gather", [$1, $2]), $0.constant("none", .float32, [])])
        return $0.add("ReduceMean", [rows], attributes: sum)
      })
  }

  @Test func weightsOfSamplesTravelWithTheIndices() throws {
    try expectBag(
      bag {
        let weights = $0.add(
          "Unsqueeze", [$0.input("w", .float32, [8, 5])], attributes: ["axes": .ints([2])])
        return $0.add("ReduceSum", [$0.add("Mul", [weights, $0.add("Gather", [$1, $2])])], attributes: sum)
      }, extras: ["w"])
  }

  @Test func weightedSumAsAProduct() throws {
    let graph = try bag {
      let weights = $0.add("Unsqueeze", [$0.input("w", .float32, [8, 5])], attributes: ["axes": .ints([1])])
      return $0.add("MatMul", [weights, $0.add("Gather", [$1, $2])])
    }
    try expectBag(graph, extras: ["w"])
  }

  @Test func segmentsAsOneHotOrScatter() throws {
    try expectBag(
      bag([40]) {
        let depth = $0.constant("depth", .int64, [], values: .ints([8]))
        let hot = $0.add(
          "OneHot", [$0.input("segments", .int64, [40]), depth, $0.constant("v", .float32, [2])])
        return $0.add("MatMul", [$0.add("Transpose", [hot]), $0.add("Gather", [$1, $2])])
      }, extras: ["segments"])
    try expectBag(
      bag([40]) {
        let segments = $0.add(
          "Unsqueeze", [$0.input("segments", .int64, [40])], attributes: ["axes": .ints([1])])
        return $0.add(
          "ScatterND", [$0.constant("zeros", .float32, [8, 16]), segments, $0.add("Gather", [$1, $2])],
          attributes: ["reduction": .string("add")])
      }, extras: ["segments"])
  }

  @Test func rowsByGatherND() throws {
    try expectBag(
      bag {
        let indices = $0.add("Unsqueeze", [$2], attributes: ["axes": .ints([2])])
        return $0.add("ReduceSum", [$0.add("GatherND", [$1, indices])], attributes: sum)
      })
  }

  @Test func rowsAreDequantisedBehindTheLookUp() throws {
    let graph = try bag(table: .uint8) {
      let scale = $0.constant("scale", .float32, [])
      let rows = $0.add(
        "DequantizeLinear", [$0.add("Gather", [$1, $2]), scale, $0.constant("z", .uint8, [])])
      return $0.add("ReduceSum", [rows], attributes: sum)
    }
    try expectBag(graph)
    // A scale a row is looked up by the same indices.
    try expectBag(
      bag(table: .uint8) {
        let rows = $0.add("Cast", [$0.add("Gather", [$1, $2])], attributes: ["to": .int(1)])
        let scales = $0.add("Gather", [$0.constant("scales", .float32, [100, 1]), $2])
        return $0.add("ReduceSum", [$0.add("Mul", [rows, scales])], attributes: sum)
      })
  }

  @Test func meanOverWhatIsNoPadding() throws {
    try expectBag(
      bag {
        let kept = $0.add("Not", [$0.add("Equal", [$2, $0.constant("pad", .int64, [])])])
        let mask = $0.add("Cast", [kept], attributes: ["to": .int(1)])
        let wide = $0.add("Unsqueeze", [mask], attributes: ["axes": .ints([2])])
        let total = $0.add(
          "ReduceSum", [$0.add("Mul", [$0.add("Gather", [$1, $2]), wide])], attributes: sum)
        return $0.add("Div", [total, $0.add("ReduceSum", [mask], attributes: ["axes": .ints([1])])])
      })
  }

  /// As tf2onnx writes `mask[..., None]`, which takes all of it, and `divide_no_nan`.
  @Test func masksThatAreCutAndMeansOfNone() throws {
    try expectBag(
      bag {
        let kept = $0.add(
          "Cast", [$0.add("Not", [$0.add("Equal", [$2, $0.constant("pad", .int64, [])])])],
          attributes: ["to": .int(1)])
        let wide = $0.add("Unsqueeze", [kept], attributes: ["axes": .ints([2])])
        let mask = $0.add(
          "Slice", [wide],
          attributes: ["starts": .ints([0, 0]), "ends": .ints([1000, 1000]), "axes": .ints([0, 2])])
        let total = $0.add(
          "ReduceSum", [$0.add("Mul", [$0.add("Gather", [$1, $2]), mask])], attributes: sum)
        let count = $0.add("ReduceSum", [mask], attributes: sum)
        let none = $0.constant("none", .float32, [])
        return $0.add("Where", [$0.add("Equal", [count, none]), none, $0.add("Div", [total, count])])
      })
  }

  @Test func turnedRowsAndEinsum() throws {
    try expectBag(
      bag {
        let turned = $0.add(
          "Transpose", [$0.add("Gather", [$1, $2])], attributes: ["perm": .ints([0, 2, 1])])
        return $0.add("ReduceMean", [turned], attributes: ["axes": .ints([-1]), "keepdims": .int(0)])
      })
    try expectBag(
      bag {
        $0.add(
          "Einsum", [$0.input("w", .float32, [8, 5]), $0.add("Gather", [$1, $2])],
          attributes: ["equation": .string("bl,bld->bd")])
      }, extras: ["w"])
  }

  @Test func distinctRowsPutBack() throws {
    try expectBag(
      bag([40]) {
        let unique = $0.add("Unique", [$2], outputs: 4)
        let rows = $0.add("Gather", [$0.add("Gather", [$1, unique[0]]), unique[2]])
        let segments = $0.add(
          "Unsqueeze", [$0.input("segments", .int64, [40])], attributes: ["axes": .ints([1])])
        return $0.add(
          "ScatterND", [$0.constant("zeros", .float32, [8, 16]), segments, rows],
          attributes: ["reduction": .string("add")])
      }, extras: ["segments"])
  }

  @Test func whatIsNoBagStays() throws {
    // The width is reduced, the rows are read twice, or the weights come from the rows.
    let overWidth = try bag {
      $0.add("ReduceSum", [$0.add("Gather", [$1, $2])], attributes: ["axes": .ints([2])])
    }
    #expect(
      overWidth.embeddingTables.isEmpty && overWidth.operators.map(\.type) == ["Gather", "ReduceSum", "Relu"])
    let twice = try bag {
      let rows = $0.add("Gather", [$1, $2])
      $0.output(rows)
      return $0.add("ReduceSum", [rows], attributes: sum)
    }
    #expect(twice.operators.map(\.type) == ["Gather", "ReduceSum", "Relu"])
    let product = try bag {
      let other = $0.add("Gather", [$0.constant("u", .float32, [100, 16]), $2])
      return $0.add("ReduceSum", [$0.add("Mul", [$0.add("Gather", [$1, $2]), other])], attributes: sum)
    }
    #expect(product.operators.filter { $0.type == "Gather" }.count == 2)
  }

  @Test func widthIsTheTablesWhereIndicesHaveNoShape() throws {
    var builder = GraphBuilder(name: "g")
    let hashed = builder.add("Hash", [builder.input("s", .string, [8])], domain: "acme")
    builder.output(builder.add("Gather", [builder.constant("t", .float32, [20_000, 16]), hashed]))
    let table = try #require(try builder.build().graph.embeddingTables.first)
    #expect(table.dimension == 16 && table.rows == 20_000)
  }
}

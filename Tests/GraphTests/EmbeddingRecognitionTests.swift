import Testing

@testable import Graph

@Suite struct EmbeddingRecognitionTests {
  @Test func pooledLookupsOfEveryKindAreTables() throws {
    var builder = GraphBuilder(name: "g")
    let indices = builder.input("indices", .int64, [24])
    let lengths = builder.input("lengths", .int32, [8])
    let weights = builder.input("weights", .float32, [24])
    let tables = ["a", "b", "c"].map { builder.constant($0, .float32, [100, 16]) }
    let fused = builder.constant("d", .uint8, [100, 24])
    let outputs = [
      builder.add("SparseLengthsSum", [tables[0], indices, lengths], domain: "glow"),
      builder.add("SparseLengthsWeightedSum", [tables[1], weights, indices, lengths], domain: "caffe2"),
      builder.add("EmbeddingBag", [tables[2], indices, lengths], domain: "acme"),
      builder.add("FusedRowwiseQuantizedSparseLengthsSum", [fused, indices, lengths], domain: "glow"),
    ]
    builder.output(builder.add("Concat", outputs, attributes: ["axis": .int(1)]))
    let graph = try builder.build().graph
    #expect(graph.embeddingTables.map(\.name) == ["a", "b", "c", "d"])
    for table in graph.embeddingTables {
      #expect(table.rows == 100 && table.dimension == 16 && table.bags == 8 && table.isPooled)
      #expect(table.maximumLookups == 24 && table.averageLookups == 24 && table.outputBytes == 8 * 16 * 4)
      #expect(graph[table.lookups[0]].work.kind == .lookup)
      #expect(graph[table.lookups[0]].work.weightBytes == 0)
    }
    #expect(graph.operators[0].work.vectorOperations == 24 * 16)
    #expect(graph.operators[3].work.vectorOperations == 2 * 24 * 16)
    #expect(GraphStatistics(graph).parameters == 4 * 1600)
    #expect(GraphStatistics(graph).weightBytes == 3 * 6400 + 2400)
  }

  @Test func outputWidthTellsTheScalesOfFusedRows() throws {
    var builder = GraphBuilder(name: "g")
    let out = builder.add(
      "FusedRowwiseQuantizedSparseLengthsSum",
      [
        builder.constant("t", .uint8, [100, 20]), builder.input("i", .int64, [6]),
        builder.input("l", .int32, [2]),
      ])
    builder.declare(out, .float32, [2, 16])
    builder.output(out)
    #expect(try builder.build().graph.embeddingTables.map(\.dimension) == [16])
  }

  private func gather(
    _ shape: [Int], index: [Int], reduce: Bool, constantIndex: Bool = false, axis: Int = 0
  ) throws -> Graph {
    var builder = GraphBuilder(name: "g")
    let table = builder.constant("t", .float32, shape)
    let ids =
      constantIndex
      ? builder.constant("i", .int64, index) : builder.input("i", .int64, index)
    let x = builder.input("x", .float32, [1])
    var rows = builder.add("Gather", [table, ids], attributes: ["axis": .int(axis)])
    if reduce {
      rows = builder.add("ReduceSum", [rows], attributes: ["axes": .ints([1]), "keepdims": .int(0)])
    }
    builder.output(builder.add("Add", [rows, x]))
    return try builder.build().graph
  }

  @Test func gatherThenSumIsPooled() throws {
    let graph = try gather([50, 8], index: [4, 3], reduce: true)
    let table = try #require(graph.embeddingTables.first)
    #expect(table.isPooled && table.maximumLookups == 12 && table.bags == 4 && table.outputBytes == 4 * 8 * 4)
  }

  @Test func vocabularyIsATableAndPositionsAreNot() throws {
    let words = try gather([30_000, 64], index: [1, 32], reduce: false)
    #expect(words.embeddingTables.map(\.isPooled) == [false])
    #expect(words.embeddingTables[0].maximumLookups == 32 && words.embeddingTables[0].bags == 32)
    let positions = try gather([514, 64], index: [1, 32], reduce: false)
    #expect(positions.embeddingTables.isEmpty)
    #expect(positions.operators[0].work.weightBytes == 32 * 64 * 4)
  }

  @Test func constantIndicesColumnsAndOtherReadersMakeNoTable() throws {
    #expect(try gather([30_000, 64], index: [4], reduce: false, constantIndex: true).embeddingTables.isEmpty)
    #expect(try gather([30_000, 64], index: [4], reduce: false, axis: 1).embeddingTables.isEmpty)
    var builder = GraphBuilder(name: "g")
    let table = builder.constant("t", .float32, [30_000, 64])
    let rows = builder.add("Gather", [table, builder.input("i", .int64, [5])])
    builder.output(builder.add("Gemm", [rows, table], attributes: ["transB": .int(1)]))
    #expect(try builder.build().graph.embeddingTables.isEmpty)
  }

  @Test func averageLookupsArePerSample() throws {
    var builder = GraphBuilder(name: "g")
    builder.serving = Serving(averageLookups: ["t": 1.25])
    builder.output(
      builder.add(
        "SparseLengthsSum",
        [
          builder.constant("t", .float32, [10, 4]), builder.input("i", .int64, [32]),
          builder.input("l", .int32, [8]),
        ], domain: "glow"))
    #expect(try builder.build().graph.embeddingTables[0].averageLookups == 10)
    builder.serving = Serving(averageLookups: ["t": 5])
    #expect(try builder.build().findings.contains { $0.field == "t" })
  }
}

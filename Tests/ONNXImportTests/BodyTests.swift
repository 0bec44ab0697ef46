import Graph
import ONNXImport
import ONNXSchema
import Testing

/// If, Loop and Scan.
@Suite struct BodyTests {
  private func scalar(_ name: String, _ type: Onnx_TensorProto.DataType) -> Onnx_ValueInfoProto {
    Messages.value(name, [], type: type)
  }

  private func truth(_ name: String) -> Onnx_TensorProto {
    var tensor = Messages.tensor(name, [], type: .bool)
    tensor.int32Data = [1]
    return tensor
  }

  @Test func loopMultipliesItsBodyByAKnownTripCount() throws {
    let body = Messages.graph(
      [
        Messages.node("MatMul", ["state", "w"], ["next"]), Messages.node("Identity", ["c"], ["c2"]),
        Messages.node("Relu", ["next"], ["slice"]),
      ],
      inputs: [scalar("i", .int64), scalar("c", .bool), Messages.value("state", [4, 8])],
      outputs: ["c2", "next", "slice"])
    var trips = Messages.tensor("trips", [], type: .int64)
    trips.int64Data = [5]
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node(
            "Loop", ["trips", "go", "x"], ["last", "all"], name: "loop",
            attributes: [Messages.attribute("body", body: body)])
        ], inputs: [Messages.value("x", [4, 8])], outputs: ["all"],
        constants: [trips, truth("go"), Messages.tensor("w", [8, 8])]))
    let graph = try model.load().graph
    let loop = try #require(graph.node("loop"))
    #expect(loop.work.matrixOperations == 5 * 2 * 4 * 8 * 8)
    #expect(loop.work.vectorOperations == 5 * 32)
    #expect(loop.work.kind == .matrix)
    #expect(graph.shape("last") == [4, 8])
    #expect(graph.shape("all") == [5, 4, 8])
    #expect(loop.inputs.compactMap { $0 }.contains { graph[$0].name == "w" })
  }

  @Test func branchThatCannotBeTakenIsNoError() throws {
    let fits = Messages.graph([Messages.node("MatMul", ["x", "w"], ["a"])], outputs: ["a"])
    let fails = Messages.graph([Messages.node("MatMul", ["x", "v"], ["b"], name: "off")], outputs: ["b"])
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node(
            "If", ["flag"], ["y"], name: "if",
            attributes: [
              Messages.attribute("then_branch", body: fits), Messages.attribute("else_branch", body: fails),
            ])
        ], inputs: [scalar("flag", .bool), Messages.value("x", [4, 8])], outputs: ["y"],
        constants: [Messages.tensor("w", [8, 2]), Messages.tensor("v", [7, 2])]))
    let loaded = try model.load()
    #expect(loaded.graph.shape("y") == [4, 2])
    #expect(loaded.findings.contains { $0.severity == .warning && $0.node == "off" })
  }

  @Test func scanRunsOverItsSequence() throws {
    let body = Messages.graph(
      [Messages.node("Add", ["s", "e"], ["s2"]), Messages.node("Relu", ["s2"], ["o"])],
      inputs: [Messages.value("s", [8]), Messages.value("e", [8])], outputs: ["s2", "o"])
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node(
            "Scan", ["x0", "xs"], ["final", "os"], name: "scan",
            attributes: [Messages.attribute("body", body: body), Messages.attribute("num_scan_inputs", 1)])
        ], inputs: [Messages.value("x0", [8]), Messages.value("xs", [7, 8])], outputs: ["os"]))
    let graph = try model.load().graph
    #expect(graph.shape("final") == [8] && graph.shape("os") == [7, 8])
    #expect(graph.node("scan")?.work.vectorOperations == 7 * 16)
  }

  @Test func ifCostsItsHeavierBranchAndCapturesOuterValues() throws {
    let light = Messages.graph([Messages.node("Relu", ["x"], ["a"])], outputs: ["a"])
    let heavy = Messages.graph([Messages.node("MatMul", ["x", "w"], ["b"])], outputs: ["b"])
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node(
            "If", ["flag"], ["y"], name: "if",
            attributes: [
              Messages.attribute("then_branch", body: light), Messages.attribute("else_branch", body: heavy),
            ])
        ], inputs: [scalar("flag", .bool), Messages.value("x", [4, 8])], outputs: ["y"],
        constants: [Messages.tensor("w", [8, 8])]))
    let graph = try model.load().graph
    #expect(graph.shape("y") == [4, 8])
    #expect(graph.node("if")?.work.matrixOperations == 2 * 4 * 8 * 8)
    #expect(graph.node("if")?.inputs.compactMap { $0.map { graph[$0].name } } == ["flag", "w", "x"])
  }

  /// A decoder whose cache grows by one entry a pass: products of length 1, 2, ... with the cache.
  private func growingLoop(
    trips: Onnx_TensorProto?, condition: String = "c", cacheShape: [Messages.Size]? = nil
  ) -> Onnx_ModelProto {
    let body = Messages.graph(
      [
        Messages.node("Concat", ["cache", "h"], ["grown"], attributes: [Messages.attribute("axis", 0)]),
        Messages.node("Transpose", ["grown"], ["turned"]),
        Messages.node("MatMul", ["h", "turned"], ["scores"]),
        Messages.node("MatMul", ["scores", "grown"], ["next"]),
        Messages.node("ReduceMax", ["next"], ["top"]), Messages.node("Less", ["top", "end"], ["less"]),
        Messages.node("Identity", [condition], ["c2"]),
      ],
      inputs: [
        scalar("i", .int64), scalar("c", .bool), Messages.value("h", [1, 8]),
        Messages.value("cache", [.name("t"), .size(8)]),
      ],
      outputs: ["c2", "next", "grown"])
    var graph = Messages.graph(
      [
        Messages.node(
          "Loop", ["trips", "go", "x", "start"], ["last", "all"], name: "decoder",
          attributes: [Messages.attribute("body", body: body)]),
        Messages.node("Relu", ["all"], ["y"]),
      ], inputs: [Messages.value("x", [1, 8]), Messages.value("start", [2, 8])], outputs: ["y"],
      constants: [truth("go"), Messages.ints("end", [9])] + (trips.map { [$0] } ?? []))
    if trips == nil { graph.input.append(scalar("trips", .int64)) }
    if let cacheShape { graph.valueInfo = [Messages.value("all", cacheShape)] }
    return Messages.model(graph)
  }

  private func count(_ value: Int64) -> Onnx_TensorProto {
    var trips = Messages.tensor("trips", [], type: .int64)
    trips.int64Data = [value]
    return trips
  }

  /// Two products of 2 x 8 x length operations each, over lengths 3, 4, ... for as many passes as `passes`.
  private func work(passes: Int) -> Int { (0..<passes).reduce(0) { $0 + 2 * 2 * 8 * (3 + $1) } }

  @Test(arguments: [0, 1, 2, 3, 4, 7, 8, 9, 100, 100_000])
  func stateThatGrowsCostsWhatEveryPassCosts(passes: Int) throws {
    let loaded = try growingLoop(trips: count(Int64(passes))).load()
    #expect(loaded.findings.isEmpty)
    #expect(loaded.graph.shape("y") == [2 + passes, 8])
    #expect(loaded.graph.node("decoder")?.work.matrixOperations == work(passes: passes))
  }

  @Test(arguments: [(10, 1024), (1000, nil)] as [(Int64, Int?)])
  func stateThatDoublesIsFollowedUntilItIsTooLarge(passes: Int64, rows: Int?) throws {
    let body = Messages.graph(
      [
        Messages.node("Concat", ["s", "s"], ["s2"], attributes: [Messages.attribute("axis", 0)]),
        Messages.node("Identity", ["c"], ["c2"]),
      ],
      inputs: [scalar("i", .int64), scalar("c", .bool), Messages.value("s", [.open, .size(8)])],
      outputs: ["c2", "s2"])
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node(
            "Loop", ["trips", "go", "x"], ["y"], attributes: [Messages.attribute("body", body: body)])
        ], inputs: [Messages.value("x", [1, 8])], outputs: ["y"], constants: [count(passes), truth("go")]))
    guard let rows else {
      let error = #expect(throws: LoadError.self) { try model.load() }
      #expect(error?.problems.count == 1 && error?.description.contains("is not usable") == true)
      return
    }
    #expect(try model.load().graph.shape("y") == [rows, 8])
  }

  @Test func growingStateAsksForTheTripCount() throws {
    let model = growingLoop(trips: nil)
    let error = #expect(throws: LoadError.self) { try model.load() }
    #expect(error?.reason == .unboundDimensions)
    #expect(error?.description.contains("--dim decoder:trips=N") == true)
    let graph = try model.load(["decoder:trips": 5]).graph
    #expect(graph.shape("y") == [7, 8])
    #expect(graph.node("decoder")?.work.matrixOperations == work(passes: 5))
  }

  @Test func declaredShapeBehindALoopGivesItsTripCount() throws {
    let model = growingLoop(trips: nil, cacheShape: [.name("total"), .size(8)])
    let graph = try model.load(["total": 12]).graph
    #expect(graph.shape("y") == [12, 8])
    #expect(graph.node("decoder")?.work.matrixOperations == work(passes: 10))
  }

  @Test func loopThatMayEndEarlyIsAnUpperBoundWithAFinding() throws {
    let loaded = try growingLoop(trips: count(4), condition: "less").load()
    #expect(loaded.graph.shape("y") == [6, 8])
    #expect(loaded.findings.contains { $0.node == "decoder" && $0.message.contains("the most there can be") })
    let bound = try growingLoop(trips: count(4), condition: "less").load(["decoder:trips": 3])
    #expect(bound.graph.shape("y") == [5, 8] && bound.findings.isEmpty)
  }

  /// A while loop over the steps of a sequence: its end follows from the sequence's shape.
  @Test func loopWhoseConditionFollowsFromShapesIsCounted() throws {
    let body = Messages.graph(
      [
        Messages.node("Add", ["step", "one"], ["step2"]),
        Messages.node("Less", ["step2", "steps"], ["more"]),
        Messages.node("And", ["more", "more"], ["go2"]),
        Messages.node("Gather", ["xs", "step"], ["x"]), Messages.node("MatMul", ["x", "w"], ["y"]),
      ],
      inputs: [scalar("i", .int64), scalar("c", .bool), scalar("step", .int64)],
      outputs: ["go2", "step2", "y"])
    var (zero, one) = (Messages.tensor("start", [], type: .int64), Messages.tensor("one", [], type: .int64))
    (zero.int64Data, one.int64Data) = ([0], [1])
    var axis = zero
    axis.name = "axis"
    let graph = Messages.graph(
      [
        Messages.node("Shape", ["xs"], ["shape"]), Messages.node("Gather", ["shape", "axis"], ["steps"]),
        Messages.node(
          "Loop", ["most", "go", "start"], ["last", "ys"], name: "loop",
          attributes: [Messages.attribute("body", body: body)]),
      ], inputs: [Messages.value("xs", [.name("length"), .size(2), .size(8)])], outputs: ["ys"],
      constants: [
        count(Int64(Int32.max) + 1).renamed("most"), truth("go"), zero, one, axis,
        Messages.tensor("w", [8, 4]),
      ])
    let loaded = try Messages.model(graph).load(["length": 11])
    #expect(loaded.findings.isEmpty)
    #expect(loaded.graph.shape("ys") == [11, 2, 4])
    #expect(loaded.graph.node("loop")?.work.matrixOperations == 11 * 2 * 2 * 8 * 4)
  }

  @Test func scanOfOperatorSet8HasABatchAxis() throws {
    let body = Messages.graph(
      [Messages.node("Add", ["s", "e"], ["s2"]), Messages.node("MatMul", ["s2", "w"], ["o"])],
      inputs: [Messages.value("s", [8]), Messages.value("e", [8])], outputs: ["s2", "o"])
    func model(lengths: String) -> Onnx_ModelProto {
      Messages.model(
        Messages.graph(
          [
            Messages.node(
              "Scan", [lengths, "x0", "xs"], ["final", "os"], name: "scan",
              attributes: [Messages.attribute("body", body: body), Messages.attribute("num_scan_inputs", 1)])
          ], inputs: [Messages.value("x0", [4, 8]), Messages.value("xs", [4, 50, 8])], outputs: ["os"],
          constants: [Messages.tensor("w", [8, 16]), Messages.ints("lengths", [50, 10, 0, 5])]))
    }
    let graph = try model(lengths: "").load().graph
    #expect(graph.shape("final") == [4, 8] && graph.shape("os") == [4, 50, 16])
    #expect(graph.node("scan")?.work.matrixOperations == 4 * 50 * 2 * 8 * 16)
    let short = try model(lengths: "lengths").load().graph
    #expect(short.shape("os") == [4, 50, 16])
    #expect(short.node("scan")?.work.matrixOperations == 65 * 2 * 8 * 16)
  }

  @Test func branchesOfUnlikeShapesAreAFinding() throws {
    func model(_ elseNode: Onnx_NodeProto) -> Onnx_ModelProto {
      let short = Messages.graph([Messages.node("Relu", ["x"], ["a"])], outputs: ["a"])
      return Messages.model(
        Messages.graph(
          [
            Messages.node(
              "If", ["flag"], ["y"], name: "if",
              attributes: [
                Messages.attribute("then_branch", body: short),
                Messages.attribute("else_branch", body: Messages.graph([elseNode], outputs: ["b"])),
              ])
          ], inputs: [scalar("flag", .bool), Messages.value("x", [4, 8])], outputs: ["y"]))
    }
    let longer = try model(
      Messages.node("Concat", ["x", "x"], ["b"], attributes: [Messages.attribute("axis", 0)])
    ).load()
    #expect(longer.graph.shape("y") == [8, 8])
    #expect(longer.findings.contains { $0.node == "if" && $0.message.contains("is the most it can be") })
    let flat = try model(Messages.node("Flatten", ["x"], ["b"])).load()
    #expect(flat.graph.shape("y") == [4, 8] && flat.findings.isEmpty)
  }

  /// PyTorch's export of an embedding bag: a loop over bags that slices indices, gathers rows and sums them.
  static func bagLoop(bags: Int64, lookups: Int64) -> Onnx_ModelProto {
    func index(_ name: String) -> Onnx_ValueInfoProto { Messages.value(name, [], type: .int64) }
    let body = Messages.graph(
      [
        Messages.node("Gather", ["starts", "i"], ["s"]), Messages.node("Gather", ["ends", "i"], ["e"]),
        Messages.node("Unsqueeze", ["s", "zero"], ["s1"]), Messages.node("Unsqueeze", ["e", "zero"], ["e1"]),
        Messages.node("Slice", ["indices", "s1", "e1", "zero"], ["ids"]),
        Messages.node("Gather", ["table", "ids"], ["rows"]),
        Messages.node(
          "ReduceSum", ["rows", "zero"], ["bag"], attributes: [Messages.attribute("keepdims", 0)]),
        Messages.node("Identity", ["c"], ["c2"]),
      ], inputs: [index("i"), Messages.value("c", [], type: .bool)], outputs: ["c2", "bag"])
    var trips = Messages.tensor("trips", [], type: .int64)
    trips.int64Data = [bags]
    var go = Messages.tensor("go", [], type: .bool)
    go.int32Data = [1]
    let offsets = ["starts", "ends"].map { Messages.value($0, [.size(bags)], type: .int64) }
    return Messages.model(
      Messages.graph(
        [
          Messages.node(
            "Loop", ["trips", "go"], ["pooled"], name: "bag",
            attributes: [Messages.attribute("body", body: body)])
        ], inputs: [Messages.value("indices", [.size(lookups)], type: .int64)] + offsets,
        outputs: ["pooled"],
        constants: [trips, go, Messages.ints("zero", [0]), Messages.tensor("table", [1000, 16])]))
  }

  @Test func loopThatSumsRowsIsAnEmbeddingBag() throws {
    let graph = try Self.bagLoop(bags: 4, lookups: 12).load().graph
    let table = try #require(graph.embeddingTables.first)
    #expect(table.name == "table" && table.rows == 1000 && table.dimension == 16)
    #expect(table.maximumLookups == 12 && table.bags == 4 && table.isPooled)
    #expect(graph.node("bag")?.work.kind == .lookup)
  }
}

extension Onnx_TensorProto {
  fileprivate func renamed(_ name: String) -> Onnx_TensorProto {
    var tensor = self
    tensor.name = name
    return tensor
  }
}

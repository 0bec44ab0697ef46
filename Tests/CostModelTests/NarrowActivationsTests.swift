import CostModel
import Graph
import Hardware
import TestSupport
import Testing

struct NarrowActivationsTests {
  private func model(
    _ graph: Graph, options: CostOptions = CostOptions(), cards: [Card] = [Machine.card(0), Machine.card(1)]
  ) -> CostModel {
    CostModel(graph: graph, system: Machine.system(cards: cards), options: options)
  }

  /// A card with fp16 beside int8, at half its rate.
  private func wideCard() -> Card {
    var card = Machine.card(0)
    card.processor.matrix[.fp16] = EnginePeak(operationsPerSecond: 5e11, sustainedFraction: 0.5)
    return card
  }

  /// Three layers of 100 x 100 for 1000 items, the first with an epilogue.
  private func chain() -> Graph {
    var b = GraphBuilder()
    let x = b.input("x", [1000, 100])
    let y = b.elementwise("relu", "Relu", b.gemm("fc1", x, out: 100))
    b.output(b.gemm("fc3", b.gemm("fc2", y, out: 100), out: 100))
    return b.graph
  }

  private func bytes(_ model: CostModel, _ name: String) throws -> Double {
    try #require(model.cost(of: model.graph.op(name), on: .card(0))).bytes
  }

  private func result(_ model: CostModel, _ name: String) throws -> TensorID {
    try #require(model.graph[model.graph.op(name)].outputs.first ?? nil)
  }

  private func precisions(_ model: CostModel) -> [String: Precision] {
    let rows = CostTable(model).rows.filter { $0.device == "toy" }
    return Dictionary(
      rows.compactMap { row in row.resultPrecision.map { (row.operator, $0) } },
      uniquingKeysWith: { first, _ in first })
  }

  @Test func tensorsBetweenProductsTakeAByteAnElement() throws {
    let (on, off) = (model(chain()), model(chain()).with { $0.without.insert(.narrowActivations) })
    // What comes from the host and goes there is in fp16: 200 kB; between 100 kB; weights 10 kB.
    #expect(try ["fc1", "fc2", "fc3"].map { try bytes(on, $0) } == [310_000, 210_000, 310_000])
    #expect(try ["fc1", "fc2", "fc3"].map { try bytes(off, $0) } == [410_000, 410_000, 410_000])
    let between = try result(on, "relu")
    #expect(on.transferBytes(of: between) == 100_000)
    #expect(off.transferBytes(of: between) == 200_000)
    let layers = [on.graph.op("fc2")]
    #expect(on.peakActivationBytes(of: layers, on: .card(0)) == 200_000)
    #expect(off.peakActivationBytes(of: layers, on: .card(0)) == 400_000)
    // The host keeps its own.
    #expect(on.peakActivationBytes(of: layers, on: .host) == 800_000)
    #expect(on.cost(of: layers[0], on: .host) == off.cost(of: layers[0], on: .host))
    #expect(precisions(on) == ["fc1": .int8, "relu": .int8, "fc2": .int8, "fc3": .fp16])
    #expect(Set(precisions(off).values) == [.fp16])
  }

  /// 2 operations an element of what is not in 8 bits yet: 1,000,000 elements at 50 GFLOPS take 40 us, where the product's 2
  /// million at 0.5 TOPS take 4.
  @Test func productsQuantiseWhatTheyReadInFp16() throws {
    var b = GraphBuilder()
    let y = b.gemm("fc1", b.input("x", [1000, 1000]), out: 1000)
    b.output(b.gemm("fc2", y, out: 1))
    let (on, off) = (model(b.graph), model(b.graph).with { $0.without.insert(.narrowActivations) })
    func compute(_ model: CostModel, _ name: String) throws -> Double {
      try #require(model.cost(of: model.graph.op(name), on: .card(0))).computeSeconds
    }
    #expect(abs(try compute(on, "fc2") - 4e-6) < 1e-15)
    #expect(abs(try compute(off, "fc2") - 40e-6) < 1e-15)
    #expect(try compute(on, "fc1") == compute(off, "fc1"))
    // In fp16 nothing is quantised.
    let wide = model(b.graph, options: CostOptions(cardMatrixPrecision: .fp16), cards: [wideCard()])
    #expect(abs(try compute(wide, "fc2") - 8e-6) < 1e-15)
    #expect(!wide.hasNarrowActivations)
  }

  @Test func whatALayerThatIsKeptReadsAndWritesIsAsWide() throws {
    let kept = [KeptPrecision(precision: .fp16, pattern: "fc2")]
    let model = model(chain(), options: CostOptions(kept: kept), cards: [wideCard()])
    #expect(precisions(model) == ["fc1": .fp16, "relu": .fp16, "fc2": .fp16, "fc3": .fp16])
    // The last one quantises 100,000 elements: 4 us, hidden behind 40 us of its own.
    let first = KeptPrecision(precision: .fp16, pattern: "first")
    let others = self.model(chain(), options: CostOptions(kept: [first]), cards: [wideCard()])
    #expect(precisions(others) == ["fc1": .fp16, "relu": .fp16, "fc2": .int8, "fc3": .fp16])
  }

  @Test func cardsThatDifferAgree() throws {
    var other = Machine.card(1, model: "other")
    other.processor.matrix = [.fp16: EnginePeak(operationsPerSecond: 1e12, sustainedFraction: 0.5)]
    #expect(!model(chain(), cards: [Machine.card(0), other]).hasNarrowActivations)
    let refused = Machine.card(0, unsupported: ["Gemm"])
    #expect(!model(chain(), cards: [refused]).hasNarrowActivations)
  }

  @Test func valuesThatAreMovedKeepTheirWidth() {
    var b = GraphBuilder()
    let x = b.input("x", [100, 100])
    let (l, r) = (b.gemm("left", x, out: 100), b.gemm("right", x, out: 100))
    let joined = b.add("concat", "Concat", [l, r], [100, 200], kind: .movement)
    let view = b.add("view", "Reshape", [joined], [100, 200], kind: .movement, isView: true)
    b.output(b.gemm("last", b.elementwise("pool", "MaxPool", view), out: 10))
    #expect(
      precisions(model(b.graph)) == [
        "left": .int8, "right": .int8, "concat": .int8, "view": .int8, "pool": .int8, "last": .fp16,
      ])
  }

  @Test func whatNormalisationsAndLookUpsReadAndWriteIsWide() {
    var b = GraphBuilder()
    let dense = b.gemm("fc1", b.input("x", [64, 100]), out: 100)
    let normal = b.elementwise("normal", "LayerNormalization", dense)
    let rows = b.lookup("t", rows: 1000, dimension: 100, bags: 64, maximum: 640, average: 600)
    let joined = b.add(
      "concat", "Concat", [b.gemm("fc2", normal, out: 100), rows], [64, 200], kind: .movement)
    b.output(b.gemm("fc3", joined, out: 10))
    #expect(!model(b.graph).hasNarrowActivations)
  }

  /// The sum of a residual block takes the width of what reads it; what is added may be narrower.
  @Test func sumsAreAsWideAsTheirReaders() {
    var b = GraphBuilder()
    let skip = b.gemm("fc1", b.input("x", [100, 100]), out: 100)
    let sum = b.elementwise("add", "Add", b.gemm("fc2", skip, out: 100), skip)
    b.output(b.elementwise("softmax", "Softmax", sum))
    #expect(
      precisions(model(b.graph)) == ["fc1": .int8, "fc2": .fp16, "add": .fp16, "softmax": .fp16])
    b.output(b.gemm("fc3", sum, out: 100))
    #expect(precisions(model(b.graph))["add"] == .fp16)
  }

  @Test func eightBitsOfFloatingPointAreNotMixedWithInt8() {
    var card = Machine.card(0)
    card.processor.matrix[.fp8] = EnginePeak(operationsPerSecond: 1e12, sustainedFraction: 0.5)
    let kept = [KeptPrecision(precision: .int8, pattern: "last")]
    let model = model(
      chain(), options: CostOptions(cardMatrixPrecision: .fp8, kept: kept), cards: [card])
    #expect(precisions(model) == ["fc1": .fp8, "relu": .fp8, "fc2": .fp16, "fc3": .fp16])
  }

  /// No operator takes longer and no tensor is larger.
  @Test(arguments: 0..<30) func isNeverWorse(seed: Int) throws {
    let graph = try SeededModel.graph(seed: UInt64(seed))
    let name = SystemCatalog.names[seed % SystemCatalog.names.count]
    let on = CostModel(graph: graph, system: try SystemCatalog.system(name, cards: 2))
    let off = on.with { $0.without.insert(.narrowActivations) }
    let all = graph.operators.indices.map { OperatorID($0) }
    for op in all {
      let (a, b) = (on.cost(of: op, on: .card(0)), off.cost(of: op, on: .card(0)))
      #expect((a?.bytes ?? 0) <= (b?.bytes ?? 0))
    }
    func seconds(_ model: CostModel) -> Double {
      all.reduce(0) { $0 + (model.cost(of: $1, on: .card(0))?.seconds ?? 0) }
    }
    #expect(seconds(on) <= seconds(off) * (1 + 1e-12))
    #expect(
      on.peakActivationBytes(of: all, on: .card(0)) <= off.peakActivationBytes(of: all, on: .card(0)))
  }
}

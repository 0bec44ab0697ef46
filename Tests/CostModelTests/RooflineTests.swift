import CostModel
import Graph
import Hardware
import Testing

/// Every formula of the roofline against numbers worked out by hand on ``Machine``.
struct RooflineTests {
  private static func near(_ a: Double?, _ b: Double) -> Bool {
    guard let a else { return false }
    return abs(a - b) <= 1e-12 * max(abs(a), abs(b)) + 1e-18
  }

  @Test func computeBound() throws {
    var b = GraphBuilder()
    // 2 x 1000 x 500 x 500 = 500 M operations at 0.5 TOPS: 1 ms. 250 kB of int8 weights fit the SRAM.
    b.output(b.gemm("fc", b.input("x", [1000, 500]), out: 500))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("fc"), on: .card(0)))
    #expect(Self.near(cost.computeSeconds, 1e-3))
    #expect(Self.near(cost.launchSeconds, 1e-6))
    #expect(Self.near(cost.seconds, 1.001e-3))
    #expect(cost.limit == .compute)
  }

  @Test func activationsThatDoNotFitGoThroughDRAM() throws {
    var b = GraphBuilder()
    // fp16 activations: (1000 x 500 + 1000 x 500) x 2 = 2 MB, more than half of the SRAM: 2 MB / 8 GB/s = 0.25 ms.
    b.output(b.gemm("fc", b.input("x", [1000, 500]), out: 500))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("fc"), on: .card(0)))
    // Peak activations are all of the 2 MB, so weights may use half of the SRAM: 250 kB fit.
    #expect(Self.near(cost.dramSeconds, 0.25e-3))
    // SRAM: (250 kB + 2 MB) / 500 GB/s.
    #expect(Self.near(cost.sramSeconds, 4.5e-6))
  }

  @Test func weightsThatDoNotFitAreStreamed() throws {
    var b = GraphBuilder()
    // 2000 x 2000 int8 weights = 4 MB; activations 2000 x 2 B in and out = 8 kB.
    b.output(b.gemm("fc", b.input("x", [1, 2000]), out: 2000))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("fc"), on: .card(0)))
    // (1 MB - 8 kB) / 4 MB stay: share 0.248; 4 MB x 0.752 / 8 GB/s = 376 us.
    #expect(Self.near(model.residentShare(of: [b.graph.op("fc")], on: .card(0)), 0.248))
    #expect(Self.near(cost.dramSeconds, 376e-6))
    #expect(cost.limit == .dram)
    // 8 M operations at 0.5 TOPS.
    #expect(Self.near(cost.computeSeconds, 16e-6))
    let kept = try #require(
      model.cost(of: b.graph.op("fc"), on: .card(0), residentShare: 1))
    #expect(abs(kept.dramSeconds) < 1e-12)
    #expect(kept.limit == .compute)
  }

  @Test func sramBound() throws {
    var b = GraphBuilder()
    // A copy of 200 kB (fp16) in and out: 400 kB / 500 GB/s = 0.8 us, below the launch of 1 us.
    let x = b.input("x", [100, 1000])
    b.output(b.add("copy", "Transpose", [x], [1000, 100], kind: .movement))
    var card = Machine.card(0)
    card.processor.launchSeconds = 0.5e-6
    let model = CostModel(graph: b.graph, system: Machine.system(cards: [card]))
    let cost = try #require(model.cost(of: b.graph.op("copy"), on: .card(0)))
    #expect(Self.near(cost.sramSeconds, 0.8e-6))
    #expect(cost.dramSeconds == 0)
    #expect(cost.limit == .sram)
    #expect(Self.near(cost.seconds, 1.3e-6))
  }

  @Test func launchBound() throws {
    var b = GraphBuilder()
    b.output(b.elementwise("relu", "Relu", b.input("x", [10])))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("relu"), on: .card(1)))
    #expect(cost.limit == .launch)
    // 10 operations at 50 GFLOPS.
    #expect(Self.near(cost.computeSeconds, 0.2e-9))
  }

  @Test func withoutSRAMEverythingComesFromDRAM() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [1, 2000]), out: 2000))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("fc"), on: .host))
    // fp32 on the host: (16 MB + 16 kB) / 8 GB/s.
    #expect(Self.near(cost.dramSeconds, 2.002e-3))
    #expect(cost.sramSeconds == 0)
    #expect(cost.limit == .dram)
  }

  @Test func coresScaleComputeAndSRAMOnly() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [1000, 500]), out: 500))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("fc"), on: .card(0), coreFraction: 0.25))
    #expect(Self.near(cost.computeSeconds, 4e-3))
    #expect(Self.near(cost.sramSeconds, 18e-6))
    #expect(Self.near(cost.dramSeconds, 0.25e-3))
    #expect(Self.near(cost.launchSeconds, 1e-6))
  }

  @Test func enginesOverlapOnACardAndNotOnTheHost() throws {
    var b = GraphBuilder()
    let x = b.input("x", [10, 10])
    b.output(
      b.add("op", "LSTM", [x], [10, 10], kind: .matrix, matrixOperations: 500_000, vectorOperations: 150_000))
    let model = CostModel(graph: b.graph, system: Machine.system())
    // Matrix 1 us, vector 3 us and 4 ns to quantise x; on the host 10 us and 3 us.
    #expect(Self.near(try #require(model.cost(of: b.graph.op("op"), on: .card(0))).computeSeconds, 3.004e-6))
    #expect(Self.near(try #require(model.cost(of: b.graph.op("op"), on: .host)).computeSeconds, 13e-6))
  }

  @Test func aPrecisionTheEngineLacksBecomesTheNextWider() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [1000, 500]), out: 500))
    let op = b.graph.op("fc")
    let int4 = CostModel(
      graph: b.graph, system: Machine.system(), options: CostOptions(cardMatrixPrecision: .int4))
    #expect(int4.weightBytes(of: op, on: .card(0)) == 250_000)
    // Nothing is wider than int8: the widest there is serves.
    let fp32 = CostModel(
      graph: b.graph, system: Machine.system(), options: CostOptions(cardMatrixPrecision: .fp32))
    #expect(Self.near(try #require(fp32.cost(of: op, on: .card(0))).computeSeconds, 1e-3))
  }

  @Test func viewsCostNothing() throws {
    var b = GraphBuilder()
    b.output(b.add("view", "Reshape", [b.input("x", [10, 10])], [100], kind: .movement, isView: true))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("view"), on: .card(0)))
    #expect(cost.seconds == 0)
    #expect(cost.limit == .none)
  }

  @Test func aCopyReadsAtMostWhatItWrites() throws {
    var b = GraphBuilder()
    let x = b.input("x", [100, 100])
    b.output(b.add("slice", "Slice", [x], [10, 100], kind: .movement))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("slice"), on: .card(0)))
    // 2 kB read, 2 kB written at 500 GB/s.
    #expect(Self.near(cost.sramSeconds, 8e-9))
  }

  @Test func unknownOperatorsCostTheirBytes() throws {
    var b = GraphBuilder()
    let x = b.input("x", [100, 100])
    b.output(b.add("odd", "Mystery", [x], [100, 100], kind: .unknown))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("odd"), on: .card(0)))
    #expect(Self.near(cost.sramSeconds, 80e-9))
    #expect(cost.computeSeconds == 0)
  }

  @Test func unsupportedOperatorsStayOnTheHost() {
    var b = GraphBuilder()
    b.output(b.add("nms", "NonMaxSuppression", [b.input("x", [10])], [3], kind: .vector))
    let cards = [Machine.card(0, model: "less", unsupported: ["NonMaxSuppression"]), Machine.card(1)]
    let model = CostModel(graph: b.graph, system: Machine.system(cards: cards))
    let op = b.graph.op("nms")
    #expect(!model.supports(op, card: 0))
    #expect(model.cost(of: op, on: .card(0)) == nil)
    #expect(model.supports(op, card: 1))
    #expect(model.supports(op, on: .host))
    #expect(!model.supports(op, card: 2))
  }

  @Test func measuredTimesReplaceTheModel() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [1000, 500]), out: 500))
    var options = CostOptions()
    options.measured = try MeasuredCosts([.init(operator: "fc", device: "toy", seconds: 5e-3)])
    let model = CostModel(graph: b.graph, system: Machine.system(), options: options)
    let op = b.graph.op("fc")
    let cost = try #require(model.cost(of: op, on: .card(1)))
    #expect(cost.seconds == 5e-3)
    #expect(cost.limit == .measured)
    #expect(Self.near(cost.computeSeconds, 1e-3))
    // Half of the cores: the model says (2 ms + 1 us) / (1 ms + 1 us) as long.
    let half = try #require(model.cost(of: op, on: .card(1), coreFraction: 0.5))
    #expect(Self.near(half.seconds, 5e-3 * 2.001 / 1.001))
    #expect(try #require(model.cost(of: op, on: .host)).limit != .measured)
  }

  @Test func badMeasurementsAreAllListed() {
    let error = #expect(throws: MeasuredCosts.Problem.self) {
      try MeasuredCosts([
        .init(operator: "a", device: "d", seconds: -1),
        .init(operator: "b", device: "d", seconds: .nan),
        .init(operator: "c", device: "d", seconds: 1), .init(operator: "c", device: "d", seconds: 2),
      ])
    }
    #expect(
      error?.messages == [
        "measurement 0 (a on d): seconds must be 0 or more, found -1.0",
        "measurement 1 (b on d): seconds must be 0 or more, found nan",
        "measurement 3 (c on d): is listed twice",
      ])
  }

  @Test func transfersPayCommandsAndBytes() {
    var b = GraphBuilder()
    let x = b.input("x", [1000])
    let i = b.input("i", [1000], .int64)
    b.output(b.elementwise("relu", "Relu", x))
    b.output(b.elementwise("neg", "Neg", i))
    let model = CostModel(graph: b.graph, system: Machine.system())
    // 3 x 10 us + 8 MB / 0.8 GB/s.
    #expect(Self.near(model.transferSeconds(bytes: 8_000_000, commands: 3, link: Machine.link), 10.03e-3))
    #expect(model.transferBytes(of: x) == 2000)
    #expect(model.transferBytes(of: i) == 8000)
  }
}

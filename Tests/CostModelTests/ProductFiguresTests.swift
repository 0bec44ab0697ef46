import CostModel
import Graph
import Hardware
import Testing

/// What small and shallow matrix products reach, and what a cache saves, against numbers worked out by hand on ``Machine``.
struct ProductFiguresTests {
  private static func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(abs(a), abs(b)) }

  private static func cost(_ shape: [Int], out: Int, change: (inout Processor) -> Void) throws -> OperatorCost
  {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", shape), out: out))
    var card = Machine.card(0, sram: false)
    change(&card.processor)
    let costs = CostModel(graph: b.graph, system: Machine.system(cards: [card]))
    return try #require(costs.cost(of: OperatorID(0), on: .card(0)))
  }

  /// Seconds before an operator runs, on a card with kernels of their own that quantise.
  private static func launch(_ name: String, in graph: Graph) throws -> Double {
    var card = Machine.card(0, sram: false)
    card.processor.products = [
      .int8: ProductFigures(
        halfResults: 0, halfDepth: 0, launchSeconds: 2e-6, quantiseSeconds: 7e-6, quantiseBytes: 3)
    ]
    let costs = CostModel(graph: graph, system: Machine.system(cards: [card]))
    return try #require(costs.cost(of: graph.op(name), on: .card(0))).launchSeconds
  }

  @Test func sharesOfThePeak() throws {
    // 64 x 100 results of depth 300: 6400 / (6400 + 19200) x 300 / (300 + 100) of 0.5 TOPS.
    let figures = ProductFigures(halfResults: 19_200, halfDepth: 100, launchSeconds: 5e-6)
    let cost = try Self.cost([64, 300], out: 100) { $0.products = [.int8: figures] }
    let atPeak = 3_840_000 / 0.5e12
    #expect(Self.near(cost.computeSeconds, atPeak / 0.25 / 0.75))
    #expect(cost.launchSeconds == 5e-6)
    // Figures of another precision than the engine's say nothing.
    let other = try Self.cost([64, 300], out: 100) { $0.products = [.fp16: figures] }
    #expect(Self.near(other.computeSeconds, atPeak) && other.launchSeconds == 1e-6)
    #expect(ProductFigures(halfResults: 0, halfDepth: 0, launchSeconds: 0).share(results: 1, depth: 1) == 1)
    #expect(figures.share(results: 0, depth: 0) == 1)
  }

  /// The first product quantises what comes from the host, once for both that read it; the next reads what it wrote in int8.
  @Test func kernelsThatQuantiseAreCountedWhereSomethingIsQuantised() throws {
    var b = GraphBuilder()
    let x = b.input("x", [64, 300])
    b.output(b.gemm("fc2", b.gemm("fc1", x, out: 100), out: 50))
    b.output(b.gemm("other", x, out: 50))
    func launch(_ name: String) throws -> Double { try Self.launch(name, in: b.graph) }
    #expect(try Self.near(launch("fc1"), 9e-6 + 64 * 300 * 3 / 8e9))
    #expect(try launch("fc2") == 2e-6 && launch("other") == 2e-6)
  }

  /// What a kernel computed, a normalisation here, it writes narrow as well, whatever renames it; what another only moved does not.
  @Test func whatWasComputedIsQuantisedByTheKernelThatWroteIt() throws {
    var b = GraphBuilder()
    let x = b.input("x", [1, 64, 300])
    let normal = b.add(
      "norm", "LayerNormalization", [x], [1, 64, 300], kind: .vector, vectorOperations: 153_600)
    let renamed = b.add("view", "Reshape", [normal], [64, 300], kind: .movement, isView: true)
    b.output(b.gemm("renamed", renamed, out: 100))
    let turned = b.add("turn", "Transpose", [b.input("y", [300, 64])], [64, 300], kind: .movement)
    b.output(b.gemm("moved", turned, out: 100))
    func launch(_ name: String) throws -> Double { try Self.launch(name, in: b.graph) }
    #expect(try launch("renamed") == 2e-6)
    #expect(try Self.near(launch("moved"), 9e-6 + 64 * 300 * 3 / 8e9))
  }

  /// Products whose weights alone are in few bits reach what their class says, others what products of any size do.
  @Test func weightsInFewBitsAreClassesOfTheirOwn() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [64, 300]), out: 100))
    var card = Machine.card(0, sram: false)
    card.processor.classes = [
      .product4BitWeights: ClassFigures(
        efficiency: 0.5, halfResults: 0, halfDepth: 0, bandwidthShare: 0.5, launchSeconds: 9e-6)
    ]
    func launch(_ words: String...) throws -> Double {
      let kept = try words.map { try #require(KeptPrecision(word: $0, pattern: "fc")) }
      let costs = CostModel(
        graph: b.graph, system: Machine.system(cards: [card]), options: CostOptions(kept: kept))
      return try #require(costs.cost(of: OperatorID(0), on: .card(0))).launchSeconds
    }
    #expect(try launch("w4a16") == 9e-6)
    #expect(try launch("w8a16") == 1e-6 && launch("fp16") == 1e-6 && launch() == 1e-6)
  }

  @Test func whatFitsTheCacheMovesFaster() throws {
    // 64 x 300 and 64 x 100 activations of two bytes, 30,000 weights of one: 81,200 bytes.
    let plain = try Self.cost([64, 300], out: 100) { _ in }
    #expect(Self.near(plain.dramSeconds, 81_200 / 8e9))
    let fits = try Self.cost([64, 300], out: 100) { $0.cache = Cache(bytes: 116_001, speedup: 2) }
    #expect(Self.near(fits.dramSeconds, 81_200 / 16e9))
    let tooLarge = try Self.cost([64, 300], out: 100) { $0.cache = Cache(bytes: 115_990, speedup: 2) }
    #expect(tooLarge.dramSeconds == plain.dramSeconds)
  }

  @Test func figuresAreReadFromDescriptions() throws {
    let processor = try #require(try SystemCatalog.system("h100-sxm").cards.first).processor
    #expect(
      processor.products?[.bf16]?.halfDepth == 129 && processor.products?[.fp8]?.launchSeconds == 2.58e-6)
    #expect(processor.cache?.bytes == 50 << 20 && processor.sram == nil)
    let description = try SystemCatalog.description("h100-sxm")
    func changed(_ path: String, _ value: String) throws {
      _ = try description.changed(by: .init(path: path, value: value))
    }
    try changed("card.matrixHalfResults.bf16", "1000")
    #expect(throws: SystemError.self) { try changed("card.cacheSpeedup", "0.5") }
    #expect(throws: SystemError.self) { try changed("card.matrixHalfDepth.fp8", "-1") }
    #expect(
      Self.near(processor.products?[.fp8]?.quantiseSeconds ?? 0, 9.96e-6)
        && processor.products?[.fp8]?.quantiseBytes == 3)
    #expect(throws: SystemError.self) { try changed("card.matrixQuantiseMicroseconds.fp8", "-1") }
  }
}

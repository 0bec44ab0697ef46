import Graph
import Hardware
import Testing

@testable import CostModel

/// What classes of operators reach, against numbers worked out by hand on ``Machine``, whose host has 10 cores of 100 GFLOPS
/// together and 10 GB/s.
struct ClassFiguresTests {
  private static func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(abs(a), abs(b)) }

  private static func costs(
    _ graph: Graph, _ classes: [OperatorClass: ClassFigures], sram: Bool = false
  ) -> CostModel {
    var system = Machine.system()
    system.host.processor.classes = classes
    if sram { system.host.processor.sram = Machine.processor().sram }
    return CostModel(graph: graph, system: system)
  }

  @Test func arithmeticSaturatesWithSizeAndDepth() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [64, 300]), out: 100))
    let figures = ClassFigures(
      efficiency: 0.8, halfResults: 1920, halfDepth: 100, bandwidthShare: 0.25, launchSeconds: 5e-6)
    let costs = Self.costs(b.graph, [.product: figures])
    let cost = try #require(costs.cost(of: OperatorID(0), on: .host))
    // 6,400 results against 1,920 a core on 10 cores: 0.25; depth 300 against 100: 0.75.
    #expect(Self.near(cost.computeSeconds, 3_840_000 / (100e9 * 0.8 * 0.25 * 0.75)))
    // (19,200 + 6,400 + 30,000) x 4 bytes at a quarter of 10 GB/s.
    #expect(Self.near(cost.dramSeconds, 222_400 / 2.5e9))
    #expect(cost.launchSeconds == 5e-6)
    // Other classes, and devices without figures, count as before.
    let card = try #require(costs.cost(of: OperatorID(0), on: .card(0)))
    #expect(card.launchSeconds == 1e-6)
    let other = try #require(Self.costs(b.graph, [.softmax: figures]).cost(of: OperatorID(0), on: .host))
    #expect(Self.near(other.computeSeconds, 3_840_000 / 50e9) && other.launchSeconds == 1e-6)
  }

  /// Shares above 1 speed up on-chip memory alone: no DRAM is faster than its data sheet.
  @Test func sharesOfBandwidth() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [1, 1000]), out: 1000))
    let figures = ClassFigures(
      efficiency: 1, halfResults: 0, halfDepth: 0, bandwidthShare: 2, launchSeconds: 0)
    let cost = try #require(
      Self.costs(b.graph, [.product: figures], sram: true).cost(of: OperatorID(0), on: .host))
    let bytes = 4.0 * (1_000_000 + 2000)
    // 1 MB at 1 TB/s; half of it is left to 4 MB of weights.
    #expect(Self.near(cost.sramSeconds, bytes / 2e12))
    let resident = (1e6 - 8000) / 4e6
    #expect(Self.near(cost.dramSeconds, 4e6 * (1 - resident) / 10e9))
    #expect(figures.efficiency(results: 0, depth: 0, cores: 1) == 1)
  }

  @Test func classesFollowFromShapes() {
    func kind(_ kernel: KernelKind, _ inputs: [[Int]?], _ output: [Int], order: [Int]? = nil) -> OperatorClass
    {
      KernelShape(
        kernel, matrixOperations: 0, vectorOperations: 0, inputs: inputs, outputs: [output], order: order
      ).operatorClass
    }
    let image = [1, 32, 56, 56]
    #expect(kind(.convolution, [image, [64, 32, 1, 1]], [1, 64, 56, 56]) == .pointwiseConvolution)
    #expect(kind(.convolution, [image, [64, 32, 3, 3]], [1, 64, 56, 56]) == .convolution)
    #expect(kind(.convolution, [image, [32, 1, 3, 3]], image) == .depthwiseConvolution)
    #expect(kind(.convolution, [image, [64, 8, 3, 3]], [1, 64, 56, 56]) == .groupedConvolution)
    #expect(kind(.convolution, [[1, 3, 8, 56, 56], [64, 3, 3, 3, 3]], image) == .volumetricConvolution)
    #expect(kind(.convolution, [image, nil], image) == .convolution)
    #expect(kind(.product, [[4, 8], [8, 8]], [4, 8]) == .product)
    #expect(kind(.product, [[2, 4, 8], [2, 8, 8]], [2, 4, 8]) == .batchedProduct)
    #expect(kind(.attention, [[1, 8, 1, 64]], [1, 8, 1, 64]) == .attentionDecode)
    #expect(kind(.attention, [[1, 128, 512]], [1, 128, 512]) == .attentionPrefill)
    #expect(kind(.transposition, [[2, 3, 4]], [3, 2, 4], order: [1, 0, 2]) == .outerTransposition)
    #expect(kind(.transposition, [[2, 3, 4]], [2, 4, 3], order: [0, 2, 1]) == .innerTransposition)
    // An axis of one element moves nothing.
    #expect(kind(.transposition, [[1, 3, 4]], [3, 1, 4], order: [1, 0, 2]) == .copy)
    #expect(kind(.transposition, [[2, 3, 4]], [2, 4, 3]) == .innerTransposition)
    #expect(kind(.transposition, [[2, 2]], [2, 2], order: [7, 0]) == .innerTransposition)
  }

  /// Rows of normalisations, Softmax, reductions and pooling are worked on by themselves: short ones reach less.
  @Test func rowsHaveADepth() throws {
    func depth(_ kernel: KernelKind, _ inputs: [[Int]?], _ output: [Int]) -> Double {
      KernelShape(
        kernel, matrixOperations: 0, vectorOperations: 100, inputs: inputs, outputs: [output], order: nil
      ).depth
    }
    #expect(depth(.softmax, [[4, 8, 32]], [4, 8, 32]) == 32)
    #expect(depth(.normalisation, [[4, 8, 32], [8, 32], [8, 32]], [4, 8, 32]) == 256)
    #expect(depth(.normalisation, [[4, 8, 5, 6], [8], [8]], [4, 8, 5, 6]) == 30)
    #expect(depth(.normalisation, [[4]], [4]) == 4)
    #expect(depth(.reduction, [[4, 8, 32]], [4, 8, 1]) == 32)
    #expect(depth(.pooling, [[1, 8, 8, 8]], [1, 8, 4, 4]) == 4)
    #expect(depth(.softmax, [nil], [4]) == 0 && depth(.arithmetic, [[4, 8]], [4, 8]) == 0)
    let figures = ClassFigures(
      efficiency: 1, halfResults: 0, halfDepth: 32, bandwidthShare: 1, launchSeconds: 0)
    var seconds: [Double] = []
    for shape in [[64, 32], [32, 64]] {
      var b = GraphBuilder()
      b.output(
        b.add("softmax", "Softmax", [b.input("x", shape)], shape, kind: .vector, vectorOperations: 10_000))
      let costs = Self.costs(b.graph, [.softmax: figures])
      seconds.append(try #require(costs.cost(of: OperatorID(0), on: .host)).computeSeconds)
    }
    #expect(Self.near(seconds[0], 10_000 / (100e9 * 0.5)) && Self.near(seconds[1], 10_000 / (100e9 * 2 / 3)))
  }

  /// Shares were fitted in 16 bits; where the engine sustains less in 8, classes reach less by as much.
  @Test func narrowPrecisionsLoseWhatTheEngineLoses() throws {
    var b = GraphBuilder()
    b.output(b.gemm("fc", b.input("x", [64, 300]), out: 100))
    let figures = ClassFigures(
      efficiency: 0.8, halfResults: 0, halfDepth: 0, bandwidthShare: 1, launchSeconds: 0)
    func seconds(_ sustained: Double, _ precision: Precision) throws -> Double {
      var system = Machine.system()
      system.cards[0].processor.matrix = [
        .int8: EnginePeak(operationsPerSecond: 1e12, sustainedFraction: sustained),
        .fp16: EnginePeak(operationsPerSecond: 0.5e12, sustainedFraction: 0.6),
      ]
      system.cards[0].processor.classes = [.product: figures]
      let costs = CostModel(
        graph: b.graph, system: system, options: CostOptions(cardMatrixPrecision: precision))
      return try #require(costs.cost(of: OperatorID(0), on: .card(0))).computeSeconds
    }
    #expect(Self.near(try seconds(0.3, .fp16), 3_840_000 / (0.5e12 * 0.8)))
    #expect(Self.near(try seconds(0.3, .int8), 3_840_000 / (1e12 * 0.8 * 0.5)))
    #expect(Self.near(try seconds(0.9, .int8), 3_840_000 / (1e12 * 0.8)))
  }

  @Test func groupsAreProductsOfTheirOwn() {
    let shape = KernelShape(
      .convolution, matrixOperations: 2 * 64 * 56 * 56 * 72, vectorOperations: 0,
      inputs: [[1, 32, 56, 56], [64, 8, 3, 3]], outputs: [[1, 64, 56, 56]], order: nil)
    #expect(shape.results == 16 && shape.depth == 72)
  }

  /// Caches that attention gives back are no results that it computes.
  @Test func attentionIsAsDeepWithItsCaches() {
    let query = [8, 64, 1, 128]
    let cache = [8, 8, 2048, 128]
    let scores = 8 * 64 * 2048
    for outputs in [[query], [query, cache, cache]] {
      let shape = KernelShape(
        .attention, matrixOperations: 4 * scores * 128, vectorOperations: 5 * scores,
        inputs: [query, cache, cache], outputs: outputs, order: nil)
      #expect(shape.operatorClass == .attentionDecode)
      #expect(shape.results == 8 * 64 * 128 && shape.depth == 4096)
    }
  }

  /// A recurrent layer pays a launch a step and direction.
  @Test func recurrentLayersGoStepByStep() throws {
    var b = GraphBuilder()
    let x = b.input("x", [20, 1, 16])
    let (w, r) = (b.constant("w", [2, 128, 16]), b.constant("r", [2, 128, 32]))
    b.output(b.add("lstm", "LSTM", [x, w, r], [20, 2, 1, 32], kind: .matrix, matrixOperations: 491_520))
    let shape = KernelShape(b.graph.operators[0], in: b.graph)
    #expect(shape.operatorClass == .recurrent && shape.steps == 40)
    // Four gates of 32 units a step, of depth 16 + 32.
    #expect(shape.results == 40 * 128 && shape.depth == 48)
    let figures = ClassFigures(
      efficiency: 1, halfResults: 0, halfDepth: 0, bandwidthShare: 1, launchSeconds: 1e-6)
    let cost = try #require(Self.costs(b.graph, [.recurrent: figures]).cost(of: OperatorID(0), on: .host))
    #expect(Self.near(cost.launchSeconds, 40e-6))
  }

  @Test func figuresOutOfRangeAreFound() throws {
    let figures = ClassFigures(
      efficiency: 1, halfResults: 8, halfDepth: 2, bandwidthShare: 1, launchSeconds: 3e-6, error: 0.1)
    var system = Machine.system()
    for card in system.cards.indices { system.cards[card].processor.classes = [.product: figures] }
    #expect(system.findings(file: "x").isEmpty)
    system.cards[0].processor.classes?[.product]?.efficiency = -1
    #expect(system.findings(file: "x").map(\.field) == ["cards[0].processor.classes.product.efficiency"])
  }
}

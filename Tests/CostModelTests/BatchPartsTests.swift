import Graph
import Hardware
import Testing

@testable import CostModel

/// A batch whose activations leave the chip runs in parts; see ``Machine`` for its 1 MB of SRAM.
struct BatchPartsTests {
  /// 16 kB of activations an item and layer in int8, 32 kB in fp16 at both ends; 4 kB of weights, so that memory limits.
  private static func costs(
    batch: Int, isStated: Bool = true, sram: Bool = true, cache: Cache? = nil, hostSRAM: Bool = false
  ) -> CostModel {
    var b = GraphBuilder()
    var x = b.input("x", [batch, 64, 16, 16])
    for layer in 0..<4 { x = b.conv("conv\(layer)", x, channels: 64, kernel: 1) }
    b.output(x)
    var graph = b.graph
    if isStated { graph.serving.batch = batch }
    var system = Machine.system(cards: [Machine.card(0, sram: sram)])
    system.cards[0].processor.cache = cache
    if hostSRAM { system.host.processor.sram = Machine.processor().sram }
    return CostModel(graph: graph, system: system)
  }

  private static func seconds(_ costs: CostModel, _ place: Location = .card(0)) throws -> Double {
    try costs.graph.operators.indices.reduce(0) {
      $0 + (try #require(costs.cost(of: OperatorID($1), on: place)).seconds)
    }
  }

  /// On a card with on-chip memory, on one with a cache, and on a host with one: fp32 there, 64 kB an item and layer.
  @Test(arguments: [nil, Cache(bytes: 1_000_000, speedup: 2)], [Location.card(0), .host])
  func itemsASecondDoNotFallWithTheBatch(_ cache: Cache?, _ place: Location) throws {
    var last = 0.0
    for batch in [1, 2, 4, 8, 16, 32, 64, 128, 1024] {
      let costs = Self.costs(batch: batch, sram: cache == nil, cache: cache, hostSRAM: true)
      let rate = Double(batch) / (try Self.seconds(costs, place))
      #expect(rate >= last * (1 - 1e-12), "batch \(batch)")
      last = rate
    }
  }

  /// Bags of 60 rows: indices, lengths and results of 800 fit half of a megabyte. Each part starts a kernel.
  @Test func lookUpsOfALargeBatchRunInParts() throws {
    var last = 0.0
    for batch in [64, 256, 1024, 4096] {
      var b = GraphBuilder()
      b.output(
        b.lookup(
          "rows", rows: 1_000_000, dimension: 64, bags: batch, maximum: 60 * batch,
          average: Double(60 * batch)))
      var graph = b.graph
      graph.serving.batch = batch
      var card = Machine.card(0)
      card.processor.lookupsPerCorePerSecond = 1e9
      let costs = CostModel(graph: graph, system: Machine.system(cards: [card]))
      let rate = Double(batch) / (try Self.seconds(costs))
      #expect(rate >= last * (1 - 1e-12), "batch \(batch)")
      last = rate
      let parts = try #require(costs.kind(at: .card(0))).parts
      #expect(parts.share * Double(batch) <= 512)
      let lookup = try #require(costs.lookup(table: 0, format: .int8, on: .card(0)))
      #expect(abs(lookup.launchSeconds - parts.count * 1e-6) < 1e-12)
    }
  }

  /// Each part reads the rows that it looks up itself, 64 kB an item, of a constant that is larger.
  @Test func partsReadTheirOwnRows() throws {
    var last = 0.0
    for batch in [4, 16, 64, 256] {
      var b = GraphBuilder()
      let table = b.constant("table", [100_000, 64])
      let rows = b.add(
        "rows", "Gather", [table, b.input("ids", [batch, 256], .int64)], [batch, 256, 64], kind: .movement)
      b.output(b.elementwise("relu", "Relu", rows))
      var graph = b.graph
      graph.serving.batch = batch
      let costs = CostModel(graph: graph, system: Machine.system(cards: [Machine.card(0)]))
      let rate = Double(batch) / (try Self.seconds(costs))
      #expect(rate >= last * (1 - 1e-12), "batch \(batch)")
      last = rate
    }
  }

  @Test func partsFitTheChip() throws {
    // Tensors of 32 and 16 kB an item: ten items fit half of 1 MB, so that parts of eight do.
    let costs = Self.costs(batch: 64)
    let kind = try #require(costs.kind(at: .card(0)))
    #expect(kind.parts.count == 8 && kind.parts.share == 8.0 / 64)
    let (part, whole) = (try Self.seconds(Self.costs(batch: 8)), try Self.seconds(costs))
    #expect(abs(whole - 8 * part) <= 1e-9 * whole)
    let cost = try #require(costs.cost(of: OperatorID(0), on: .card(0)))
    #expect(abs(cost.launchSeconds - 8e-6) < 1e-12)
  }

  /// 1 MB in int8 between layers, of which an eighth is there; the result in fp16 is whole, and so is what another round reads.
  @Test func activationsAreThereForOnePartAtATime() {
    let costs = Self.costs(batch: 64)
    let layers = (0..<4).map { OperatorID($0) }
    #expect(costs.peakActivationBytes(of: layers, on: .card(0)) == 2 * 1_048_576 + 1_048_576 / 8)
    let rounds = [Array(layers.prefix(3)), [layers[3]]]
    #expect(costs.peakActivationBytes(ofRounds: rounds, on: .card(0)) == 2 * 1_048_576 + 1_048_576)
  }

  @Test func whatFitsOrHasNoBatchIsNotCut() throws {
    #expect(Self.costs(batch: 4).kind(at: .card(0))?.parts == .whole)
    #expect(Self.costs(batch: 64, isStated: false).kind(at: .card(0))?.parts == .whole)
    #expect(Self.costs(batch: 64, sram: false).kind(at: .card(0))?.parts == .whole)
    #expect(Self.costs(batch: 64).kind(at: .host)?.parts == .whole)
    let cache = Cache(bytes: 1_000_000, speedup: 1)
    #expect(Self.costs(batch: 64, sram: false, cache: cache).kind(at: .card(0))?.parts == .whole)
  }

  @Test func aBatchThatDoesNotDivideHasASmallerLastPart() {
    let parts = BatchParts.candidates(batch: 13)
    #expect(parts.map(\.count) == [13, 7, 4, 2])
    #expect(parts.map(\.share) == [1, 2, 4, 8].map { $0 / 13.0 })
    #expect(BatchParts.candidates(batch: 1).isEmpty && BatchParts.candidates(batch: 0).isEmpty)
    #expect(BatchParts.candidates(batch: .max).count == 63)
  }
}

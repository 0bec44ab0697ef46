import CostModel
import Graph
import Hardware
import Testing

/// Look-up costs against numbers worked out by hand: 100 bags, 1000 padded and 600 average look-ups, width 64.
struct LookupTests {
  private static func near(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-12 * max(abs(a), abs(b)) }

  private static func model(isPooled: Bool = true) -> CostModel {
    var b = GraphBuilder()
    b.output(
      b.lookup(
        "t", rows: 10_001, dimension: 64, bags: 100, maximum: 1000, average: 600, isPooled: isPooled))
    return CostModel(graph: b.graph, system: Machine.system())
  }

  @Test func wholeTable() throws {
    let cost = try #require(Self.model().lookup(table: 0, format: .int8, on: .card(0)))
    // A core adds 64 x 2 operations at 50 GFLOPS / 10 cores = 25.6 ns; a look-up takes 1 us more.
    #expect(Self.near(cost.coreSeconds, 600 * 1.0256e-6))
    // 68-byte rows take two bursts of 64 bytes; 600 x 128 B at 5 GB/s.
    #expect(Self.near(cost.dramSeconds, 15.36e-6))
    #expect(cost.launchSeconds == 1e-6)
    // 1000 x 8 B padded, 60 % used, and 100 lengths of 4 B.
    #expect(cost.indexBytes == 4800 + 400)
    // 100 bags x 64 x fp16.
    #expect(cost.resultBytes == 12_800)
    #expect(cost.bufferBytes == 8000 + 400 + 12_800)
    #expect(cost.lookups == 600)
    #expect(cost.limit == .compute)
    #expect(Self.near(cost.seconds(cores: 10), 61.536e-6 + 1e-6))
    #expect(Self.near(cost.seconds(cores: 1000), 15.36e-6 + 1e-6))
  }

  /// A shard of rows that is handed all ids: the more an id of another shard's row costs, the more the shard does, up to the whole.
  @Test func idsOfOtherShardsAreChargedWhereTheyAreHandedOver() throws {
    var b = GraphBuilder()
    b.output(b.lookup("t", rows: 10_000, dimension: 64, bags: 100, maximum: 1000, average: 600))
    func cost(_ fraction: Double?, _ split: TableSplit) throws -> LookupCost {
      var system = Machine.system()
      for index in system.cards.indices { system.cards[index].processor.foreignLookupFraction = fraction }
      return try #require(
        CostModel(graph: b.graph, system: system).lookup(table: 0, format: .int8, split: split, on: .card(0)))
    }
    let sorted = try cost(nil, .rows(shards: 3))
    #expect(Self.near(sorted.coreSeconds, 200 * 1.0256e-6))
    #expect(sorted.indexBytes == 1600 + 400)
    // Of 600 ids 400 are of other shards, at a fifth each.
    let handed = try cost(0.2, .rows(shards: 3))
    #expect(Self.near(handed.coreSeconds, (200 + 0.2 * 400) * 1.0256e-6))
    #expect(handed.indexBytes == 4800 + 400)
    #expect(handed.resultBytes == sorted.resultBytes)
    // Rows of others are not read; what is streamed is a cost of DRAM alone.
    #expect(handed.lookups == sorted.lookups && handed.bytes - Double(handed.indexBytes) <= sorted.bytes)
    let fractions = try [0.1, 0.2, 0.5, 1].map { try cost($0, .rows(shards: 3)).coreSeconds }
    #expect(fractions == fractions.sorted() && fractions[0] > sorted.coreSeconds)
    #expect(Self.near(fractions[3], try cost(nil, .whole).coreSeconds))
    let shards = try (2...6).map { try cost(0.2, .rows(shards: $0)).coreSeconds }
    #expect(shards == shards.sorted(by: >))
    #expect(try cost(0.2, .columns(shards: 2)) == cost(nil, .columns(shards: 2)))
    #expect(try cost(0.2, .whole) == cost(nil, .whole))
  }

  /// Two look-ups by one index tensor: it is sent once.
  @Test(arguments: [true, false]) func sharedIndicesAreSentOnce(shared: Bool) throws {
    var b = GraphBuilder()
    let table = b.constant("t", [20_000, 16])
    let ids = b.input("ids", [40], .int64)
    let other = shared ? ids : b.input("other", [40], .int64)
    b.output(b.add("a", "Gather", [table, ids], [40, 16], kind: .lookup))
    b.output(b.add("b", "Gather", [table, other], [40, 16], kind: .lookup))
    var graph = b.graph
    graph.embeddingTables = [
      EmbeddingTable(
        name: "t", tensor: table, lookups: [OperatorID(0), OperatorID(1)], rows: 20_000, dimension: 16,
        averageLookups: 80, maximumLookups: 80, isPooled: false, outputBytes: 2 * 40 * 16 * 4, bags: 80)
    ]
    let model = CostModel(graph: graph, system: Machine.system())
    let cost = try #require(model.lookup(table: 0, format: .int8, on: .card(0)))
    #expect(cost.indexBytes == (shared ? 1 : 2) * 40 * 8)
  }

  @Test func rowShardsShareTheLookupsAndReturnPartialSums() throws {
    let model = Self.model()
    let cost = try #require(model.lookup(table: 0, format: .int8, split: .rows(shards: 4), on: .card(0)))
    #expect(Self.near(cost.coreSeconds, 150 * 1.0256e-6))
    #expect(Self.near(cost.dramSeconds, 3.84e-6))
    #expect(cost.indexBytes == 1200 + 400)
    #expect(cost.resultBytes == 12_800)
    #expect(model.tableBytes(0, format: .int8, split: .rows(shards: 4)) == 2501 * 68)
  }

  @Test func partialSumsOfRowShardsAreAddedUpWhereTheyAreRead() throws {
    let model = Self.model()
    let sum = try #require(model.partialSum(table: 0, split: .rows(shards: 4), on: .card(0)))
    // Three additions of 100 bags x 64 at 50 GFLOPS; four partial sums read and one result of fp16 written at 500 GB/s.
    #expect(Self.near(sum.computeSeconds, 3 * 6400 / 50e9))
    #expect(Self.near(sum.sramSeconds, 5 * 12_800 / 500e9))
    #expect(sum.dramSeconds == 0)
    #expect(sum.launchSeconds == 0)
    let half = try #require(
      model.partialSum(table: 0, split: .rows(shards: 4), on: .card(0), coreFraction: 0.5))
    #expect(Self.near(half.computeSeconds, 2 * sum.computeSeconds))
    // The host has no SRAM here: fp32 through DRAM at 8 GB/s.
    let host = try #require(model.partialSum(table: 0, split: .rows(shards: 4), on: .host))
    #expect(Self.near(host.dramSeconds, 5 * 25_600 / 8e9))
    #expect(model.partialSum(table: 0, split: .columns(shards: 4), on: .card(0))?.seconds == 0)
    #expect(model.partialSum(table: 0, split: .whole, on: .card(0))?.seconds == 0)
    #expect(
      Self.model(isPooled: false).partialSum(table: 0, split: .rows(shards: 4), on: .card(0))?.seconds == 0)
  }

  @Test func columnShardsDoAllLookupsOnPartOfTheWidth() throws {
    let model = Self.model()
    let cost = try #require(model.lookup(table: 0, format: .int8, split: .columns(shards: 4), on: .card(0)))
    #expect(Self.near(cost.coreSeconds, 600 * (1e-6 + 16 * 2 / 5e9)))
    // 16 + 4 bytes still read one burst.
    #expect(Self.near(cost.dramSeconds, 600 * 64 / 5e9))
    #expect(cost.indexBytes == 5200)
    #expect(cost.resultBytes == 3200)
    #expect(model.tableBytes(0, format: .int8, split: .columns(shards: 4)) == 10_001 * 20)
  }

  @Test func unpooledRowShardsReturnTheirRows() throws {
    let model = Self.model(isPooled: false)
    let whole = try #require(model.lookup(table: 0, format: .fp16, on: .card(0)))
    #expect(whole.resultBytes == 1000 * 64 * 2)
    let shard = try #require(model.lookup(table: 0, format: .fp16, split: .rows(shards: 4), on: .card(0)))
    #expect(shard.resultBytes == 250 * 64 * 2)
  }

  @Test func narrowerRowsTakeFewerBursts() throws {
    let model = Self.model()
    let bytes = [TableFormat.fp32, .fp16, .int8, .int4].map { format in
      (model.lookup(table: 0, format: format, on: .card(0))?.dramSeconds ?? 0) * 5e9 / 600
    }
    #expect(bytes.map { $0.rounded() } == [256, 128, 128, 64])
    #expect(model.tableBytes(0, format: .int4) == 10_001 * 36)
    #expect(model.tableBytes(0, format: .int8, rows: 10, columns: 32) == 360)
  }

  @Test func theHostReturnsFullPrecision() throws {
    let cost = try #require(Self.model().lookup(table: 0, format: .fp32, on: .host))
    #expect(cost.resultBytes == 25_600)
  }

  @Test func theOperatorCostUsesTheWholeTable() throws {
    let model = Self.model()
    let lookup = try #require(model.lookup(table: 0, format: .int8, on: .card(0)))
    let cost = try #require(model.cost(of: OperatorID(0), on: .card(0)))
    #expect(Self.near(cost.seconds, lookup.seconds(cores: 10)))
    #expect(Self.near(cost.dramSeconds, lookup.dramSeconds))
  }

  @Test func aCardWithoutTheOperatorHasNoLookup() {
    var b = GraphBuilder()
    b.output(b.lookup("t", rows: 10, dimension: 4, bags: 1, maximum: 1, average: 1))
    let card = Machine.card(0, unsupported: ["SparseLengthsSum"])
    let model = CostModel(graph: b.graph, system: Machine.system(cards: [card]))
    #expect(model.lookup(table: 0, format: .int8, on: .card(0)) == nil)
    #expect(model.lookup(table: 0, format: .int8, on: .host) != nil)
    #expect(model.lookup(table: 0, format: .int8, on: .card(7)) == nil)
  }

  @Test func hugeTablesSaturateInsteadOfTrapping() {
    let model = Self.model()
    #expect(model.tableBytes(0, format: .fp32, rows: .max) == .max)
    #expect(model.tableBytes(0, format: .int4, columns: .max) == .max)
  }

  // MARK: Kernels

  /// 300 look-ups in 100 rows of 68 bytes, which stay on chip: each is read from DRAM once. Of 10,001 rows 600 are read.
  @Test func rowsOfATableOnChipAreReadOnce() throws {
    var b = GraphBuilder()
    b.output(b.lookup("small", rows: 100, dimension: 64, bags: 100, maximum: 300, average: 300))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.lookup(table: 0, format: .int8, on: .card(0)))
    #expect(Self.near(cost.dramSeconds, 100 * 128 / 5e9))
    // Nothing is known of the host's caches.
    let host = try #require(model.lookup(table: 0, format: .int8, on: .host))
    #expect(Self.near(host.dramSeconds, 300 * 128 / 5e9))
  }

  @Test func shortRowsTakeAsLongAsTheShortestDo() throws {
    var card = Machine.card(0)
    card.processor.dram.leastRowBytes = 100
    #expect([card.processor.dram.burstAligned(0), card.processor.dram.burstAligned(1)] == [0, 100])
    #expect(card.processor.dram.burstAligned(65) == 128)
  }

  /// A card that looks up all of its tables in one kernel starts one for all of them.
  @Test(arguments: [false, true]) func tablesShareAKernel(joins: Bool) throws {
    var b = GraphBuilder()
    for name in ["a", "b", "c", "d"] {
      b.output(b.lookup(name, rows: 10_001, dimension: 64, bags: 100, maximum: 1000, average: 600))
    }
    var card = Machine.card(0)
    if joins { card.processor.jointKernels = [.lookups] }
    let model = CostModel(graph: b.graph, system: Machine.system(cards: [card]))
    let costs = try (0..<4).map { try #require(model.lookup(table: $0, format: .int8, on: .card(0))) }
    #expect(Self.near(costs.reduce(0) { $0 + $1.launchSeconds }, joins ? 1e-6 : 4e-6))
    #expect(model.cost(of: OperatorID(0), on: .card(0))?.launchSeconds == costs[0].launchSeconds)
  }

  /// Four tables whose indices and results are 150 kB each: half of 1 MB holds those of one kernel a table, not of all four.
  @Test(arguments: [false, true]) func whatDoesNotStayOnChipIsStreamed(joins: Bool) throws {
    var b = GraphBuilder()
    for name in ["a", "b", "c", "d"] {
      b.output(b.lookup(name, rows: 100_001, dimension: 64, bags: 1000, maximum: 2000, average: 2000))
    }
    var card = Machine.card(0)
    if joins { card.processor.jointKernels = [.lookups] }
    let model = CostModel(graph: b.graph, system: Machine.system(cards: [card]))
    let cost = try #require(model.lookup(table: 0, format: .int8, on: .card(0)))
    // 2000 indices of 8 bytes, 1000 lengths of 4, 1000 x 64 sums in fp16 at 8 GB/s.
    let streamed = 2000.0 * 8 + 1000 * 4 + 128_000
    #expect(Self.near(cost.dramSeconds, 2000 * 128 / 5e9 + (joins ? streamed / 8e9 : 0)))
  }

  /// Look-ups were measured on a table in fp32, as the model has it: 600 rows of 256 bytes take 30.72 us of DRAM, but cores take
  /// 61 us. Stored in fp16, rows are half as long and the arithmetic is the same.
  @Test func measuredLookupsAreOfTheTableAsItIs() throws {
    var b = GraphBuilder()
    b.output(b.lookup("t", rows: 10_001, dimension: 64, bags: 100, maximum: 1000, average: 600))
    var options = CostOptions()
    let plain = CostModel(graph: b.graph, system: Machine.system())
    let wide = try #require(plain.lookup(table: 0, format: .fp32, on: .card(0)))
    options.measured = try MeasuredCosts([
      .init(operator: "t", device: "toy", seconds: 3 * wide.seconds(cores: 10))
    ])
    let model = CostModel(graph: b.graph, system: Machine.system(), options: options)
    for format in [TableFormat.fp32, .fp16, .int8] {
      let modelled = try #require(plain.lookup(table: 0, format: format, on: .card(0)))
      let known = try #require(model.lookup(table: 0, format: format, on: .card(0)))
      #expect(Self.near(known.seconds(cores: 10), 3 * modelled.seconds(cores: 10)))
    }
  }
}

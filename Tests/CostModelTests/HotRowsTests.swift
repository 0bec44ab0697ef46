import Access
import CostModel
import Graph
import Hardware
import TestSupport
import Testing

/// On-chip memory shared out among hot rows, against numbers worked out by hand and by enumeration.
@Suite struct HotRowsTests {
  /// Tables of width 64 with 68 bytes a row in int8, on cards with 1 MB on chip; 100 samples.
  private static func model(
    rows: [Int], lookups: [Int], access: TableAccess?, sram: Bool = true
  ) -> CostModel {
    var b = GraphBuilder()
    for (index, count) in rows.enumerated() {
      b.output(
        b.lookup(
          "t\(index)", rows: count, dimension: 64, bags: 100, maximum: lookups[index],
          average: Double(lookups[index])))
    }
    var graph = b.graph
    graph.serving.batch = 100
    return CostModel(
      graph: graph, system: Machine.system(cards: [Machine.card(0, sram: sram)]),
      options: CostOptions(access: access))
  }

  private static func curve(_ table: String, _ points: [[Double]]) -> TableAccess.Stated {
    .init(table: table, curve: points)
  }

  @Test func aHitReadsNoDRAM() throws {
    let stated = TableAccess(usual: .none, tables: [Self.curve("t0.table", [[0.01, 0.5]])])
    let hot = Self.model(rows: [100_000], lookups: [600], access: stated)
    let cold = Self.model(rows: [100_000], lookups: [600], access: nil)
    // The hottest 1,000 rows take 68 kB; the rest of the megabyte holds others at 0.5 / 99,000 of the look-ups a row.
    let share = hot.hotShare(table: 0, format: .int8, on: .card(0))
    #expect(share > 0.5 && share < 0.58)
    let (a, b) = (
      try #require(hot.lookup(table: 0, format: .int8, on: .card(0))),
      try #require(cold.lookup(table: 0, format: .int8, on: .card(0)))
    )
    #expect(abs(a.dramSeconds - (1 - share) * b.dramSeconds) < 1e-15)
    #expect(a.coreSeconds == b.coreSeconds && a.indexBytes == b.indexBytes && a.bufferBytes == b.bufferBytes)
    // Narrower rows, more of them; a shard of rows or of columns has its part.
    #expect(hot.hotShare(table: 0, format: .int4, on: .card(0)) > share)
    let shard = try #require(hot.lookup(table: 0, format: .int8, split: .rows(shards: 4), on: .card(0)))
    #expect(abs(shard.dramSeconds - a.dramSeconds / 4) < 1e-15)
    // Where nothing is on chip nothing changes, as on the host here.
    #expect(hot.hotShare(table: 0, format: .int8, on: .host) == 0)
    #expect(hot.with(access: nil).lookup(table: 0, format: .int8, on: .card(0)) == b)
    // The operator's own cost is that of its table.
    let cost = try #require(hot.cost(of: OperatorID(0), on: .card(0)))
    #expect(abs(cost.dramSeconds - a.dramSeconds) < 1e-15)
  }

  /// No other division of the memory, in steps of a hundredth, serves more look-ups.
  @Test(arguments: 0..<10) func noOtherDivisionServesMore(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = [
      Int.random(in: 5_000...100_000, using: &random), Int.random(in: 5_000...100_000, using: &random),
    ]
    let lookups = [Int.random(in: 100...2_000, using: &random), Int.random(in: 100...2_000, using: &random)]
    let exponents = [
      Double.random(in: 0.3...1.5, using: &random), Double.random(in: 0.3...1.5, using: &random),
    ]
    let access = TableAccess(
      usual: .none,
      tables: [
        .init(table: "t0.table", exponent: exponents[0]), .init(table: "t1.table", exponent: exponents[1]),
      ])
    let model = Self.model(rows: rows, lookups: lookups, access: access)
    func served(_ hits: [Double]) -> Double { zip(hits, lookups).reduce(0) { $0 + $1.0 * Double($1.1) } }
    let found = served((0..<2).map { model.hotShare(table: $0, format: .int8, on: .card(0)) })
    let curves = (0..<2).map { AccessCurve(zipf: exponents[$0], rows: rows[$0]) }
    let peak = model.peakActivationBytes(of: [OperatorID(0), OperatorID(1)], on: .card(0))
    let room = 1_000_000 - Double(min(peak, 500_000))
    var best = 0.0
    for step in 0...100 {
      let first = room * Double(step) / 100
      best = max(
        best,
        served([
          curves[0].lookups(ofRows: first / 68 / Double(rows[0])),
          curves[1].lookups(ofRows: (room - first) / 68 / Double(rows[1])),
        ]))
    }
    #expect(found >= best * (1 - 1e-9))
    #expect(found <= best * 1.02)
  }

  @Test func publishedStatisticsServeAboutHalfFromChip() {
    // 100 look-ups a sample touch 949 k of the 10 M rows; 0.2 % of those are 1,897 rows of 68 bytes.
    let model = Self.model(rows: [10_000_000], lookups: [10_000], access: TableAccess(usual: .meta2021))
    let share = model.hotShare(table: 0, format: .int8, on: .card(0))
    #expect(share > 0.421 && share < 0.494)
    #expect(
      Self.model(rows: [10], lookups: [5], access: TableAccess(usual: .none)).hotShare(
        table: 0, format: .int8, on: .card(0)) == 0)
    #expect(
      Self.model(rows: [10_000], lookups: [50], access: TableAccess(usual: .meta2021), sram: false).hotShare(
        table: 0, format: .int8, on: .card(0)) == 0)
  }

  @Test func whatIsStatedWronglyIsNamed() {
    let access = TableAccess(
      usual: .none,
      tables: [
        .init(table: "a", exponent: -1), .init(table: "b"), .init(table: "c", exponent: 1, curve: []),
        .init(table: "d", curve: [[0.5, 0.1]]), .init(table: "e", curve: [[1]]),
        .init(table: "x", exponent: 1),
        .init(table: "f", exponent: 1), .init(table: "f", exponent: 2), .init(table: "g", exponent: .nan),
      ])
    #expect(access.problems(tables: ["a", "b", "c", "d", "e", "f", "g"]).count == 8)
    #expect(TableAccess(usual: .meta2021).problems(tables: []) == [])
  }
}

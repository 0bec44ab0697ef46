import Access
import Graph
import Heat
import TestSupport
import Testing

@Suite struct HeatSplitTests {
  private static let access = TableAccess(
    usual: .none, tables: [.init(table: "table0", curve: [[0.1, 0.7], [0.5, 0.9]])])

  private static func graph() throws -> Graph {
    try SampleNets.recommendation(rows: [1000, 5000], width: 8, batch: 4, lookups: [10, 3])
  }

  @Test func aTableBecomesTwoWhoseLookupsAddUp() throws {
    let whole = try Self.graph()
    let split = try #require(whole.split(byHeat: [.init(table: "table0", rows: 100)], access: Self.access))
    #expect(split.embeddingTables.map(\.name) == ["table0.hot", "table0.cold", "table1"])
    #expect(split.embeddingTables.map(\.rows) == [100, 900, 5000])
    let (hot, cold, old) = (split.embeddingTables[0], split.embeddingTables[1], whole.embeddingTables[0])
    #expect(abs(hot.averageLookups - 0.7 * old.averageLookups) < 1e-9)
    #expect(abs(hot.averageLookups + cold.averageLookups - old.averageLookups) < 1e-9)
    #expect(split[hot.tensor].shape == [100, 8] && split[cold.tensor].shape == [900, 8])
    // Look-ups keep their places, the sum has the name of what it stands for.
    let names = split.operators.map(\.name)
    #expect(names.filter { $0.hasPrefix("lookup0") } == ["lookup0.hot", "lookup0.cold", "lookup0"])
    #expect(split[hot.lookups[0]].name == "lookup0.hot" && split[cold.lookups[0]].name == "lookup0.cold")
    #expect(split[split.embeddingTables[2].lookups[0]].name == "lookup1")
    for (index, node) in split.operators.enumerated() {
      for case let input? in node.inputs {
        #expect(split[input].consumers.contains(OperatorID(index)))
        if let producer = split[input].producer { #expect(producer.index < index) }
      }
    }
    let sum = try #require(split.operators.first { $0.name == "lookup0" })
    #expect(sum.type == "Add" && sum.outputs == whole[old.lookups[0]].outputs)
    #expect(sum.work.vectorOperations == 4 * 8)
    #expect(split.outputs == whole.outputs && split.inputs == whole.inputs)
  }

  @Test func eachPartHasItsPieceOfTheCurve() throws {
    let whole = try Self.graph()
    let parts = [HotPart(table: "table0", rows: 200)]
    let access = Self.access.split(byHeat: parts, of: whole)
    let graph = try #require(whole.split(byHeat: parts, access: Self.access))
    let curve = try #require(Self.access.curve(of: whole.embeddingTables[0], in: whole))
    let share = curve.lookups(ofRows: 0.2)
    let hot = try #require(access.curve(of: graph.embeddingTables[0], in: graph))
    for rows in [0.1, 0.5, 0.9] {
      #expect(abs(hot.lookups(ofRows: rows) - curve.lookups(ofRows: 0.2 * rows) / share) < 1e-9)
    }
    let cold = try #require(access.curve(of: graph.embeddingTables[1], in: graph))
    #expect(abs(cold.lookups(ofRows: 0.375) - (curve.lookups(ofRows: 0.5) - share) / (1 - share)) < 1e-9)
    #expect(access.problems(tables: graph.embeddingTables.map(\.name)) == [])
  }

  @Test func whatCannotBeSplitIsNot() throws {
    let whole = try Self.graph()
    for (table, rows) in [("table0", 0), ("table0", 1000), ("table0", -1), ("none", 10), ("table1", 10)] {
      #expect(whole.split(byHeat: [.init(table: table, rows: rows)], access: Self.access) == nil)
    }
    let twice = [HotPart(table: "table0", rows: 10), HotPart(table: "table0", rows: 20)]
    #expect(whole.split(byHeat: twice, access: Self.access) == nil)
  }

  /// Of rows that all take as many bytes the hottest of all tables are chosen: held against all divisions.
  @Test func noOtherRowsOfTheSameBytesServeMore() throws {
    let whole = try Self.graph()
    let access = TableAccess(
      usual: .none,
      tables: [.init(table: "table0", exponent: 1.1), .init(table: "table1", exponent: 0.7)])
    let curves = try whole.embeddingTables.map { try #require(access.curve(of: $0, in: whole)) }
    func served(_ rows: [Int]) -> Double {
      zip(zip(whole.embeddingTables, curves), rows).reduce(0) {
        $0 + $1.0.0.averageLookups * $1.0.1.lookups(ofRows: Double($1.1) / Double($1.0.0.rows))
      }
    }
    let parts = HeatChoice.parts(whole, access: access, bytes: 600 * 12, rowBytes: [12, 12])
    let rows = whole.embeddingTables.map { table in parts.first { $0.table == table.name }?.rows ?? 0 }
    #expect(rows.reduce(0, +) <= 600 && rows.reduce(0, +) >= 598)
    var best = 0.0
    for first in 0...600 { best = max(best, served([first, 600 - first])) }
    #expect(served(rows) >= best * 0.999)
    #expect(HeatChoice.parts(whole, access: access, bytes: 0, rowBytes: [12, 12]).isEmpty)
    #expect(HeatChoice.parts(whole, access: access, bytes: 1e9, rowBytes: [12, 12]).isEmpty)
  }
}

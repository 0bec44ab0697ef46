import Graph
import Testing

@testable import Partitioner

@Suite struct ProfileTests {
  /// Ids that are made up reach all rows of a table, and of the smaller one where two are read by them.
  @Test func idsAreOfTheTableThatTheyAreLookedUpIn() throws {
    var builder = GraphBuilder(name: "ids")
    let large = builder.constant("large", .float32, [40_000, 8])
    let small = builder.constant("small", .float32, [20_000, 8])
    let own = builder.input("own", .int64, [4])
    let shared = builder.input("shared", .int64, [2, 2])
    let other = builder.input("other", .int64, [4])
    let flat = builder.add("Reshape", [shared, builder.constant("shape", .int64, [1], values: .ints([-1]))])
    for (table, ids) in [(large, own), (large, flat), (small, flat)] {
      builder.output(builder.add("Gather", [table, ids]))
    }
    builder.output(builder.add("Cast", [other], attributes: ["to": .int(1)]))
    #expect(try builder.build().graph.rowsLookedUp == ["own": 40_000, "shared": 20_000])
  }
}

import Placement
import Solvers
import TestSupport
import Testing

@Suite struct InfeasibilityTests {
  private func problem(
    _ name: String, sizes: [Double], cards: Int, capacity: Double, host: Double? = nil
  ) -> Problem {
    var devices = (0..<cards).map {
      Problem.Device(name: "card\($0)", group: 0, memory: capacity, baseLoad: [0])
    }
    if let host {
      devices.append(Problem.Device(name: "host", group: 1, memory: host, baseLoad: [0]))
    }
    return Problem(
      name: name, devices: devices, lanes: ["cost"],
      units: sizes.enumerated().map { index, size in
        .init(
          name: "table\(index)",
          options: [
            .init(
              name: "int8 whole",
              shards: [.init(devices: Array(0..<cards), loads: [.init(0, 1)], memory: size)])
          ])
      })
  }

  private func explain(
    _ problem: Problem, _ candidates: [InfeasibilityExplainer.Candidate] = []
  ) throws -> Infeasibility {
    try #require(
      try InfeasibilityExplainer(problem, candidates: candidates, options: SearchOptions()).explain())
  }

  @Test func aTableLargerThanEveryCardIsNamed() throws {
    let large = problem("one large table", sizes: [18.2e9, 3e9], cards: 2, capacity: 15.1e9, host: 8e9)
    var small = large
    small.units[0].options.append(
      .init(name: "int4 whole", shards: [.init(devices: [0, 1], loads: [.init(0, 1)], memory: 9.4e9)]))
    var host = large
    host.units[0].options.append(
      .init(name: "int8 host", shards: [.init(devices: [2], loads: [.init(0, 9)], memory: 18.2e9)]))
    let found = try explain(
      large,
      [
        .init(text: "int4 allowed (--precision int4)", problem: small),
        .init(text: "the host allowed (--host-tables)", problem: host),
      ])
    #expect(snapshotDifference(found.description, named: "large-table.txt") == nil)
    #expect(found.relaxations.contains(.proposed("int4 allowed (--precision int4)")))
    #expect(found.vain.contains("the host allowed (--host-tables)"))
  }

  @Test func tooMuchInSumSaysByHowMuch() throws {
    let found = try explain(problem("too much", sizes: [4, 4, 3, 3, 2, 2], cards: 2, capacity: 8))
    #expect(snapshotDifference(found.description, named: "memory-sum.txt") == nil)
    // 18 B in all: three cards of 8 hold 4+4, 3+3+2 and 2; two cards need 9 each (4+3+2).
    #expect(found.relaxations.contains(.devices(like: "card0", now: 2, needed: 3)))
    #expect(found.relaxations.contains(.memory(like: "card0", now: 8, needed: 9)))
  }

  @Test func whatCannotBeArrangedIsNarrowedToItsCore() throws {
    let found = try explain(problem("thirds", sizes: [1, 4, 4, 1, 4], cards: 2, capacity: 7))
    #expect(snapshotDifference(found.description, named: "arrangement.txt") == nil)
    #expect(
      found.causes.map(\.kind) == [
        .arrangement(
          units: ["table1", "table2", "table4"], devices: ["card0", "card1"], bytes: 12, capacity: 14)
      ])
  }

  @Test func aUnitWithoutAnOptionIsNamed() throws {
    var none = problem("ruled out", sizes: [1, 1], cards: 1, capacity: 4)
    none.units[1].options = []
    none.units[0].options[0].shards[0].devices = []
    let found = try explain(none)
    #expect(snapshotDifference(found.description, named: "no-option.txt") == nil)
  }

  /// A chain of units on cards with a memory of 7; nothing but the given changes makes it infeasible.
  private func chain(_ change: (inout Problem) -> Void) throws -> Infeasibility {
    var chain = problem("chain", sizes: [3, 3, 3, 3], cards: 2, capacity: 7)
    chain.order = .acyclicQuotient
    chain.nets = (0..<3).map {
      .init(producer: $0, consumers: [$0 + 1], out: [[.init(0, 1)]], incoming: [[.init(0, 1)]])
    }
    change(&chain)
    return try explain(chain)
  }

  @Test func graphsAreExplainedToo() throws {
    let found = [
      try chain { $0.units[1].options[0].shards[0].memory = 8 },
      try chain { $0.units[0].options[0].shards[0].memory = 6 },
      try chain { for unit in 0..<3 { $0.units[unit].colour = 1 } },
      try chain {
        for unit in [0, 2] { $0.units[unit].options[0].shards[0].devices = [0] }
        for unit in [1, 3] { $0.units[unit].options[0].shards[0].devices = [1] }
      },
      try chain { $0.apart = [[0, 1, 2]] },
      try chain { $0.limits = [.init(units: [0, 1, 2, 3], devices: [0], count: 0)] },
    ]
    #expect(
      snapshotDifference(found.map(\.description).joined(separator: "\n"), named: "graphs.txt") == nil)
  }

  @Test func aFeasibleProblemHasNoExplanation() throws {
    let fine = problem("fine", sizes: [1], cards: 1, capacity: 4)
    #expect(try InfeasibilityExplainer(fine, options: SearchOptions()).explain() == nil)
  }
}

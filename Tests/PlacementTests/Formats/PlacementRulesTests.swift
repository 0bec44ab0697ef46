import Foundation
import Placement
import Solvers
import Testing

@Suite struct PlacementRulesTests {
  private let problem = Problem(
    name: "rules",
    devices: (0..<3).map { .init(name: "card\($0)", group: 0, memory: 10, baseLoad: [0]) }
      + [.init(name: "host", group: 1, memory: 90, baseLoad: [0])],
    lanes: ["cost"],
    units: ["user_a", "user_b", "item"].map { name in
      .init(
        name: name,
        options: ["whole", "rows 2"].map { option in
          .init(
            name: option,
            shards: [
              .init(
                count: option == "whole" ? 1 : 2, devices: [0, 1, 2, 3], loads: [.init(0, 3)],
                memory: option == "whole" ? 4 : 2)
            ])
        })
    })

  private func apply(_ rules: String) throws -> Problem {
    let text = "{\"format\":\"placement-rules\",\"version\":1,\"rules\":[\(rules)]}"
    return try PlacementRules(json: Data(text.utf8)).applied(to: problem)
  }

  @Test func pinAndForbidLeaveTheNamedDevices() throws {
    let changed = try apply(
      #"{"kind":"pin","units":["user_*"],"devices":["card?"]},{"kind":"forbid","units":["*a"],"devices":["card1"]}"#
    )
    #expect(changed.units[0].options[1].shards[0].devices == [0, 2])
    #expect(changed.units[1].options[0].shards[0].devices == [0, 1, 2])
    #expect(changed.units[2].options[0].shards[0].devices == [0, 1, 2, 3])
  }

  @Test func togetherAndOptionsAreKeptBySolutions() throws {
    let changed = try apply(
      #"{"kind":"together","units":["user_a","item"]},{"kind":"options","units":["*"],"never":["rows*"]}"#)
    let solution = try Optimizer.solve(changed, options: SearchOptions(gap: 0))
    let choices = try #require(solution.assignment).choices
    #expect(choices[0].devices == choices[2].devices && choices.allSatisfy { $0.devices.count == 1 })
    #expect(solution.certificate.objective == 6)
    #expect(try apply(#"{"kind":"options","units":["item"],"only":["whole"]}"#).units[2].options.count == 1)
  }

  @Test func reserveAndLimitChangeMemoryAndSplitGroups() throws {
    let changed = try apply(
      #"{"kind":"reserve","devices":["card1"],"bytes":4},{"kind":"limit","devices":["host"],"bytes":50}"#)
    #expect(changed.devices.map(\.memory) == [10, 6, 10, 50])
    #expect(changed.devices.map(\.group) == [0, 2, 0, 1])
  }

  @Test func rulesThatNameNothingAreCollected() throws {
    #expect {
      try apply(
        #"{"kind":"pin","units":["nobody"],"devices":["card9"]},{"kind":"options","units":["*"],"only":["x"]}"#
      )
    } throws: { error in
      (error as? FormatError)?.findings.map(\.location) == [
        "rules[0].units[0]", "rules[0].devices[0]", "rules[1].only[0]",
      ]
    }
    #expect {
      try apply(#"{"kind":"pin","units":["item"]},{"kind":"limit","devices":["host"]}"#)
    } throws: { error in
      (error as? FormatError)?.findings.map(\.location) == ["rules[0].devices", "rules[1].bytes"]
    }
  }

  @Test func anImpossibleRuleIsNamedInTheExplanation() throws {
    let changed = try apply(
      #"{"kind":"forbid","units":["item"],"devices":["*"]}"#)
    let found = try #require(try InfeasibilityExplainer(changed, options: SearchOptions()).explain())
    #expect(found.causes.map(\.kind) == [.unitFitsNowhere(unit: "item")])
  }
}

import Foundation
import Placement
import TestSupport
import Testing

@Suite struct ProblemFileTests {
  @Test func readsWhatItWrites() throws {
    for seed in 1...40 {
      let shape = OptimizerTruthTests.shapes[seed % OptimizerTruthTests.shapes.count]
      var problem = SmallInstances.random(seed: UInt64(seed), shape: shape)
      problem.nets = [
        Problem.Net(producer: 0, consumers: [], out: [[Problem.Amount(0, 1)]], incoming: [[]])
      ]
      #expect(try ProblemFile.read(ProblemFile.write(problem)) == problem)
    }
  }

  @Test func collectsEveryUnknownName() throws {
    let text = """
      { "format": "placement-problem", "version": 2, "lanes": ["a", "a"],
        "devices": [{ "name": "d" }, { "name": "d" }],
        "units": [{ "name": "u", "options": [{ "name": "o", "shards": [
          { "devices": ["x"], "loads": { "b": 1 } } ], "shared": { "up": 1 } }] }],
        "nets": [{ "producer": "v", "consumers": ["u", "w"], "out": [{ "c": 1 }], "incoming": [] }] }
      """
    #expect {
      try ProblemFile.read(Data(text.utf8))
    } throws: { error in
      (error as? FormatError)?.findings.map(\.location) == [
        "version", "lanes[1]", "devices[1]", "units[0].options[0].shards[0].devices[0]",
        "units[0].options[0].shards[0].loads.b", "units[0].options[0].shared.up", "nets[0].producer",
        "nets[0].consumers[1]", "nets[0].out[0].c",
      ]
    }
  }

  @Test func saysWhichFieldIsMissingOrOfTheWrongType() {
    for (text, location) in [
      ("{", "the document"), ("{}", "format"),
      (
        #"{"format":"placement-problem","version":1,"lanes":[],"devices":[{}],"units":[]}"#, "devices[0].name"
      ),
      (
        #"{"format":"placement-problem","version":1,"lanes":[],"devices":[],"units":[{"name":3,"options":[]}]}"#,
        "units[0].name"
      ),
    ] {
      #expect {
        try ProblemFile.read(Data(text.utf8))
      } throws: { error in
        (error as? FormatError)?.findings.first?.location == location
      }
    }
  }

  @Test(arguments: [-1, 1_000_001, Int.max]) func groupsAreNumbersOfNets(_ group: Int) {
    let text = """
      { "format": "placement-problem", "version": 1, "lanes": ["a"], "units": [],
        "devices": [{ "name": "0" }, { "name": "1", "group": \(group) }] }
      """
    let error = #expect(throws: FormatError.self) { try ProblemFile.read(Data(text.utf8)) }
    #expect(error?.findings.map(\.location) == ["devices[1].group"])
  }

  @Test func groupsFollowFromTheNumbers() throws {
    let text = """
      { "format": "placement-problem", "version": 1, "lanes": ["a"], "units": [],
        "devices": [{ "name": "0", "memory": 5 }, { "name": "1" }, { "name": "2", "memory": 5 },
                    { "name": "3", "memory": 5, "baseLoad": { "a": 1 } }] }
      """
    let problem = try ProblemFile.read(Data(text.utf8))
    #expect(problem.devices.map(\.group) == [0, 1, 0, 2])
    #expect(problem.devices[1].memory == .infinity && problem.devices[3].baseLoad == [1])
  }
}

import Placement
import Solvers
import Testing

@Suite struct ProblemErrorTests {
  @Test func collectsEveryBadNumber() {
    let problem = Problem(
      name: "bad",
      devices: [Problem.Device(name: "d", group: -1, memory: .nan, baseLoad: [])], lanes: ["a"],
      units: [
        Problem.Unit(
          name: "u",
          options: [
            Problem.Option(
              name: "o",
              shards: [
                Problem.Shard(
                  count: 0, devices: [0, 0, 4], loads: [Problem.Amount(1, -1)], memory: .infinity)
              ], shared: [Problem.Amount(0, 1)], penalty: .nan),
            Problem.Option(name: "none", shards: []),
          ])
      ], nets: [Problem.Net(producer: 7, consumers: [0], out: [], incoming: [])])
    #expect {
      try Optimizer.solve(problem, options: SearchOptions())
    } throws: { error in
      (error as? ProblemError)?.issues.count == 13
    }
  }
}

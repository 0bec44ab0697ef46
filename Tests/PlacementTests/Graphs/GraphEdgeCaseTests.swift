import Solvers
import Testing

@testable import Placement

@Suite struct GraphEdgeCaseTests {
  @Test(arguments: [Problem.Objective.throughput, .latency])
  func nothingToPlace(objective: Problem.Objective) throws {
    var problem = GraphInstances.random(seed: 1, .init(units: 0, objective: objective))
    #expect(
      try GraphEngine.solve(problem, options: SearchOptions()).certificate.objective
        == (objective == .latency ? 0 : problem.devices.map { $0.baseLoad[0] }.max()))
    problem.devices = []
    #expect(try GraphEngine.solve(problem, options: SearchOptions()).certificate.objective == 0)
  }

  @Test func noDevices() throws {
    var problem = GraphInstances.random(seed: 1, .init(units: 3))
    problem.devices = []
    for unit in problem.units.indices { problem.units[unit].options = [] }
    for net in problem.nets.indices { (problem.nets[net].out, problem.nets[net].incoming) = ([], []) }
    #expect(try GraphEngine.solve(problem, options: SearchOptions()).certificate.status == .infeasible)
  }

  @Test(arguments: [Problem.Order.free, .acyclicQuotient])
  func noLoadAtAll(order: Problem.Order) throws {
    var problem = GraphInstances.random(seed: 3, .init(units: 8, order: order))
    for unit in problem.units.indices {
      for option in problem.units[unit].options.indices {
        problem.units[unit].options[option].shards[0].loads = []
      }
    }
    for net in problem.nets.indices {
      (problem.nets[net].out, problem.nets[net].incoming) = ([[], []], [[], []])
    }
    for device in problem.devices.indices { problem.devices[device].baseLoad = [0] }
    let certificate = try GraphEngine.solve(problem, options: SearchOptions(), enumerates: false).certificate
    #expect(certificate.objective == 0 && certificate.status == .optimal)
  }

  @Test func netsInACircleHaveNoLatency() throws {
    var problem = GraphInstances.random(seed: 2, .init(units: 2, hosts: 1, objective: .latency))
    let free = [[Problem.Amount](), []]
    problem.nets = [(0, 1), (1, 0)].map {
      Problem.Net(producer: $0.0, consumers: [$0.1], out: free, incoming: free)
    }
    for unit in problem.units.indices {
      problem.units[unit].options = problem.units[unit].options.filter { $0.name == "host" }
    }
    #expect(try GraphEngine.solve(problem, options: SearchOptions()).certificate.status == .infeasible)
  }

  @Test func aCancelledSearchEndsWithWhatItHas() throws {
    let problem = GraphInstances.random(seed: 4, .init(units: 60, cards: 3, order: .free))
    let solution = try GraphEngine.solve(problem, options: SearchOptions(gap: 0, isCancelled: { true }))
    #expect(solution.certificate.status != .optimal)
    #expect(solution.certificate.bound > 0)
  }
}

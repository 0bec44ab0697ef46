import Plan
import Testing

/// Schedules of one batch that can be followed on paper.
@Suite struct SingleRequestTests {
  private func program(_ tasks: [ExecutionProgram.Task], resources: Int) -> ExecutionProgram {
    ExecutionProgram(
      resources: (0..<resources).map { .init(name: "r\($0)", kind: .denseCores, device: 0, servers: 1) },
      devices: [
        .init(
          name: "host", isHost: true, memoryBytes: 1, staticBytes: 0, activationBytes: 0, inFlightLimit: 1000,
          idleWatts: 0, busyWatts: 0)
      ], tables: [], variants: [.init(card: nil, share: 1, tasks: tasks)])
  }

  private func task(
    _ legs: [(Int, Double)], after predecessors: [Int] = []
  ) -> ExecutionProgram.Task {
    .init(
      name: "t", kind: .dense, device: 0, legs: legs.map { .init(resource: $0.0, seconds: $0.1) },
      predecessors: predecessors)
  }

  @Test func tasksOnOneResourceTakeTurns() {
    let program = program([task([(0, 2)]), task([(0, 3)]), task([(1, 1)], after: [0])], resources: 2)
    let schedule = SingleRequest(program).schedule(program.variants[0])
    #expect(schedule.map(\.start) == [0, 2, 2])
    #expect(schedule.map(\.end) == [2, 5, 3])
    #expect(SingleRequest(program).latency(of: program.variants[0]) == 5)
  }

  @Test func laterLegsStartWithTheFirst() {
    // The first task holds resource 1 until 4; the second is granted 0 at 1 and waits for 1.
    let program = program([task([(0, 1), (1, 4)]), task([(0, 1), (1, 2)])], resources: 2)
    let schedule = SingleRequest(program).schedule(program.variants[0])
    #expect(schedule.map(\.end) == [4, 6])
  }

  @Test func loadsAddUpByShare() {
    var program = program([task([(0, 2), (1, 6)])], resources: 2)
    program.variants = [
      .init(card: nil, share: 0.25, tasks: program.variants[0].tasks),
      .init(card: nil, share: 0.75, tasks: [task([(0, 4)])]),
    ]
    let summary = LoadSummary(program)
    #expect(summary.loads == [3.5, 1.5])
    #expect(summary.bottleneck == .resource(0))
    #expect(summary.latencySeconds == 6)
  }

  /// Device 0 does 4 s, then device 1 does 2 s, each with its own resource.
  private func twoStages(places: [Int]) -> ExecutionProgram {
    var tasks = [task([(0, 4)]), task([(1, 2)], after: [0])]
    tasks[1].device = 1
    var program = program(tasks, resources: 2)
    program.devices = places.map { limit in
      .init(
        name: "d", isHost: false, memoryBytes: 0, staticBytes: 0, activationBytes: 0, inFlightLimit: limit,
        idleWatts: 0,
        busyWatts: 0)
    }
    return program
  }

  @Test func stagesOnTheirOwnDevicesNeedOnePlaceEach() {
    let summary = LoadSummary(twoStages(places: [1, 1]))
    #expect(summary.turnSeconds == 0)
    #expect(summary.bottleneckSeconds == 4)
    #expect(summary.bottleneck == .resource(0))
  }

  @Test func aRequestThatComesBackToADeviceKeepsItsPlace() {
    var program = twoStages(places: [1, 1])
    var back = task([(0, 1)], after: [1])
    back.device = 0
    program.variants[0].tasks.append(back)
    // 4 + 2 + 1 s before the next one may begin there, though its resource is busy for 5 s.
    let summary = LoadSummary(program)
    #expect(summary.loads == [5, 2])
    #expect(summary.turnSeconds == 7)
    #expect(summary.bottleneck == .places(0))
    #expect(summary.bottleneckSeconds == 7)
    program.devices[0].inFlightLimit = 3
    #expect(LoadSummary(program).bottleneckSeconds == 5)
  }

  /// Two cards take turns at the host; each request keeps its card's only place while the host does 1 s for it in between. A
  /// card repeats itself every 2 + 1 + 2 s, so the line does after two requests.
  @Test func aLineThatRepeatsItselfIsMeasuredToTheLastDigit() {
    var program = program([], resources: 3)
    program.devices = (0..<3).map { device in
      .init(
        name: "d\(device)", isHost: device == 0, memoryBytes: 0, staticBytes: 0, activationBytes: 0,
        inFlightLimit: device == 0 ? 1000 : 1, idleWatts: 0, busyWatts: 0)
    }
    program.variants = [1, 2].map { card in
      let tasks = [(card, 2.0), (0, 1.0), (card, 2.0)].enumerated().map { index, entry in
        var task = task([(entry.0, entry.1)], after: index == 0 ? [] : [index - 1])
        task.device = entry.0
        return task
      }
      return .init(card: card - 1, share: 0.5, tasks: tasks)
    }
    let summary = LoadSummary(program)
    #expect(summary.loads == [1, 2, 2])
    #expect(abs(summary.turnSeconds - 2.5) < 1e-12)
  }
}

import Plan
import TestSupport
import Testing

@testable import Simulation

@Suite struct AdmissionTests {
  /// Random enters, leaves and cancellations against a list of all tickets.
  @Test(arguments: 0..<20)
  func windowFollowsItsDefinition(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let limit = Int.random(in: 1...5, using: &random)
    var window = AdmissionWindow(limit: limit)
    var unfinished: [Int64] = []
    var entered: Set<Int64> = []
    for step in 0..<2000 {
      let choice = Int.random(in: 0..<10, using: &random)
      if unfinished.isEmpty || (choice < 4 && unfinished.count < 200) {
        unfinished.append(window.takeTicket(slot: Int32(step)))
      } else if choice < 5,
        let victim = unfinished.filter({ !entered.contains($0) }).randomElement(using: &random)
      {
        _ = window.cancel(victim)
        unfinished.removeAll { $0 == victim }
      } else if let done = entered.sorted().randomElement(using: &random) {
        _ = window.leave(at: 0)
        entered.remove(done)
        unfinished.removeAll { $0 == done }
      }
      for (earlier, ticket) in unfinished.enumerated() {
        #expect(window.admits(ticket) == (earlier < limit))
        if earlier < limit, !entered.contains(ticket), Bool.random(using: &random) {
          window.enter(at: 0)
          entered.insert(ticket)
        }
      }
      #expect(window.inFlight == entered.count)
    }
    #expect(window.mostInFlight <= limit)
  }

  /// Two variants cross two cards in opposite order, with room for one request on each: first-come admission would
  /// deadlock as soon as both are under way.
  @Test func oppositeOrdersDoNotDeadlock() throws {
    let resources = [Programs.resource("a", device: 0), Programs.resource("b", device: 1)]
    func variant(_ order: [Int]) -> ExecutionProgram.Variant {
      .init(
        card: nil, share: 0.5,
        tasks: [
          Programs.task("first", [(order[0], 0.001)], device: order[0]),
          Programs.task("second", [(order[1], 0.001)], after: [0], device: order[1]),
          Programs.task("third", [(order[0], 0.001)], after: [1], device: order[0]),
        ])
    }
    let program = ExecutionProgram(
      resources: resources,
      devices: [Programs.device("card0", limit: 1), Programs.device("card1", limit: 1)],
      tables: [], variants: [variant([0, 1]), variant([1, 0])])
    var options = SimulationOptions(load: .backToBack)
    options.requests = 500
    let report = try Simulator(program).run(options)
    #expect(report.counts.measured == 4 * 500)
    #expect(report.devices.allSatisfy { $0.maximumInFlight == 1 })
    #expect(report.criticalPath.contains { $0.kind == .admission && $0.seconds > 0 })
    #expect(report.limitedByInFlight != nil)
  }

  /// What waited first for a device goes first when it is let in: a plan's figures have it so.
  @Test func tasksAreLetInInTheOrderInWhichTheyWaited() throws {
    let resources =
      [Programs.resource("link", device: 1)] + (0...1).map { Programs.resource("cores\($0)", device: $0) }
    // Three parts come to the card, of which its cores want the first.
    let arrivals = (0..<3).map { Programs.task("host \($0)", [(1, 0.0001)], after: $0 > 0 ? [$0 - 1] : []) }
    let transfers = (0..<3).map {
      Programs.task("send \($0)", [(0, 0.002)], after: [$0], device: 1, source: 0, kind: .transfer)
    }
    let work = Programs.task("work", [(2, 0.005)], after: [3], device: 1)
    let last = Programs.task("last", [(2, 0.001)], after: [4, 5, 6], device: 1)
    let program = ExecutionProgram(
      resources: resources,
      devices: [Programs.device(limit: 8), Programs.device("card0", limit: 1)], tables: [],
      variants: [.init(card: nil, share: 1, tasks: arrivals + transfers + [work, last])])
    var options = SimulationOptions(load: .backToBack)
    options.requests = 500
    let period = 1 / (try Simulator(program).run(options).throughputPerSecond.value)
    #expect(abs(period - 0.008) < 1e-6)
    #expect(abs(LoadSummary(program).bottleneckSeconds / period - 1) < 1e-6)
  }

  /// A pipeline whose requests return to its cards again and again does less than its resources could, and the plan's figure says so before the simulator does. Without chance such a line keeps to the rhythm that it
  /// began with, and there may be several; so figures agree on the whole, not each.
  @Test func linesThatAreEnteredAgainAreAsFastAsPredicted() throws {
    var errors = 0.0
    var errorsOfResources = 0.0
    for seed in 1...12 {
      var random = SeededRandom(seed: UInt64(seed))
      let order = (0..<36).map { $0 % 2 == 0 ? 0 : Int.random(in: 1...2, using: &random) }
      let tasks = order.enumerated().map { index, device in
        Programs.task(
          "task\(index)", [(device, [0.0001, 0.001, 0.01].randomElement(using: &random) ?? 0)],
          after: index > 0 ? [index - 1] : [], device: device)
      }
      let program = ExecutionProgram(
        resources: (0...2).map { Programs.resource("cores\($0)", device: $0) },
        devices: (0...2).map { Programs.device("card\($0)", limit: 16) },
        tables: [], variants: [.init(card: nil, share: 1, tasks: tasks)])
      let summary = LoadSummary(program)
      var options = SimulationOptions(load: .backToBack)
      options.requests = 3000
      let period = 1 / (try Simulator(program).run(options).throughputPerSecond.value)
      #expect(abs(summary.bottleneckSeconds / period - 1) < 0.3, "seed \(seed)")
      errors += abs(summary.bottleneckSeconds / period - 1)
      errorsOfResources += abs((summary.loads.max() ?? 0) / period - 1)
    }
    #expect(errors < errorsOfResources * 0.7)
    #expect(errors / 12 < 0.07)
  }

  /// Copies whose requests go back and forth between their card and one host, both busy: predicted as the simulator has it,
  /// and much slower where each resource serves in order of arrival.
  @Test func copiesThatReturnToTheHostAreAsFastAsPredicted() throws {
    var slowest = 1.0
    for seed in 1...12 {
      var random = SeededRandom(seed: UInt64(seed))
      let cards = Int.random(in: 2...4, using: &random)
      let turns = Int.random(in: 4...10, using: &random)
      func parts() -> [Double] {
        let parts = (0..<turns).map { _ in Double.random(in: 0.01...1, using: &random) }
        return parts.map { $0 / parts.reduce(0, +) }
      }
      let (onCard, onHost) = (parts(), parts())
      let variants = (1...cards).map { card in
        ExecutionProgram.Variant(
          card: card - 1, share: 1 / Double(cards),
          tasks: (0..<2 * turns).map { step in
            let isOnCard = step % 2 == 0
            return Programs.task(
              "step \(step)",
              [
                isOnCard
                  ? (card, 0.01 * onCard[step / 2]) : (0, 0.0098 / Double(cards) * onHost[step / 2])
              ],
              after: step > 0 ? [step - 1] : [], device: isOnCard ? card : 0)
          })
      }
      let program = ExecutionProgram(
        resources: (0...cards).map { Programs.resource("cores\($0)", device: $0) },
        devices: (0...cards).map { Programs.device("device\($0)", limit: $0 == 0 ? 24 * cards : 24) },
        tables: [], variants: variants)
      let summary = LoadSummary(program)
      var options = SimulationOptions(load: .backToBack)
      options.requests = 4000
      func period() throws -> Double {
        1 / (try Simulator(program).run(options).throughputPerSecond.value)
      }
      #expect(try abs(summary.bottleneckSeconds / period() - 1) < 0.02, "seed \(seed)")
      #expect(summary.bottleneckSeconds < 1.05 * (summary.loads.max() ?? 0), "seed \(seed)")
      options.queueing = .arrivalOrder
      slowest = min(slowest, try summary.bottleneckSeconds / period())
    }
    #expect(slowest < 0.8)
  }

  @Test func limitHoldsMemoryDown() throws {
    var program = Programs.tandem([0.001, 0.002])
    program.devices = [Programs.device(limit: 3, memory: 350, statics: 100, activation: 100)]
    var report = try Simulator(program).run(SimulationOptions(load: .backToBack))
    #expect(report.devices[0].memoryHighWaterBytes == 400)
    #expect(report.memoryViolated)
    program.devices[0].inFlightLimit = 2
    report = try Simulator(program).run(SimulationOptions(load: .backToBack))
    #expect(report.devices[0].memoryHighWaterBytes == 300)
    #expect(!report.memoryViolated)
    #expect(report.devices[0].inFlightLimit == 2)
    #expect(abs(report.devices[0].meanInFlight - 2) < 1e-9)
  }
}

import TestSupport

@testable import Placement

/// Seeded small graph problems and their optimum by enumeration.
enum GraphInstances {
  struct Shape {
    var units = 5
    var cards = 2
    var hosts = 1
    var order = Problem.Order.acyclicQuotient
    var objective = Problem.Objective.throughput
    var colours = false
    var tightMemory = false
    var secondOption = false
    var secondLane = false
    var exempt = false
    var shared = false
  }

  static func random(seed: UInt64, _ shape: Shape) -> Problem {
    var random = SeededRandom(seed: seed)
    let lanes = shape.secondLane ? ["compute", "link"] : ["time"]
    let link = lanes.count - 1
    var devices: [Problem.Device] = []
    let memory = shape.tightMemory ? Double(Int.random(in: 4...14, using: &random)) : .infinity
    for card in 0..<shape.cards {
      devices.append(
        .init(
          name: "card \(card)", group: 0, memory: memory, baseLoad: Array(repeating: 0, count: lanes.count)))
    }
    for host in 0..<shape.hosts {
      devices.append(
        .init(
          name: "host \(host)", group: 1, memory: .infinity,
          baseLoad: Array(repeating: Double(Int.random(in: 0...2, using: &random)), count: lanes.count),
          execution: shape.objective == .latency ? .asReady : .oneCall))
    }
    let cards = Array(0..<shape.cards)
    let hosts = Array(shape.cards..<shape.cards + shape.hosts)
    let units = (0..<shape.units).map { index -> Problem.Unit in
      var options: [Problem.Option] = []
      let work = Double(Int.random(in: 0...9, using: &random))
      let size = Double(Int.random(in: 0...6, using: &random))
      let sharedLoad = shape.shared ? [Problem.Amount(0, Double(Int.random(in: 0...3, using: &random)))] : []
      if shape.hosts == 0 || Int.random(in: 0..<8, using: &random) > 0 {
        options.append(
          .init(
            name: "card", shards: [.init(devices: cards, loads: [.init(0, work)], memory: size)],
            shared: sharedLoad))
        if shape.secondOption {
          let slower = work + Double(Int.random(in: 0...4, using: &random))
          options.append(
            .init(
              name: "small", shards: [.init(devices: cards, loads: [.init(0, slower)], memory: size / 2)]))
        }
      }
      if shape.hosts > 0 {
        options.append(
          .init(
            name: "host", shards: [.init(devices: hosts, loads: [.init(0, work * 3)], memory: size)]))
      }
      let colour = shape.colours && Bool.random(using: &random) ? Int.random(in: 0...1, using: &random) : nil
      return .init(
        name: "u\(index)", options: options, colour: colour,
        inOrder: !shape.exempt || Int.random(in: 0..<4, using: &random) > 0)
    }
    var nets: [Problem.Net] = []
    for producer in 0..<shape.units {
      var consumers: [Int] = []
      for consumer in producer + 1..<max(producer + 1, shape.units)
      where Int.random(in: 0..<5, using: &random) < 2 {
        consumers.append(consumer)
      }
      if consumers.isEmpty { continue }
      let out = [[Problem.Amount(link, Double(Int.random(in: 0...4, using: &random)))], []]
      let incoming = [[Problem.Amount(link, Double(Int.random(in: 0...4, using: &random)))], []]
      nets.append(.init(producer: producer, consumers: consumers, out: out, incoming: incoming))
    }
    return Problem(
      name: "seed \(seed)", devices: devices, lanes: lanes, shared: shape.shared ? ["bus"] : [], units: units,
      nets: nets, order: shape.order, objective: shape.objective)
  }

  /// The smallest objective over all assignments; `nil` when none is allowed.
  static func optimum(_ problem: Problem) -> Double? {
    var choices = problem.units.map { _ in Assignment.Choice(option: 0, devices: [0]) }
    var best: Double?
    func place(_ unit: Int) {
      guard unit < problem.units.count else {
        let evaluation = ProblemEvaluator.evaluate(problem, Assignment(choices: choices))
        if evaluation.isFeasible { best = min(best ?? .infinity, evaluation.objective) }
        return
      }
      for (index, option) in problem.units[unit].options.enumerated() {
        for device in option.shards[0].devices {
          choices[unit] = .init(option: index, devices: [device])
          place(unit + 1)
        }
      }
    }
    place(0)
    return best
  }
}

import TestSupport

@testable import Placement

/// Seeded problems of two devices small enough to enumerate, and the enumeration.
enum SplitInstances {
  /// A random problem of two devices with several lanes, nets, memory and options pinned to one side.
  static func random(seed: UInt64) -> Problem {
    var random = SeededRandom(seed: seed)
    let lanes = 3
    let units = Int.random(in: 1...8, using: &random)
    func amounts(_ scale: Double) -> [Problem.Amount] {
      (0..<lanes).compactMap { lane in
        Bool.random(using: &random)
          ? Problem.Amount(lane, scale * Double(Int.random(in: 1...9, using: &random))) : nil
      }
    }
    let entries = (0..<units).map { index in
      var options: [Problem.Option] = []
      let sides = [[0], [1], [0, 1], [0, 1], [0, 1, 1]][Int.random(in: 0..<5, using: &random)]
      for device in sides {
        options.append(
          Problem.Option(
            name: "\(device)",
            shards: [
              .init(
                devices: [device], loads: amounts(1e-4),
                memory: Double(Int.random(in: 0...4, using: &random)))
            ]))
      }
      return Problem.Unit(name: "u\(index)", options: options)
    }
    var nets: [Problem.Net] = []
    for producer in 0..<units {
      let readers = (0..<units).filter { $0 > producer && Int.random(in: 0..<3, using: &random) == 0 }
      guard !readers.isEmpty else { continue }
      nets.append(
        .init(
          producer: producer, consumers: readers, out: [amounts(5e-5), []],
          incoming: [[], amounts(5e-5)]))
    }
    let devices = (0...1).map { device in
      Problem.Device(
        name: "d\(device)", group: device, memory: Double(Int.random(in: 2...16, using: &random)),
        baseLoad: (0..<lanes).map { _ in 1e-5 * Double(Int.random(in: 0...3, using: &random)) })
    }
    return Problem(
      name: "seed \(seed)", devices: devices, lanes: ["a", "b", "c"], units: entries, nets: nets)
  }

  /// Calls the body with every assignment that is feasible and keeps to the stages.
  static func forEachAllowed(_ problem: Problem, _ body: (Assignment, Double) -> Void) {
    var picks = Array(repeating: 0, count: problem.units.count)
    while true {
      let assignment = Assignment(
        choices: zip(problem.units, picks).map { unit, option in
          .init(option: option, devices: [unit.options[option].shards[0].devices[0]])
        })
      let evaluation = ProblemEvaluator.evaluate(problem, assignment)
      if evaluation.isFeasible, NetSplit.keepsStages(assignment, of: problem) {
        body(assignment, evaluation.objective)
      }
      var position = 0
      while position < picks.count {
        picks[position] += 1
        if picks[position] < problem.units[position].options.count { break }
        picks[position] = 0
        position += 1
      }
      if position == picks.count { return }
    }
  }

  static func exhaustive(_ problem: Problem) -> Double? {
    var best: Double?
    forEachAllowed(problem) { best = min(best ?? .infinity, $1) }
    return best
  }
}

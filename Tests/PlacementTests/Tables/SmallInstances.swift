import Placement
import TestSupport

/// Seeded problems small enough to enumerate, and the enumeration.
enum SmallInstances {
  struct Shape {
    var devices: ClosedRange<Int>
    var units: ClosedRange<Int>
    var lanes: ClosedRange<Int>
    var shared: ClosedRange<Int>
    /// Device memory as a share of the even split of the units' memory.
    var fill: ClosedRange<Double>
    var alike: Bool
    var colours: Bool
  }

  static func random(seed: UInt64, shape: Shape) -> Problem {
    var random = SeededRandom(seed: seed)
    let deviceCount = Int.random(in: shape.devices, using: &random)
    let unitCount = Int.random(in: shape.units, using: &random)
    let laneCount = Int.random(in: shape.lanes, using: &random)
    let sharedCount = Int.random(in: shape.shared, using: &random)
    let all = Array(0..<deviceCount)
    func loads(_ count: Int, _ largest: Int) -> [Problem.Amount] {
      (0..<count).map { Problem.Amount($0, Double(Int.random(in: 0...largest, using: &random))) }
    }
    var memory = 0.0
    let units = (0..<unitCount).map { unit -> Problem.Unit in
      let size = Double(Int.random(in: 1...12, using: &random))
      memory += size
      var options = [
        Problem.Option(
          name: "whole", shards: [Problem.Shard(devices: all, loads: loads(laneCount, 20), memory: size)],
          shared: loads(sharedCount, 9), penalty: Double(Int.random(in: 0...3, using: &random)))
      ]
      if Int.random(in: 0..<2, using: &random) == 0 {
        let parts = Int.random(in: 2...3, using: &random)
        options.append(
          Problem.Option(
            name: "split",
            shards: [
              Problem.Shard(
                count: parts, devices: all, loads: loads(laneCount, 9),
                memory: (size / Double(parts)).rounded(.up))
            ], shared: loads(sharedCount, 9)))
      }
      if Int.random(in: 0..<3, using: &random) == 0 {
        options.append(
          Problem.Option(
            name: "uniform",
            shards: all.map { Problem.Shard(devices: [$0], loads: loads(laneCount, 7), memory: 1) }))
      }
      if Int.random(in: 0..<4, using: &random) == 0 {
        let allowed = all.filter { _ in Bool.random(using: &random) }
        options.append(
          Problem.Option(
            name: "some",
            shards: [Problem.Shard(devices: allowed, loads: loads(laneCount, 12), memory: size / 2)],
            penalty: 2))
      }
      let colour =
        shape.colours && Int.random(in: 0..<2, using: &random) == 0
        ? Int.random(in: 0..<2, using: &random) : nil
      return Problem.Unit(name: "u\(unit)", options: options, colour: colour)
    }
    let even = memory / Double(deviceCount)
    let common = (even * Double.random(in: shape.fill, using: &random)).rounded()
    let devices = all.map { device -> Problem.Device in
      let own =
        shape.alike ? common : (even * Double.random(in: shape.fill, using: &random)).rounded()
      return Problem.Device(
        name: "d\(device)", group: shape.alike ? 0 : device,
        memory: !shape.alike && device == 0 && Bool.random(using: &random) ? .infinity : own,
        baseLoad: (0..<laneCount).map { _ in
          shape.alike ? 0 : Double(Int.random(in: 0...6, using: &random))
        })
    }
    return Problem(
      name: "random \(seed)", devices: devices, lanes: (0..<laneCount).map { "lane \($0)" },
      shared: (0..<sharedCount).map { "shared \($0)" }, units: units)
  }

  /// The least bottleneck and, among those, the least penalty; `nil` when nothing fits.
  static func optimum(_ problem: Problem) -> (bottleneck: Double, penalty: Double)? {
    var search = Enumeration(problem)
    search.place(unit: 0)
    return search.best
  }

  /// Every assignment, one piece after the other; nothing is shared with the optimiser but the problem.
  private struct Enumeration {
    let problem: Problem
    var best: (bottleneck: Double, penalty: Double)?
    var choices: [Assignment.Choice] = []
    var memory: [Double]
    var loads: [[Double]]
    var shared: [Double]
    var penalty = 0.0
    let hasColours: Bool

    init(_ problem: Problem) {
      self.problem = problem
      memory = Array(repeating: 0, count: problem.devices.count)
      loads = problem.devices.map(\.baseLoad)
      shared = Array(repeating: 0, count: problem.shared.count)
      hasColours = problem.units.contains { $0.colour != nil }
    }

    var bottleneck: Double {
      max(loads.reduce(0) { max($0, $1.max() ?? 0) }, shared.max() ?? 0)
    }

    mutating func place(unit: Int) {
      guard unit < problem.units.count else {
        let found = (bottleneck, penalty)
        guard best.map({ found < $0 }) ?? true else { return }
        if hasColours {
          let evaluation = ProblemEvaluator.evaluate(problem, Assignment(choices: choices))
          guard evaluation.isFeasible else { return }
        }
        best = found
        return
      }
      for (number, option) in problem.units[unit].options.enumerated() {
        let pieces = option.shards.flatMap { Array(repeating: $0, count: $0.count) }
        choices.append(Assignment.Choice(option: number, devices: []))
        let before = (shared, penalty)
        for amount in option.shared { shared[amount.index] += amount.seconds }
        penalty += option.penalty
        place(pieces: pieces[...], unit: unit)
        (shared, penalty) = before
        choices.removeLast()
      }
    }

    mutating func place(pieces: ArraySlice<Problem.Shard>, unit: Int) {
      // Loads are not negative: what is worse now stays worse.
      if let best, bottleneck > best.bottleneck { return }
      guard let piece = pieces.first else { return place(unit: unit + 1) }
      for device in piece.devices where memory[device] + piece.memory <= problem.devices[device].memory {
        let before = (memory[device], loads[device])
        memory[device] += piece.memory
        for amount in piece.loads { loads[device][amount.index] += amount.seconds }
        choices[unit].devices.append(device)
        place(pieces: pieces.dropFirst(), unit: unit)
        choices[unit].devices.removeLast()
        (memory[device], loads[device]) = before
      }
    }
  }
}

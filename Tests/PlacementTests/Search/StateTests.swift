import Solvers
import TestSupport
import Testing

@testable import Placement

/// What a local search believes an assignment loads is what the evaluator says, after any moves. (``SplitState`` has its test
/// beside the other steps of net-splits.)
@Suite struct StateTests {
  private func isNear(_ a: Double, _ b: Double) -> Bool { abs(a - b) <= 1e-9 * max(1, abs(b)) }

  @Test func ofPackings() {
    for shape in OptimizerTruthTests.shapes where !shape.colours {
      for seed in 1...30 {
        let problem = SmallInstances.random(seed: UInt64(seed), shape: shape)
        var builder = PackingModelBuilder(problem)
        let model = builder.build()
        guard !model.units.contains(where: \.options.isEmpty) else { continue }
        var random = SeededRandom(seed: UInt64(seed))
        var state = PackingState(model)
        func place(_ unit: Int) {
          let number = Int.random(in: model.units[unit].options.indices, using: &random)
          let option = model.units[unit].options[number]
          state.place(
            unit: unit, option: number,
            on: (0..<option.pieceCount).map {
              model.deviceLists[option.lists[$0]].randomElement(using: &random) ?? 0
            })
        }
        for unit in model.units.indices { place(unit) }
        for _ in 0..<20 {
          let unit = Int.random(in: model.units.indices, using: &random)
          state.remove(unit: unit)
          place(unit)
        }
        let evaluation = ProblemEvaluator.evaluate(
          problem,
          model.assignment(options: state.option, devices: state.places, unitCount: problem.units.count))
        #expect(isNear(state.bottleneck, evaluation.objective), "\(problem.name)")
        let overflows = evaluation.violations.contains { if case .memory = $0 { true } else { false } }
        #expect((state.memoryExcess > 0) == overflows, "\(problem.name)")
      }
    }
  }

  /// A model whose items may go anywhere, and moves of single items.
  private func walk(
    _ shape: GraphInstances.Shape,
    _ body: (Problem, GraphModel, [(item: Int, device: Int, mode: Int)]) -> Void
  ) {
    for seed in 0..<60 {
      let problem = GraphInstances.random(seed: UInt64(seed), shape)
      let model = GraphModel(problem)
      guard model.modes.allSatisfy({ $0.allSatisfy { !$0.isEmpty } }), model.itemCount > 0 else { continue }
      var random = SeededRandom(seed: UInt64(seed))
      let moves = (0..<25).map { _ in
        let item = Int.random(in: 0..<model.itemCount, using: &random)
        let device = Int.random(in: problem.devices.indices, using: &random)
        let modes = model.modes[item][model.classOf[device]]
        return (item, device, Int.random(in: modes.indices, using: &random))
      }
      body(problem, model, moves)
    }
  }

  @Test func ofLoads() {
    var count = 0
    walk(.init(order: .free, secondOption: true, secondLane: true, shared: true)) { problem, model, moves in
      var state = PlacementState(
        model, homes: Array(repeating: 0, count: model.itemCount), scale: 1)
      for move in moves {
        state.move(move.item, to: move.device, mode: move.mode)
        state.settle()
      }
      let evaluation = ProblemEvaluator.evaluate(
        problem, model.assignment(homes: state.home, modeOf: state.mode))
      #expect(isNear(state.largestLoad, evaluation.objective), "\(problem.name)")
      let cost = state.cost
      state.rebuild()
      #expect(isNear(state.cost, cost), "\(problem.name)")
      count += 1
    }
    #expect(count > 5)
  }

  @Test func ofLatency() {
    var count = 0
    walk(.init(objective: .latency, secondOption: true)) { problem, model, moves in
      let zeros = Array(repeating: 0, count: model.itemCount)
      var state = LatencyState(model, homes: zeros, modes: zeros)
      for move in moves { state.move(move.item, to: move.device, mode: move.mode) }
      let evaluation = ProblemEvaluator.evaluate(
        problem, model.assignment(homes: state.home, modeOf: state.mode))
      let latency = state.latency()
      #expect(
        latency.isFinite ? isNear(latency, evaluation.objective) : !evaluation.objective.isFinite,
        "\(problem.name)")
      count += 1
    }
    #expect(count > 5)
  }

  @Test func ofRules() {
    let shape = SmallInstances.Shape(
      devices: 2...3, units: 2...4, lanes: 1...2, shared: 0...1, fill: 0.8...2, alike: true, colours: false)
    for seed in 0..<60 {
      let problem = RuledSearchTests.ruled(
        SmallInstances.random(seed: UInt64(seed), shape: shape), seed: UInt64(seed))
      var random = SeededRandom(seed: UInt64(seed))
      func choice(_ unit: Int) -> Assignment.Choice? {
        let number = Int.random(in: problem.units[unit].options.indices, using: &random)
        let lists = problem.units[unit].options[number].shards.flatMap {
          Array(repeating: $0.devices, count: $0.count)
        }
        let devices = lists.compactMap { $0.randomElement(using: &random) }
        return devices.count == lists.count ? .init(option: number, devices: devices) : nil
      }
      let choices = problem.units.indices.compactMap(choice)
      guard choices.count == problem.units.count else { continue }
      var state = RuledState(problem)
      for (unit, choice) in choices.enumerated() { state.add(unit: unit, choice, sign: 1) }
      for (unit, choice) in choices.enumerated() { state.add(unit: unit, choice, sign: -1) }
      for (unit, choice) in choices.enumerated() { state.add(unit: unit, choice, sign: 1) }
      let evaluation = ProblemEvaluator.evaluate(problem, Assignment(choices: choices))
      #expect(isNear(state.largestLoad, evaluation.objective), "\(problem.name)")
      #expect((state.excess <= RuledState.rounding) == evaluation.isFeasible, "\(problem.name)")
    }
  }
}

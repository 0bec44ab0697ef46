import Solvers
import TestSupport
import Testing

@testable import Placement

/// The bound from values of parts and its pieces, held against all parts and all assignments of small models.
@Suite struct PartTests {
  private static let shapes: [GraphInstances.Shape] = [
    .init(units: 7, cards: 3, order: .free, colours: true),
    .init(units: 7, cards: 2, hosts: 2, order: .free, tightMemory: true),
    .init(units: 6, cards: 3, hosts: 0, order: .free),
  ]

  /// The load of a part on a device of the class by the definition, base load left out.
  private func load(_ model: GraphModel, _ inside: [Bool], class entry: Int) -> Double {
    var load = 0.0
    for item in inside.indices where inside[item] { load += model.modes[item][entry][0].loads[0] }
    for net in model.nets {
      let readers = net.consumers.map { inside[$0] }
      if inside[net.producer] && readers.contains(false) { load += net.out[entry][0] }
      if !inside[net.producer] && readers.contains(true) { load += net.incoming[entry][0] }
    }
    return load
  }

  /// Every part that the class may take, as a bit an item.
  private func parts(_ model: GraphModel, class entry: Int) -> [[Bool]] {
    (0..<1 << model.itemCount).map { bits in (0..<model.itemCount).map { bits >> $0 & 1 == 1 } }
      .filter { inside in inside.indices.allSatisfy { !inside[$0] || !model.modes[$0][entry].isEmpty } }
  }

  private func pathLoad(_ layers: PartLayers, _ inside: [Bool]) -> Double? {
    var state = 0
    var load = 0.0
    for item in layers.order {
      load += inside[item] ? layers.joiningLoad[state] : layers.leavingLoad[state]
      state = Int(inside[item] ? layers.joins[state] : layers.leaves[state])
      if state < 0 { return nil }
    }
    return load
  }

  @Test func aPathHasTheLoadOfItsPart() throws {
    for (index, shape) in Self.shapes.enumerated() {
      for seed in 0..<UInt64(40) {
        let model = GraphModel(GraphInstances.random(seed: seed, shape))
        let costs = ItemCosts(model, .floor)
        var random = SeededRandom(seed: seed)
        let orders = [PartOrder.grown(model), (0..<model.itemCount).shuffled(using: &random)]
        for entry in model.classes.indices {
          for order in orders {
            #expect(order.sorted() == Array(0..<model.itemCount))
            let exact = PartLayers(model, costs, class: entry, order: order)
            let narrow = PartLayers(model, costs, class: entry, order: order, widest: 3)
            for part in parts(model, class: entry) {
              let own = load(model, part, class: entry)
              let full = try #require(pathLoad(exact, part))
              let relaxed = try #require(pathLoad(narrow, part))
              #expect(abs(full - own) < 1e-9, "shape \(index), seed \(seed), class \(entry)")
              #expect(relaxed <= own + 1e-9, "shape \(index), seed \(seed), class \(entry)")
              #expect(full <= exact.largestLoad + 1e-9)
            }
          }
        }
      }
    }
  }

  @Test func noPartIsWorthMoreThanTheBound() {
    for shape in Self.shapes {
      for seed in 0..<UInt64(60) {
        let model = GraphModel(GraphInstances.random(seed: seed, shape))
        var random = SeededRandom(seed: seed)
        let values = (0..<model.itemCount).map { _ in Double.random(in: -0.3...1, using: &random) }
        for entry in model.classes.indices {
          let layers = PartLayers(
            model, ItemCosts(model, .floor), class: entry, order: PartOrder.grown(model))
          let limit = Double.random(in: 2...40, using: &random) + layers.base
          let best =
            parts(model, class: entry)
            .filter { layers.base + load(model, $0, class: entry) <= limit }
            .map { part in part.indices.reduce(0) { $0 + (part[$1] ? values[$1] : 0) } }.max() ?? 0
          // Labels alone, and branching alone.
          for labelCount in [300_000, 0] {
            var pricing = PartPricing(layers: layers)
            pricing.largestLabelCount = (labelCount, labelCount)
            let found = pricing.best(
              values, load: limit, above: 0, stopsEarly: false, workLimit: .max, shouldStop: { _ in false })
            #expect(abs(found.value - best) < 1e-9 && abs(found.bound - best) < 1e-6)
            #expect(abs(found.items.reduce(0) { $0 + values[$1] } - found.value) < 1e-9)
            let stopped = pricing.best(
              values, load: limit, above: 0, stopsEarly: false, workLimit: 20, shouldStop: { _ in false })
            #expect(stopped.bound >= best)
            let early = pricing.best(
              values, load: limit, above: best / 2, stopsEarly: true, workLimit: .max,
              shouldStop: { _ in false })
            #expect(best > 1e-9 ? early.value > best / 2 && early.bound == .infinity : early.bound >= 0)
          }
        }
      }
    }
  }

  /// A threshold that some assignment keeps must never be refuted; most of those well below the optimum are.
  @Test func onlyThresholdsBelowTheOptimumAreRefuted() throws {
    var (refuted, tried) = (0, 0)
    for shape in Self.shapes {
      for seed in 0..<UInt64(60) {
        let problem = GraphInstances.random(seed: seed, shape)
        guard let optimum = GraphInstances.optimum(problem), optimum > 0 else { continue }
        let model = GraphModel(problem)
        for share in [0.8, 0.99, 1, 1.2] {
          var columns = try #require(
            PartColumns(model, CapacityPrices(model), solver: SolverName.standard.solver))
          let threshold = optimum * share
          let byWeights = columns.weightsRefute(threshold, shouldStop: { _ in false })
          let byPrices = try columns.pricesRefute(threshold, workLimit: 1_000_000, shouldStop: { _ in false })
          if share >= 1 {
            #expect(!byWeights && !byPrices, "\(problem.name), threshold \(share) of the optimum")
          } else if share == 0.8 {
            tried += 1
            refuted += byWeights || byPrices ? 1 : 0
          }
        }
      }
    }
    #expect(refuted * 2 > tried)
  }

  /// 23 layers of a good eighth of what six cards carry each, one larger one and three smaller ones: four of the 24 large ones
  /// are on every card, so the card with the 6.5 has four layers beside it. Sums and counting alone miss that.
  @Test func smallItemsBesideACountedNumberOfLargeOnes() throws {
    let loads = (0..<23).map { 8.31 + 0.01 * Double($0 * 7 % 23) } + [9.5, 6.5, 5.5, 3.6]
    let units = loads.enumerated().map { index, seconds in
      Problem.Unit(
        name: "layer \(index)",
        options: [
          .init(
            name: "card", shards: [.init(devices: Array(0..<6), loads: [.init(0, seconds)], memory: 0)])
        ])
    }
    let transfer = [[Problem.Amount(0, 0.002)]]
    let problem = Problem(
      name: "layers",
      devices: (0..<6).map { .init(name: "card \($0)", group: 0, memory: .infinity, baseLoad: [0]) },
      lanes: ["time"], units: units,
      nets: (0..<26).map { .init(producer: $0, consumers: [$0 + 1], out: transfer, incoming: transfer) },
      order: .free)
    let certificate = try GraphEngine.solve(problem, options: SearchOptions(gap: 0)).certificate
    #expect(certificate.status == .optimal, "\(certificate)")
    #expect(certificate.provedBy == .partValues)
    #expect(certificate.bound > 8.31 + 8.32 + 8.33 + 8.34 + 6.5)
  }
}

import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Plan
@testable import Planning

/// What the bound by prices charges a placement, resource by resource, against what the lowering does.
@Suite struct RelaxedLoadsTests {
  @Test(arguments: 1...60)
  func noResourceIsChargedMoreThanAPlacementPutsOnIt(seed: UInt64) throws {
    let task = try SmallQuestions.task(seed: seed, objective: .throughput)
    let question = PlacementQuestion(
      graph: task.graph, system: task.system, costs: task.costs, objective: task.objective,
      tablePrecisions: task.tablePrecisions, rules: task.rules)
    let served = ServedLookups(graph: task.graph)
    let builder = RelaxationBuilder(question, served: served, pivot: nil, case: .any)
    let (operators, nodeOfOperator) = builder.numbering
    let nodes =
      operators.map { builder.node(of: $0) }
      + task.graph.embeddingTables.indices.map { builder.node(ofTable: $0) }
    let flows = builder.flows(nodeOfOperator)
    var compared = 0
    var worst: (excess: Double, row: Int)?
    SmallQuestions.forEachPlacement(task, most: 300) { placement in
      // A node is on the host, on cards, or in parts on both: then it is charged a mixture of both, and not looked at here.
      var onCards: [Bool] = operators.map { placement.operators[$0.index] != .host }
      for table in placement.tables {
        let sides = Set(table.shards.map { $0.site != .host })
        guard sides.count == 1, let side = sides.first else { return }
        onCards.append(side)
      }
      guard zip(nodes, onCards).allSatisfy({ $1 ? !$0.cards.isEmpty : !$0.host.isEmpty }) else { return }
      let exact = exactLoads(placement, task, builder)
      compared += 1
      for row in builder.rows.loads {
        var charged = 0.0
        for (node, isOnCards) in zip(nodes, onCards) {
          charged += least(isOnCards ? node.cards : node.host, row)
        }
        for flow in flows {
          let isMadeOnCards = flow.producer.map { onCards[$0] } ?? false
          let readers = flow.readers.map { onCards[$0] } + (flow.isResponse ? [false] : [])
          if !isMadeOnCards, readers.contains(true) { charged += least(flow.toCards, row) }
          if isMadeOnCards, readers.contains(false) { charged += least(flow.toHost, row) }
        }
        let excess = charged - exact[row] * (1 + 1e-9)
        if excess > 1e-15, excess > worst?.excess ?? 0 { worst = (excess, row) }
      }
    }
    #expect(compared > 0)
    #expect(worst == nil, "row \(worst?.row ?? 0): \(worst?.excess ?? 0) s")
  }

  /// The least that any of the alternatives has of a row.
  private func least(_ alternatives: [[BoundAmount]], _ row: Int) -> Double {
    alternatives.map { $0.reduce(0) { $0 + ($1.row == row ? $1.value : 0) } }.min() ?? 0
  }

  /// By row of the relaxation: the lowering's loads, summed over the cards of a pool.
  private func exactLoads(
    _ placement: ModelPlacement, _ task: PlanningTask, _ builder: RelaxationBuilder
  ) -> [Double] {
    let program = Lowering(
      graph: task.graph, system: task.system, placement: placement, costs: task.costs
    ).program
    let loads = LoadSummary(program, followsTurns: false).loads
    func load(_ lane: Lowering.DeviceLane, _ device: Int) -> Double {
      loads[Lowering.resource(lane, device: device)]
    }
    let rows = builder.rows
    var exact = Array(repeating: 0.0, count: rows.count)
    exact[rows.row(.cores)] = load(.dense, 0)
    exact[rows.row(.dram)] = load(.dram, 0)
    exact[rows.row(.uplinkIn)] = load(.linkIn, 0)
    exact[rows.row(.uplinkOut)] = load(.linkOut, 0)
    for (pool, entry) in builder.pools.enumerated() {
      for card in entry.alike {
        // As if each had all cores: those that are set apart, by their part of them.
        let all = Double(task.system.cards[card].processor.cores)
        let apart = Double(placement.sparseCores[card])
        exact[rows.row(.cores, pool: pool)] +=
          (apart * load(.sparse, card + 1) + (all - apart) * load(.dense, card + 1)) / all
        exact[rows.row(.dense, pool: pool)] += load(.dense, card + 1)
        exact[rows.row(.dram, pool: pool)] += load(.dram, card + 1)
        exact[rows.row(.linkIn, pool: pool)] += load(.linkIn, card + 1)
        exact[rows.row(.linkOut, pool: pool)] += load(.linkOut, card + 1)
      }
    }
    return exact
  }
}

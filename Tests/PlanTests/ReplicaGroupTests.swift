import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Plan

/// Groups of cards that each hold a whole placement: their loads against those of one group that is so many times as fast.
@Suite struct ReplicaGroupTests {
  private let graph: Graph
  private let system: System
  private let options = CostOptions(requestsInFlight: 2)

  init() throws {
    graph = try SampleNets.recommendation(rows: [1_000_000, 2_000_000, 500_000])
    // With figures of products by size.
    system = try SystemCatalog.system("l40s", cards: 6)
  }

  private func placement(_ seed: UInt64, cards: Int) -> ModelPlacement {
    var random = SeededRandom(seed: seed)
    let sites = [.host, .everyCard] + (0..<cards).map { PlacementSite.card($0) }
    return ModelPlacement(
      operators: graph.operators.map { _ in sites[Int.random(in: 0..<sites.count, using: &random)] },
      tables: graph.embeddingTables.map { table in
        TablePlacement(
          format: .int8, split: .whole,
          shards: [
            .init(
              site: sites[Int.random(in: 0..<sites.count, using: &random)], rows: 0..<table.rows,
              columns: 0..<table.dimension)
          ])
      },
      sparseCores: (0..<cards).map { _ in Int.random(in: 0...4, using: &random) })
  }

  private func summary(_ placement: ModelPlacement, on system: System) -> LoadSummary {
    LoadSummary(
      Lowering(
        graph: graph, system: system, placement: placement,
        costs: CostModel(graph: graph, system: system, options: options)
      ).program)
  }

  @Test(arguments: [2, 3], 1...12)
  func groupsLoadLikeOneThatIsAsFastAsAll(groups: Int, seed: Int) throws {
    let one = try #require(system.grouped(groups))
    let count = system.cards.count / groups
    #expect(one.cards.count == count)
    var placement = placement(UInt64(seed), cards: count)
    let single = summary(placement, on: one)
    placement.groups = groups
    let all = summary(placement, on: system)
    for device in 0...system.cards.count {
      let counterpart = device == 0 ? 0 : (device - 1) % count + 1
      for lane in Lowering.DeviceLane.allCases {
        let loads = [
          all.loads[Lowering.resource(lane, device: device)],
          single.loads[Lowering.resource(lane, device: counterpart)],
        ]
        #expect(abs(loads[0] - loads[1]) <= 1e-9 * loads[1], "\(lane) of \(device)")
      }
      if device > 0 { #expect(all.memoryBytes[device] == single.memoryBytes[counterpart]) }
    }
    if all.turnSeconds == 0, single.turnSeconds == 0 {
      #expect(abs(all.energyJoules - single.energyJoules) <= 1e-9 * all.energyJoules)
    }
  }

  @Test func groupsMustBeAlike() throws {
    #expect(system.grouped(4) == nil)
    #expect(system.grouped(1) == nil)
    var unlike = system
    unlike.cards[4].processor.launchSeconds *= 2
    #expect(unlike.grouped(3) == nil)
    unlike.cards[1].processor.launchSeconds *= 2
    #expect(unlike.grouped(2) != nil)
  }

  @Test func groupsAreOfTheFirstCards() {
    let placement = ModelPlacement(operators: [.card(0), .host], tables: [], sparseCores: [4], groups: 2)
    #expect(placement.moved(to: [0, 1, 3, 2]) == placement)
    let moved = placement.moved(to: [2, 1, 0, 3])
    #expect(moved == ModelPlacement(operators: [.card(2), .host], tables: [], sparseCores: [4], cards: [2]))
    #expect(moved.cards(at: .card(2)) == [2])
  }
}

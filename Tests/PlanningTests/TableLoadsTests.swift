import CostModel
import Graph
import Hardware
import Plan
import TestSupport
import Testing

@testable import Planning

/// The sums that the search keeps, against the lowering of the same placement.
@Suite struct TableLoadsTests {
  @Test(arguments: 1...20)
  func loadsEqualThoseOfTheLowering(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let rows = (0..<6).map { _ in Int.random(in: 10...400, using: &random) * 10_000 }
    let graph = try SampleNets.recommendation(rows: rows)
    var system = try SystemCatalog.system(cards: 3)
    system.peerToPeer = seed % 3 != 0
    if seed % 2 == 0 { system.linkCards(timesAsFast: seed % 4 == 0 ? 0.3 : 20) }
    let sample = ShardingSample(graph, system)
    for skeleton in DenseSkeleton.all(task: sample.task, units: sample.units) {
      var loads = sample.loads(skeleton)
      var tables: [TablePlacement] = []
      for (table, entries) in sample.menu.entries.enumerated() {
        let entry = entries[Int.random(in: 0..<entries.count, using: &random)]
        var cards: [Int] = []
        if case .cards = entry.choice.place {
          cards = Array([0, 1, 2].shuffled(using: &random).prefix(entry.pieces.count))
        }
        // What is taken back leaves no trace.
        let other = entries[Int.random(in: 0..<entries.count, using: &random)]
        let places = other.pieces.indices.map { $0 % 3 }
        loads.add(other, on: places)
        loads.add(entry, on: cards)
        loads.remove(other, from: places)
        tables.append(entry.choice.placement(of: graph.embeddingTables[table], cards: cards))
      }
      let candidate = Candidate(
        ModelPlacement(operators: skeleton.operators, tables: tables, sparseCores: [0, 0, 0]),
        task: sample.task)
      let sums = [loads.hostLoad] + system.cards.indices.map { loads.load(of: $0) }
      for (device, sum) in sums.enumerated() {
        let lanes = zip(Lowering.resources(of: system), candidate.loads.loads).filter {
          $0.0.device == device
        }.map(\.1)
        let lowered = lanes.max() ?? 0
        #expect(
          abs(sum - lowered) <= 1e-9 * lowered,
          "device \(device), dense \(skeleton.before), \(skeleton.after)")
      }
    }
  }
}

import TestSupport
import Testing

@testable import Planning

@Suite struct PrecisionKnapsackTests {
  /// Against every choice there is.
  @Test(arguments: 1...40)
  func choicesAreNearTheBest(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let tables = (0..<Int.random(in: 1...7, using: &random)).map { _ in
      var level = PrecisionKnapsack.Level(loss: Double.random(in: 0...0.1, using: &random), saved: 0)
      var levels = [level]
      for _ in 0..<Int.random(in: 0...2, using: &random) {
        level.loss += Double.random(in: 0...1, using: &random)
        level.saved += Double.random(in: 0...100, using: &random)
        levels.append(level)
      }
      return levels
    }
    let limit = Double.random(in: 0...3, using: &random)
    // Each loss is rounded up by a step of the room at most.
    let least = tables.reduce(0) { $0 + $1[0].loss }
    let certain = least + (limit - least) * (1 - Double(tables.count) / 16_384)
    var (best, most): (Double?, Double?) = (nil, nil)
    func visit(_ table: Int, _ loss: Double, _ saved: Double) {
      guard table < tables.count else {
        if loss <= limit { most = max(most ?? -.infinity, saved) }
        if loss <= certain { best = max(best ?? -.infinity, saved) }
        return
      }
      for level in tables[table] { visit(table + 1, loss + level.loss, saved + level.saved) }
    }
    visit(0, 0, 0)
    let choice = PrecisionKnapsack(tables: tables, limit: limit).choice()
    #expect((choice == nil) == (most == nil))
    guard let choice, let most else { return }
    let chosen = zip(tables, choice).map { $0[$1] }
    #expect(chosen.reduce(0) { $0 + $1.loss } <= limit * (1 + 1e-9))
    let saved = chosen.reduce(0) { $0 + $1.saved }
    #expect(saved <= most + 1e-9)
    #expect(saved >= (best ?? 0) - 1e-9)
  }

  @Test func withoutRoomTheFirstLevelsAreTaken() {
    let tables = [[PrecisionKnapsack.Level(loss: 1, saved: 0), .init(loss: 2, saved: 5)]]
    #expect(PrecisionKnapsack(tables: tables, limit: 1).choice() == [0])
    #expect(PrecisionKnapsack(tables: tables, limit: 0.9).choice() == nil)
    #expect(PrecisionKnapsack(tables: tables, limit: 2).choice() == [1])
    #expect(PrecisionKnapsack(tables: [], limit: 0).choice() == [])
  }

  /// So many tables that each step of a table would be too much work.
  @Test func manyTablesAreFilledByRatio() {
    let tables = (0..<30_000).map { index in
      [PrecisionKnapsack.Level(loss: 0, saved: 0), .init(loss: 1 + Double(index % 7), saved: 1)]
    }
    let choice = PrecisionKnapsack(tables: tables, limit: 3000).choice()
    #expect(choice?.reduce(0, +) == 3000)
    #expect(choice?.indices.allSatisfy { choice?[$0] == 0 || $0 % 7 == 0 } ?? false)
  }
}

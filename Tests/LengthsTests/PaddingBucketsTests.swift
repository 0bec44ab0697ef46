import TestSupport
import Testing

@testable import Lengths

@Suite struct PaddingBucketsTests {
  /// The least over all sets of ends.
  private func enumerated(_ question: PaddingBuckets.Question, most: Int) -> Double {
    let count = question.shares.count
    var best = Double.infinity
    for mask in 0..<(1 << (count - 1)) {
      let ends = (0..<count).filter { $0 == count - 1 || mask >> $0 & 1 == 1 }
      guard ends.count <= most else { continue }
      let fits = question.room.indices.allSatisfy { device in
        ends.reduce(0) { $0 + question.bytes[$1][device] } <= question.room[device]
      }
      guard fits else { continue }
      var (sum, first) = (0.0, 0)
      for end in ends {
        sum += question.shares[first...end].reduce(0, +) * question.times[end]
        first = end + 1
      }
      best = min(best, sum)
    }
    return best
  }

  @Test(arguments: 0..<40) func noSetOfEndsIsBetter(seed: UInt64) throws {
    var random = SeededRandom(seed: seed)
    let count = Int.random(in: 1...9, using: &random)
    let raw = (0..<count).map { _ in Double.random(in: 0...1, using: &random) }
    let sum = raw.reduce(0, +)
    var times = (0..<count).map { _ in Double.random(in: 0...1, using: &random) }
    // Mostly, not always, longer takes longer; some lengths have no plan.
    if seed % 3 > 0 { times.sort() }
    if seed % 5 == 0, count > 1 { times[Int.random(in: 0..<count - 1, using: &random)] = .infinity }
    let devices = Int(seed % 3)
    let question = PaddingBuckets.Question(
      shares: raw.map { $0 / sum }, times: times,
      bytes: (0..<count).map { _ in (0..<devices).map { _ in Int.random(in: 1...10, using: &random) } },
      room: (0..<devices).map { _ in Int.random(in: 8...30, using: &random) })
    for most in 1...4 {
      let found = PaddingBuckets.all(question, most: most)
      let expected = enumerated(question, most: most)
      #expect(
        abs((found.last?.expected ?? .infinity) - expected) <= 1e-12 || found.isEmpty && expected == .infinity
      )
      #expect(found.map(\.ends.count) == found.map(\.ends.count).sorted())
      for buckets in found { #expect(buckets.ends.last == count - 1 && buckets.ends.count <= most) }
    }
  }

  /// Half of the requests have length 10, half 100, and time is length: one bucket expects 100, two 55.
  @Test func twoLengthsInTwoBuckets() throws {
    let question = PaddingBuckets.Question(shares: [0.5, 0.5], times: [10, 100])
    let found = PaddingBuckets.all(question, most: 5)
    #expect(found == [.init(ends: [1], expected: 100), .init(ends: [0, 1], expected: 55)])
  }

  @Test func memoryLeavesRoomForFewer() throws {
    let question = PaddingBuckets.Question(
      shares: [0.5, 0.25, 0.25], times: [1, 2, 3], bytes: [[4], [4], [4]], room: [9])
    #expect(PaddingBuckets.all(question, most: 3).last == .init(ends: [0, 2], expected: 2))
    var small = question
    small.room = [3]
    #expect(PaddingBuckets.all(small, most: 3).isEmpty)
    small.bytes = [[.max], [.max], [.max]]
    small.room = [.max]
    #expect(PaddingBuckets.all(small, most: 3).map(\.ends.count) == [1])
  }
}

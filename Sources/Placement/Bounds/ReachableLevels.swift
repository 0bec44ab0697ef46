/// Which sums one device can have with each number of pieces, as multiples of one amount.
///
/// Row n holds a bit for every level that n of the pieces can add up to: subset sums by dynamic programming (Bellman
/// 1957). Levels above the last are left out, and with them the numbers of pieces that reach no other.
struct ReachableLevels {
  private let top: Int
  private let words: Int
  private let rows: Int
  private var bits: [UInt64]

  /// - Parameters:
  ///   - pieces: multiples, not negative.
  ///   - top: the highest level.
  ///   - mostWork: words that building may visit.
  /// - Returns: `nil` when that would take more work.
  init?(pieces: [Int], top: Int, mostWork: Int) {
    guard top >= 0, top <= mostWork else { return nil }
    self.top = top
    words = top / 64 + 1
    var sum = 0
    var most = 0
    for piece in pieces.sorted() {
      sum += piece
      if sum > top { break }
      most += 1
    }
    rows = most + 1
    guard words <= mostWork / rows / (pieces.count + 1) else { return nil }
    bits = Array(repeating: 0, count: words * rows)
    bits[0] = 1
    for piece in pieces where piece <= top {
      for row in (1..<max(1, rows)).reversed() { merge(row - 1, raisedBy: piece, into: row) }
    }
  }

  /// The largest number of pieces with a level.
  var most: Int { rows - 1 }

  private mutating func merge(_ source: Int, raisedBy amount: Int, into row: Int) {
    let whole = amount / 64
    let part = UInt64(amount % 64)
    for word in (whole..<words).reversed() {
      let from = source * words + word - whole
      var value = bits[from] << part
      if part > 0, word > whole { value |= bits[from - 1] >> (64 - part) }
      bits[row * words + word] |= value
    }
  }

  /// The highest level up to `limit` of so many pieces; `nil` when there is none.
  func highest(pieces: Int, upTo limit: Int) -> Int? {
    guard pieces < rows, limit >= 0 else { return nil }
    let limit = min(limit, top)
    var word = limit / 64
    var value = bits[pieces * words + word] & (UInt64.max >> UInt64(63 - limit % 64))
    while value == 0 {
      guard word > 0 else { return nil }
      word -= 1
      value = bits[pieces * words + word]
    }
    return word * 64 + 63 - value.leadingZeroBitCount
  }

  /// The lowest level above `limit` of any number of pieces; `nil` when there is none.
  func lowest(above limit: Int) -> Int? {
    let first = max(0, limit + 1)
    return (first..<max(first, top + 1)).first { level in
      (0..<rows).contains { bits[$0 * words + level / 64] >> UInt64(level % 64) & 1 == 1 }
    }
  }
}

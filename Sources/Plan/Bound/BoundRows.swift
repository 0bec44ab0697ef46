import Hardware

/// The rows of a relaxation, by position: loads in seconds per batch, then memory in bytes.
///
/// Loads of alike cards, a *pool*, are summed over its cards.
package struct BoundRows: Sendable {
  package enum HostRow: Int, CaseIterable, Sendable { case cores, dram, uplinkIn, uplinkOut }
  /// `cores`: look-ups and dense operators together, as if each had all cores; `dense`: the dense operators alone.
  package enum CardRow: Int, CaseIterable, Sendable { case cores, dense, dram, linkIn, linkOut }

  /// Averages over the cards that have tables of the reader by themselves, the *holders*: look-ups and copies alone.
  package enum HolderRow: Int, CaseIterable, Sendable { case cores, dram, linkIn, linkOut }

  package let pools: Int
  package let hasHolders: Bool
  /// Whether tables have a budget of accuracy, which is a row like memory: see ``accuracy``.
  package let hasAccuracy: Bool

  package func row(_ row: HostRow) -> Int { row.rawValue }
  package func row(_ row: CardRow, pool: Int) -> Int {
    HostRow.allCases.count + pool * CardRow.allCases.count + row.rawValue
  }
  package func holder(_ row: HolderRow) -> Int {
    HostRow.allCases.count + pools * CardRow.allCases.count + row.rawValue
  }
  package var hostMemory: Int {
    HostRow.allCases.count + pools * CardRow.allCases.count + (hasHolders ? HolderRow.allCases.count : 0)
  }
  package func memory(pool: Int) -> Int { hostMemory + 1 + pool }

  /// Rows of loads; those of memory follow.
  package var loads: Range<Int> { 0..<hostMemory }
  package var memories: Range<Int> { hostMemory..<count }
  /// Of the average holder.
  var holderMemory: Int { hostMemory + 1 + pools }
  package var count: Int { hostMemory + 1 + pools + (hasHolders ? 1 : 0) + (hasAccuracy ? 1 : 0) }
  /// Of what tables lose, in the unit of ``accuracyUnit``.
  var accuracy: Int { count - 1 }
  /// Errors are counted in billionths, so that amounts and limits are as far from 0 as bytes are.
  static let accuracyUnit = 1e9
}

/// A use of one row.
package struct BoundAmount: Sendable {
  package var row: Int
  package var value: Double

  init(_ row: Int, _ value: Double) {
    self.row = row
    self.value = value
  }
}

/// Cards that are alike, or one of them by itself.
package struct CardPool: Sendable {
  /// The card whose costs stand for all.
  package var card: Int
  package var count: Int
  /// All cards that are like it, ascending, also those of another pool.
  package var alike: [Int]
}

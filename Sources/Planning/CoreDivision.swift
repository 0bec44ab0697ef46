/// How many cores of each card may be set apart for look-ups, where cards are alike.
///
/// A card with k of n cores apart is busy for its look-ups on k cores, and for the other operators on n - k. A bound over a
/// range of k charges each group as if it had the most cores of the range, and all cores together with what both spend:
/// the narrower the range, the closer. All cards hold the same copies, so one of them tells what k is best.
struct CoreDivision: Hashable {
  /// Cores for look-ups; with none of them apart all cores serve both.
  let sparse: ClosedRange<Int>
  /// Of one card.
  let cores: Int

  /// All cores serve both.
  static let shared = CoreDivision(sparse: 0...0, cores: 1)
  /// Any part of the cores may be apart, whatever the card.
  static let any = CoreDivision(sparse: 0...999_999_999, cores: 1_000_000_000)

  /// The least part of the cores that dense operators have.
  var leastDense: Double { part(cores - sparse.upperBound) }
  var mostDense: Double { part(cores - sparse.lowerBound) }
  var mostSparse: Double { part(sparse.upperBound) }

  /// Whether cores may serve both.
  var mayShare: Bool { sparse.lowerBound == 0 }
  /// Whether cores certainly serve both.
  var shares: Bool { sparse.upperBound == 0 }

  /// Two halves of the range, of which the first is the cores that serve both where that is possible.
  var halves: [CoreDivision] {
    guard sparse.lowerBound < sparse.upperBound else { return [] }
    let last = mayShare ? 0 : (sparse.lowerBound + sparse.upperBound) / 2
    return [
      CoreDivision(sparse: sparse.lowerBound...last, cores: cores),
      CoreDivision(sparse: last + 1...sparse.upperBound, cores: cores),
    ]
  }

  private func part(_ count: Int) -> Double { Double(count) / Double(cores) }
}

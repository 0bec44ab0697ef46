/// Alternatives of many owners, one of which each pays: lists of amounts, in one array.
struct PricedAlternatives: Sendable {
  typealias Choice = (cost: Double, index: Int)

  private var amounts: [BoundAmount] = []
  /// By alternative: where its amounts begin; then where the last ends.
  private var starts = [0]
  /// By owner: its first alternative; then the count of all.
  private var firsts = [0]

  /// - Parameter owners: By owner, then alternative.
  init(_ owners: [[[BoundAmount]]]) {
    for alternatives in owners {
      for alternative in alternatives {
        amounts += alternative
        starts.append(amounts.count)
      }
      firsts.append(starts.count - 1)
    }
  }

  func count(_ owner: Int) -> Int { firsts[owner + 1] - firsts[owner] }

  /// Whether an owner has no such alternative, or one without amounts.
  func isEmpty(_ owner: Int, _ index: Int) -> Bool {
    let alternative = firsts[owner] + index
    return index >= count(owner) || starts[alternative] == starts[alternative + 1]
  }

  /// Visits the amounts of one alternative.
  func visit(_ owner: Int, _ index: Int, _ body: (BoundAmount) -> Void) {
    guard index < count(owner) else { return }
    let alternative = firsts[owner] + index
    for position in starts[alternative]..<starts[alternative + 1] { body(amounts[position]) }
  }

  /// The cheapest under prices by row; infinite where there is none.
  func least(_ owner: Int, _ prices: [Double]) -> Choice {
    var best: Choice = (.infinity, 0)
    for index in 0..<count(owner) {
      var cost = 0.0
      visit(owner, index) { cost += prices[$0.row] * $0.value }
      if cost < best.cost { best = (cost, index) }
    }
    return best
  }
}

/// Which kinds of site hold tables: one case of many, so that the fixed cost of a command is certain in each.
struct TableSites: Hashable {
  /// Cards that hold tables of their own: the first ones.
  var sparseCards: Int
  var usesHost: Bool
  var usesEveryCard: Bool
  /// Whether a site in use is certain to be used, and its commands can be charged.
  var isCertain: Bool

  /// Cases that together cover every placement.
  ///
  /// Commands are certain only where cards are alike and no rule tells them apart, so that any set of as many is the same; and where they are few,
  /// so that trying all counts is cheap. Else there is one case that charges none.
  static func cases(cards: Int, kinds: CardKinds, areToldApart: Bool) -> [TableSites] {
    guard !areToldApart, kinds.representatives.count == 1, (1...16).contains(cards) else {
      return [TableSites(sparseCards: cards, usesHost: true, usesEveryCard: true, isCertain: false)]
    }
    // On one card a copy on every card is the same as the table on it.
    let copies = cards > 1
    return (0...cards).reversed().flatMap { count in
      [(true, true), (true, false), (false, true), (false, false)].map { host, every in
        TableSites(sparseCards: count, usesHost: host, usesEveryCard: every, isCertain: true)
      }
    }.filter { ($0.sparseCards > 0 || $0.usesHost || $0.usesEveryCard) && (copies || !$0.usesEveryCard) }
  }
}

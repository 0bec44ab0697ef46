/// Which kinds of site hold tables: a family of placements, so that the fixed cost of a command is certain in narrow ones.
///
/// Any set of as many alike cards is the same, so the cards that hold tables of their own are told apart by their number.
struct TableSites: Hashable {
  /// Whether a kind of site holds a table, over all placements of the family.
  enum Use: Hashable {
    case always, never, either

    /// Whether a table may go there.
    var isAllowed: Bool { self != .never }
  }

  /// Numbers of cards that hold tables of their own: the first ones. A single number, or all where cards differ.
  var cards: ClosedRange<Int>
  var host: Use
  /// Copies on every card.
  var everyCard: Use

  /// Every placement on a number of cards. On one card a copy on every card is the same as the table on it.
  static func all(cards: Int) -> TableSites {
    TableSites(cards: 0...cards, host: .either, everyCard: cards > 1 ? .either : .never)
  }

  /// Families that together are this one; none when nothing is left to tell apart.
  ///
  /// - Parameter countsCards: Whether cards are alike and no rule tells them apart.
  func branches(countsCards: Bool) -> [TableSites] {
    if everyCard == .either {
      return [.always, .never].map { TableSites(cards: cards, host: host, everyCard: $0) }
    }
    if host == .either {
      return [.always, .never].map { TableSites(cards: cards, host: $0, everyCard: everyCard) }
    }
    guard countsCards, cards.count > 1 else { return [] }
    let middle = cards.lowerBound + cards.count / 2
    return [middle...cards.upperBound, cards.lowerBound...(middle - 1)].map {
      TableSites(cards: $0, host: host, everyCard: everyCard)
    }
  }

  func allows(_ place: TableChoice.Place) -> Bool {
    switch place {
    case .host: host.isAllowed
    case .everyCard: everyCard.isAllowed
    case .cards: cards.upperBound > 0
    }
  }
}

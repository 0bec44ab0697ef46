import Hardware

/// Which cards of a system are alike.
public struct CardKinds: Sendable {
  /// By card.
  public let kindOfCard: [Int]
  /// By kind: its first card.
  public let representatives: [Int]
  /// By kind.
  public let counts: [Int]

  /// - Parameter memoryCounts: Whether cards with unlike memory are unlike.
  public init(system: System, memoryCounts: Bool = true) {
    var kindOfCard: [Int] = []
    var representatives: [Int] = []
    var counts: [Int] = []
    for card in system.cards {
      let known = representatives.firstIndex {
        let other = system.cards[$0]
        // Measured costs and a compiler's answers are by model.
        return other.model == card.model && other.processor == card.processor && other.link == card.link
          && other.peerLink == card.peerLink
          && (!memoryCounts || other.reservedBytes == card.reservedBytes)
          && other.unsupportedOperators == card.unsupportedOperators && other.team == card.team
      }
      if let known {
        kindOfCard.append(known)
        counts[known] += 1
      } else {
        kindOfCard.append(representatives.count)
        representatives.append(kindOfCard.count - 1)
        counts.append(1)
      }
    }
    self.kindOfCard = kindOfCard
    self.representatives = representatives
    self.counts = counts
  }

  public func areUnlike(_ cards: [Int]) -> Bool { cards.contains { kindOfCard[$0] != kindOfCard[cards[0]] } }

  /// Whether the first `count` cards repeat: card by card, `groups` times, alike.
  public func areAlike(groups: Int, of count: Int) -> Bool {
    let (all, overflow) = groups.multipliedReportingOverflow(by: count)
    return groups > 0 && count > 0 && !overflow && all <= kindOfCard.count
      && (0..<all).allSatisfy { kindOfCard[$0] == kindOfCard[$0 % count] }
  }
}

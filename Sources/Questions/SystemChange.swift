import Partitioner

/// A machine that has lost cards, or has another number of them.
public struct SystemChange: Sendable {
  private let lost: [String]
  private let cards: Int?

  /// - Parameters:
  ///   - lost: names of cards that are gone.
  ///   - cards: another number of cards; further ones are like the last.
  public init(lost: [String] = [], cards: Int? = nil) {
    self.lost = lost
    self.cards = cards
  }

  /// The machine of a plan after the change; `nil` where it is the same.
  ///
  /// - Throws: `usage` for a card that is not there, where none is left, or for a number out of range.
  public func system(of plan: PlanDocument) throws(PartitionError) -> System? {
    guard !lost.isEmpty || cards != nil else { return nil }
    var system = plan.system
    for name in lost {
      guard let index = system.cards.firstIndex(where: { $0.name == name }) else {
        throw PartitionError(
          .usage,
          "lost: there is no \(NameText.shown(name)); the plan's cards are \(plan.system.cards.map(\.name).joined(separator: ", "))"
        )
      }
      system.cards.remove(at: index)
    }
    if system.cards.isEmpty, !lost.isEmpty { throw PartitionError(.usage, "lost: no card would be left") }
    guard let cards else { return system }
    guard (1...1024).contains(cards) else {
      throw PartitionError(.usage, "cards is \(cards); give 1 to 1024")
    }
    system.cards = Array(system.cards.prefix(cards))
    var number = 0
    while system.cards.count < cards, var card = system.cards.last {
      while system.cards.contains(where: { $0.name == "card\(number)" }) { number += 1 }
      card.name = "card\(number)"
      system.cards.append(card)
    }
    return system
  }
}

import Partitioner

/// A machine that has lost cards, or has another number of them.
public struct SystemChange: Sendable {
  private let lost: [String]
  private let cards: Int?

  /// - Parameters:
  ///   - lost: names of cards that are gone; a team of cards that act as one is gone with any of them.
  ///   - cards: another number of cards; further ones are like the last. Of teams a multiple of their cards.
  public init(lost: [String] = [], cards: Int? = nil) {
    self.lost = lost
    self.cards = cards
  }

  /// The machine of a plan after the change; `nil` where it is the same.
  ///
  /// - Throws: `usage` for a card that is not there or a number out of range.
  public func system(of plan: PlanDocument) throws(PartitionError) -> System? {
    guard !lost.isEmpty || cards != nil else { return nil }
    var system = plan.system
    // Two cards of one team take it once.
    var gone: Set<String> = []
    for name in lost {
      guard let card = plan.system.member(named: name) else {
        throw PartitionError(
          .usage,
          "lost: there is no \(NameText.shown(name)); the plan's cards are \(plan.system.cards.map(\.name).joined(separator: ", "))"
        )
      }
      guard gone.insert(card.name).inserted else {
        if card.team != nil { continue }
        throw PartitionError(.usage, "lost: \(NameText.shown(name)) is named twice")
      }
      system.cards.removeAll { $0.name == card.name }
    }
    guard let cards else { return system }
    let range = SystemCatalog.cardRange
    guard range.contains(cards) else {
      throw PartitionError(.usage, "cards is \(cards); give \(range.lowerBound) to \(range.upperBound)")
    }
    if system.cards.isEmpty, cards > 0 {
      throw PartitionError(
        .usage,
        "cards is \(cards), but the plan's machine has no card that they could be like; plan again with the system"
      )
    }
    let size = system.cards.last?.team?.cards ?? 1
    guard cards % size == 0 else {
      throw PartitionError(
        .usage,
        "cards is \(cards), but the plan has teams of \(size) cards; give a multiple of it, or plan again for so many cards"
      )
    }
    let count = cards / size
    system.cards = Array(system.cards.prefix(count))
    var number = 0
    func isTaken(_ name: String) -> Bool { system.member(named: name) != nil }
    while system.cards.count < count, var card = system.cards.last {
      func names() -> [String] { (number..<number + size).map { "card\($0)" } }
      while names().contains(where: isTaken) { number += 1 }
      let members = names()
      card.name = size == 1 ? members[0] : "\(members[0])-\(members[size - 1])"
      system.cards.append(card)
    }
    return system
  }
}

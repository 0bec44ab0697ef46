import CostModel
import Hardware

extension PlacementSite {
  /// A device to take costs from; replicas are alike in bytes, so the first card stands for all of them.
  public var representative: Location {
    switch self {
    case .host: .host
    case .card(let index): .card(index)
    case .everyCard: .card(0)
    }
  }

  /// `host`, `every card` or the card's name.
  public func name(in system: System) -> String {
    switch self {
    case .host: "host"
    case .card(let index): system.cards[index].name
    case .everyCard: "every card"
    }
  }

  /// The site with a name; `nil` when the system has none of it.
  public init?(name: String, in system: System) {
    switch name {
    case "host": self = .host
    case "every card": self = .everyCard
    default:
      guard let index = system.cards.firstIndex(where: { $0.name == name }) else { return nil }
      self = .card(index)
    }
  }
}

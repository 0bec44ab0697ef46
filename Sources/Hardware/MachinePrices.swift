/// What hosts and cards cost, in any one currency.
public struct MachinePrices: Sendable, Hashable {
  /// By `host` for any host, a host's name, `card` for any card, or a card's model; the narrower name counts.
  public var byName: [String: Double]

  public static let anyHost = "host"
  public static let anyCard = "card"

  public init(_ byName: [String: Double]) { self.byName = byName }

  /// Of a host, which is free where no price names it, and its cards; `nil` where no price names a card.
  public func price(of system: System) -> Double? {
    system.cards.reduce(byName[system.host.name] ?? byName[Self.anyHost] ?? 0) { sum, card in
      sum.flatMap { sum in price(of: card).map { sum + $0 } }
    }
  }

  public func price(of card: Card) -> Double? { byName[card.model] ?? byName[Self.anyCard] }

  /// Prices that are none, in order of their names.
  public var problems: [String] {
    byName.sorted { $0.key < $1.key }.filter { !($0.value >= 0 && $0.value.isFinite) }.map {
      "the price of \($0.key) is \($0.value); give 0 or more"
    }
  }

  /// Names that mean no part of the systems, in order.
  public func unknownNames(in systems: [System]) -> [String] {
    let known = Set(
      systems.flatMap { [$0.host.name] + $0.cards.map(\.model) } + [Self.anyHost, Self.anyCard])
    return byName.keys.filter { !known.contains($0) }.sorted()
  }
}

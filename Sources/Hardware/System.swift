/// One host, its cards and the links between them.
public struct System: Sendable, Hashable, Codable {
  public var name: String
  public var host: Host
  /// In the order plans number them; cards may differ.
  public var cards: [Card]
  /// Whether a card can write to another card through the switch without a stop in host memory.
  public var peerToPeer: Bool
  /// The host's port into the switch that all cards share.
  public var uplink: Link

  public init(name: String, host: Host, cards: [Card], peerToPeer: Bool, uplink: Link) {
    self.name = name
    self.host = host
    self.cards = cards
    self.peerToPeer = peerToPeer
    self.uplink = uplink
  }

  /// Whether what goes from card to card takes links of its own: where every card has one, and cards write to each other at all.
  public var hasPeerLinks: Bool { peerToPeer && cards.count > 1 && cards.allSatisfy { $0.peerLink != nil } }

  /// The link over which a card exchanges with another; `nil` where that is the one that it has to the switch.
  public func peerLink(ofCard index: Int) -> Link? { hasPeerLinks ? cards[index].peerLink : nil }

  /// What `location` computes with; `nil` when there is no such card.
  public func processor(at location: Location) -> Processor? {
    switch location {
    case .host: host.processor
    case .card(let index): cards.indices.contains(index) ? cards[index].processor : nil
    }
  }
}

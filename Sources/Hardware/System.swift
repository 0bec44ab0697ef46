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

  /// What `location` computes with; `nil` when there is no such card.
  public func processor(at location: Location) -> Processor? {
    switch location {
    case .host: host.processor
    case .card(let index): cards.indices.contains(index) ? cards[index].processor : nil
    }
  }
}

/// One accelerator card.
public struct Card: Sendable, Hashable, Codable {
  /// Unique in its system, for example `card0`.
  public var name: String
  /// The product, for example `nnp-i-1100`.
  public var model: String
  public var processor: Processor
  /// Its own port on the switch.
  public var link: Link
  /// Its port to other cards, past that switch, as of NVLink; see ``System/peerLink(ofCard:)``.
  public var peerLink: Link?
  /// DRAM kept back for firmware, code and buffers, bytes.
  public var reservedBytes: Int
  /// ONNX operator types it cannot run; these stay on the host.
  /// Sorted.
  public var unsupportedOperators: [String]
  /// Where it stands for several cards that act as one; its figures are those of one of them, but for power.
  public var team: CardTeam?

  public init(
    name: String, model: String, processor: Processor, link: Link, peerLink: Link? = nil, reservedBytes: Int,
    unsupportedOperators: [String]
  ) {
    self.name = name
    self.model = model
    self.processor = processor
    self.link = link
    self.peerLink = peerLink
    self.reservedBytes = reservedBytes
    self.unsupportedOperators = unsupportedOperators
  }

  public var usableBytes: Int { max(0, processor.dram.bytes - reservedBytes) }
}

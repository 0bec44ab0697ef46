/// A decision that plans make by themselves, and that can be left out to see what it is worth.
public enum Lever: String, Codable, Sendable, Hashable, CaseIterable {
  /// Operators that every card can run are on the host where that helps.
  case netSplit = "net-split"
  /// Operators and tables are copied to every card.
  case copies
  /// Tables are cut into shards by rows or columns.
  case split
  /// Cards form groups that each hold the whole plan.
  case groups
  /// Some cores of a card are set apart for look-ups.
  case cores
  /// Operators are cut over teams of cards that act as one.
  case cut
  /// Of padded index tensors the used part alone is sent.
  case partialTransfers = "partial-transfers"
  /// Activations between products in 8 bits are as narrow as these.
  case narrowActivations = "narrow-activations"
  /// Cards send to each other where the machine lets them.
  case peerToPeer = "peer-to-peer"
  /// All tensors from one partition to another go in one command.
  case commandBatching = "command-batching"
}

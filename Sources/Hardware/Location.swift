/// A device that can run operators: the host or a card of a ``System``.
public enum Location: Sendable, Hashable, Comparable {
  case host
  /// Position in ``System/cards``.
  case card(Int)

  /// The host comes first, then the cards in their order.
  public static func < (a: Location, b: Location) -> Bool { a.order < b.order }

  private var order: Int {
    switch self {
    case .host: -1
    case .card(let index): index
    }
  }
}

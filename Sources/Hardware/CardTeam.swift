/// Cards that act as one: each computes its part of every operator, and they exchange parts as they need them.
public struct CardTeam: Sendable, Hashable, Codable {
  /// How many, at least 2.
  public var cards: Int
  /// Seconds that a collective of no bytes takes.
  public var latencySeconds: Double
  /// Bytes a second that each card sends to its neighbour while all do.
  public var bytesPerSecond: Double

  public init(cards: Int, latencySeconds: Double, bytesPerSecond: Double) {
    self.cards = cards
    self.latencySeconds = latencySeconds
    self.bytesPerSecond = bytesPerSecond
  }

  /// Seconds of a collective on a ring of n cards: latency + (n - 1) / n x bytes / bandwidth for parts that all get, twice
  /// the bytes for sums (Patarasuk and Yuan 2009).
  ///
  /// - Parameter bytes: Of the whole result.
  public func seconds(bytes: Double, isSum: Bool) -> Double {
    let part = Double(cards - 1) / Double(max(1, cards))
    return latencySeconds + (isSum ? 2 : 1) * part * bytes / bytesPerSecond
  }
}

extension System {
  /// The same machine with every `count` consecutive cards as one; see ``CardTeam``.
  ///
  /// A request's tensors go to each card of a team over its own link, so the uplink carries them so many times.
  /// - Returns: `nil` where the cards do not form such teams of alike ones.
  public func inTeams(of count: Int) -> System? {
    guard count > 1, !cards.isEmpty, cards.count % count == 0, cards.allSatisfy({ $0.team == nil }) else {
      return nil
    }
    var system = self
    system.cards = []
    for start in stride(from: 0, to: cards.count, by: count) {
      let members = cards[start..<start + count]
      var card = cards[start]
      let isAlike = members.allSatisfy {
        $0.model == card.model && $0.processor == card.processor && $0.link == card.link
          && $0.reservedBytes == card.reservedBytes && $0.unsupportedOperators == card.unsupportedOperators
      }
      guard isAlike else { return nil }
      card.team = team(of: count, like: card)
      card.name = "\(card.name)-\(cards[start + count - 1].name)"
      card.processor.idleWatts *= Double(count)
      card.processor.busyWatts *= Double(count)
      system.cards.append(card)
    }
    system.uplink.bytesPerSecond /= Double(count)
    system.uplink.commandSeconds *= Double(count)
    return system
  }

  /// The exchange of `count` cards: measured where the card is in ``CollectiveFigures``; otherwise assumed: as many kernel
  /// starts as there are cards, and the bandwidth of their links, or of the uplink that they share where they go through
  /// the host.
  private func team(of count: Int, like card: Card) -> CardTeam {
    if let known = CollectiveFigures.team(of: count, model: card.model) { return known }
    let step = max(card.processor.launchSeconds, 1e-6)
    let bandwidth =
      peerToPeer ? card.link.sustained : min(card.link.sustained, uplink.sustained / Double(count))
    return CardTeam(cards: count, latencySeconds: step * Double(count), bytesPerSecond: bandwidth)
  }
}

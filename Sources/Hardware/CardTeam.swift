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
  /// The same machine with every `count` consecutive cards of one kind as one, by kind in order of their first cards; see ``CardTeam``.
  /// Cards of other kinds, and those that are left over, are left out.
  ///
  /// A request's tensors go to each card of a team over its own link, so the uplink carries them so many times.
  public func eachKindInTeams(of count: Int) -> [System] {
    guard count > 1, count <= cards.count, cards.allSatisfy({ $0.team == nil }) else { return [] }
    var kinds: [[Card]] = []
    var start = 0
    while start < cards.count {
      let run = cards[start...].prefix { $0.isLike(cards[start]) }
      var teams: [Card] = []
      for first in stride(from: run.startIndex, through: run.endIndex - count, by: count) {
        var card = cards[first]
        card.team = team(of: count, like: card, sharing: count)
        card.name = "\(card.name)-\(cards[first + count - 1].name)"
        card.processor.idleWatts *= Double(count)
        card.processor.busyWatts *= Double(count)
        teams.append(card)
      }
      if let first = teams.first, let known = kinds.firstIndex(where: { $0[0].isLike(first) }) {
        kinds[known] += teams
      } else if !teams.isEmpty {
        kinds.append(teams)
      }
      start = run.endIndex
    }
    return kinds.map { teams in
      var system = self
      system.cards = teams
      system.uplink.bytesPerSecond /= Double(count)
      system.uplink.commandSeconds *= Double(count)
      return system
    }
  }

  /// The exchange of `count` cards: measured where the card is in ``CollectiveFigures``; otherwise assumed: as many kernel
  /// starts as there are cards, and the bandwidth of their links, or of the uplink that they share where they go through
  /// the host.
  ///
  /// - Parameter sharing: Cards that the uplink is stated for the whole of; 1 where it is stated for a card of a team.
  private func team(of count: Int, like card: Card, sharing: Int) -> CardTeam {
    if let known = CollectiveFigures.team(of: count, model: card.model) { return known }
    let step = max(card.processor.launchSeconds, 1e-6)
    let bandwidth =
      peerToPeer
      ? (card.peerLink ?? card.link).sustained
      : min(card.link.sustained, uplink.sustained / Double(sharing))
    return CardTeam(cards: count, latencySeconds: step * Double(count), bytesPerSecond: bandwidth)
  }
}

extension Card {
  /// Whether nothing but its name tells the card from another one.
  fileprivate func isLike(_ other: Card) -> Bool {
    model == other.model && processor == other.processor && link == other.link
      && peerLink == other.peerLink && reservedBytes == other.reservedBytes
      && unsupportedOperators == other.unsupportedOperators
  }
}

extension System {
  /// The card of a name, or the team that a card of the name is in.
  public func member(named name: String) -> Card? {
    cards.first { $0.name == name } ?? cards.first { $0.team?.has(name, of: $0.name) ?? false }
  }

  /// The same with links of the cards so many times as wide, and with what teams exchange over them.
  public func withLinks(timesAsWide factor: Double) -> System {
    var system = self
    for index in system.cards.indices { system.cards[index].link.bytesPerSecond *= factor }
    for index in system.cards.indices {
      guard let count = system.cards[index].team?.cards else { continue }
      system.cards[index].team = system.team(of: count, like: system.cards[index], sharing: 1)
    }
    return system
  }
}

extension System {
  /// The machine whose cards form these teams, without cards that were left over.
  package var withoutTeams: System {
    var system = self
    let count = cards.compactMap { $0.team?.cards }.max() ?? 1
    system.uplink.bytesPerSecond *= Double(count)
    system.uplink.commandSeconds /= Double(count)
    system.cards = cards.flatMap { card -> [Card] in
      guard let team = card.team else { return [card] }
      return (0..<team.cards).map { number in
        var member = card
        member.team = nil
        member.processor.idleWatts /= Double(team.cards)
        member.processor.busyWatts /= Double(team.cards)
        member.name = team.member(number, of: card.name)
        return member
      }
    }
    return system
  }
}

extension CardTeam {
  /// The name of a card of the team that ``System/eachKindInTeams(of:)`` calls `first-last`.
  fileprivate func member(_ number: Int, of team: String) -> String {
    for dash in team.indices where team[dash] == "-" {
      let first = team[..<dash]
      let digits = first.suffix(first.reversed().prefix(while: \.isNumber).count)
      if let start = Int(digits), has("\(first)", of: team) {
        return "\(first.dropLast(digits.count))\(start + number)"
      }
    }
    return "\(team)/\(number)"
  }

  /// Whether a card is in the team that ``System/eachKindInTeams(of:)`` calls `first-last`.
  fileprivate func has(_ card: String, of team: String) -> Bool {
    func parts(_ name: Substring) -> (word: Substring, number: Int?) {
      let digits = name.reversed().prefix(while: \.isNumber).count
      return (name.dropLast(digits), Int(name.suffix(digits)))
    }
    return team.indices.filter { team[$0] == "-" }.contains { dash in
      let (first, last) = (parts(team[..<dash]), parts(team[team.index(after: dash)...]))
      let own = parts(card[...])
      guard let low = first.number, let high = last.number, let number = own.number, first.word == last.word,
        high >= low, high - low == cards - 1
      else { return card == team[..<dash] || card == team[team.index(after: dash)...] }
      return own.word == first.word && (low...high).contains(number)
    }
  }
}

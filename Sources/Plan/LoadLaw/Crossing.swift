/// For which part of the requests something that is made at one site crosses which links to where it is read at another.
///
/// With s(k) the part of the requests whose copies are on card k:
///
///     made        read        leaves             enters
///     host        card k      uplink, 1          k, 1
///     host        every card  uplink, 1          each j, s(j)
///     card k      host        k, 1               uplink, 1
///     every card  host        each j, s(j)       uplink, 1
///     card k      card l      k, 1               l, 1
///     card k      every card  k, 1 - s(k)        each j but k, s(j)
///     every card  card k      each j but k, s(j) k, 1 - s(k)
///
/// At one site nothing moves. Where cards cannot write to each other, what goes from card to card stops in host memory and
/// passes the uplink both ways.
package struct Crossing: Hashable, Sendable {
  package let from: PlacementSite
  package let to: PlacementSite

  package init(from: PlacementSite, to: PlacementSite) {
    self.from = from
    self.to = to
  }

  /// Whether it goes from card to card, and so over links of their own where they have such. See ``LoadLaw/link(ofDevice:betweenCards:)``.
  package var isBetweenCards: Bool { from != .host && to != .host }

  /// The part of the requests for which it leaves a card.
  ///
  /// - Parameters:
  ///   - share: s of that card.
  ///   - all: The requests that come at all: fewer than 1 where cards form groups, of which each serves a part.
  package func leaving(_ card: Int, share: Double, of all: Double = 1) -> Double {
    Self.part(at: from, andNotAt: to, card, share, all)
  }

  /// The same of what enters a card.
  package func entering(_ card: Int, share: Double, of all: Double = 1) -> Double {
    Self.part(at: to, andNotAt: from, card, share, all)
  }

  /// The part of the requests for which it passes the uplink on the way from the host.
  ///
  /// - Parameter share: By card: s.
  package func leavingHost(peerToPeer: Bool, share: (Int) -> Double) -> Double {
    from == .host ? (to == .host ? 0 : 1) : throughHost(peerToPeer, share)
  }

  /// The same on the way to the host.
  package func enteringHost(peerToPeer: Bool, share: (Int) -> Double) -> Double {
    to == .host ? (from == .host ? 0 : 1) : throughHost(peerToPeer, share)
  }

  private func throughHost(_ peerToPeer: Bool, _ share: (Int) -> Double) -> Double {
    switch (from, to) {
    case _ where from == to || from == .host || to == .host || peerToPeer: 0
    case (.card(let card), .everyCard), (.everyCard, .card(let card)): 1 - share(card)
    default: 1
    }
  }

  private static func part(
    at near: PlacementSite, andNotAt far: PlacementSite, _ card: Int, _ share: Double, _ all: Double
  ) -> Double {
    if near == far { return 0 }
    switch (near, far) {
    case (.card(card), .everyCard): return all - share
    case (.everyCard, .card(card)): return 0
    case (.card(card), _): return all
    case (.everyCard, _): return share
    default: return 0
    }
  }

  /// The places that one transfer stops at, each hop between two of them; a single one where it moves nothing.
  package static func stops<Place: Equatable>(
    from: Place, to: Place, host: Place, peerToPeer: Bool
  ) -> [Place] {
    if from == to { return [from] }
    return from == host || to == host || peerToPeer ? [from, to] : [from, host, to]
  }
}

import Hardware

extension System {
  /// Gives every card a link of its own to the others, so many times as fast as that to the switch.
  ///
  /// - Parameter slowing: How much slower that to the switch becomes before, so that what it carries matters.
  public mutating func linkCards(timesAsFast factor: Double, slowing: Double = 1) {
    for index in cards.indices {
      cards[index].link.bytesPerSecond /= slowing
      cards[index].link.commandSeconds *= slowing
      var link = cards[index].link
      link.bytesPerSecond *= factor
      link.commandSeconds /= factor
      cards[index].peerLink = link
    }
  }
}

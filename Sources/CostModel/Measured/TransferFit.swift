import Hardware

/// Sets the links of a system to measured transfers.
///
/// Of each card's transfers with the host or other cards, seconds = latency + bytes / bandwidth is fitted by least squares of
/// the relative errors; where all have one size, the latency stays as it is, or, where that size takes less time on the link
/// than its latency, the bandwidth does. The latency becomes the command overhead of the
/// card's link and the bandwidth its rate; the port that all cards share carries at least as much. Where cards have links of their own
/// to each other, those between cards are fitted apart and set these.
public struct TransferFit {
  public private(set) var system: System
  /// What was set, and what could not be used, a line each.
  public private(set) var findings: [String] = []

  public init(_ files: [MeasurementFile], to system: System) {
    self.system = system
    for file in files where !file.transfers.isEmpty { fit(file) }
  }

  private mutating func fit(_ file: MeasurementFile) {
    var byCard: [[TransferMeasurement]] = Array(repeating: [], count: system.cards.count)
    var betweenCards = byCard
    var strangers: [String] = []
    for transfer in file.transfers {
      let ends = [cards(transfer.from), cards(transfer.to)]
      for (name, end) in zip([transfer.from, transfer.to], ends) where end == nil && !strangers.contains(name)
      {
        strangers.append(name)
      }
      guard ends.allSatisfy({ $0 != nil }) else { continue }
      let isPeer = system.hasPeerLinks && ends.allSatisfy { $0 != [] }
      for card in Set(ends.flatMap { $0 ?? [] }) {
        if isPeer { betweenCards[card].append(transfer) } else { byCard[card].append(transfer) }
      }
    }
    for name in strangers {
      findings.append(
        "\(file.name): '\(name)' is no device of the system; its transfers are not used; it has host and "
          + (Set(system.cards.map(\.model)).sorted() + system.cards.prefix(1).map(\.name)).joined(
            separator: ", "))
    }
    let uplink = fit(byCard, of: file, \.link, called: "the link")
    if uplink > system.uplink.sustained { Self.set(&system.uplink, rate: uplink) }
    _ = fit(betweenCards, of: file, \.ownPeerLink, called: "the link to other cards")
  }

  /// Sets a link of each card that has transfers to what fits them.
  ///
  /// - Returns: The highest of the rates, bytes per second; 0 where none was set.
  private mutating func fit(
    _ byCard: [[TransferMeasurement]], of file: MeasurementFile, _ path: WritableKeyPath<Card, Link>,
    called name: String
  ) -> Double {
    var isKnown: Set<[TransferMeasurement]> = []
    var highest = 0.0
    for (index, transfers) in byCard.enumerated() where !transfers.isEmpty {
      let isNew = isKnown.insert(transfers).inserted
      guard let (latency, rate) = Self.line(transfers, known: system.cards[index][keyPath: path]) else {
        if isNew {
          findings.append("\(file.name): no bandwidth fits the transfers of \(system.cards[index].name)")
        }
        continue
      }
      Self.set(&system.cards[index][keyPath: path], rate: rate)
      system.cards[index][keyPath: path].commandSeconds = latency
      highest = max(highest, rate)
      if isNew {
        findings.append(
          "\(file.name): \(transfers.count) transfers set \(name) of \(system.cards[index].name) and its like to "
            + "\((rate / 1e7).rounded() / 100) GB/s and \((latency * 1e8).rounded() / 100) µs a command")
      }
    }
    return highest
  }

  /// Positions of the cards that a name means, none for the host; `nil` for a stranger.
  private func cards(_ name: String) -> [Int]? {
    let word = name.lowercased()
    if ["host", "cpu", system.host.name.lowercased()].contains(word) { return [] }
    let found = system.cards.indices.filter {
      ["card", "gpu", system.cards[$0].name.lowercased(), system.cards[$0].model.lowercased()].contains(word)
    }
    return found.isEmpty ? nil : found
  }

  /// - Returns: seconds and bytes per second; `nil` where time does not grow with bytes.
  private static func line(_ transfers: [TransferMeasurement], known link: Link) -> (Double, Double)? {
    let known = transfers.filter { $0.seconds > 0 }
    // Weights 1 / seconds^2: sums of (a + b x - y)^2 / y^2.
    var (w, wx, wxx, wy, wxy) = (0.0, 0.0, 0.0, 0.0, 0.0)
    for transfer in known {
      let (x, y) = (Double(transfer.bytes), transfer.seconds)
      let weight = 1 / (y * y)
      (w, wx, wxx, wy, wxy) = (
        w + weight, wx + weight * x, wxx + weight * x * x, wy + weight * y, wxy + weight * x * y
      )
    }
    guard let first = known.first else { return nil }
    let determinant = w * wxx - wx * wx
    if known.contains(where: { $0.bytes != first.bytes }), determinant > 0 {
      let latency = (wy * wxx - wx * wxy) / determinant
      let slope = (w * wxy - wx * wy) / determinant
      if latency >= 0 { return slope > 0 && (1 / slope).isFinite ? (latency, 1 / slope) : nil }
      return wxy > 0 ? (0, wxx / wxy) : nil
    }
    let time = Middle.mean(known.map(\.seconds))
    let atRate = Double(first.bytes) / link.sustained
    if atRate < link.commandSeconds, atRate < time { return (time - atRate, link.sustained) }
    return time > link.commandSeconds
      ? (link.commandSeconds, Double(first.bytes) / (time - link.commandSeconds)) : nil
  }

  /// A link that sustains `rate`.
  private static func set(_ link: inout Link, rate: Double) {
    link.bytesPerSecond = max(link.bytesPerSecond, rate)
    link.sustainedFraction = min(1, rate / link.bytesPerSecond)
  }
}

extension Card {
  /// Its own link to other cards, of a system where each has one.
  fileprivate var ownPeerLink: Link {
    get { peerLink ?? link }
    set { peerLink = newValue }
  }
}

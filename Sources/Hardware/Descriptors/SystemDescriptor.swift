/// A system as its file describes it: a host, groups of like cards, and the links they share.
struct SystemDescriptor: Sendable, Hashable {
  struct Group: Sendable, Hashable {
    var card: Card
    var count: Int
  }

  /// Where it was read from, for messages.
  var file: String
  var name: String
  var host: Host
  /// In the order in which cards are numbered.
  var groups: [Group]
  var peerToPeer: Bool
  var uplink: Link

  /// Reads a system description; cards and hosts are objects in place or names that `library` knows.
  /// - Throws: Every problem in it and in what it refers to.
  init(_ value: JSONValue, file: String, library: DescriptorLibrary) throws(SystemError) {
    var reader = ObjectReader(value, file: file, path: "")
    try reader.requireObject()
    let name = reader.string("name")
    if reader.has("description") { _ = reader.string("description") }
    let host = Self.host(&reader, library)
    let groups = Self.groups(&reader, library)
    let peerToPeer = reader.bool("peerToPeer")
    let uplink = reader.link("uplink")
    reader.reportUnknownFields()
    guard reader.findings.isEmpty, let name, let host, let peerToPeer, let uplink
    else { throw SystemError(category: .badInput, findings: reader.findings) }
    self.file = file
    self.name = name
    self.host = host
    self.groups = groups
    self.peerToPeer = peerToPeer
    self.uplink = uplink
  }

  /// The system with the cards that the file lists, or with `cards` of them.
  ///
  /// Fewer cards keep the first ones. More are possible when all are alike.
  func system(cards: Int?) throws(SystemError) -> System {
    let range = SystemCatalog.cardRange
    var listed: [Card] = []
    for group in groups {
      listed += Array(repeating: group.card, count: min(group.count, range.upperBound))
      if listed.count > range.upperBound { break }
    }
    let count = cards ?? listed.count
    guard range.contains(count) else {
      throw SystemError(
        category: cards == nil ? .badInput : .badRequest,
        finding: SystemFinding(
          file: file, field: "cards",
          message: "a system has \(range.lowerBound) to \(range.upperBound) cards, not \(count)"))
    }
    if count > listed.count {
      guard let first = listed.first, listed.allSatisfy({ $0 == first }) else {
        throw SystemError(
          category: .badRequest,
          finding: SystemFinding(
            file: file, field: "cards",
            message: "has \(listed.count) cards of different kinds, so it cannot be extended to "
              + "\(count); describe the system you mean in a file"))
      }
      listed = Array(repeating: first, count: count)
    }
    let named = listed.prefix(count).enumerated().map { index, card in
      var card = card
      card.name = "card\(index)"
      return card
    }
    return System(name: name, host: host, cards: named, peerToPeer: peerToPeer, uplink: uplink)
  }

  private static func host(_ reader: inout ObjectReader, _ library: DescriptorLibrary) -> Host? {
    guard let value = reader.value("host") else {
      reader.report("host", "is missing; name one of \(library.hostNames) or describe one in place")
      return nil
    }
    do throws(SystemError) {
      if case .string(let name) = value { return try library.host(name, in: reader, field: "host") }
      return try HostDescriptor(value, file: reader.file, path: "host").host
    } catch {
      reader.absorb(error.findings)
      return nil
    }
  }

  private static func groups(_ reader: inout ObjectReader, _ library: DescriptorLibrary) -> [Group] {
    guard case .array(let entries) = reader.value("cards") else {
      reader.report("cards", "expected a list of {card, count}")
      return []
    }
    if entries.isEmpty { reader.report("cards", "needs at least one card") }
    return entries.enumerated().compactMap { index, entry in
      let path = "cards[\(index)]"
      var group = ObjectReader(entry, file: reader.file, path: path)
      let count = group.has("count") ? group.integer("count", 1...SystemCatalog.cardRange.upperBound) : 1
      var card: Card?
      if let value = group.value("card") {
        do throws(SystemError) {
          if case .string(let name) = value {
            card = try library.card(name, in: group, field: "card")
          } else {
            card = try CardDescriptor(value, file: reader.file, path: path + ".card").card
          }
        } catch {
          group.absorb(error.findings)
        }
      } else if group.findings.isEmpty {
        group.report("card", "is missing; name one of \(library.cardNames) or describe one in place")
      }
      group.reportUnknownFields()
      reader.absorb(group)
      guard let card, let count else { return nil }
      return Group(card: card, count: count)
    }
  }
}

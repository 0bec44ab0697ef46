/// A card as its file describes it, before it has a place in a system.
struct CardDescriptor: Sendable, Hashable {
  /// The card with its model name in place of its own.
  var card: Card

  /// Reads a card description.
  /// - Throws: Every problem in it.
  init(_ value: JSONValue, file: String, path: String = "") throws(SystemError) {
    var reader = ObjectReader(value.completedByFamily, file: file, path: path)
    try reader.requireObject()
    let model = reader.string("model")
    if reader.has("description") { _ = reader.string("description") }
    let processor = reader.processor()
    let reserved = reader.reservedBytes(of: processor?.dram)
    let link = reader.link("link")
    let peerLink = reader.has("peerLinkGigabytesPerSecond") ? reader.link("peerLink") : nil
    let unsupported = reader.strings("unsupportedOperators")
    reader.reportUnknownFields()
    guard reader.findings.isEmpty, let model, let processor, let reserved, let link, let unsupported
    else { throw SystemError(category: .badInput, findings: reader.findings) }
    card = Card(
      name: model, model: model, processor: processor, link: link, peerLink: peerLink,
      reservedBytes: reserved, unsupportedOperators: unsupported.sorted())
  }
}

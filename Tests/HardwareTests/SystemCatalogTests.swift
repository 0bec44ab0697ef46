import Foundation
import Testing

@testable import Hardware

struct SystemCatalogTests {
  @Test func theDefaultIsSixLikeCards() throws {
    let system = try SystemCatalog.system()
    #expect(system.cards.count == 6)
    #expect(system.cards.map(\.name) == (0..<6).map { "card\($0)" })
    #expect(system.cards.allSatisfy { $0.model == "nnp-i-1100" })
    #expect(system.peerToPeer)
    #expect(system.host.name == "twin-lakes")
    let card = system.cards[0]
    #expect(card.processor.cores == 12)
    #expect(card.processor.dram.bytes == 16_000_000_000)
    #expect(card.processor.dram.bytesPerSecond == 67_200_000_000)
    #expect(card.processor.sram?.bytes == 48 << 20)
    #expect(card.processor.matrix[.int8]?.operationsPerSecond == 50e12)
    #expect(card.processor.launchSeconds == 2e-6)
    #expect(card.link.bytesPerSecond == 3.94e9)
    #expect(card.usableBytes == 15_000_000_000)
    #expect(card.unsupportedOperators == card.unsupportedOperators.sorted())
    // Totals of the source: 96 GB, 403 GB/s, 300 int8 TOPS, 72 W.
    #expect(system.cards.map(\.processor.dram.bytes).reduce(0, +) == 96_000_000_000)
    #expect(abs(system.cards.map(\.processor.dram.bytesPerSecond).reduce(0, +) - 403.2e9) < 1)
    #expect(system.cards.map(\.processor.busyWatts).reduce(0, +) == 72)
  }

  @Test func cardsOnABoardHaveLinksOfTheirOwn() throws {
    for name in SystemCatalog.names {
      let system = try SystemCatalog.system(name)
      #expect(system.hasPeerLinks == name.hasSuffix("-sxm"), "\(name)")
      #expect(try !SystemCatalog.system(name, cards: 1).hasPeerLinks)
    }
    var system = try SystemCatalog.system("h100-sxm")
    #expect(system.peerLink(ofCard: 7)?.bytesPerSecond == 450e9)
    // Where one card has none, all that goes between cards takes the switch.
    system.cards[3].peerLink = nil
    #expect(!system.hasPeerLinks && system.peerLink(ofCard: 7) == nil)
    system = try SystemCatalog.system("h100-sxm")
    system.peerToPeer = false
    #expect(!system.hasPeerLinks)
    system.cards[1].peerLink?.sustainedFraction = 2
    #expect(system.findings(file: "s").map(\.field) == ["cards[1].peerLink.sustainedFraction"])
  }

  @Test func everyBuiltInSystemLoadsAndIsSound() throws {
    #expect(SystemCatalog.names.first == "nnpi")
    #expect(
      Set(SystemCatalog.names) == [
        "nnpi", "mtia1", "mtia2i", "cloud-ai-100-standard", "cloud-ai-100-pro", "t4", "l4", "a10", "h100",
        "a100-sxm", "h100-sxm", "h200-sxm", "l40s", "epyc-9005",
      ])
    for name in SystemCatalog.names {
      let system = try SystemCatalog.system(name)
      #expect(system.name == name)
      #expect(system.findings(file: name) == [])
    }
  }

  @Test func everySystemRoundTripsExactly() throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    for name in SystemCatalog.names {
      let system = try SystemCatalog.system(name)
      let text = try encoder.encode(system)
      let decoded = try JSONDecoder().decode(System.self, from: text)
      #expect(decoded == system)
      #expect(try encoder.encode(decoded) == text)
    }
  }

  @Test(arguments: [0, 1, 2, 12, 1024])
  func numberOfCardsCanBeGiven(count: Int) throws {
    let system = try SystemCatalog.system("nnpi", cards: count)
    #expect(system.cards.count == count)
    #expect(Set(system.cards.map(\.name)).count == count)
  }

  @Test(arguments: [-1, 1025, Int.max])
  func impossibleNumbersOfCardsAreRefused(count: Int) {
    let error = #expect(throws: SystemError.self) { try SystemCatalog.system("nnpi", cards: count) }
    #expect(error?.description == "nnpi: cards: a system has 0 to 1024 cards, not \(count)")
    #expect(error?.category == .badRequest)
  }

  @Test func anUnknownSystemListsTheKnownOnes() {
    let error = #expect(throws: SystemError.self) { try SystemCatalog.system("nnpj") }
    #expect(error?.category == .badRequest)
    #expect(error?.description.contains("known systems are nnpi, a10, ") == true)
  }

  @Test func aMissingFileIsNamed() {
    let error = #expect(throws: SystemError.self) { try SystemCatalog.system("./nowhere.json") }
    #expect(error?.category == .missingFile)
    #expect(error?.description == "./nowhere.json: no such file")
  }

  @Test(arguments: ["/dev/zero", "/"])
  func whatIsNoRegularFileIsRefused(path: String) {
    let error = #expect(throws: SystemError.self) { try SystemCatalog.system(path) }
    #expect(error?.description == "\(path): is not a regular file")
  }

  @Test func unlikeCardsWork() throws {
    let system = try Self.parse(
      """
      {"name": "mixed", "host": "twin-lakes", "cards": [{"card": "t4", "count": 2}, {"card": "l4"}],
       "peerToPeer": false, "uplinkGigabytesPerSecond": 10, "uplinkSustainedFraction": 1,
       "uplinkCommandMicroseconds": 1}
      """)
    #expect(system.cards.map(\.model) == ["t4", "t4", "l4"])
    #expect(system.cards.map(\.name) == ["card0", "card1", "card2"])
    #expect(system.findings(file: "x") == [])
  }

  @Test func unlikeCardsCanBeFewerButNotMore() throws {
    let text = """
      {"name": "mixed", "host": "twin-lakes", "cards": [{"card": "t4"}, {"card": "l4"}],
       "peerToPeer": false, "uplinkGigabytesPerSecond": 10, "uplinkSustainedFraction": 1,
       "uplinkCommandMicroseconds": 1}
      """
    #expect(try Self.parse(text, cards: 1).cards.map(\.model) == ["t4"])
    let error = #expect(throws: SystemError.self) { try Self.parse(text, cards: 3) }
    #expect(error?.description.contains("different kinds") == true)
  }

  @Test func filesBesideASystemFileAreFound() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "hardware-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let card = try #require(BuiltInDescriptors.cards.first { $0.name == "t4" })
    try card.json.replacing("\"model\": \"t4\"", with: "\"model\": \"mine\"")
      .write(to: folder.appending(path: "card.json"), atomically: true, encoding: .utf8)
    try """
    {"name": "own", "host": "twin-lakes", "cards": [{"card": "card.json", "count": 3}], "peerToPeer": true,
     "uplinkGigabytesPerSecond": 10, "uplinkSustainedFraction": 1, "uplinkCommandMicroseconds": 1}
    """.write(to: folder.appending(path: "system.json"), atomically: true, encoding: .utf8)
    let system = try SystemCatalog.system(folder.appending(path: "system.json").path())
    #expect(system.cards.map(\.model) == ["mine", "mine", "mine"])
  }

  static func parse(_ text: String, cards: Int? = nil) throws(SystemError) -> System {
    try SystemCatalog.system(json: Array(text.utf8), file: "test.json", cards: cards)
  }
}

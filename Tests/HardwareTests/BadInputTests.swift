import Foundation
import TestSupport
import Testing

@testable import Hardware

/// Wrong descriptions: every problem is found, located and explained, and none ends the process.
struct BadInputTests {
  private static let sound = """
    {"name": "own", "host": "twin-lakes", "cards": [{"card": "t4", "count": 2}], "peerToPeer": true,
     "uplinkGigabytesPerSecond": 10, "uplinkSustainedFraction": 1, "uplinkCommandMicroseconds": 1}
    """

  private static func messages(_ text: String) -> String {
    do throws(SystemError) {
      _ = try SystemCatalog.system(json: Array(text.utf8), file: "own.json")
      return "(accepted)"
    } catch {
      return error.description
    }
  }

  @Test func theSoundOneIsAccepted() {
    #expect(Self.messages(Self.sound) == "(accepted)")
  }

  /// One wrong value at a time, and what is said about it.
  @Test func wrongSystems() {
    let edits: [(String, String)] = [
      ("\"name\": \"own\", ", ""),
      ("\"own\"", "7"),
      ("\"own\"", "\"\""),
      ("\"twin-lakes\"", "\"twin-peaks\""),
      ("\"twin-lakes\"", "{}"),
      ("\"t4\"", "\"t5\""),
      ("\"t4\"", "\"no/such.json\""),
      ("\"card\": \"t4\", ", ""),
      ("\"count\": 2", "\"count\": 0"),
      ("\"count\": 2", "\"count\": -3"),
      ("\"count\": 2", "\"count\": 1.5"),
      ("\"count\": 2", "\"count\": 1025"),
      ("\"count\": 2", "\"count\": 1e300"),
      ("\"count\": 2", "\"number\": 2"),
      ("[{\"card\": \"t4\", \"count\": 2}]", "[]"),
      ("[{\"card\": \"t4\", \"count\": 2}]", "{}"),
      ("[{\"card\": \"t4\", \"count\": 2}]", "[7]"),
      (
        "{\"card\": \"t4\", \"count\": 2}",
        "{\"card\": \"t4\", \"count\": 1000}, {\"card\": \"l4\", \"count\": 25}"
      ),
      ("true", "\"yes\""),
      ("Second\": 10", "Second\": 0"),
      ("Second\": 10", "Second\": -10"),
      ("Second\": 10", "Second\": 1e30"),
      ("Second\": 10", "Second\": null"),
      ("Second\": 10", "Second\": \"NaN\""),
      ("Second\": 10", "Second\": {\"source\": \"here\"}"),
      ("Second\": 10", "Second\": {\"value\": 10, \"source\": 3, \"assumed\": 1, \"unit\": \"GB\"}"),
      ("Fraction\": 1", "Fraction\": 1.01"),
      ("Microseconds\": 1", "Microseconds\": -1"),
      ("uplinkGigabytes", "uplinkgigabytes"),
    ]
    var text = ""
    for (old, new) in edits {
      text += "\(old) -> \(new)\n"
      for line in Self.messages(Self.sound.replacing(old, with: new)).split(separator: "\n") {
        text += "  \(line)\n"
      }
    }
    #expect(snapshotDifference(text, named: "wrong-systems.txt") == nil)
  }

  @Test func everyProblemOfACardIsReportedAtOnce() throws {
    let card = try #require(BuiltInDescriptors.cards.first { $0.name == "nnp-i-1100" })
    var text = card.json
    for (old, new) in [
      ("\"cores\": {\"value\": 12,", "\"cores\": {\"value\": -12,"),
      ("\"int8\": {\"value\": 50,", "\"int9\": {\"value\": 50,"),
      ("\"dramGigabytes\": {\"value\": 16,", "\"dramGigabytes\": {\"value\": 1e10,"),
      ("\"dramBurstBytes\": {\"value\": 64,", "\"dramBurstBytes\": {\"value\": 0,"),
      ("\"sramGigabytesPerSecond\"", "\"sramGigabytesPerSeconds\""),
      ("\"idleWatts\": {\"value\": 3,", "\"idleWatts\": {\"value\": 30,"),
      ("[\"If\", ", "[1, "),
    ] {
      #expect(text.contains(old), "\(old)")
      text = text.replacing(old, with: new)
    }
    let system = Self.sound.replacing("\"t4\"", with: text)
    #expect(snapshotDifference(Self.messages(system) + "\n", named: "wrong-card.txt") == nil)
  }

  @Test func reservedMemoryMustBeLessThanThereIs() throws {
    let host = try #require(BuiltInDescriptors.hosts.first { $0.name == "twin-lakes" })
    let text = host.json.replacing(
      "\"reservedGigabytes\": {\"value\": 8,", with: "\"reservedGigabytes\": {\"value\": 64,")
    #expect(
      Self.messages(Self.sound.replacing("\"twin-lakes\"", with: text))
        == "own.json: host.reservedGigabytes: must be less than dramGigabytes")
  }

  @Test(arguments: [
    "", "{", "[]", "7", "null", "\u{0}\u{1}", "{\"name\": NaN}", "{\"name\": 1e999}", "\u{FEFF}{}",
  ])
  func whatIsNoSystemIsRefused(text: String) {
    let error = #expect(throws: SystemError.self) {
      try SystemCatalog.system(json: Array(text.utf8), file: "own.json")
    }
    #expect(error?.category == .badInput)
    #expect(error?.findings.isEmpty == false)
  }

  @Test func deepNestingIsRefused() {
    let depth = 100_000
    let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    let message = Self.messages(text)
    #expect(message.hasPrefix("own.json: [0][0]") && message.hasSuffix("it is nested too deep"))
    #expect(message.count < 400)
  }

  @Test func numbersBeyondDoubleAreLocated() {
    #expect(
      Self.messages(Self.sound.replacing("\"count\": 2", with: "\"count\": 1e999"))
        == "own.json: cards[0].count: is a number too large to represent")
  }

  @Test func bytesThatAreNoTextAreRefused() {
    #expect(throws: SystemError.self) {
      try SystemCatalog.system(json: (0...255).map { UInt8($0) }, file: "own.json")
    }
  }

  /// Random damage to a sound description never ends the process, and what is accepted is sound.
  @Test(arguments: 0..<50)
  func randomDamage(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let card = try #require(BuiltInDescriptors.cards.first { $0.name == "t4" })
    var bytes = Array(Self.sound.replacing("\"t4\"", with: card.json).utf8)
    for _ in 0..<Int.random(in: 1...4, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      default: bytes.insert(contentsOf: Array("9e9".utf8), at: place)
      }
    }
    guard let system = try? SystemCatalog.system(json: bytes, file: "own.json") else { return }
    #expect(system.findings(file: "own.json") == [])
  }

  @Test func decodedSystemsAreChecked() throws {
    var system = try SystemCatalog.system("nnpi", cards: 2)
    system.cards[1].name = "card0"
    system.cards[1].link.bytesPerSecond = .nan
    system.cards[0].processor.dram.bytes = 1 << 62
    system.cards[0].processor.matrix = [:]
    system.cards[0].processor.launchSeconds = -.infinity
    system.host.reservedBytes = -1
    system.host.processor.cores = 0
    system.uplink.sustainedFraction = 0
    let text = system.findings(file: "plan.json").map(\.description).joined(separator: "\n") + "\n"
    #expect(snapshotDifference(text, named: "wrong-decoded-system.txt") == nil)
    #expect(throws: SystemError.self) { try system.validate(file: "plan.json") }
    system.cards = Array(repeating: system.cards[0], count: 1025)
    #expect(
      system.findings(file: "plan.json").contains {
        $0.description == "plan.json: cards: a system has 0 to 1024 cards, not 1025"
      })
  }
}

import Foundation
import Testing

@testable import Hardware

/// Figures of classes of operators in descriptions.
struct ClassDescriptorTests {
  /// The default system with fields added to its host.
  private static func description(_ fields: [String: JSONValue]) throws -> SystemDescription {
    var value = try JSONValue.parse(Data(SystemCatalog.description("nnpi").json.utf8), file: "nnpi")
    var host = try #require(value["host"])
    for (key, field) in fields { host[key] = field }
    value["host"] = host
    return try SystemDescription(value, file: "mine.json", library: DescriptorLibrary(folder: nil))
  }

  private static let softmax: JSONValue = .object([
    "efficiency": .object(["value": .number(0.5), "source": .string("measured")]),
    "halfResults": .number(100),
    "halfDepth": .number(0), "bandwidthShare": .number(1.5), "launchMicroseconds": .number(2),
  ])

  @Test func classesAreRead() throws {
    let system = try Self.description(["classes": .object(["softmax": Self.softmax])]).system()
    #expect(
      system.host.processor.classes == [
        .softmax: ClassFigures(
          efficiency: 0.5, halfResults: 100, halfDepth: 0, bandwidthShare: 1.5, launchSeconds: 2e-6)
      ])
    #expect(system.cards.allSatisfy { $0.processor.classes == nil })
  }

  /// Of a card that a family describes a data sheet's figures are enough; what the family says of the rest is marked as assumed.
  @Test(arguments: ["gpu", "npu"])
  func aDataSheetAndAFamilyAreACard(_ family: String) throws {
    func system(_ more: String = "") throws -> SystemDescription {
      try SystemCatalog.description(
        json: Array(
          """
          {"name": "mine", "host": "server-2s-112", "cards": [{"card": {
            "model": "new", "family": "\(family)", "cores": 142, "matrixTeraOperationsPerSecond": {"int8": 724, "fp16": 362},
            "vectorTeraOperationsPerSecond": {"fp16": 90.5}, "dramGigabytes": 48, "dramGigabytesPerSecond": 864,
            "busyWatts": 300, "linkGigabytesPerSecond": 31.5\(more)}}],
           "peerToPeer": true, "uplinkGigabytesPerSecond": 126, "uplinkSustainedFraction": 0.87,
           "uplinkCommandMicroseconds": 0}
          """.utf8), file: "mine.json")
    }
    let description = try system()
    let card = try #require(try description.system().cards.first)
    #expect(card.processor.idleWatts == (family == "gpu" ? 30 : 75))
    #expect((card.processor.products?[.fp16] != nil) == (family == "gpu"))
    #expect(card.processor.products?[.bf16] == nil && card.processor.sram == nil)
    for figure in description.figures where figure.path == "card.dramSustainedFraction" {
      #expect(figure.isAssumed && figure.source.hasPrefix("family \(family)"))
    }
    // Written out it is the same, and what is said goes before the family.
    let again = try SystemCatalog.description(json: Array(description.json.utf8), file: "again.json")
    #expect(try again.system() == description.system() && again.json == description.json)
    let own = try system(
      #", "matrixSustainedFraction": 0.5, "idleWatts": 7, "sramMebibytes": 4, "sramGigabytesPerSecond": 900"#)
    let processor = try #require(try own.system().cards.first).processor
    #expect(processor.products == nil && processor.matrix[.fp16]?.sustainedFraction == 0.5)
    #expect(processor.idleWatts == 7 && processor.sram?.sustainedFraction == 0.7)
  }

  /// A family gives what the description does not; the description says it all in place.
  @Test func familiesGiveTheRest() throws {
    let family = try #require(BuiltInDescriptors.families.first)
    let description = try Self.description([
      "family": .string(family.name), "classes": .object(["softmax": Self.softmax]),
    ])
    let classes = try #require(try description.system().host.processor.classes)
    #expect(classes[.softmax]?.launchSeconds == 2e-6)
    #expect(classes.count > 15)
    let exported = try SystemCatalog.system(json: Array(description.json.utf8), file: "exported.json")
    #expect(exported == (try description.system()))
    let figures = description.figures
    #expect(figures.contains { $0.path == "host.classes.convolution.efficiency" && !$0.source.isEmpty })
    let changed = try description.changed(
      by: .init(path: "host.classes.convolution.efficiency", value: "0.125"))
    #expect(try changed.system().host.processor.classes?[.convolution]?.efficiency == 0.125)
  }

  @Test func problemsAreLocated() throws {
    var bad = Self.softmax
    bad["efficiency"] = .number(-1)
    bad["halfDepht"] = .number(1)
    bad["launchMicroseconds"] = nil
    let error = #expect(throws: SystemError.self) {
      try Self.description([
        "classes": .object(["softmax": bad, "convolutoin": Self.softmax]), "family": .string("abacus"),
      ])
    }
    let fields = try #require(error).findings.map(\.field)
    #expect(fields.contains("host.classes.softmax.efficiency"))
    #expect(fields.contains("host.classes.softmax.halfDepht"))
    #expect(fields.contains("host.classes.softmax.launchMicroseconds"))
    #expect(fields.contains("host.classes.convolutoin"))
    #expect(
      try #require(error).findings.contains { $0.field == "host.family" && $0.message.contains("abacus") })
  }

  @Test func figuresAreSetWithTheirSource() throws {
    let figures = ClassFigures(
      efficiency: 0.123_456, halfResults: 123_456, halfDepth: 0, bandwidthShare: 1e-3,
      launchSeconds: 1.234_5e-6,
      error: 0.05)
    let description = try SystemCatalog.description("nnpi")
    let host = try description.setting([.softmax: figures], ofCards: nil, source: "measured here")
    let read = try #require(try host.system().host.processor.classes?[.softmax])
    #expect(read.efficiency == 0.1235 && read.halfResults == 123_500 && read.error == 0.05)
    let path = "host.classes.softmax.bandwidthShare"
    #expect(host.figures.first { $0.path == path }?.source == "measured here")
    #expect(host.figures.first { $0.path == path }?.value == "0.001")
    let cards = try description.setting([.softmax: figures], ofCards: "nnp-i-1100", source: "measured here")
    #expect(try cards.system().cards.allSatisfy { $0.processor.classes?.count == 1 })
    #expect(try cards.system().host.processor.classes == description.system().host.processor.classes)
    #expect(throws: SystemError.self) {
      var wrong = figures
      wrong.bandwidthShare = -1
      _ = try description.setting([.softmax: wrong], ofCards: nil, source: "x")
    }
  }
}

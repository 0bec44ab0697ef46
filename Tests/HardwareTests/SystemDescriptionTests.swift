import Foundation
import Testing

@testable import Hardware

struct SystemDescriptionTests {
  @Test func whatIsExportedReadsAsTheSameSystem() throws {
    for name in SystemCatalog.names {
      let description = try SystemCatalog.description(name)
      let system = try SystemCatalog.system(json: Array(description.json.utf8), file: "exported.json")
      #expect(system == (try SystemCatalog.system(name)))
      #expect(
        try SystemCatalog.description(name).figures
          == SystemDescription(
            JSONValue.parse(Data(description.json.utf8), file: "again"), file: "again",
            library: DescriptorLibrary(folder: nil)
          ).figures)
    }
  }

  @Test func everyFigureOfABuiltInSystemHasItsSource() throws {
    for name in SystemCatalog.names {
      let figures = try SystemCatalog.description(name).figures
      #expect(figures.count > 40)
      for figure in figures { #expect(!figure.source.isEmpty, "\(name) \(figure.path)") }
      #expect(Set(figures.map(\.path)).count == figures.count)
    }
    let figures = try SystemCatalog.description("nnpi").figures
    let launch = try #require(figures.first { $0.path == "card.dramGigabytesPerSecond" })
    #expect(launch.value == "67.2" && !launch.isAssumed)
    #expect(figures.first?.path.hasPrefix("host.") == true)
  }

  private static func changed(_ path: String, _ value: String, of name: String = "nnpi") throws -> System {
    try SystemCatalog.description(name).changed(by: FigureChange(path: path, value: value)).system()
  }

  @Test(arguments: [
    "card.dramGigabytesPerSecond", "cards[0].dramGigabytesPerSecond", "cards[0].card.dramGigabytesPerSecond",
    "cards[*].dramGigabytesPerSecond", "card.dramGigabytesPerSecond.value",
  ])
  func oneFigureIsVaried(path: String) throws {
    var expected = try SystemCatalog.system("nnpi")
    for index in expected.cards.indices { expected.cards[index].processor.dram.bytesPerSecond = 100e9 }
    #expect(try Self.changed(path, "100") == expected)
  }

  @Test func figuresOfEveryKindAreVaried() throws {
    #expect(try Self.changed("host.cores", "4").host.processor.cores == 4)
    #expect(try !Self.changed("peerToPeer", "false").peerToPeer)
    #expect(try Self.changed("cards[0].count", "3").cards.count == 3)
    #expect(
      try Self.changed("card.unsupportedOperators", "Softmax,Add").cards[0].unsupportedOperators
        == ["Add", "Softmax"])
    #expect(
      try Self.changed("card.matrixTeraOperationsPerSecond.int8", "60").cards[5].processor.matrix[.int8]?
        .operationsPerSecond == 60e12)
    let figures = try SystemCatalog.description("nnpi").changed(by: .init(path: "host.cores", value: "4"))
      .figures
    let cores = try #require(figures.first { $0.path == "host.cores" })
    #expect(cores.value == "4" && cores.isAssumed && cores.source == FigureChange.source)
  }

  @Test(arguments: [
    ("card.dramGigabytesPerSecnd", "1", "near are card.dramGigabytesPerSecond"),
    ("dramGigabytesPerSecond", "1", "host.dramGigabytesPerSecond"),
    ("card.lunch", "1", "near are card.launchMicroseconds"),
    ("", "1", "no figure has this path"),
    ("cards[7].cores", "1", "no figure has this path"),
    ("host.name", "x", "no figure has this path"),
    ("host.cores", "many", "'many' is not a number"),
    ("host.cores", "nan", "'nan' is not a number"),
    ("host.cores", "1e400", "'1e400' is not a number"),
    ("peerToPeer", "1", "'1' is not true or false"),
    ("host.cores", "0.5", "whole number from 1 to 1000000"),
    ("card.dramSustainedFraction", "2", "at most 1"),
    ("host.reservedGigabytes", "64", "less than dramGigabytes"),
  ])
  func whatCannotBeIsRefused(path: String, value: String, message: String) throws {
    let error = #expect(throws: SystemError.self) { _ = try Self.changed(path, value) }
    #expect(error?.category == .badRequest)
    #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
  }

  @Test func kindsOfCardsAreToldApart() throws {
    let text = """
      {"name": "two", "host": "twin-lakes", "cards": [{"card": "t4"}, {"card": "a10", "count": 2}],
      "peerToPeer": true, "uplinkGigabytesPerSecond": 1, "uplinkSustainedFraction": 1, "uplinkCommandMicroseconds": 0}
      """
    let description = try SystemDescription(
      JSONValue.parse(Data(text.utf8), file: "two"), file: "two", library: DescriptorLibrary(folder: nil))
    let one = try description.changed(by: .init(path: "cards[1].cores", value: "7")).system()
    #expect(one.cards.map(\.processor.cores) == [40, 7, 7])
    let all = try description.changed(by: .init(path: "card.cores", value: "7")).system()
    #expect(all.cards.map(\.processor.cores) == [7, 7, 7])
    #expect(description.figures.contains { $0.path == "cards[1].cores" })
    #expect(description.figures.contains { $0.path == "uplinkSustainedFraction" && $0.source.isEmpty })
  }
}

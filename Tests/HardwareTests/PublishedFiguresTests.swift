import Hardware
import Testing

/// The shipped cards against their published figures.
struct PublishedFiguresTests {
  struct Published: Sendable {
    var system: String
    var cores: Int
    var int8TeraOperations: Double
    var fp16TeraOperations: Double
    var dramGigabytes: Int
    var dramGigabytesPerSecond: Double
    var linkGigabytesPerSecond: Double
    var watts: Double
  }

  static let published = [
    Published(
      system: "nnpi", cores: 12, int8TeraOperations: 50, fp16TeraOperations: 6.25, dramGigabytes: 16,
      dramGigabytesPerSecond: 67.2, linkGigabytesPerSecond: 3.94, watts: 12),
    Published(
      system: "mtia1", cores: 64, int8TeraOperations: 102.4, fp16TeraOperations: 51.2, dramGigabytes: 64,
      dramGigabytesPerSecond: 176, linkGigabytesPerSecond: 15.75, watts: 35),
    Published(
      system: "mtia2i", cores: 64, int8TeraOperations: 354, fp16TeraOperations: 177, dramGigabytes: 128,
      dramGigabytesPerSecond: 204.8, linkGigabytesPerSecond: 31.5, watts: 85),
    Published(
      system: "cloud-ai-100-standard", cores: 14, int8TeraOperations: 325, fp16TeraOperations: 110,
      dramGigabytes: 16, dramGigabytesPerSecond: 137, linkGigabytesPerSecond: 15.75, watts: 75),
    Published(
      system: "cloud-ai-100-pro", cores: 16, int8TeraOperations: 375, fp16TeraOperations: 125,
      dramGigabytes: 32, dramGigabytesPerSecond: 137, linkGigabytesPerSecond: 15.75, watts: 75),
    Published(
      system: "t4", cores: 40, int8TeraOperations: 130, fp16TeraOperations: 65, dramGigabytes: 16,
      dramGigabytesPerSecond: 320, linkGigabytesPerSecond: 15.75, watts: 70),
    Published(
      system: "l4", cores: 58, int8TeraOperations: 242, fp16TeraOperations: 121, dramGigabytes: 24,
      dramGigabytesPerSecond: 300, linkGigabytesPerSecond: 31.5, watts: 72),
    Published(
      system: "a10", cores: 72, int8TeraOperations: 250, fp16TeraOperations: 125, dramGigabytes: 24,
      dramGigabytesPerSecond: 600, linkGigabytesPerSecond: 31.5, watts: 150),
    Published(
      system: "h100", cores: 114, int8TeraOperations: 1513, fp16TeraOperations: 756, dramGigabytes: 80,
      dramGigabytesPerSecond: 2000, linkGigabytesPerSecond: 63, watts: 350),
  ]

  @Test(arguments: published)
  func cardHasThem(expected: Published) throws {
    let card = try #require(try SystemCatalog.system(expected.system).cards.first)
    #expect(card.processor.cores == expected.cores)
    #expect(card.processor.matrix[.int8]?.operationsPerSecond == expected.int8TeraOperations * 1e12)
    #expect(card.processor.matrix[.fp16]?.operationsPerSecond == expected.fp16TeraOperations * 1e12)
    #expect(card.processor.dram.bytes == expected.dramGigabytes * 1_000_000_000)
    #expect(abs(card.processor.dram.bytesPerSecond - expected.dramGigabytesPerSecond * 1e9) < 1)
    #expect(abs(card.link.bytesPerSecond - expected.linkGigabytesPerSecond * 1e9) < 1)
    #expect(card.processor.busyWatts == expected.watts)
  }
}

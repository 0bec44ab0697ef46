import Hardware

/// A machine with round figures, so that costs can be worked out on paper.
enum Machine {
  /// int8 1 TOPS at 0.5, fp16 vector 100 GFLOPS at 0.5, DRAM 10 GB/s at 0.8 and 0.5 random with 64-byte bursts,
  /// SRAM 1 MB at 1 TB/s x 0.5, 10 cores of 1 M look-ups/s, launch 1 us.
  static func processor(sram: Bool = true) -> Processor {
    Processor(
      cores: 10, matrix: [.int8: EnginePeak(operationsPerSecond: 1e12, sustainedFraction: 0.5)],
      vector: [.fp16: EnginePeak(operationsPerSecond: 100e9, sustainedFraction: 0.5)],
      dram: Memory(
        bytes: 1_000_000_000, bytesPerSecond: 10e9, sustainedFraction: 0.8, randomFraction: 0.5,
        burstBytes: 64),
      sram: sram
        ? Memory(bytes: 1_000_000, bytesPerSecond: 1e12, sustainedFraction: 0.5, burstBytes: 1) : nil,
      launchSeconds: 1e-6, lookupsPerCorePerSecond: 1e6, idleWatts: 1, busyWatts: 10)
  }

  /// fp32 only, without SRAM: 100 GFLOPS at 0.5 in both engines.
  static func hostProcessor() -> Processor {
    var processor = processor(sram: false)
    processor.matrix = [.fp32: EnginePeak(operationsPerSecond: 100e9, sustainedFraction: 0.5)]
    processor.vector = [.fp32: EnginePeak(operationsPerSecond: 100e9, sustainedFraction: 0.5)]
    return processor
  }

  /// 1 GB/s at 0.8, 10 us a command.
  static let link = Link(bytesPerSecond: 1e9, sustainedFraction: 0.8, commandSeconds: 10e-6)

  static func card(
    _ index: Int, model: String = "toy", sram: Bool = true, unsupported: [String] = []
  ) -> Card {
    Card(
      name: "card\(index)", model: model, processor: processor(sram: sram), link: link,
      reservedBytes: 0, unsupportedOperators: unsupported)
  }

  static func system(cards: [Card] = [card(0), card(1)]) -> System {
    System(
      name: "toy", host: Host(name: "toy-host", processor: hostProcessor(), reservedBytes: 0),
      cards: cards, peerToPeer: true, uplink: link)
  }
}

/// One host, its cards and the links between them.
public struct System: Sendable, Hashable, Codable {
  public var name: String
  public var host: Host
  /// In the order plans number them; cards may differ.
  public var cards: [Card]
  /// Whether a card can write to another card through the switch without a stop in host memory.
  public var peerToPeer: Bool
  /// The host's port into the switch that all cards share.
  public var uplink: Link

  public init(name: String, host: Host, cards: [Card], peerToPeer: Bool, uplink: Link) {
    self.name = name
    self.host = host
    self.cards = cards
    self.peerToPeer = peerToPeer
    self.uplink = uplink
  }
}

/// Arithmetic precision of an engine.
public enum Precision: String, Sendable, Hashable, Codable, CodingKeyRepresentable, CaseIterable {
  case int4, int8, fp16, fp32

  public var bytesPerElement: Double {
    switch self {
    case .int4: 0.5
    case .int8: 1
    case .fp16: 2
    case .fp32: 4
    }
  }
}

/// Peak rate of one engine at one precision and the fraction of it that real kernels sustain.
public struct EnginePeak: Sendable, Hashable, Codable {
  /// Operations per second; a multiply-accumulate is two.
  public var operationsPerSecond: Double
  /// Between 0 and 1.
  public var sustainedFraction: Double

  public init(operationsPerSecond: Double, sustainedFraction: Double) {
    self.operationsPerSecond = operationsPerSecond
    self.sustainedFraction = sustainedFraction
  }

  public var sustained: Double { operationsPerSecond * sustainedFraction }
}

/// One level of memory.
public struct Memory: Sendable, Hashable, Codable {
  public var bytes: Int
  /// Peak bandwidth, one direction at a time.
  public var bytesPerSecond: Double
  /// Between 0 and 1.
  public var sustainedFraction: Double
  /// Smallest transfer; a random row read is rounded up to it.
  public var burstBytes: Int

  public init(bytes: Int, bytesPerSecond: Double, sustainedFraction: Double, burstBytes: Int) {
    self.bytes = bytes
    self.bytesPerSecond = bytesPerSecond
    self.sustainedFraction = sustainedFraction
    self.burstBytes = burstBytes
  }

  public var sustained: Double { bytesPerSecond * sustainedFraction }
}

/// A full-duplex link; each direction carries `bytesPerSecond`.
public struct Link: Sendable, Hashable, Codable {
  public var bytesPerSecond: Double
  /// Share of the line rate left after packet overhead, between 0 and 1.
  public var sustainedFraction: Double
  /// Fixed cost of one command (doorbell, descriptor, completion), seconds.
  public var commandSeconds: Double

  public init(bytesPerSecond: Double, sustainedFraction: Double, commandSeconds: Double) {
    self.bytesPerSecond = bytesPerSecond
    self.sustainedFraction = sustainedFraction
    self.commandSeconds = commandSeconds
  }

  public var sustained: Double { bytesPerSecond * sustainedFraction }
}

/// What a host or a card computes with.
public struct Processor: Sendable, Hashable, Codable {
  public var cores: Int
  /// Matrix engines of all cores together.
  public var matrix: [Precision: EnginePeak]
  /// Vector engines of all cores together.
  public var vector: [Precision: EnginePeak]
  public var dram: Memory
  /// Largest on-chip memory that holds weights and activations; `nil` when there is none to speak of.
  public var sram: Memory?
  /// Fixed cost to start one operator, seconds.
  public var launchSeconds: Double
  /// Row look-ups per second that one core sustains, latency-bound; all cores together are limited by DRAM as well.
  public var lookupsPerCorePerSecond: Double
  public var idleWatts: Double
  public var busyWatts: Double

  public init(
    cores: Int, matrix: [Precision: EnginePeak], vector: [Precision: EnginePeak], dram: Memory,
    sram: Memory?, launchSeconds: Double, lookupsPerCorePerSecond: Double, idleWatts: Double,
    busyWatts: Double
  ) {
    self.cores = cores
    self.matrix = matrix
    self.vector = vector
    self.dram = dram
    self.sram = sram
    self.launchSeconds = launchSeconds
    self.lookupsPerCorePerSecond = lookupsPerCorePerSecond
    self.idleWatts = idleWatts
    self.busyWatts = busyWatts
  }
}

/// The CPU and its memory.
public struct Host: Sendable, Hashable, Codable {
  public var name: String
  public var processor: Processor
  /// DRAM kept back for the operating system and the serving process, bytes.
  public var reservedBytes: Int

  public init(name: String, processor: Processor, reservedBytes: Int) {
    self.name = name
    self.processor = processor
    self.reservedBytes = reservedBytes
  }

  public var usableBytes: Int { max(0, processor.dram.bytes - reservedBytes) }
}

/// One accelerator card.
public struct Card: Sendable, Hashable, Codable {
  /// Unique in its system, for example `card0`.
  public var name: String
  /// The product, for example `nnp-i-1100`.
  public var model: String
  public var processor: Processor
  /// Its own port on the switch.
  public var link: Link
  /// DRAM kept back for firmware, code and buffers, bytes.
  public var reservedBytes: Int
  /// ONNX operator types it cannot run; these stay on the host.
  /// Sorted.
  public var unsupportedOperators: [String]

  public init(
    name: String, model: String, processor: Processor, link: Link, reservedBytes: Int,
    unsupportedOperators: [String]
  ) {
    self.name = name
    self.model = model
    self.processor = processor
    self.link = link
    self.reservedBytes = reservedBytes
    self.unsupportedOperators = unsupportedOperators
  }

  public var usableBytes: Int { max(0, processor.dram.bytes - reservedBytes) }
}

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

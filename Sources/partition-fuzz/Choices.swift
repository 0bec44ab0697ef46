/// Decisions read from bytes, so that a fuzzer that mutates the bytes mutates the decisions; 0 when they are used up.
struct Choices {
  private let bytes: [UInt8]
  private var position = 0

  init(_ bytes: [UInt8]) { self.bytes = bytes }

  mutating func byte() -> UInt8 {
    guard position < bytes.count else { return 0 }
    defer { position += 1 }
    return bytes[position]
  }

  /// From 0 to below `count`; 0 where there is nothing to choose from.
  mutating func below(_ count: Int) -> Int {
    guard count > 1 else { return 0 }
    var value = Int(byte())
    if count > 256 { value = value << 16 | Int(byte()) << 8 | Int(byte()) }
    return value % count
  }

  /// True once in `count`.
  mutating func oneIn(_ count: Int) -> Bool { below(count) == count - 1 }

  mutating func pick<Element>(_ elements: [Element]) -> Element? {
    elements.isEmpty ? nil : elements[below(elements.count)]
  }

  /// Whole numbers at which arithmetic goes wrong, and small ones.
  mutating func figure() -> Int64 {
    let edges: [Int64] = [
      0, 1, -1, 2, 3, 7, 16, 64, 255, 4096, 65_537, 1 << 31 - 1, 1 << 31, 1 << 32, 1 << 40, 1 << 48, 1 << 53,
      1 << 62,
      .max, .max - 1, .min, .min + 1, -2, -(1 << 31), -(1 << 62),
    ]
    return oneIn(4) ? Int64(Int8(bitPattern: byte())) : edges[below(edges.count)]
  }

  mutating func number() -> Double {
    let edges: [Double] = [
      0, -0.0, 1, -1, 0.5, 1e-300, 1e300, -1e300, Double.leastNonzeroMagnitude, .greatestFiniteMagnitude,
      1e18, 9.3e18, 1e19, 1e-9,
      100, 1.0000001,
    ]
    return oneIn(4) ? Double(byte()) / 16 : edges[below(edges.count)]
  }
}

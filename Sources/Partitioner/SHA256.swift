import CDigest

/// SHA-256 (FIPS 180-4), fed in pieces.
///
/// Its own few lines because the packages that offer it build a whole cryptography library from source, which takes
/// longer than everything else here; a plan only needs to notice that its model has changed.
struct SHA256 {
  private var state: [UInt32] = [
    0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19,
  ]
  /// Of a block that is not full.
  private var pending: [UInt8] = []
  private var byteCount: UInt64 = 0
  private static let blockBytes = 64
  private let isPlain: Bool

  /// - Parameter isPlain: Whether the processor's own instructions are left alone.
  init(isPlain: Bool = false) { self.isPlain = isPlain }

  mutating func update(_ bytes: some Collection<UInt8>) {
    byteCount &+= UInt64(bytes.count)
    let missing = pending.isEmpty ? 0 : min(bytes.count, Self.blockBytes - pending.count)
    pending.append(contentsOf: bytes.prefix(missing))
    if pending.count == Self.blockBytes {
      unsafe pending.withUnsafeBufferPointer { unsafe Self.digest($0, &state, isPlain) }
      pending.removeAll(keepingCapacity: true)
    }
    let rest = bytes.dropFirst(missing)
    let whole = rest.count - rest.count % Self.blockBytes
    let blocks = rest.prefix(whole)
    // Where the bytes lie one after the other they are read where they are.
    if blocks.withContiguousStorageIfAvailable({ unsafe Self.digest($0, &state, isPlain) }) == nil {
      unsafe Array(blocks).withUnsafeBufferPointer { unsafe Self.digest($0, &state, isPlain) }
    }
    pending.append(contentsOf: rest.dropFirst(whole))
  }

  /// - Parameter bytes: Whole blocks.
  private static func digest(_ bytes: UnsafeBufferPointer<UInt8>, _ state: inout [UInt32], _ isPlain: Bool) {
    unsafe state.withUnsafeMutableBufferPointer { state in
      guard let state = state.baseAddress, let first = bytes.baseAddress else { return }
      let blocks = bytes.count / blockBytes
      if isPlain {
        unsafe partition_sha256_plain(state, first, blocks)
      } else {
        unsafe partition_sha256(state, first, blocks)
      }
    }
  }

  /// Ends the message and answers the digest in hexadecimal.
  mutating func finish() -> String {
    let bits = byteCount &* 8
    var end: [UInt8] = [0x80]
    while (pending.count + end.count) % Self.blockBytes != 56 { end.append(0) }
    for shift in stride(from: 56, through: 0, by: -8) {
      end.append(UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
    }
    update(end)
    return state.map { word in
      let text = String(word, radix: 16)
      return String(repeating: "0", count: 8 - text.count) + text
    }.joined()
  }
}

/// Mends numbers that JSON writers emit and the protobuf mapping refuses: bare `NaN` and `Infinity`, which are quoted, and
/// floats beyond single precision such as `3.4028235e+38` rounded up or `1e39`, which become the largest float.
enum JSONNumberRepair {
  static func repaired(_ bytes: [UInt8]) -> [UInt8] {
    var output: [UInt8] = []
    output.reserveCapacity(bytes.count + 64)
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      if byte == UInt8(ascii: "\"") {
        let end = endOfString(bytes, from: index)
        output += bytes[index..<end]
        index = end
      } else if isTokenByte(byte) {
        var end = index
        while end < bytes.count, isTokenByte(bytes[end]) { end += 1 }
        output += replacement(for: bytes[index..<end])
        index = end
      } else {
        output.append(byte)
        index += 1
      }
    }
    return output
  }

  /// The position after the closing quote.
  private static func endOfString(_ bytes: [UInt8], from start: Int) -> Int {
    var index = start + 1
    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
      index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
    }
    return min(index + 1, bytes.count)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"),
      UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      true
    default: false
    }
  }

  private static func replacement(for token: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let text = String(decoding: token, as: UTF8.self)
    switch text {
    case "NaN", "nan": return Array("\"NaN\"".utf8)[...]
    case "Infinity", "inf", "Inf": return Array("\"Infinity\"".utf8)[...]
    case "-Infinity", "-inf", "-Inf": return Array("\"-Infinity\"".utf8)[...]
    default: break
    }
    guard
      text.utf8.contains(where: {
        $0 == UInt8(ascii: "e") || $0 == UInt8(ascii: "E") || $0 == UInt8(ascii: ".")
      }),
      let value = Double(text), !Float(value).isFinite
    else { return token }
    return Array("\(value < 0 ? "-" : "")3.4028234e38".utf8)[...]
  }
}

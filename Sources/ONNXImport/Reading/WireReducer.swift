/// Copies binary ONNX without the values of large tensors, so that what is left is small whatever the weights weigh.
///
/// The protobuf wire format is walked message by message; lengths of the messages around a dropped payload are written
/// anew. Memory is the size of the copy plus the reader's buffer.
struct WireReducer {
  private var reader: ByteReader
  /// Whether a tensor says where its dropped values are: see ``PayloadLocation``.
  private let locatesPayloads: Bool
  /// Payloads and plain fields longer than these many bytes are dropped.
  private static let payloadLimit = 16 << 10
  private static let plainLimit = 4 << 20
  private static let maximumDepth = 100

  init(_ reader: ByteReader, locatesPayloads: Bool = false) {
    self.reader = reader
    self.locatesPayloads = locatesPayloads
  }

  /// The reduced model.
  mutating func reduce() throws(LoadError) -> [UInt8] {
    try reduce(.model, end: reader.size, depth: 0)
  }

  private mutating func reduce(
    _ message: WireMessage, end: Int, depth: Int
  ) throws(LoadError) -> [UInt8] {
    guard depth < Self.maximumDepth else {
      throw malformed("messages are nested more than \(Self.maximumDepth) deep")
    }
    var output: [UInt8] = []
    var payloadBytes = 0
    while reader.position < end {
      let key = try varint(end)
      let field = message.field(key >> 3)
      switch key & 7 {
      case 0:
        let value = try varint(end)
        if case .payload = field {
          payloadBytes += 10
          if payloadBytes > Self.payloadLimit, !locatesPayloads { continue }
        }
        output.appendVarint(key)
        output.appendVarint(value)
      case 1, 5:
        let width = key & 7 == 1 ? 8 : 4
        guard end - reader.position >= width else { throw truncated }
        if case .payload = field {
          payloadBytes += width
          if payloadBytes > Self.payloadLimit, !locatesPayloads {
            reader.skip(width)
            continue
          }
        }
        output.appendVarint(key)
        try reader.append(width, to: &output)
      case 2:
        try reduceBytes(key, field, end: end, depth: depth, payload: &payloadBytes, into: &output)
      default:
        throw malformed(
          "byte \(reader.position) holds wire type \(key & 7), which protobuf does not use here")
      }
    }
    return output
  }

  private mutating func reduceBytes(
    _ key: UInt64, _ field: WireMessage.Field, end: Int, depth: Int, payload: inout Int,
    into output: inout [UInt8]
  ) throws(LoadError) {
    guard let length = Int(exactly: try varint(end)), length <= end - reader.position else {
      throw truncated
    }
    switch field {
    case .message(let inner):
      let reduced = try reduce(inner, end: reader.position + length, depth: depth + 1)
      output.appendVarint(key)
      output.appendVarint(UInt64(reduced.count))
      output += reduced
    case .payload where isStrings(key):
      output.appendVarint(key)
      output.appendVarint(UInt64(length))
      try reader.append(length, to: &output)
    case .payload where length > Self.payloadLimit || payload + length > Self.payloadLimit:
      payload = Self.payloadLimit
      if locatesPayloads {
        PayloadLocation(field: Int(key >> 3), offset: reader.position, bytes: length).append(to: &output)
      }
      reader.skip(length)
    case .dropped: reader.skip(length)
    case .plain where length > Self.plainLimit && !locatesPayloads: reader.skip(length)
    case .payload, .plain:
      if case .payload = field { payload += length }
      output.appendVarint(key)
      output.appendVarint(UInt64(length))
      try reader.append(length, to: &output)
    }
  }

  /// Strings are values too, but have no place of their own in a file of weights.
  private func isStrings(_ key: UInt64) -> Bool { locatesPayloads && key >> 3 == 6 }

  private mutating func varint(_ end: Int) throws(LoadError) -> UInt64 {
    var value: UInt64 = 0
    var shift: UInt64 = 0
    while reader.position < end, let byte = try reader.next() {
      guard shift < 64 else { throw malformed("byte \(reader.position) is in a number of over 64 bits") }
      value |= UInt64(byte & 0x7f) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    throw truncated
  }

  private var truncated: LoadError {
    LoadError(
      .malformed,
      "the file ends, or a message ends, in the middle of a field (byte \(reader.position) of "
        + "\(reader.size)): it is cut off, or not an ONNX model",
      file: reader.name)
  }

  private func malformed(_ message: String) -> LoadError {
    LoadError(.malformed, "not an ONNX model: \(message)", file: reader.name)
  }
}

extension [UInt8] {
  mutating func appendVarint(_ value: UInt64) {
    var rest = value
    while rest >= 0x80 {
      append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    append(UInt8(rest))
  }
}

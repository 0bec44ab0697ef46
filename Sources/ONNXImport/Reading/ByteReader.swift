/// Reads a file, or bytes in memory, from front to back through a small buffer; skipping costs nothing.
struct ByteReader {
  /// What the source is called in errors.
  let name: String?
  let size: Int
  private(set) var position = 0
  /// Bytes from `bufferStart` on; all of them for bytes in memory.
  private var buffer: [UInt8]
  private var bufferStart = 0
  private let file: OpenFile?
  private static let bufferSize = 1 << 18

  init(bytes: [UInt8], name: String?) {
    self.name = name
    size = bytes.count
    buffer = bytes
    file = nil
  }

  /// Opens a file. Pipes are read to their end at once, because their size is not known.
  init(path: String) throws(LoadError) {
    let opened = try OpenFile(path: path)
    name = path
    if let size = opened.size {
      self.size = size
      buffer = []
      file = opened
    } else {
      var all: [UInt8] = []
      while case let chunk = try opened.read(Self.bufferSize), !chunk.isEmpty { all += chunk }
      size = all.count
      buffer = all
      file = nil
    }
  }

  var remaining: Int { size - position }

  /// The first bytes of the source, without moving.
  mutating func peek(_ count: Int) throws(LoadError) -> ArraySlice<UInt8> {
    if position == 0, buffer.isEmpty { try fill() }
    return buffer.prefix(count)
  }

  /// The next byte; `nil` at the end.
  mutating func next() throws(LoadError) -> UInt8? {
    guard position < size else { return nil }
    if position - bufferStart >= buffer.count { try fill() }
    guard position - bufferStart < buffer.count else { return nil }
    defer { position += 1 }
    return buffer[position - bufferStart]
  }

  /// Appends the next `count` bytes, which must remain.
  mutating func append(_ count: Int, to output: inout [UInt8]) throws(LoadError) {
    var left = count
    while left > 0 {
      if position - bufferStart >= buffer.count { try fill() }
      let start = position - bufferStart
      let taken = min(left, buffer.count - start)
      guard taken > 0 else { throw LoadError(.unreadableFile, "the file became shorter", file: name) }
      output += buffer[start..<(start + taken)]
      position += taken
      left -= taken
    }
  }

  /// Moves past `count` bytes, which must remain.
  mutating func skip(_ count: Int) { position += count }

  /// Everything from here to the end.
  mutating func readAll() throws(LoadError) -> [UInt8] {
    if position == 0, file == nil {
      position = size
      return buffer
    }
    var all: [UInt8] = []
    all.reserveCapacity(remaining)
    try append(remaining, to: &all)
    return all
  }

  private mutating func fill() throws(LoadError) {
    guard let file, position < size else { return }
    try file.seek(to: position)
    buffer = try file.read(Self.bufferSize)
    bufferStart = position
  }
}

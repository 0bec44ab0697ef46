import Graph

/// A tensor of the model's file and where its values are.
struct StoredTensor {
  enum Values {
    /// Little-endian elements in memory.
    case bytes([UInt8])
    /// Little-endian elements in a file.
    case raw(InputFile, offset: Int)
    /// Variable-length numbers of protobuf in a file, each of which becomes an element of so many bytes.
    case numbers(InputFile, offset: Int, bytes: Int, width: Int)
  }

  var name: String
  /// As in `TensorProto.DataType`.
  var code: Int32
  var shape: [Int]
  var values: Values

  var type: ElementType { ElementType(onnxCode: Int(code)) ?? .float32 }

  /// Of all values; the loader has made sure that it is no more than 256 TiB.
  var bytes: Int { type.bytes(for: shape.reduce(1, *)) ?? .max }

  /// Bytes of one row; `nil` for what is no matrix of whole bytes.
  var rowBytes: Int? { shape.count == 2 && type.bits % 8 == 0 ? shape[1] * type.bits / 8 : nil }
}

/// Reads the values of a tensor from front to back; memory is that of one piece.
struct TensorReader {
  private let tensor: StoredTensor
  /// Of the elements.
  private var position = 0
  /// Of the numbers in the file, and those read but not handed out.
  private var filePosition = 0
  private var pending: [UInt8] = []
  private var pendingStart = 0
  private static let chunk = 1 << 20

  init(_ tensor: StoredTensor) { self.tensor = tensor }

  mutating func read(_ count: Int) throws(ExportError) -> [UInt8] {
    defer { position += count }
    switch tensor.values {
    case .bytes(let bytes):
      guard position + count <= bytes.count else { throw short }
      return Array(bytes[position..<(position + count)])
    case .raw(let file, let offset): return try file.read(count, at: offset + position)
    case .numbers(let file, let offset, let bytes, let width):
      while pending.count - pendingStart < count {
        try decode(file, offset, bytes, width)
      }
      defer { pendingStart += count }
      return Array(pending[pendingStart..<(pendingStart + count)])
    }
  }

  mutating func skip(_ count: Int) throws(ExportError) {
    guard case .numbers = tensor.values else {
      position += count
      return
    }
    var left = count
    while left > 0 {
      let piece = min(left, Self.chunk)
      _ = try read(piece)
      left -= piece
    }
  }

  private var short: ExportError {
    ExportError(.badInput, "weight '\(tensor.name)': has fewer values than its shape \(tensor.shape) needs")
  }

  private mutating func decode(
    _ file: InputFile, _ offset: Int, _ bytes: Int, _ width: Int
  ) throws(ExportError) {
    pending.removeFirst(pendingStart)
    pendingStart = 0
    let count = min(Self.chunk, bytes - filePosition)
    guard count > 0 else { throw short }
    let piece = try file.read(count, at: offset + filePosition)
    var value: UInt64 = 0
    var shift: UInt64 = 0
    var consumed = 0
    for (index, byte) in piece.enumerated() {
      if shift < 64 { value |= UInt64(byte & 0x7f) << shift }
      shift += 7
      guard byte < 0x80 else { continue }
      for place in 0..<width { pending.append(UInt8(truncatingIfNeeded: value >> (8 * UInt64(place)))) }
      (value, shift, consumed) = (0, 0, index + 1)
    }
    guard consumed > 0 else { throw short }
    filePosition += consumed
  }
}

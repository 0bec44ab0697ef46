import Accuracy
import Foundation
import ONNXSchema

/// The constants of one part: small ones in the model's message, others in a file of their own beside it.
struct PartWeights {
  /// Constants that are made together.
  enum Content {
    case bytes([UInt8])
    case tensor(StoredTensor)
    /// A piece of a table; its values, and for quantised rows scales and biases, are separate constants.
    case table(TablePiece)
    /// Codes of a product's weights, and their scales.
    case codes(WeightCodes)
    /// Pieces of a tensor along an axis, one after the other.
    case pieces(StoredTensor, axis: Int, [Range<Int>])
    /// As the file has it: strings, whose values have no bytes of their own.
    case message(Onnx_TensorProto)
  }

  /// Some rows and columns of a table, encoded, perhaps with rows behind them that are all of one value.
  struct TablePiece {
    var tensor: StoredTensor
    var rows: Range<Int>
    var columns: Range<Int>
    /// The values of those rows.
    var behind: [Float]
    var encoder: RowEncoder
  }

  /// A constant of the part.
  struct Constant {
    var name: String
    var code: Int32
    var shape: [Int]
    var bytes: Int
  }

  private struct Group {
    var constants: [Constant]
    var content: Content
  }

  private var groups: [Group] = []
  private var names: Set<String> = []
  /// Constants of fewer bytes are kept in the message.
  private static let inlineBytes = 1024
  private static let chunk = 1 << 20

  /// Adds constants unless the first one's name is taken, which then has the same content.
  mutating func add(_ constants: [Constant], _ content: Content) {
    guard let first = constants.first, names.insert(first.name).inserted else { return }
    groups.append(Group(constants: constants, content: content))
  }

  /// Bytes of all constants.
  var bytes: Int { groups.reduce(0) { $0 + $1.constants.reduce(0) { $0 + $1.bytes } } }

  /// Writes the values and answers the messages that hold or point to them.
  ///
  /// - Parameters:
  ///   - folder: With a slash behind it.
  ///   - file: Name of the file for values in that folder; made only where there are large ones.
  func write(folder: String, file: String) throws(ExportError) -> [Onnx_TensorProto] {
    var output: OutputFile?
    var messages: [Onnx_TensorProto] = []
    for group in groups {
      if case .message(let message) = group.content {
        messages.append(message)
        continue
      }
      let isSmall = group.constants.allSatisfy { $0.bytes < Self.inlineBytes }
      var offsets: [Int] = []
      if !isSmall {
        if output == nil { output = try OutputFile(path: folder + file) }
        offsets = group.constants.map { output?.reserve($0.bytes) ?? 0 }
      }
      var inline = group.constants.map { _ in [UInt8]() }
      var cursors = offsets
      try stream(group.content) { (index: Int, bytes: [UInt8]) throws(ExportError) in
        if let output, !isSmall {
          try output.write(bytes, at: cursors[index])
          cursors[index] += bytes.count
        } else {
          inline[index] += bytes
        }
      }
      for (index, constant) in group.constants.enumerated() {
        var message = Onnx_TensorProto()
        message.name = constant.name
        message.dataType = constant.code
        message.dims = constant.shape.map(Int64.init)
        if isSmall {
          message.rawData = .init(inline[index])
        } else {
          message.dataLocation = .external
          message.externalData = [
            ("location", file), ("offset", "\(offsets[index])"), ("length", "\(constant.bytes)"),
          ].map { key, value in
            var entry = Onnx_StringStringEntryProto()
            (entry.key, entry.value) = (key, value)
            return entry
          }
        }
        messages.append(message)
      }
    }
    return messages
  }

  /// Hands out the bytes of a group's constants, each from front to back.
  private func stream(
    _ content: Content, _ write: (Int, [UInt8]) throws(ExportError) -> Void
  ) throws(ExportError) {
    switch content {
    case .bytes(let bytes): try write(0, bytes)
    case .message: break
    case .tensor(let tensor):
      var reader = TensorReader(tensor)
      var left = tensor.bytes
      while left > 0 {
        let count = min(left, Self.chunk)
        try write(0, reader.read(count))
        left -= count
      }
    case .table(let piece): try stream(piece, write)
    case .codes(let codes):
      try codes.forEachStrip { (values, scales) throws(ExportError) in
        try write(0, values)
        try write(1, scales)
      }
    case .pieces(let tensor, let axis, let ranges): try stream(tensor, axis: axis, ranges, write)
    }
  }

  /// Reads what lies before the axis one after the other, and hands out the elements of the ranges.
  private func stream(
    _ tensor: StoredTensor, axis: Int, _ ranges: [Range<Int>],
    _ write: (Int, [UInt8]) throws(ExportError) -> Void
  ) throws(ExportError) {
    let unit = tensor.shape[(axis + 1)...].reduce(tensor.type.bits / 8, Saturated.product)
    let blocks = tensor.shape[..<axis].reduce(1, Saturated.product)
    var reader = TensorReader(tensor)
    var pending: [UInt8] = []
    for _ in 0..<blocks {
      var position = 0
      for range in ranges {
        try reader.skip((range.lowerBound - position) * unit)
        var left = range.count * unit
        while left > 0 {
          let count = min(left, Self.chunk)
          pending += try reader.read(count)
          left -= count
          if pending.count >= Self.chunk {
            try write(0, pending)
            pending = []
          }
        }
        position = range.upperBound
      }
      try reader.skip((tensor.shape[axis] - position) * unit)
    }
    if !pending.isEmpty { try write(0, pending) }
  }

  private func stream(
    _ piece: TablePiece, _ write: (Int, [UInt8]) throws(ExportError) -> Void
  ) throws(ExportError) {
    guard let rowBytes = piece.tensor.rowBytes else { return }
    let elementBytes = piece.tensor.type.bits / 8
    let taken = (piece.columns.lowerBound * elementBytes)..<(piece.columns.upperBound * elementBytes)
    var reader = TensorReader(piece.tensor)
    try reader.skip(piece.rows.lowerBound * rowBytes)
    var rows = RowEncoder.Row(values: [])
    func flush() throws(ExportError) {
      try write(0, rows.values)
      if !rows.scale.isEmpty {
        try write(1, rows.scale)
        try write(2, rows.bias)
      }
      rows = RowEncoder.Row(values: [])
    }
    func add(_ row: RowEncoder.Row) {
      rows.values += row.values
      rows.scale += row.scale
      rows.bias += row.bias
    }
    let rowsAtOnce = max(1, Self.chunk / max(1, rowBytes))
    var left = piece.rows.count
    while left > 0 {
      let count = min(left, rowsAtOnce)
      let bytes = try reader.read(count * rowBytes)
      for row in 0..<count {
        add(
          piece.encoder.encode(
            Array(bytes[(row * rowBytes + taken.lowerBound)..<(row * rowBytes + taken.upperBound)])))
      }
      left -= count
      try flush()
    }
    for value in piece.behind { add(piece.encoder.row(of: value, columns: piece.columns.count)) }
    if !piece.behind.isEmpty { try flush() }
  }
}

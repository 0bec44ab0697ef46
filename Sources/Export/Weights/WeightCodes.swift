import Accuracy
import CostModel
import Graph

/// Weights of a matrix product as codes with symmetric scales, in the layout of ONNX Runtime's `MatMulNBits`.
///
/// In 4 bits a scale serves ``KeptPrecision/groupSize`` values of a column, in 8 bits a whole one, as plans count them; the layout has
/// one for each block of that many values all the same. Codes are around the middle of their range: 8 or 128 is zero.
struct WeightCodes {
  let tensor: StoredTensor
  /// Whether the stored rows are the product's columns.
  let areColumnsStored: Bool
  let bits: Int

  static let block = KeptPrecision.groupSize
  /// Bytes of values that are read at once.
  private static let stripBytes = 32 << 20

  var inner: Int { tensor.shape[areColumnsStored ? 1 : 0] }
  var columns: Int { tensor.shape[areColumnsStored ? 0 : 1] }
  var blocks: Int { (inner + Self.block - 1) / Self.block }
  var blockBytes: Int { Self.block * bits / 8 }

  /// Hands out the codes and the scales of all columns, from the first to the last; memory is that of a strip of columns.
  func forEachStrip(_ body: ([UInt8], [UInt8]) throws(ExportError) -> Void) throws(ExportError) {
    let width = tensor.type.bits / 8
    let atOnce = max(1, Self.stripBytes / max(1, inner * width))
    var rows = TensorReader(tensor)
    for first in stride(from: 0, to: columns, by: atOnce) {
      let count = min(atOnce, columns - first)
      // By column of the strip.
      var values: [Float] = []
      if areColumnsStored {
        values = StoredFloats.values(try rows.read(count * inner * width), tensor.type)
      } else {
        values = Array(repeating: 0, count: count * inner)
        var reader = TensorReader(tensor)
        for row in 0..<inner {
          try reader.skip(first * width)
          let own = StoredFloats.values(try reader.read(count * width), tensor.type)
          try reader.skip((columns - first - count) * width)
          for column in 0..<count { values[column * inner + row] = own[column] }
        }
      }
      var codes: [UInt8] = []
      var scales: [UInt8] = []
      codes.reserveCapacity(count * blocks * blockBytes)
      for column in 0..<count {
        encode(values[(column * inner)..<((column + 1) * inner)], &codes, &scales)
      }
      try body(codes, scales)
    }
  }

  private func encode(_ column: ArraySlice<Float>, _ codes: inout [UInt8], _ scales: inout [UInt8]) {
    let whole = bits == 8 ? form(of: column) : nil
    for block in 0..<blocks {
      let start = column.startIndex + block * Self.block
      let values = column[start..<min(column.endIndex, start + Self.block)]
      let form = whole ?? form(of: values)
      append(form.scale, to: &scales)
      let zero = form.most + 1
      var block = values.map { UInt8(zero + form.code(of: $0)) }
      // A last block that is not full has zeros behind its values.
      block += Array(repeating: UInt8(zero), count: Self.block - block.count)
      if bits == 8 {
        codes += block
      } else {
        for pair in 0..<(Self.block / 2) { codes.append(block[2 * pair] | block[2 * pair + 1] << 4) }
      }
    }
  }

  private func form(of values: ArraySlice<Float>) -> SymmetricCodes {
    SymmetricCodes(bits: bits, over: values) {
      tensor.type == .float16 ? HalfPrecision.value(of: HalfPrecision.bits(of: $0)) : $0
    }
  }

  private func append(_ scale: Float, to bytes: inout [UInt8]) {
    if tensor.type == .float16 {
      let pattern = HalfPrecision.bits(of: scale)
      bytes += [UInt8(truncatingIfNeeded: pattern), UInt8(truncatingIfNeeded: pattern >> 8)]
    } else {
      let pattern = scale.bitPattern
      bytes += (0..<4).map { UInt8(truncatingIfNeeded: pattern >> (8 * UInt32($0))) }
    }
  }
}

import Accuracy
import CostModel

/// Rows of tables as a format holds them.
enum TableKernel {
  static func stored(_ row: [Float], _ format: TableFormat) -> [Float] {
    guard format.precision.isInteger else {
      return row.map { FloatRounding.rounded($0, to: format.precision) }
    }
    let scale = RowScale(row, bits: format.precision.bits, scaleBytes: format.scaleBytes)
    return row.map { scale.value(ofCode: scale.code(of: $0)) }
  }
}

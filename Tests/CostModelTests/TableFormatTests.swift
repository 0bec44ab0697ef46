import CostModel
import Testing

struct TableFormatTests {
  @Test func rowBytesFollowTheLayout() {
    #expect(TableFormat.fp32.rowBytes(dimension: 64) == 256)
    #expect(TableFormat.fp16.rowBytes(dimension: 64) == 128)
    #expect(TableFormat.int8.rowBytes(dimension: 64) == 68)
    #expect(TableFormat.int4.rowBytes(dimension: 64) == 36)
    #expect(TableFormat.int4.rowBytes(dimension: 7) == 4 + 4)
    #expect(TableFormat(precision: .int8, scaleBytes: 4).rowBytes(dimension: 128) == 136)
    #expect(TableFormat(precision: .int4, scaleBytes: 4).rowBytes(dimension: 128) == 72)
  }

  @Test func hugeDimensionsSaturate() {
    #expect(TableFormat.fp32.rowBytes(dimension: .max) == .max)
    #expect(TableFormat.int8.rowBytes(dimension: .max) == .max)
  }
}

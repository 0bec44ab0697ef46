import Hardware
import Rules
import Testing

@testable import Accuracy

@Suite struct ErrorSidecarTests {
  private func read(_ text: String) throws -> KnownErrors {
    try ErrorSidecar.read(Array(text.utf8), tables: ["users", "ads"], layers: ["fc"])
  }

  @Test func errorsAreReadByTableAndPrecision() throws {
    let known = try read(#"{"users": {"int8": 0.004, "int4": 0.08}, "ads": {"fp16": 0}}"#)
    #expect(
      known.tables == [
        .init(table: "users", precision: .int8, error: 0.004, source: .sidecar),
        .init(table: "users", precision: .int4, error: 0.08, source: .sidecar),
        .init(table: "ads", precision: .fp16, error: 0, source: .sidecar),
      ])
    #expect(known.layers.isEmpty)
    let same = try ErrorSidecar.known(["ads": ["fp16": 0]], tables: ["ads"], layers: [])
    #expect(same.tables == Array(known.tables.suffix(1)))
  }

  /// Layers have precisions of weights alone as well.
  @Test func errorsOfLayersAreReadBesideThem() throws {
    let known = try read(#"{"fc": {"w4a16": 0.09, "int8": 0.01}, "ads": {"int8": 0}}"#)
    #expect(
      known.layers == [
        .init(layer: "fc", precision: LayerPrecision(.fp16, weights: .int4), error: 0.09, source: .sidecar),
        .init(layer: "fc", precision: LayerPrecision(.int8), error: 0.01, source: .sidecar),
      ])
    #expect(known.tables.map(\.table) == ["ads"])
    #expect(throws: FormatError.self) { try read(#"{"ads": {"w4a16": 0.09}}"#) }
  }

  /// All at once, each with its place.
  @Test func everythingThatIsWrongIsSaid() throws {
    let error = #expect(throws: FormatError.self) {
      try read(#"{"userz": {"int8": 0.004}, "ads": {"int5": 0.1, "int4": -1}}"#)
    }
    #expect(
      error?.findings.map(\.description) == [
        "userz.int8: is of no embedding table and no layer of the model; is 'users' meant?",
        "ads.int5: is of no precision; known are int4, int8, fp8, fp16, bf16, fp32",
        "ads.int4: is -1.0; give a relative error, 0 or more",
      ])
  }

  @Test(arguments: ["", "[]", #"{"users": 0.1}"#, #"{"users": {"int8": "much"}}"#])
  func otherShapesAreErrors(text: String) {
    #expect(throws: FormatError.self) { try read(text) }
  }
}

import Graph
import Hardware
import TestSupport
import Testing

@testable import Accuracy

@Suite struct TableErrorsTests {
  /// Twice as many look-ups count twice as much, but for the root of their pooling.
  @Test func weightsAreSharesOfLookupsByTheRootOfPooling() throws {
    let graph = try SampleNets.recommendation(rows: [1000, 1000], lookups: [1, 4])
    let errors = TableErrors(graph: graph)
    #expect(errors.tables.map(\.lookupShare) == [0.2, 0.8])
    #expect(errors.tables.map(\.pooling) == [1, 4])
    let one = errors.error(ofTable: 0, in: .int4)
    let total = errors.total(of: [.int4, .int4])
    #expect(abs(total - (0.2 * one + 0.8 / 2 * one)) < 1e-12)
    #expect(errors.total(of: [.fp32, .fp32]) == 0)
    #expect(errors.total(everywhere: .int4) == total)
  }

  @Test func givenErrorsReplaceAssumedOnes() throws {
    let graph = try SampleNets.recommendation(rows: [1000, 1000])
    let name = graph.embeddingTables[1].name
    let known = [
      TableErrors.Known(table: name, precision: .int4, error: 0.5, source: .sidecar),
      TableErrors.Known(table: "elsewhere", precision: .int4, error: 1, source: .sidecar),
    ]
    let errors = TableErrors(graph: graph, known: known)
    #expect(errors.error(ofTable: 1, in: .int4) == 0.5)
    #expect(errors.source(ofTable: 1, in: .int4) == .sidecar)
    #expect(errors.source(ofTable: 1, in: .int8) == .assumed)
    #expect(errors.known.map(\.table) == [name])
  }

  @Test func limitsAreNumbersOrWhatAPrecisionCosts() throws {
    let graph = try SampleNets.recommendation(rows: [1000, 2000])
    let errors = TableErrors(graph: graph)
    let layers = LayerErrors(graph: graph)
    let of8Bits = AccuracyLimit.everywhere(.int8).error(errors, layers)
    let ofLayers = layers.total(everywhere: LayerPrecision(.int8))
    #expect(ofLayers > 0)
    #expect(of8Bits == errors.total(everywhere: .int8) + ofLayers)
    let budget = AccuracyBudget(errors: errors, limit: of8Bits - ofLayers)
    #expect(budget.allows(errors.total(of: [.int8, .int8])))
    #expect(!budget.allows(errors.total(of: [.int8, .int4])))
    #expect(AccuracyLimit.error(0.02).error(errors, layers) == 0.02)
  }

  /// A type in which the file has the weights loses nothing.
  @Test func whatIsStoredExactlyHasNoError() {
    #expect(AssumedError.ofRows(width: 64, in: .fp16, stored: .float16) == 0)
    #expect(AssumedError.ofRows(width: 64, in: .fp32, stored: .bfloat16) == 0)
    #expect(AssumedError.ofRows(width: 64, in: .int8, stored: .int8) == 0)
    #expect(AssumedError.ofRows(width: 64, in: .int4, stored: .int8) > 0.05)
    #expect(AssumedError.ofRows(width: 64, in: .bf16, stored: .float16) > 0)
    #expect(AssumedError.ofRows(width: 1, in: .int4, stored: .float32) == 0)
  }

  /// Measured on 20,000 normal rows with NumPy, in per cent.
  @Test(arguments: [(32, 0.46, 7.8), (64, 0.53, 9.0), (96, 0.56, 9.6), (128, 0.59, 10.0)])
  func assumedErrorsAreNearMeasuredOnes(width: Int, int8: Double, int4: Double) {
    #expect(abs(AssumedError.ofRows(width: width, in: .int8, stored: .float32) * 100 / int8 - 1) < 0.03)
    #expect(abs(AssumedError.ofRows(width: width, in: .int4, stored: .float32) * 100 / int4 - 1) < 0.03)
  }

  @Test func errorsInWords() {
    #expect(ErrorText.percent(0.0903) == "9 %")
    #expect(ErrorText.percent(0.00531) == "0.53 %")
    #expect(ErrorText.percent(0.414) == "41 %")
    #expect(ErrorText.percent(0) == "0 %")
    #expect(ErrorText.percent(.infinity) == "any amount")
  }
}

import Graph
import Hardware
import TestSupport
import Testing

@testable import CostModel

/// Weights that are narrower than what is computed in.
@Suite struct WeightOnlyTests {
  private static let width = 4096

  private func costs(_ kept: [KeptPrecision], batch: Int = 1) throws -> CostModel {
    CostModel(
      graph: try SampleNets.chain(length: 2, width: Self.width, batch: batch),
      system: try SystemCatalog.system("h100", cards: 1),
      options: CostOptions(cardMatrixPrecision: .fp16, kept: kept))
  }

  private func kept(_ word: String) throws -> [KeptPrecision] {
    [try #require(KeptPrecision(word: word, pattern: "*"))]
  }

  /// 4096 x 4096 values: two bytes, one, half of one with two bytes for each 128.
  @Test func bytesAreThoseOfCodesAndScales() throws {
    let values = Self.width * Self.width
    for (word, bytes) in [
      ("fp16", 2 * values), ("w8a16", values), ("w4a16", values / 2 + 2 * (values / 128 + 1)),
    ] {
      let costs = try costs(kept(word))
      #expect(costs.weightBytes(of: OperatorID(0), on: .card(0)) == bytes)
      // The host computes as before.
      #expect(costs.weightBytes(of: OperatorID(0), on: .host) == 4 * values)
    }
  }

  /// A thin product waits for its weights, a thick one for the engine that is as fast as before, and for what widens them.
  @Test func thinProductsGainAndThickOnesDoNot() throws {
    func seconds(_ word: String, batch: Int) throws -> Double {
      try #require(try costs(kept(word), batch: batch).cost(of: OperatorID(0), on: .card(0))).seconds
    }
    let thin = try ["fp16", "w8a16", "w4a16"].map { try seconds($0, batch: 1) }
    #expect(thin[0] > 1.5 * thin[1] && thin[1] > 1.3 * thin[2])
    let thick = try ["fp16", "w8a16", "w4a16"].map { try seconds($0, batch: 8192) }
    #expect(thick[1] >= thick[0] && thick[2] >= thick[0])
    #expect(thick[2] < 1.1 * thick[0])
  }

  @Test func wordsAreReadAndWritten() {
    for word in LayerPrecision.words {
      #expect(KeptPrecision(word: word, pattern: "x")?.layer.word == word)
    }
    #expect(KeptPrecision(word: "w3a16", pattern: "x") == nil)
  }
}

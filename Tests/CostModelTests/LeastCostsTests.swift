import CostModel
import Graph
import Hardware
import TestSupport
import Testing

/// Costs over choices of precisions are at most those of each mixture of them.
struct LeastCostsTests {
  private static let choices = ["int8", "fp16", "w4a16", "int4"].compactMap { LayerPrecision(word: $0) }

  @Test(arguments: 0..<24)
  func noMixtureCostsLess(seed: Int) throws {
    var random = SeededRandom(seed: UInt64(seed))
    let graph = try SeededModel.graph(seed: UInt64(seed), operators: 25)
    let system = try SystemCatalog.system(SystemCatalog.names[seed % SystemCatalog.names.count], cards: 2)
    let costs = CostModel(graph: graph, system: system)
    let least = costs.least(of: Self.choices)
    let all = graph.operators.indices.map { OperatorID($0) }
    let card = Location.card(1)
    for trial in 0..<12 {
      let layers = graph.operators.map { node -> LayerPrecision? in
        guard node.work.kind == .matrix else { return nil }
        return trial < Self.choices.count ? Self.choices[trial] : Self.choices.randomElement(using: &random)
      }
      let mixture = costs.with { $0.layers = layers }
      #expect(least.peakActivationBytes(of: all, on: card) <= mixture.peakActivationBytes(of: all, on: card))
      #expect(least.weightBytes(of: all, on: card) <= mixture.weightBytes(of: all, on: card))
      #expect(least.residentShare(of: all, on: card) >= mixture.residentShare(of: all, on: card))
      for tensor in graph.tensors.indices {
        let id = TensorID(tensor)
        #expect(least.transferBytes(of: id) <= mixture.transferBytes(of: id))
      }
      for op in all {
        for fraction in [1, 0.5, CostModel.leastCoreFraction] {
          for share in [nil, 0, 0.3, 1] {
            guard let own = mixture.cost(of: op, on: card, coreFraction: fraction, residentShare: share)
            else {
              #expect(least.cost(of: op, on: card) == nil)
              continue
            }
            let bound = try #require(
              least.cost(of: op, on: card, coreFraction: fraction, residentShare: share))
            #expect(
              bound.seconds <= own.seconds * (1 + 1e-12), "\(graph[op].type) \(layers[op.index]?.word ?? "")")
            #expect(bound.dramSeconds <= own.dramSeconds * (1 + 1e-12) + 1e-18)
          }
        }
        #expect(least.cost(of: op, on: .host) == mixture.cost(of: op, on: .host))
        // Of a layer alone, in what it is in, with as much of its weights on chip as any mixture has.
        guard let layer = layers[op.index], let own = mixture.cost(of: op, on: card) else { continue }
        let share = least.residentShare(of: all, on: card)
        let alone = try #require(costs.least(of: [layer]).cost(of: op, on: card, residentShare: share))
        #expect(alone.seconds <= own.seconds * (1 + 1e-12))
      }
      for (index, _) in graph.embeddingTables.enumerated() {
        let format = TableFormat(precision: .int8)
        guard let own = mixture.lookup(table: index, format: format, on: card) else { continue }
        let bound = try #require(least.lookup(table: index, format: format, on: card))
        #expect(bound.coreSeconds <= own.coreSeconds * (1 + 1e-12))
        #expect(bound.dramSeconds <= own.dramSeconds * (1 + 1e-12))
      }
    }
  }

  /// So that one plan serves as plan and bound where nothing is gained by another precision.
  @Test func oneChoiceCostsWhatItCosts() throws {
    let graph = try SeededModel.graph(seed: 3)
    let costs = CostModel(graph: graph, system: try SystemCatalog.system(cards: 2))
    let wide = costs.with { $0.layers = graph.operators.map { _ in LayerPrecision(.fp16) } }
    #expect(costs.hasCosts(of: costs))
    #expect(!wide.hasCosts(of: costs))
  }

  /// A name that a user keeps in a precision is no choice.
  @Test func whatIsKeptIsNoChoice() throws {
    let graph = try SampleNets.chain(length: 3)
    var options = CostOptions()
    options.kept = [KeptPrecision(precision: .fp16, pattern: "*")]
    let system = try SystemCatalog.system(cards: 1)
    let kept = CostModel(graph: graph, system: system, options: options)
    let least = kept.least(of: Self.choices)
    for op in graph.operators.indices {
      let (own, bound) = (
        kept.cost(of: OperatorID(op), on: .card(0)), least.cost(of: OperatorID(op), on: .card(0))
      )
      #expect(own?.seconds == bound?.seconds)
    }
  }
}

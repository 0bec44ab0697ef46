import Graph
import ONNXImport
import SwiftProtobuf
import TestSupport
import Testing

/// Damaged models give a graph or an error, never a crash.
@Suite struct MutationTests {
  @Test(arguments: [UInt64(1), 2, 3]) func damagedBinary(seed: UInt64) throws {
    try damage(Messages.classifier(batch: .name("n")).binary(), seed: seed, rounds: 1500)
  }

  @Test(arguments: [UInt64(4), 5]) func damagedJSON(seed: UInt64) throws {
    try damage(Messages.classifier(batch: .name("n")).jsonUTF8Bytes(), seed: seed, rounds: 800)
  }

  @Test func damagedControlFlow() throws {
    try damage(BodyTests.bagLoop(bags: 4, lookups: 12).binary(), seed: 6, rounds: 1500)
  }

  private func damage(_ bytes: [UInt8], seed: UInt64, rounds: Int) throws {
    var random = SeededRandom(seed: seed)
    for _ in 0..<rounds {
      var damaged = bytes
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        let place = Int.random(in: 0..<damaged.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: damaged[place] = UInt8.random(in: 0...255, using: &random)
        case 1: damaged[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: damaged.insert(UInt8.random(in: 0...255, using: &random), at: place)
        default: damaged.removeSubrange(place..<min(damaged.count, place + 3))
        }
        if damaged.isEmpty { break }
      }
      guard
        let loaded = try? ModelLoader.load(
          bytes: damaged, options: LoadOptions(dimensions: ["n": 2]))
      else { continue }
      // Whatever loads must hold together.
      let graph = loaded.graph
      for (index, operation) in graph.operators.enumerated() {
        for input in operation.inputs.compactMap({ $0 }) {
          #expect((graph[input].producer?.index ?? -1) < index)
        }
      }
      _ = GraphStatistics(graph, findings: loaded.findings).text
    }
  }
}

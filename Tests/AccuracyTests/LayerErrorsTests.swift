import Graph
import Hardware
import TestSupport
import Testing

@testable import Accuracy

struct LayerErrorsTests {
  /// Two branches of products, added up, and one behind.
  private func graph() throws -> Graph {
    var builder = GraphBuilder(name: "net")
    let x = builder.input("x", .float32, [8, 64])
    func product(_ name: String, _ input: GraphBuilder.Value) -> GraphBuilder.Value {
      builder.add("MatMul", [input, builder.constant("\(name).w", .float32, [64, 64])], name: name)
    }
    let sum = builder.add("Add", [product("left", x), product("right2", product("right1", x))], name: "sum")
    builder.output(product("last", sum))
    return try builder.build().graph
  }

  private func op(_ name: String, _ graph: Graph) throws -> OperatorID {
    OperatorID(try #require(graph.operators.firstIndex { $0.name == name }))
  }

  /// A sum shares what reaches it out equally: last 1, left and both on the right a half each, of 2.5 in all.
  @Test func branchesShareTheVarianceBehindThem() throws {
    let graph = try graph()
    let errors = LayerErrors(graph: graph)
    let shares = try ["left", "right1", "right2", "last"].map { errors.share(of: try op($0, graph)) }
    #expect(zip(shares, [0.2, 0.2, 0.2, 0.4]).allSatisfy { abs($0 - $1) < 1e-12 })
    #expect(errors.share(of: try op("sum", graph)) == 0)
  }

  @Test(arguments: 0..<20)
  func sharesAreOfAllLayers(seed: Int) throws {
    let graph = try SeededModel.graph(seed: UInt64(seed))
    let errors = LayerErrors(graph: graph)
    let sum = errors.operators.reduce(0) { $0 + errors.share(of: $1) }
    #expect(errors.operators.isEmpty ? sum == 0 : abs(sum - 1) < 1e-9)
    #expect(errors.operators.allSatisfy { errors.share(of: $0) >= 0 })
  }

  /// Largest magnitudes of 64 and of 512 normal numbers are 2.66 and 3.25 times their deviation (tables of order statistics give 2.65 and
  /// 3.25 for half-normal samples), so that int8 rounds to 2.66 / 127 / sqrt(12) and 3.25 / 127 / sqrt(12) of it.
  @Test func int8RoundsWeightsAndActivations() throws {
    let graph = try graph()
    let errors = LayerErrors(graph: graph)
    let (weights, activations) = (2.66 / 127 / 12.0.squareRoot(), 3.25 / 127 / 12.0.squareRoot())
    let expected = (weights * weights + activations * activations).squareRoot()
    let op = try op("left", graph)
    #expect(abs(errors.error(of: op, in: LayerPrecision(.int8)) / expected - 1) < 0.02)
    // Weights alone lose no more than weights do.
    let alone = errors.error(of: op, in: LayerPrecision(.fp16, weights: .int8))
    #expect(abs(alone / weights - 1) < 0.03)
    let order = ["fp32", "fp16", "w8a16", "int8", "w4a16", "int4"].compactMap { LayerPrecision(word: $0) }
    let losses = order.map { errors.error(of: op, in: $0) }
    #expect(losses == losses.sorted() && losses[0] == 0)
  }

  /// Seeded matrices, quantised: what is assumed is what comes out.
  @Test(arguments: [(8, 64), (8, 1024), (4, 128)])
  func whatIsAssumedOfWeightsIsWhatNormalOnesLose(bits: Int, depth: Int) throws {
    var random = SeededRandom(seed: 5)
    var (lost, whole) = (0.0, 0.0)
    for _ in 0..<400 {
      let values = (0..<depth).map { _ in Float(random.normal()) }
      let codes = SymmetricCodes(bits: bits, over: values)
      for value in values {
        let error = Double(codes.code(of: value) * codes.scale - value)
        (lost, whole) = (lost + error * error, whole + Double(value * value))
      }
    }
    let assumed = AssumedError.ofWeights(
      depth: depth, in: bits == 8 ? .int8 : .int4, stored: .float32)
    #expect(abs((lost / whole).squareRoot() / assumed - 1) < 0.05)
  }

  /// A channel of 3, 1, 0.5, -3: scale 3 / 127, so that 1 is 42 of it and 0.5 is 21 (42.33 and 21.17 before rounding).
  @Test func channelsHaveAScaleEach() {
    var meter = ChannelErrorMeter([.int8, .fp32, .int4])
    meter.add([3, 1, 0.5, -3])
    let scale = 3.0 / 127
    let lost = ((1 - 42 * scale) * (1 - 42 * scale) + (0.5 - 21 * scale) * (0.5 - 21 * scale)) / 19.25
    #expect(abs((meter.errors[.int8] ?? 0) / lost.squareRoot() - 1) < 1e-4)
    #expect(meter.errors[.fp32] == 0)
    // In 4 bits of a scale of 3 / 7: 1 is 2 of it and 0.5 is 1.
    let four = ((1 - 6.0 / 7) * (1 - 6.0 / 7) + (0.5 - 3.0 / 7) * (0.5 - 3.0 / 7)) / 19.25
    #expect(abs((meter.errors[.int4] ?? 0) / four.squareRoot() - 1) < 1e-4)
  }

  @Test func whatIsKnownReplacesWhatIsAssumed() throws {
    let graph = try graph()
    let known = LayerErrors.Known(
      layer: "left", precision: LayerPrecision(.int8), error: 0.5, source: .sidecar)
    let other = LayerErrors.Known(
      layer: "none", precision: LayerPrecision(.int8), error: 0.5, source: .sidecar)
    let errors = LayerErrors(graph: graph, known: [known, other])
    let left = try op("left", graph)
    #expect(errors.error(of: left, in: LayerPrecision(.int8)) == 0.5)
    #expect(errors.source(of: left, in: LayerPrecision(.int8)) == .sidecar)
    #expect(errors.source(of: left, in: LayerPrecision(.fp16)) == .assumed)
    #expect(errors.known == [known])
  }
}

extension SeededRandom {
  /// The sum of twelve uniform numbers.
  fileprivate mutating func normal() -> Double {
    (0..<12).reduce(-6) { sum, _ in sum + Double.random(in: 0..<1, using: &self) }
  }
}

import CostModel
import Graph
import Hardware
import TestSupport
import Testing

struct MemoryTests {
  private static func model(_ graph: Graph) -> CostModel {
    CostModel(graph: graph, system: Machine.system())
  }

  private static func all(_ graph: Graph) -> [OperatorID] { graph.operators.indices.map { OperatorID($0) } }

  @Test func weightsAreStoredAtTheDevicesPrecision() {
    var b = GraphBuilder()
    b.output(b.conv("conv", b.input("x", [1, 3, 8, 8]), channels: 16, kernel: 3))
    let model = Self.model(b.graph)
    // 16 x 3 x 3 x 3 int8 weights and 16 fp16 biases; on the host everything is fp32.
    #expect(model.weightBytes(of: b.graph.op("conv"), on: .card(0)) == 432 + 32)
    #expect(model.weightBytes(of: b.graph.op("conv"), on: .host) == (432 + 16) * 4)
    #expect(model.weightBytes(of: b.graph.op("conv"), on: .card(9)) == 0)
  }

  @Test func sharedConstantsCountOnceAndTablesNever() {
    var b = GraphBuilder()
    let x = b.input("x", [1, 100])
    let w = b.constant("w", [100, 100])
    let y = b.add("a", "Gemm", [x, w], [1, 100], kind: .matrix)
    b.output(b.add("b", "Gemm", [y, w], [1, 100], kind: .matrix))
    b.output(b.lookup("t", rows: 1000, dimension: 4, bags: 1, maximum: 1, average: 1))
    let model = Self.model(b.graph)
    #expect(model.weightBytes(of: b.graph.op("a"), on: .card(0)) == 10_000)
    #expect(model.weightBytes(of: Self.all(b.graph), on: .card(0)) == 10_000)
    #expect(model.weightBytes(of: b.graph.op("t"), on: .card(0)) == 0)
  }

  @Test func storedIntegersDoNotGrow() {
    var b = GraphBuilder()
    let w = b.constant("w", [100, 100], .uint8)
    b.output(b.add("a", "MatMulInteger", [b.input("x", [1, 100], .uint8), w], [1, 100], kind: .matrix))
    #expect(Self.model(b.graph).weightBytes(of: b.graph.op("a"), on: .host) == 10_000)
  }

  @Test func peakOfADiamond() {
    var b = GraphBuilder()
    // Softmax is no epilogue, so every result has a buffer: x 200 B, left 200, right 200, sum 200 in fp16.
    let x = b.input("x", [100])
    let left = b.elementwise("left", "Softmax", x)
    let right = b.elementwise("right", "Softmax", x)
    b.output(b.add("sum", "Mystery", [left, right], [100], kind: .unknown))
    let model = Self.model(b.graph)
    #expect(model.peakActivationBytes(of: Self.all(b.graph), on: .card(0)) == 600)
    #expect(model.activationBytes(of: Self.all(b.graph), on: .card(0)) == 1200)
    #expect(model.peakActivationBytes(of: Self.all(b.graph), on: .host) == 1200)
    #expect(model.peakActivationBytes(of: [], on: .card(0)) == 0)
  }

  @Test func viewsAndEpiloguesShareABuffer() {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [1, 100]), out: 100)
    let r = b.elementwise("relu", "Relu", y)
    let v = b.add("view", "Reshape", [r], [10, 10], kind: .movement, isView: true)
    b.output(b.gemm("fc2", v, out: 10))
    // x in fp16 + y in int8 while fc runs; relu and view live in y.
    #expect(Self.model(b.graph).peakActivationBytes(of: Self.all(b.graph), on: .card(0)) == 300)
  }

  @Test func whatLeavesThePartStaysUntilItsEnd() {
    var b = GraphBuilder()
    let x = b.input("x", [100])
    let a = b.elementwise("a", "Softmax", x)
    let c = b.elementwise("c", "Softmax", a)
    let d = b.elementwise("d", "Softmax", c)
    b.output(b.add("e", "Mystery", [a, d], [100], kind: .unknown))
    let model = Self.model(b.graph)
    let part = ["a", "c", "d"].map { b.graph.op($0) }
    // While d runs: a (read outside), c and d.
    #expect(model.peakActivationBytes(of: part, on: .card(0)) == 600)
    // Without its reader a would be dead by then.
    #expect(model.peakActivationBytes(of: ["c", "d"].map { b.graph.op($0) }, on: .card(0)) == 400)
  }

  /// The sweep against a direct count over random graphs without views or epilogues.
  @Test(arguments: 0..<20)
  func peakAgreesWithADirectCount(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    var b = GraphBuilder()
    var made = [b.input("x", [Int.random(in: 1...50, using: &random)])]
    for index in 0..<30 {
      let inputs = (0..<Int.random(in: 1...3, using: &random)).map { _ in
        made[Int.random(in: 0..<made.count, using: &random)]
      }
      let shape = [Int.random(in: 1...50, using: &random)]
      made.append(b.add("op\(index)", "Mystery", inputs, shape, kind: .unknown))
    }
    b.output(made[made.count - 1])
    let graph = b.graph
    let part = Self.all(graph).filter { _ in Bool.random(using: &random) }
    var expected = 0
    for step in part.indices {
      var live = 0
      for (index, tensor) in graph.tensors.enumerated() {
        let producer = tensor.producer.flatMap { part.firstIndex(of: $0) }
        let readers = tensor.consumers.compactMap { part.firstIndex(of: $0) }
        let isForeign = producer == nil
        let leaves =
          producer != nil
          && (readers.count < tensor.consumers.count || graph.outputs.contains(TensorID(index)))
        guard let last = leaves ? part.count - 1 : (readers.max() ?? producer) else { continue }
        let first = isForeign ? 0 : (producer ?? 0)
        if (first...last).contains(step) { live += tensor.count * 2 }
      }
      expected = max(expected, live)
    }
    #expect(Self.model(graph).peakActivationBytes(of: part, on: .card(0)) == expected)
  }
}

import CostModel
import Graph
import Hardware
import Testing

/// A compiler's answers take the place of what the cost model says.
struct CompilerHooksTests {
  private static func graph() -> Graph {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [10, 100]), out: 100)
    let r = b.elementwise("relu", "Relu", y)
    b.output(b.elementwise("tanh", "Tanh", b.gemm("head", r, out: 10)))
    return b.graph
  }

  @Test func questionsComeInOrderOnceForEachKindOfDevice() throws {
    let graph = Self.graph()
    var asked: [String] = []
    var hooks = CompilerHooks()
    hooks.kernel = { op in
      asked.append("kernel \(graph[op].name)")
      return graph[op].name == "relu" || graph[op].name == "fc" ? 1 : nil
    }
    hooks.supports = { subject in
      asked.append("supports \(graph[subject.op].name) \(subject.device) \(subject.precision.rawValue)")
      return graph[subject.op].name == "tanh" ? false : nil
    }
    hooks.seconds = { subject in
      asked.append("seconds \(graph[subject.op].name) \(subject.device)")
      return subject.device == "toy" ? 3e-6 : nil
    }
    let options = try hooks.answers(about: graph, on: Machine.system(), options: CostOptions())
    #expect(
      asked == [
        "kernel fc", "kernel relu", "kernel head", "kernel tanh", "supports fc toy int8",
        "supports relu toy fp16",
        "supports head toy int8", "supports tanh toy fp16", "seconds fc host", "seconds fc toy",
        "seconds head host",
        "seconds head toy", "seconds tanh host",
      ])
    #expect(options.compiler.kernels == [["fc", "relu"]])
    #expect(options.compiler.refusals == [.init(operator: "tanh", device: "toy")])

    let costs = CostModel(graph: graph, system: Machine.system(), options: options)
    #expect(!costs.supports(graph.op("tanh"), card: 1) && costs.supports(graph.op("tanh"), on: .host))
    // The kernel's time is its first operator's.
    #expect(costs.cost(of: graph.op("fc"), on: .card(0))?.seconds == 3e-6)
    #expect(costs.cost(of: graph.op("relu"), on: .card(0))?.seconds == 0)
    #expect((costs.cost(of: graph.op("relu"), on: .host)?.seconds ?? 0) > 0)
  }

  @Test func measurementsCountWhereTheCompilerIsSilent() throws {
    let graph = Self.graph()
    var options = CostOptions()
    options.measured = try MeasuredCosts([
      .init(operator: "fc", device: "toy", seconds: 1), .init(operator: "head", device: "toy", seconds: 2),
    ])
    var hooks = CompilerHooks()
    hooks.seconds = { graph[$0.op].name == "fc" && $0.device == "toy" ? 4 : nil }
    let measured = try hooks.answers(about: graph, on: Machine.system(), options: options).measured
    #expect(measured.seconds(of: "fc", on: "toy") == 4)
    #expect(measured.seconds(of: "head", on: "toy") == 2)
  }

  @Test(arguments: [-.infinity, Double.nan, .infinity, -1]) func timesOutOfRangeAreErrors(time: Double) {
    var hooks = CompilerHooks()
    hooks.seconds = { _ in time }
    #expect(throws: MeasuredCosts.Problem.self) {
      try hooks.answers(about: Self.graph(), on: Machine.system(), options: CostOptions())
    }
  }
}

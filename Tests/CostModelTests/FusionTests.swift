import CostModel
import Graph
import Hardware
import Testing

struct FusionTests {
  @Test func anActivationJoinsItsProducer() throws {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [10, 4]), out: 100)
    b.output(b.elementwise("relu", "Relu", y))
    let model = CostModel(graph: b.graph, system: Machine.system())
    #expect(model.fusedInto(b.graph.op("relu")) == b.graph.op("fc"))
    #expect(model.fusedInto(b.graph.op("fc")) == nil)
    let cost = try #require(model.cost(of: b.graph.op("relu"), on: .card(0)))
    // 1000 operations at 50 GFLOPS take 20 ns; 8000 at 0.5 TOPS in fc hide 16 ns, of which quantising x takes 1.6. No launch,
    // no traffic.
    #expect(abs(cost.seconds - 5.6e-9) < 1e-18)
    #expect(cost.sramSeconds == 0)
    #expect(cost.limit == .compute)
    // The host's units do one after the other: 1000 at 50 GFLOPS.
    let host = try #require(model.cost(of: b.graph.op("relu"), on: .host))
    #expect(abs(host.seconds - 20e-9) < 1e-18)
  }

  @Test func anEpilogueBehindLongMatrixWorkIsFree() throws {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [10, 1000]), out: 100)
    let s = b.elementwise("sigmoid", "Sigmoid", y)
    b.output(b.elementwise("silu", "Mul", y, s))
    let model = CostModel(graph: b.graph, system: Machine.system())
    // 4 us of matrix work hide 2 x 20 ns.
    for name in ["sigmoid", "silu"] {
      let cost = try #require(model.cost(of: b.graph.op(name), on: .card(0)))
      #expect(cost.seconds == 0)
      #expect(cost.limit == .none)
    }
  }

  @Test func aResidualAdditionReadsItsOtherInput() throws {
    var b = GraphBuilder()
    let x = b.input("x", [10, 100])
    let y = b.gemm("fc", x, out: 100)
    b.output(b.elementwise("add", "Add", y, x))
    let model = CostModel(graph: b.graph, system: Machine.system())
    let cost = try #require(model.cost(of: b.graph.op("add"), on: .card(0)))
    // x in fp16: 2 kB at 500 GB/s.
    #expect(abs(cost.sramSeconds - 4e-9) < 1e-18)
    #expect(cost.launchSeconds == 0)
  }

  @Test func aChainThatReadsItsHeadTwiceIsOneGroup() {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [10, 100]), out: 100)
    let s = b.elementwise("sigmoid", "Sigmoid", y)
    let m = b.elementwise("silu", "Mul", y, s)
    let v = b.add("view", "Reshape", [m], [1000], kind: .movement, isView: true)
    b.output(b.elementwise("clip", "Clip", v))
    let model = CostModel(graph: b.graph, system: Machine.system())
    for name in ["sigmoid", "silu", "view", "clip"] {
      #expect(model.fusedInto(b.graph.op(name)) == b.graph.op("fc"))
    }
  }

  @Test func aViewThatNothingFusedReadsIsNotInTheGroup() {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [10, 100]), out: 100)
    let v = b.add("view", "Reshape", [y], [1000], kind: .movement, isView: true)
    b.output(b.elementwise("softmax", "Softmax", v))
    let model = CostModel(graph: b.graph, system: Machine.system())
    #expect(model.fusedInto(b.graph.op("view")) == nil)
  }

  @Test func aViewWithALateShapePreventsFusion() {
    var b = GraphBuilder()
    let x = b.input("x", [10, 100])
    let y = b.gemm("fc", x, out: 100)
    let shape = b.add("shape", "ArgMax", [b.gemm("other", y, out: 10)], [1], kind: .vector)
    let v = b.add("view", "Reshape", [y, shape], [1000], kind: .movement, isView: true)
    b.output(b.elementwise("relu", "Relu", v))
    let model = CostModel(graph: b.graph, system: Machine.system())
    // In fc's group it would wait for other, which waits for fc.
    #expect(model.fusedInto(b.graph.op("view")) == nil)
    #expect(model.fusedInto(b.graph.op("relu")) == nil)
  }

  @Test func aGroupIsCutWhereDevicesDiffer() throws {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [10, 100]), out: 100)
    let r = b.elementwise("relu", "Relu", y)
    let t = b.elementwise("tanh", "Tanh", r)
    b.output(b.elementwise("neg", "Neg", t))
    let system = Machine.system(cards: [Machine.card(0, unsupported: ["Tanh"]), Machine.card(1)])
    let model = CostModel(graph: b.graph, system: system)
    #expect(model.fusedInto(b.graph.op("relu")) == b.graph.op("fc"))
    #expect(model.fusedInto(b.graph.op("tanh")) == nil)
    // Whatever runs tanh runs what is behind it.
    #expect(model.fusedInto(b.graph.op("neg")) == b.graph.op("tanh"))
    #expect(model.supports(b.graph.op("neg"), card: 1) && !model.supports(b.graph.op("neg"), card: 0))
    // A kernel of its own: its launch, and its input and result of 2 kB each at 500 GB/s.
    let cost = try #require(model.cost(of: b.graph.op("tanh"), on: .card(1)))
    #expect(cost.launchSeconds == 1e-6)
    #expect(abs(cost.sramSeconds - 8e-9) < 1e-18)
  }

  /// A card that cannot run the first operator of a kernel does not keep others, and the host, from having one.
  @Test func aCardWithoutTheFirstOperatorCutsNoGroup() throws {
    var b = GraphBuilder()
    let y = b.gemm("fc", b.input("x", [10, 100]), out: 100)
    b.output(b.elementwise("relu", "Relu", y))
    let alike = CostModel(graph: b.graph, system: Machine.system(cards: [Machine.card(0)]))
    let unlike = CostModel(
      graph: b.graph,
      system: Machine.system(cards: [Machine.card(0), Machine.card(1, unsupported: ["Gemm"])]))
    let relu = b.graph.op("relu")
    #expect(unlike.fusedInto(relu) == b.graph.op("fc"))
    #expect(unlike.supports(relu, card: 0) && !unlike.supports(relu, card: 1))
    for place in [Location.host, .card(0)] {
      #expect(
        unlike.cost(of: relu, on: place)?.launchSeconds == alike.cost(of: relu, on: place)?.launchSeconds)
      #expect(unlike.cost(of: relu, on: place)?.launchSeconds == 0)
    }
  }

  /// What no card runs leads no kernel there.
  @Test func aGroupIsCutBehindWhatTheHostAloneRuns() throws {
    var b = GraphBuilder()
    let x = b.input("x", [10, 100])
    let scaled = b.elementwise("scaled", "Scaler", x)
    b.output(b.elementwise("neg", "Neg", b.elementwise("relu", "Relu", scaled)))
    b.keepOnHost("scaled")
    let model = CostModel(graph: b.graph, system: Machine.system())
    #expect(model.fusedInto(b.graph.op("relu")) == nil)
    #expect(model.fusedInto(b.graph.op("neg")) == b.graph.op("relu"))
    #expect(try #require(model.cost(of: b.graph.op("relu"), on: .card(0))).launchSeconds == 1e-6)
  }

  @Test func anInputThatIsNotThereYetPreventsFusion() {
    var b = GraphBuilder()
    let x = b.input("x", [10, 100])
    let a = b.gemm("a", x, out: 100)
    let c = b.gemm("c", a, out: 100)
    // The addition's last producer is c, so it joins c; relu(a) comes later than c and joins a's group.
    let sum = b.elementwise("sum", "Add", a, c)
    let r = b.elementwise("r", "Relu", a)
    b.output(b.elementwise("late", "Add", r, sum))
    let model = CostModel(graph: b.graph, system: Machine.system())
    #expect(model.fusedInto(b.graph.op("sum")) == b.graph.op("c"))
    #expect(model.fusedInto(b.graph.op("r")) == b.graph.op("a"))
    // r belongs to a's group, which starts before sum exists: a kernel of its own.
    #expect(model.fusedInto(b.graph.op("late")) == nil)
  }

  // MARK: Kernels that a compiler names

  private func costs(_ graph: Graph, kernels: [[String]], cards: [Card]? = nil) -> CostModel {
    CostModel(
      graph: graph, system: cards.map { Machine.system(cards: $0) } ?? Machine.system(),
      options: CostOptions(compiler: CompilerFacts(kernels: kernels)))
  }

  @Test func aCompilersKernelsTakeThePlaceOfTheRule() {
    var b = GraphBuilder()
    let first = b.gemm("first", b.input("x", [10, 100]), out: 100)
    let relu = b.elementwise("relu", "Relu", first)
    let view = b.add("view", "Reshape", [relu], [10, 100], kind: .movement, isView: true)
    b.output(b.elementwise("tanh", "Tanh", b.gemm("second", view, out: 100)))
    let model = costs(b.graph, kernels: [["first", "relu", "second"], ["none of these", "tanh"]])
    let leader = b.graph.op("first")
    // The view leads from the kernel to one of its operators.
    for name in ["relu", "view", "second"] { #expect(model.fusedInto(b.graph.op(name)) == leader) }
    #expect(model.fusedInto(leader) == nil)
    #expect(model.fusedInto(b.graph.op("tanh")) == nil)
    #expect(model.apartFromKernels.isEmpty)
    #expect(model.cost(of: b.graph.op("second"), on: .card(0))?.launchSeconds == 0)
    #expect(model.cost(of: b.graph.op("tanh"), on: .card(0))?.launchSeconds == 1e-6)
  }

  @Test func whatKernelsCannotHoldIsApart() {
    var b = GraphBuilder()
    let x = b.input("x", [10, 100])
    let a = b.gemm("a", x, out: 100)
    let between = b.gemm("between", a, out: 100)
    // It reads what is computed after the kernel begins and not in it: as one they would wait for each other.
    let late = b.elementwise("late", "Add", a, between)
    b.output(b.elementwise("tail", "Relu", late))
    let model = costs(b.graph, kernels: [["a", "late", "tail"]])
    #expect(model.fusedInto(b.graph.op("late")) == nil)
    #expect(model.apartFromKernels == [b.graph.op("late")])
    // What follows belongs to the group that was begun.
    #expect(model.fusedInto(b.graph.op("tail")) == b.graph.op("late"))

    // Only the second card runs Relu.
    let cards = [Machine.card(0, model: "other", unsupported: ["Relu"]), Machine.card(1)]
    let unlike = costs(b.graph, kernels: [["late", "tail"]], cards: cards)
    #expect(unlike.apartFromKernels == [b.graph.op("tail")])
  }

  @Test func broadcastsReductionsCopiesAndInputsAreNotFused() {
    var b = GraphBuilder()
    let x = b.input("x", [10, 100])
    let first = b.elementwise("first", "Relu", x)
    let y = b.gemm("fc", b.input("z", [1, 100]), out: 100)
    let scaled = b.elementwise("scale", "Mul", first, y)
    let soft = b.elementwise("softmax", "Softmax", scaled)
    let turned = b.add("turn", "Transpose", [soft], [100, 10], kind: .movement)
    b.output(b.elementwise("after", "Relu", turned))
    let model = CostModel(graph: b.graph, system: Machine.system())
    for name in ["first", "scale", "softmax", "turn", "after"] {
      #expect(model.fusedInto(b.graph.op(name)) == nil, "\(name)")
    }
  }
}

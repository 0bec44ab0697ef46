import Graph
import Hardware
import TestSupport
import Testing

@testable import CostModel

struct MeasurementMatcherTests {
  /// A layer with its activation, another of the same shape, a Softmax.
  private static func graph() -> Graph {
    var b = GraphBuilder()
    let active = b.elementwise("relu", "Relu", b.gemm("fc", b.input("x", [64, 512]), out: 512))
    let second = b.gemm("fc2", active, out: 512)
    b.output(b.add("soft", "Softmax", [second], [64, 512], kind: .vector, vectorOperations: 163_840))
    return b.graph
  }

  private static func match(
    _ texts: String..., cards: [Card] = [Machine.card(0), Machine.card(1)], graph: Graph = graph()
  ) throws -> MeasurementMatcher.Result {
    let files = try texts.enumerated().map { try MeasurementFile(Array($1.utf8), name: "file\($0)") }
    return try MeasurementMatcher.match(
      files, to: CostModel(graph: graph, system: Machine.system(cards: cards)))
  }

  @Test func namesComeFirst() throws {
    let result = try Self.match(
      "operator,device,seconds\nfc,host,1e-3\nfc,toy,2e-3\nfc,card1,4e-3\nfc2,TOY,1e-3\n")
    #expect(
      result.costs.entries == [
        .init(operator: "fc", device: "host", seconds: 1e-3, source: "file0"),
        // Of two measurements the middle.
        .init(operator: "fc", device: "toy", seconds: 3e-3, source: "file0"),
        .init(operator: "fc2", device: "toy", seconds: 1e-3, source: "file0"),
      ])
    #expect(result.findings.isEmpty)
  }

  /// The sum behind a gather is part of the look-up that both are in the graph; the same kernel in another run is not.
  @Test func kernelsOfOneOperatorAddUp() throws {
    var b = GraphBuilder()
    let pooled = b.lookup("bag", rows: 1000, dimension: 64, bags: 10, maximum: 100, average: 50)
    b.output(pooled)
    func kernel(_ name: String, _ type: String, _ result: String, _ microseconds: Int) -> String {
      #"{"cat": "Node", "name": "\#(name)_kernel_time", "dur": \#(microseconds), "args": {"op_name": "\#(type)", "#
        + #""provider": "CPUExecutionProvider", "results": ["\#(result)"]}}"#
    }
    let runs = [(100, 30), (120, 10)].map { gather, sum in
      "[\(kernel("bag", "Gather", "rows", gather)),\(kernel("pool", "ReduceSum", b.graph[pooled].name, sum))]"
    }
    let result = try Self.match(runs[0], runs[1], graph: b.graph)
    #expect(abs((result.costs.seconds(of: "bag", on: "host") ?? 0) - 130e-6) < 1e-12)
    #expect(result.findings.isEmpty, "\(result.findings)")
  }

  @Test func shapesComeNext() throws {
    let result = try Self.match(
      "type,inputs,outputs,device,seconds\nGemm,64x512,64x512,toy,5e-6\nSoftmax,64x512,64x512,host,7e-6\n"
        + "Softmax,64x512,1x1,host,1\n")
    #expect(result.costs.seconds(of: "fc", on: "toy") == 5e-6)
    #expect(result.costs.seconds(of: "fc2", on: "toy") == 5e-6)
    #expect(result.costs.seconds(of: "soft", on: "host") == 7e-6)
    #expect(result.costs.seconds(of: "relu", on: "toy") == nil)
    #expect(result.costs.entries.allSatisfy { $0.match == .shape })
    #expect(result.findings == ["file0: 1 of 3 rows match nothing in the model (first: line 4)"])
  }

  /// Products match by their sizes, and only in the precision of the engine, which is int8 on the card.
  @Test func productsMatchBySizeAndPrecision() throws {
    let table = "device,precision,m,n,k,seconds\ntoy,int8,64,512,512,3e-6\ntoy,bf16,64,512,512,9e-6\n"
    let result = try Self.match(table)
    #expect(result.costs.seconds(of: "fc", on: "toy") == 3e-6)
    #expect(result.costs.entries.map(\.match) == [.shape, .shape])
    #expect(result.findings == ["file0: 1 of 2 rows match nothing in the model (first: line 3)"])
  }

  /// Where all measurements are twice the model, so is what lies between them; far away nothing is said.
  @Test func productsAreInterpolated() throws {
    let graph = Self.graph()
    let costs = CostModel(graph: graph, system: Machine.system())
    func modelled(_ m: Int, _ n: Int, _ k: Int) -> Double {
      var row = Measurement(seconds: 1, place: "")
      row.product = .init(m: m, n: n, k: k)
      return costs.kind(at: .card(0))?.roofline(of: OperatorShape(row), precision: .int8) ?? 0
    }
    var table = "device,precision,m,n,k,seconds\n"
    for (m, n, k) in [(32, 512, 512), (128, 512, 512), (64, 256, 512), (64, 512, 1024)] {
      table += "toy,int8,\(m),\(n),\(k),\(2 * modelled(m, n, k))\n"
    }
    let result = try Self.match(table)
    let found = try #require(result.costs.entries.first { $0.operator == "fc" })
    #expect(found.match == .interpolated)
    #expect(abs(found.seconds - 2 * modelled(64, 512, 512)) <= 1e-9 * found.seconds)
    let far = try Self.match("device,precision,m,n,k,seconds\ntoy,int8,64,512,8192,1e-3\n")
    #expect(far.costs.isEmpty)
    #expect(far.findings == ["file0: 1 of 1 rows match nothing in the model (first: line 2)"])
  }

  @Test func otherTypesAreInterpolatedByTheirElements() throws {
    let result = try Self.match(
      "type,inputs,outputs,device,seconds\nSoftmax,32x512,32x512,host,10e-6\nSoftmax,128x512,128x512,host,40e-6\n"
    )
    let found = try #require(result.costs.entries.first)
    #expect(found.operator == "soft" && found.match == .interpolated)
    #expect(found.seconds > 10e-6 && found.seconds < 40e-6)
  }

  /// In a profile of a whole run, an activation without a kernel of its own was computed by another; what one kernel
  /// computes shares its time.
  @Test func fusedKernels() throws {
    func event(_ name: String, _ type: String) -> String {
      "{\"cat\": \"Node\", \"dur\": 10, \"name\": \"\(name)_kernel_time\", \"args\": {\"op_name\": \"\(type)\", "
        + "\"provider\": \"CPUExecutionProvider\"}}"
    }
    let result = try Self.match("[\(event("fused fc", "FusedGemm")), \(event("other", "Gelu"))]")
    #expect(result.costs.seconds(of: "fc", on: "host").map { abs($0 - 10e-6) < 1e-12 } == true)
    #expect(result.costs.seconds(of: "relu", on: "host") == 0)
    // Called for the result of what is fused into it.
    let named = try Self.match("[\(event("relu_nchwc", "Conv"))]")
    #expect(named.costs.entries.map(\.operator) == ["fc", "relu"])
    #expect(named.costs.seconds(of: "fc", on: "host").map { $0 > 9e-6 } == true)
    #expect(result.findings == ["file0: 1 of 2 rows match nothing in the model (first: kernel 'other')"])
    let layers = try Self.match("[{\"count\": 1}, {\"name\": \"fc2 + soft\", \"averageMs\": 1}]")
    let shares = try ["fc2", "soft"].map { try #require(layers.costs.seconds(of: $0, on: "toy")) }
    #expect(abs(shares[0] + shares[1] - 1e-3) < 1e-12 && shares[0] > 0 && shares[1] > 0)
    let range = try Self.match("[{\"name\": \"{ForeignNode[fc...soft]}\", \"averageMs\": 1}]")
    #expect(abs(range.costs.entries.map(\.seconds).reduce(0, +) - 1e-3) < 1e-12)
    #expect(range.costs.entries.count == 4)
  }

  @Test func devicesThatAreNotClear() throws {
    let mixed = [Machine.card(0), Machine.card(1, model: "other-card")]
    let result = try Self.match(
      "operator,seconds\nfc,1\n", "operator,device,seconds\nfc,tpu,1\nfc2,tpu,1\nsoft,NVIDIA Other 40GB,1\n",
      cards: mixed)
    #expect(
      result.findings == [
        "file0: 1 rows are not used: they name no device, and the system has cards of several kinds (toy, other-card); "
          + "name one in a column device",
        "file1: 2 rows are not used: 'tpu' is no device of the system; it has host, toy, other-card",
      ])
    #expect(result.costs.entries.map(\.device) == ["other-card"])
  }

  /// Measured look-ups scale what a plan counts for the table, whatever its precision: by what they take of the table as the model
  /// has it, in fp32.
  @Test func lookUpsAreScaled() throws {
    var b = GraphBuilder()
    b.output(b.lookup("bag", rows: 1000, dimension: 64, bags: 10, maximum: 100, average: 50))
    let plain = CostModel(graph: b.graph, system: Machine.system())
    let modelled = try #require(plain.lookup(table: 0, format: .fp32, on: .card(0))).seconds(cores: 10)
    var options = CostOptions()
    options.measured = try MeasuredCosts([.init(operator: "bag", device: "toy", seconds: 3 * modelled)])
    let costs = CostModel(graph: b.graph, system: Machine.system(), options: options)
    for format in [TableFormat.int8, .int4] {
      let before = try #require(plain.lookup(table: 0, format: format, on: .card(1)))
      let after = try #require(costs.lookup(table: 0, format: format, on: .card(1)))
      #expect(abs(after.seconds(cores: 4) - 3 * before.seconds(cores: 4)) <= 1e-9 * after.seconds(cores: 4))
      #expect(after.limit == .measured && after.resultBytes == before.resultBytes)
      #expect(try #require(costs.lookup(table: 0, format: format, on: .host)).limit != .measured)
    }
  }

  @Test func aMeasuredTimeHoldsTheDRAMNoLonger() throws {
    let graph = Self.graph()
    var options = CostOptions()
    options.measured = try MeasuredCosts([.init(operator: "soft", device: "host", seconds: 1e-9)])
    let costs = CostModel(graph: graph, system: Machine.system(), options: options)
    #expect(try #require(costs.cost(of: graph.op("soft"), on: .host)).dramSeconds <= 1e-9)
  }
}

struct TransferFitTests {
  private static func fit(_ text: String, _ system: System = Machine.system()) throws -> TransferFit {
    TransferFit(
      [try MeasurementFile(Array("from,to,bytes,seconds\n\(text)".utf8), name: "links")], to: system)
  }

  @Test func latencyAndBandwidth() throws {
    // 20 us and 500 MB/s.
    let fit = try Self.fit("host,card,1000,22e-6\nhost,card,1000000,2020e-6\ncard,host,10000,40e-6\n")
    for card in fit.system.cards {
      #expect(abs(card.link.commandSeconds - 20e-6) < 1e-12)
      #expect(abs(card.link.sustained - 500e6) < 1)
      #expect(card.link.bytesPerSecond == Machine.link.bytesPerSecond)
    }
    #expect(fit.system.uplink == Machine.link)
    #expect(fit.findings.count == 1)
  }

  @Test func aFasterLinkNeedsAFasterUplink() throws {
    let fit = try Self.fit("host,card1,1000000,510e-6\nhost,card1,2000000,1010e-6\n")
    #expect(fit.system.cards[0].link == Machine.link)
    #expect(
      abs(fit.system.cards[1].link.sustained - 2e9) < 10 && fit.system.cards[1].link.sustainedFraction == 1)
    #expect(abs(fit.system.uplink.sustained - 2e9) < 10)
  }

  @Test func transfersBetweenCardsSetLinksOfTheirOwn() throws {
    let text = "card,card,1000,12e-6\ncard,card,1000000,1010e-6\nhost,card,1000000,2020e-6\n"
    var system = Machine.system()
    system.linkCards(timesAsFast: 10)
    let fit = try Self.fit(text, system)
    for card in fit.system.cards {
      let peer = try #require(card.peerLink)
      // 11 us and 1.001 GB/s.
      #expect(abs(peer.commandSeconds - 11.001e-6) < 1e-9 && abs(peer.sustained - 1.001e9) < 1e6)
      #expect(abs(card.link.sustained - 1e6 / 2010e-6) < 1)
    }
    #expect(fit.system.uplink == Machine.link)
    #expect(fit.findings.count == 2 && fit.findings[1].contains("set the link to other cards of "))
    // Without such links all are of the one that a card has.
    #expect(try Self.fit(text).findings.count == 1)
  }

  @Test func oneSizeKeepsTheLatency() throws {
    let fit = try Self.fit("toy,host,1000000,2010e-6\n")
    #expect(fit.system.cards[0].link.commandSeconds == 10e-6)
    #expect(abs(fit.system.cards[0].link.sustained - 500e6) < 1)
  }

  @Test func whatDoesNotFitIsSaid() throws {
    #expect(
      try Self.fit("host,tpu,1000,1e-6\n").findings[0].hasPrefix("links: 'tpu' is no device of the system"))
    let falling = try Self.fit("host,card0,1000,1\nhost,card0,2000,0.5\n")
    #expect(falling.findings == ["links: no bandwidth fits the transfers of card0"])
    #expect(falling.system == Machine.system())
  }
}

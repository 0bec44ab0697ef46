import Graph
import ONNXImport
import Testing

@testable import ONNXImport

@Suite struct DimensionTests {
  @Test func everyUnboundNameIsListedWithItsPlaces() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("Add", ["a", "b"], ["c"])],
        inputs: [
          Messages.value("a", [.name("batch"), .open, .size(4)]),
          Messages.value("b", [.name("batch"), .name("2*half"), .name("?")]),
        ], outputs: ["c"]))
    let error = #expect(throws: LoadError.self) { try model.load() }
    #expect(error?.reason == .unboundDimensions)
    #expect(
      error?.problems.map(\.message) == [
        "4 dynamic dimensions are not bound: 'batch' (input 'a' axis 0, input 'b' axis 0); "
          + "'a:1' (input 'a' axis 1); 'half' (input 'b' axis 1); 'b:2' (input 'b' axis 2); "
          + "give sizes: --dim batch=N --dim a:1=N --dim half=N --dim b:2=N"
      ])
    let graph = try model.load(["batch": 3, "a:1": 10, "half": 5, "b:2": 4]).graph
    #expect(graph.shape("c") == [3, 10, 4])
  }

  @Test func bindingThatNamesNothingIsAWarning() throws {
    let loaded = try Messages.classifier().load(["height": 2])
    #expect(loaded.findings.contains { $0.message.contains("'height'") && $0.severity == .warning })
  }

  @Test func sizesMustNotBeNegative() throws {
    let error = #expect(throws: LoadError.self) {
      try Messages.classifier(batch: .name("n")).load(["n": -3])
    }
    #expect(error?.problems.contains { $0.message.contains("must not be negative") } == true)
  }

  @Test func sizesMayBeZero() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("Concat", ["past", "new"], ["all"], attributes: [Messages.attribute("axis", 1)])],
        inputs: [
          Messages.value("past", [.size(2), .name("past_length")]),
          Messages.value("new", [.size(2), .name("length")]),
        ], outputs: ["all"]))
    let loaded = try model.load(["past_length": 0, "length": 3])
    #expect(loaded.graph.shape("past") == [2, 0] && loaded.graph.shape("all") == [2, 3])
    #expect(loaded.findings.isEmpty)
    let empty = try Messages.classifier(batch: .size(0)).load()
    #expect(empty.graph.shape("scores") == [0, 10])
    #expect(empty.findings.contains { $0.message.contains("--dim image:0=N") && $0.severity == .warning })
    #expect(try Messages.classifier(batch: .size(0)).load(["image:0": 4]).graph.shape("scores") == [4, 10])
  }

  @Test func everythingUnboundIsAskedForAtOnceReadyForAShell() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("Mystery", ["a"], ["b"], domain: "acme"), Messages.node("Relu", ["b"], ["c"])],
        inputs: [Messages.value("a", [.name("my batch"), .name("it's")])], outputs: ["c"]))
    var declared = model
    declared.graph.valueInfo = [Messages.value("b", [.name("u0"), .name("my batch")])]
    let error = #expect(throws: LoadError.self) { try declared.load() }
    #expect(
      error?.description.hasSuffix(#"give sizes: --dim 'my batch=N' --dim 'it'\''s=N'"#) == true)
    let graph = try declared.load(["my batch": 3, "it's": 2, "u0": 7]).graph
    #expect(graph.shape("c") == [7, 3])
  }

  @Test func sizesThatAreNoneAreErrors() throws {
    let error = #expect(throws: LoadError.self) {
      try Messages.classifier(batch: .name("n/2")).load(["n": 5])
    }
    #expect(
      error?.problems.contains { $0.message.contains("'n/2', is 5/2, which is no size with n=5") } == true)
    let between = try {
      var model = Messages.classifier(batch: .name("n"))
      model.graph.valueInfo = [Messages.value("r", [.name("n/2"), .size(8), .size(16), .size(16)])]
      return try model.load(["n": 5])
    }()
    #expect(between.graph.shape("r") == [5, 8, 16, 16] && between.findings.isEmpty)
  }

  @Test func unknownSizesLoadWhereTheyAreAllowed() throws {
    let loaded = try ModelLoader.load(
      bytes: Messages.classifier(batch: .name("n")).binary(), options: LoadOptions(allowsUnknownSizes: true))
    #expect(loaded.graph.operators.count == 4 && loaded.hasUnknownSizes)
    #expect(loaded.findings.count == 1)
    #expect(loaded.findings.contains { $0.severity == .warning && $0.message.contains("--dim n=N") })
    let text = GraphStatistics(loaded.graph, hasUnknownSizes: true).text
    #expect(text.contains("? matrix, ? vector") && text.contains("parameters"))
  }

  @Test func namesOfValuesInBetweenNeedNoBinding() throws {
    var model = Messages.classifier(batch: .name("n"))
    model.graph.valueInfo = [Messages.value("r", [.name("other"), .open, .size(16), .size(16)])]
    let loaded = try model.load(["n": 2])
    #expect(loaded.graph.shape("r") == [2, 8, 16, 16])
    #expect(loaded.findings.isEmpty)
  }

  @Test func namesThatNoInputHasMayBeBoundButNeedNot() throws {
    var model = Messages.model(
      Messages.graph(
        [Messages.node("Mystery", ["x"], ["y"], domain: "acme")], inputs: [Messages.value("x", [4])],
        outputs: []))
    model.graph.output = [Messages.value("y", [.name("u0"), .size(2)])]
    let open = try model.load()
    #expect(!open.hasUnknownSizes && open.graph.operators[0].work.isIncomplete)
    #expect(open.findings.contains { $0.field == "y" && $0.message.hasSuffix("--dim u0=N") })
    #expect(try model.load(["u0": 5]).graph.shape("y") == [5, 2])
  }

  @Test func inputWithoutShapeIsBoundAxisByAxis() throws {
    let model = Messages.model(
      Messages.graph(
        [Messages.node("Relu", ["x"], ["y"])], inputs: [Messages.value("x", nil)], outputs: ["y"]))
    #expect(throws: LoadError.self) { try model.load() }
    #expect(try model.load(["x:0": 2, "x:1": 3]).graph.shape("y") == [2, 3])
  }

  @Test(arguments: [
    ("batch", 6), ("2*batch", 12), ("batch * 2 + 1", 13), ("floor(batch/4)", 1), ("(batch - 1)//2", 2),
    ("max(batch, 10)", 10), ("min(batch,10) % 4", 2), ("-1 + batch", 5), ("a b", 7),
    ("floor(batch/4 - 1/2) + 1", 2), ("floor(-batch/4)", -2), ("ceiling(batch/4)", 2), ("batch/4*2", 3),
    ("Mod(-1, batch)", 5), ("-batch % 4", 2), ("-batch//4", -2), ("batch**2", 36), ("-batch**2 + 40", 4),
    ("2**(-1)*batch", 3), ("2**3**2", 512), ("Max(1, batch - 8, 3)", 3), ("0.5*batch + 1.0", 4),
    ("floor(0.3*batch)", 1), ("FloorDiv(batch, 4)", 1), ("CeilDiv(batch, 4)", 2),
    ("TruncToInt(-batch/4)", -1),
    ("ModularIndexing(batch, 2, 2)", 1), ("2*a b + batch", 20), ("2*past-len + batch", 12),
    ("batch-1", 5), ("2*(batch-a.1)", 2), ("Abs(a.1 - batch)", 1), ("batch + past-len", 9),
  ]) func expressions(text: String, size: Int) {
    let value = DimensionExpression.evaluate(text, ["batch": 6, "a b": 7, "past-len": 3, "a.1": 5])
    guard case .known(let result, _) = value else {
      Issue.record("\(text) gave \(value)")
      return
    }
    #expect(result == size)
  }

  @Test(arguments: [
    ("n + m", ["n", "m"]), ("odd name!", ["odd name!"]), ("((((", ["(((("]), ("", [""]),
    ("n/0", ["n/0"]), ("past-len + 1", ["past-len"]), ("2*batch size", ["batch size"]),
    ("past - len", ["past", "len"]), ("/model/Concat_dim_1", ["/model/Concat_dim_1"]), ("f(x)", ["f(x)"]),
    (String(repeating: "(", count: 5000), [String(repeating: "(", count: 5000)]),
    ("9223372036854775807 * 2", ["9223372036854775807 * 2"]),
  ]) func unboundOrNoExpression(text: String, names: [String]) {
    let value = DimensionExpression.evaluate(text, [:])
    guard case .unbound(let result, _) = value else {
      Issue.record("\(text) gave \(value)")
      return
    }
    #expect(result == (text == "n/0" ? ["n"] : names))
  }

  @Test(arguments: ["n**n**n", "n*n*n*n*n*n*n", "1/(n - 1000000000)", "n/7", "(-n)**63", "Mod(n, n - n)"])
  func largeOrUndefinedResultsAreNoSize(text: String) {
    let value = DimensionExpression.evaluate(text, ["n": 1_000_000_000])
    guard case .impossible = value else {
      Issue.record("\(text) gave \(value)")
      return
    }
  }

  @Test func sizesThatDependOnDataAreUpperBoundsWithAFinding() throws {
    let model = Messages.model(
      Messages.graph(
        [
          Messages.node("NonZero", ["x"], ["found"], name: "search"),
          Messages.node("Transpose", ["found"], ["y"]),
        ], inputs: [Messages.value("x", [4, 8])], outputs: ["y"]))
    let loaded = try model.load()
    #expect(loaded.graph.shape("y") == [32, 2])
    #expect(loaded.findings.count == 1)
    #expect(loaded.findings.first?.node == "search" && loaded.findings.first?.severity == .warning)
    #expect(loaded.findings.first?.message.contains("counts with [2, 32], the most there can be") == true)
    var declared = model
    declared.graph.valueInfo = [Messages.value("found", [2, 5])]
    #expect(try declared.load().findings.isEmpty)
  }
}

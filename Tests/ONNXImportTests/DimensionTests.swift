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
    let loaded = try Messages.classifier().load(["batch": 2])
    #expect(loaded.findings.contains { $0.message.contains("'batch'") && $0.severity == .warning })
  }

  @Test(arguments: [0, -3]) func sizesMustBePositive(size: Int) throws {
    let error = #expect(throws: LoadError.self) {
      try Messages.classifier(batch: .name("n")).load(["n": size])
    }
    #expect(error?.problems.contains { $0.message.contains("must be positive") } == true)
  }

  @Test func namesOfValuesInBetweenNeedNoBinding() throws {
    var model = Messages.classifier(batch: .name("n"))
    model.graph.valueInfo = [Messages.value("r", [.name("other"), .open, .size(16), .size(16)])]
    let loaded = try model.load(["n": 2])
    #expect(loaded.graph.shape("r") == [2, 8, 16, 16])
    #expect(loaded.findings.isEmpty)
  }

  @Test func unboundNameThatNothingInfersIsAnError() throws {
    var model = Messages.model(
      Messages.graph(
        [Messages.node("Mystery", ["x"], ["y"], domain: "acme")], inputs: [Messages.value("x", [4])],
        outputs: []))
    model.graph.output = [Messages.value("y", [.name("u0"), .size(2)])]
    let error = #expect(throws: LoadError.self) { try model.load() }
    #expect(error?.reason == .unboundDimensions)
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
  ]) func expressions(text: String, size: Int) {
    let value = DimensionExpression.evaluate(text, ["batch": 6, "a b": 7])
    guard case .known(let result, _) = value else {
      Issue.record("\(text) gave \(value)")
      return
    }
    #expect(result == size)
  }

  @Test(arguments: [
    ("n + m", ["n", "m"]), ("odd name!", ["odd name!"]), ("((((", ["(((("]), ("", [""]),
    ("n/0", ["n/0"]), (String(repeating: "(", count: 5000), [String(repeating: "(", count: 5000)]),
    ("9223372036854775807 * 2", ["9223372036854775807 * 2"]),
  ]) func unboundOrNoExpression(text: String, names: [String]) {
    let value = DimensionExpression.evaluate(text, [:])
    guard case .unbound(let result, _) = value else {
      Issue.record("\(text) gave \(value)")
      return
    }
    #expect(result == (text == "n/0" ? ["n"] : names))
  }
}

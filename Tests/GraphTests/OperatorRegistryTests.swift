import Testing

@testable import Graph

/// What is declared of operators.
@Suite struct OperatorRegistryTests {
  @Test func everyOperatorIsDeclaredOnce() {
    var seen: Set<String> = []
    for definition in OperatorRegistry.all {
      let key = "\(definition.domain) \(definition.name)"
      #expect(seen.insert(key).inserted, "\(key) is declared twice")
    }
  }

  @Test func domainTellsOperatorsOfOneNameApart() throws {
    let lookUp = { OperatorRegistry.definition(of: $0, domain: $1) }
    #expect(lookUp("Relu", "ai.onnx")?.name == "Relu")
    #expect(lookUp("FusedConv", "com.microsoft")?.isMatrix == true)
    #expect(lookUp("Attention", "")?.isMatrix == true && lookUp("Attention", "")?.domain == .standard)
    #expect(lookUp("Attention", "com.microsoft")?.domain == .microsoft)
    #expect(lookUp("Relu", "my.domain") == nil && lookUp("NoSuchOperator", "") == nil)
    #expect(lookUp("SparseLengthsSum", "my.domain")?.traits.contains(.bagLookup) == true)
  }

  @Test func onlyOneDomainOfAnyNameExists() {
    let anywhere = Set(OperatorRegistry.all.filter { $0.domain == .any }.map(\.name))
    for definition in OperatorRegistry.all where definition.domain != .any {
      #expect(!anywhere.contains(definition.name))
    }
  }

  /// Fused activations and biases are as elementwise as the operators they are made of.
  @Test(arguments: ["Silu", "Swish", "FastGelu", "QuickGelu", "BiasGelu", "Atan", "Mean", "Shrink"])
  func activationsOfEveryWriterFuse(type: String) throws {
    let definition = try #require(OperatorRegistry.definition(of: type, domain: ""))
    #expect(definition.traits.contains(.elementwise))
  }

  @Test(arguments: ["Softmax", "BiasSoftmax", "GroupNorm", "LayerNormalization", "CumSum", "Transpose"])
  func operatorsThatMixElementsDoNotFuse(type: String) throws {
    let definition = try #require(OperatorRegistry.definition(of: type, domain: ""))
    #expect(!definition.traits.contains(.elementwise))
  }

  @Test func viewsRenameBytes() {
    let views = OperatorRegistry.all.filter(\.isView).map(\.name).sorted()
    #expect(views == ["Dropout", "ExpandDims", "Flatten", "Identity", "Reshape", "Squeeze", "Unsqueeze"])
  }
}

import TestSupport
import Testing

@testable import Graph

@Suite struct StateRecognitionTests {
  /// One layer of a language model that appends to its cache, its input and output called as given.
  private func layer(past: String, present: String, states: StateChoice) throws -> GraphBuilder.Result {
    var builder = GraphBuilder(name: "layer")
    builder.states = states
    let cache = builder.input(past, .float16, [2, 4, 16, 8])
    let new = builder.input("new", .float16, [2, 4, 1, 8])
    let grown = builder.add("Concat", [cache, new], name: present, attributes: ["axis": .int(2)])
    builder.output(grown)
    builder.output(builder.add("Relu", [grown], name: "result"))
    return try builder.build()
  }

  @Test(arguments: [
    ("past_key_values.0.key", "present.0.key"),
    ("past_key_values.3.decoder.value", "present.3.decoder.value"),
    ("past_0", "present_0"), ("h_in", "h_out"), ("c0", "cn"), ("state", "stateN"),
  ])
  func namesThatExportersUseAreStates(_ past: String, _ present: String) throws {
    let graph = try layer(past: past, present: present, states: .named).graph
    #expect(graph.statePairs == [past: present])
    #expect(graph.stateBytes == 2 * 4 * 17 * 8 * 2)
    #expect(graph.responses.map { graph[$0].name } == ["result"])
    #expect(graph.inputs.count == 2)
    #expect(graph.outputs.count == 2)
  }

  @Test func otherNamesAreSentUnlessTheyAreGiven() throws {
    #expect(try layer(past: "a", present: "b", states: .named).graph.states.isEmpty)
    #expect(try layer(past: "a", present: "b", states: .pairs(["a": "b"])).graph.statePairs == ["a": "b"])
    #expect(try layer(past: "past_0", present: "present_0", states: .none).graph.states.isEmpty)
  }

  /// Exporters join a cache with an empty one first, of which nothing is left but a join of one.
  @Test func aCacheBehindAJoinOfOneIsAState() throws {
    var builder = GraphBuilder(name: "joined")
    builder.states = .named
    let cache = builder.input("past_key_values.0.key", .float16, [2, 4, 16, 8])
    let joined = builder.add("Concat", [cache], name: "joined", attributes: ["axis": .int(2)])
    let new = builder.input("new", .float16, [2, 4, 1, 8])
    let grown = builder.add("Concat", [joined, new], name: "present.0.key", attributes: ["axis": .int(2)])
    builder.output(grown)
    builder.output(builder.add("Relu", [grown], name: "result"))
    let result = try builder.build()
    #expect(result.graph.statePairs == ["past_key_values.0.key": "present.0.key"])
    #expect(result.findings.isEmpty)
    #expect(!result.graph.operators.contains { $0.name == "joined" })
  }

  @Test func whatSeveralReadOrAnotherMakesIsSent() throws {
    var builder = GraphBuilder(name: "shared")
    builder.states = .named
    let cache = builder.input("past_0", .float16, [2, 8])
    builder.output(builder.add("Relu", [cache], name: "present_0"))
    builder.output(builder.add("Sigmoid", [cache], name: "other"))
    let result = try builder.build()
    #expect(result.graph.states.isEmpty)
    #expect(result.findings.contains { $0.severity == .warning && $0.field == "past_0" })
  }

  /// The prefill of a prompt writes the caches that decoding reads.
  @Test func cachesThatNothingComesInForStay() throws {
    func prefill(_ output: String, _ states: StateChoice, past: String? = nil) throws -> Graph {
      var builder = GraphBuilder(name: "prefill")
      builder.states = states
      let x = builder.input("x", .float16, [2, 16, 8])
      if let past { builder.output(builder.add("Relu", [builder.input(past, .float16, [2, 8])])) }
      let keys = builder.add("Relu", [x], name: output)
      builder.output(keys)
      builder.output(builder.add("Sigmoid", [keys], name: "result"))
      return try builder.build().graph
    }
    for name in ["present.0.key", "present_key_values.3.value", "present_0"] {
      let graph = try prefill(name, .named)
      #expect(graph.statePairs == [name: name])
      #expect(graph.responses.map { graph[$0].name } == ["result"])
      #expect(graph.stateBytes == 2 * 16 * 8 * 2)
      #expect(try prefill(name, .pairs(graph.statePairs)).states == graph.states)
      #expect(try prefill(name, .none).states.isEmpty)
    }
    #expect(try prefill("presentation", .named).states.isEmpty)
    #expect(try prefill("hidden", .named).states.isEmpty)
    #expect(try prefill("hidden", .pairs(["hidden": "hidden"])).stateBytes == 2 * 16 * 8 * 2)
    // An input of that kind that is no state is sent with its output.
    #expect(try prefill("present.0.key", .named, past: "past_key_values.0.key").states.isEmpty)
  }

  @Test func pairsThatAreNoStatesAreRefusedAllAtOnce() throws {
    let error = #expect(throws: GraphError.self) {
      try layer(past: "a", present: "b", states: .pairs(["a": "result", "x": "b", "new": "y"]))
    }
    #expect(error?.problems.map(\.field) == ["--state a=result", "--state new=y", "--state x=b"])
  }
}

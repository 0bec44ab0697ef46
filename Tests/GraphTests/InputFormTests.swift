import TestSupport
import Testing

@testable import Graph

@Suite struct InputFormTests {
  private func graph() throws -> Graph {
    var builder = GraphBuilder(name: "net")
    builder.states = .named
    let image = builder.input("image", .float32, [8, 3, 4, 4])
    let user = builder.input("user", .float32, [8, 16])
    let ids = builder.input("ids", .int64, [8])
    let cache = builder.input("past_0", .float32, [8, 16])
    let table = builder.constant("table", .float32, [20_000, 16])
    builder.output(builder.add("Relu", [image]))
    builder.output(builder.add("Add", [builder.add("Gather", [table, ids]), user]))
    builder.output(builder.add("Add", [cache, user], name: "present_0"))
    return try builder.build().graph
  }

  @Test func anOperatorReceivesWhatIsSent() throws {
    let whole = try graph()
    let (sent, problems) = whole.sending(["image": .uint8, "user": .shared])
    #expect(problems.isEmpty)
    #expect(sent.operators.prefix(2).map(\.name) == ["image.received", "user.received"])
    #expect(sent.operators.prefix(2).map(\.type) == ["Cast", "Expand"])
    #expect(sent.receivers == ["image.received", "user.received"])
    #expect(sent.operators.dropFirst(2).map(\.name) == whole.operators.map(\.name))
    let inputs = Dictionary(uniqueKeysWithValues: sent.inputs.map { (sent[$0].name, sent[$0]) })
    #expect(inputs["image"]?.type == .uint8 && inputs["image"]?.bytes == 8 * 48)
    #expect(inputs["user"]?.shape == [1, 16] && inputs["user"]?.consumers == [OperatorID(1)])
    // Readers read what was made; look-ups and states are those that they were.
    for (index, node) in sent.operators.enumerated() {
      for case let input? in node.inputs {
        #expect(sent[input].consumers.contains(OperatorID(index)))
        if let producer = sent[input].producer { #expect(producer.index < index) }
      }
      for case let output? in node.outputs { #expect(sent[output].producer == OperatorID(index)) }
    }
    #expect(sent[sent.embeddingTables[0].lookups[0]].name == whole[whole.embeddingTables[0].lookups[0]].name)
    #expect(sent[sent.states[0].owner].name == whole[whole.states[0].owner].name)
    #expect(sent.operators[0].work.vectorOperations == 8 * 48 && sent.operators[0].work.inputBytes == 8 * 48)
  }

  @Test func whatCannotBeSentSoIsRefusedAllAtOnce() throws {
    let (sent, problems) = try graph().sending([
      "ids": .uint8, "none": .shared, "past_0": .shared, "image": .uint8,
    ])
    #expect(sent.receivers == ["image.received"])
    #expect(problems.count == 3)
    #expect(problems[0].contains("'ids'") && problems[0].contains("int64"))
    #expect(problems[1].contains("no input 'none'"))
    #expect(problems[2].contains("'past_0'") && problems[2].contains("stays"))
    #expect(try graph().sending(["ids": .shared]).problems.count == 1)
  }
}

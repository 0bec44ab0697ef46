import Testing

@testable import Graph

/// Embedding bags as exporters write them, each against the same bag as one operator: 8 bags, 40 indices, a table of
/// 100 x 16.
@Suite struct BagFormsTests {
  private typealias Node = GraphDraft.Node
  private typealias Value = GraphDraft.Declaration

  private func node(
    _ type: String, _ inputs: [String], _ outputs: [String], domain: String = "",
    _ attributes: [String: Attribute] = [:], body: GraphDraft? = nil, orElse: GraphDraft? = nil
  ) -> Node {
    var bodies = body.map { [(attribute: orElse == nil ? "body" : "then_branch", draft: $0)] } ?? []
    if let orElse { bodies.append((attribute: "else_branch", draft: orElse)) }
    return Node(
      name: outputs.first ?? type, type: type, domain: domain, inputs: inputs, outputs: outputs,
      attributes: attributes, bodies: bodies)
  }

  private func ints(_ name: String, _ values: [Int], scalar: Bool = false) -> GraphDraft.Constant {
    GraphDraft.Constant(name: name, type: .int64, shape: scalar ? [] : [values.count], values: .ints(values))
  }

  private func graph(
    _ nodes: [Node], offsets: Int = 8, type: ElementType = .int64, constants: [GraphDraft.Constant] = [],
    weights: Bool = false
  ) throws -> Graph {
    var inputs = [
      Value(name: "ids", type: .int64, shape: [40]), Value(name: "offsets", type: type, shape: [offsets]),
    ]
    if weights { inputs.append(Value(name: "w", type: .float32, shape: [40])) }
    let draft = GraphDraft(
      name: "g", inputs: inputs,
      constants: [
        GraphDraft.Constant(name: "t", type: .float32, shape: [100, 16]), ints("zero", [0]), ints("one", [1]),
        ints("z", [0], scalar: true), ints("o", [1], scalar: true), ints("end", [.max]), ints("minus", [-1]),
        GraphDraft.Constant(name: "true", type: .bool, shape: [], values: .ints([1])),
      ] + constants,
      nodes: nodes + [node("Relu", ["bags"], ["y"])], outputs: [Value(name: "y", type: nil, shape: nil)])
    return try draft.build().graph
  }

  private func expectBag(
    _ graph: Graph, inputs: [String], _ location: SourceLocation = #_sourceLocation
  ) throws {
    let table = try #require(graph.embeddingTables.first, sourceLocation: location)
    #expect(table.isPooled && table.rows == 100 && table.dimension == 16, sourceLocation: location)
    #expect(table.maximumLookups == 40 && table.bags == 8, sourceLocation: location)
    #expect(graph.operators.map(\.type) == ["EmbeddingBag", "Relu"], sourceLocation: location)
    let lookup = graph[table.lookups[0]]
    #expect(lookup.work.vectorOperations == 40 * 16, sourceLocation: location)
    let read = lookup.inputs.compactMap { $0 }.filter { graph[$0].role != .constant }.map { graph[$0].name }
    #expect(read == inputs, sourceLocation: location)
    #expect(graph[graph.outputs[0]].shape == [8, 16], sourceLocation: location)
  }

  /// PyTorch's older exporter: a loop slices the indices, gathers and reduces.
  private func slicedIndices(
    includesLast: Bool = false, reduction: String = "ReduceSum", weights: Bool = false
  ) -> [Node] {
    var before: [Node] = []
    if !includesLast {
      before = [node("Shape", ["ids"], ["n"]), node("Concat", ["offsets", "n"], ["all"], ["axis": .int(0)])]
    }
    let all = includesLast ? "offsets" : "all"
    before += [
      node("Slice", [all, "zero", "end", "zero", "one"], ["starts"]),
      node("Slice", [all, "one", "end", "zero", "one"], ["ends"]),
      node("Shape", ["ends"], ["shape"]), node("Gather", ["shape", "z"], ["trips"]),
    ]
    var body = [
      node("Gather", ["starts", "i"], ["s"]), node("Gather", ["ends", "i"], ["e"]),
      node("Unsqueeze", ["s", "zero"], ["s1"]), node("Unsqueeze", ["e", "zero"], ["e1"]),
      node("Slice", ["ids", "s1", "e1", "zero"], ["piece"]), node("Gather", ["t", "piece"], ["rows"]),
    ]
    if weights {
      body += [
        node("Slice", ["w", "s1", "e1", "zero"], ["ws"]), node("Unsqueeze", ["ws", "one"], ["wu"]),
        node("Mul", ["rows", "wu"], ["scaled"]),
      ]
    }
    body += [
      node(reduction, [weights ? "scaled" : "rows", "zero"], ["bag"], ["keepdims": .int(0)]),
      node("Identity", ["c"], ["c2"]),
    ]
    return before + [node("Loop", ["trips", "true"], ["bags"], body: loopBody(body, ["c2", "bag"]))]
  }

  private func loopBody(
    _ nodes: [Node], _ outputs: [String], states: [String] = [], constants: [GraphDraft.Constant] = []
  ) -> GraphDraft {
    GraphDraft(
      name: "body",
      inputs: [Value(name: "i", type: .int64, shape: []), Value(name: "c", type: .bool, shape: [])]
        + states.map { Value(name: $0, type: nil, shape: nil) }, constants: constants, nodes: nodes,
      outputs: outputs.map { Value(name: $0, type: nil, shape: nil) })
  }

  @Test func loopOverSlicesOfIndices() throws {
    try expectBag(graph(slicedIndices()), inputs: ["ids", "offsets"])
    try expectBag(graph(slicedIndices(reduction: "ReduceMax")), inputs: ["ids", "offsets"])
    try expectBag(graph(slicedIndices(includesLast: true), offsets: 9), inputs: ["ids", "offsets"])
    try expectBag(graph(slicedIndices(weights: true), weights: true), inputs: ["ids", "offsets", "w"])
  }

  private func bagLoop(_ before: [Node]) -> [Node] {
    let loop = slicedIndices(includesLast: true)
    return before + loop.filter { !["starts", "ends"].contains($0.outputs[0]) }
  }

  /// However starts and ends are made of offsets or lengths, nothing but those is read.
  @Test func helpersOfOffsetsGoWithTheLoop() throws {
    let size = [node("Shape", ["ids"], ["n"])]
    let cut = node("Slice", ["offsets", "one", "end"], ["rest"])
    // Starts are the offsets themselves; ends are cut and joined, or joined and cut.
    for ends in [
      [cut, node("Concat", ["rest", "n"], ["ends"], ["axis": .int(0)])],
      [
        node("Concat", ["offsets", "n"], ["all"], ["axis": .int(0)]),
        node("Slice", ["all", "one", "end"], ["ends"]),
      ],
    ] {
      let nodes = bagLoop(size + [node("Identity", ["offsets"], ["starts"])] + ends)
      try expectBag(graph(nodes), inputs: ["ids", "offsets"])
    }
    // With the last offset, cut at both ends; the number of indices in its place.
    let both = [
      node("Slice", ["offsets", "zero", "minus"], ["starts"]), node("Identity", ["rest"], ["ends"]),
    ]
    try expectBag(graph(bagLoop([cut] + both), offsets: 9), inputs: ["ids", "offsets"])
    let replaced = [
      node("ScatterElements", ["offsets", "minus", "n"], ["whole"]),
      node("Slice", ["whole", "one", "end"], ["ends"]),
      node("Slice", ["offsets", "zero", "minus"], ["starts"]),
    ]
    try expectBag(graph(bagLoop(size + replaced), offsets: 9), inputs: ["ids", "offsets"])
    // Lengths.
    let lengths = [
      node("CumSum", ["offsets", "z"], ["ends"]), node("Sub", ["ends", "offsets"], ["starts"]),
    ]
    try expectBag(graph(bagLoop(lengths)), inputs: ["ids", "offsets"])
  }

  @Test func offsetsAreReadInTheirType() throws {
    let cast = node("Cast", ["offsets"], ["wide"], ["to": .int(7)])
    for (includesLast, offsets) in [(false, 8), (true, 9)] {
      let nodes = slicedIndices(includesLast: includesLast).map { node in
        var node = node
        node.inputs = node.inputs.map { $0 == "offsets" ? "wide" : $0 }
        return node
      }
      try expectBag(graph([cast] + nodes, offsets: offsets, type: .int32), inputs: ["ids", "offsets"])
    }
    let bag = node("EmbeddingBag", ["t", "ids", "wide"], ["bags"])
    try expectBag(graph([cast, bag], type: .int32), inputs: ["ids", "offsets"])
  }

  /// A function that asks with a constant whether the last offset is among them.
  @Test(arguments: [false, true]) func offsetsBehindAConstantCondition(includesLast: Bool) throws {
    let whole = GraphDraft(
      name: "whole", nodes: [node("Identity", ["offsets"], ["same"])],
      outputs: [Value(name: "same", type: nil, shape: nil)])
    let open = GraphDraft(
      name: "open",
      nodes: [
        node("Shape", ["ids"], ["n"]), node("Concat", ["offsets", "n"], ["joined"], ["axis": .int(0)]),
      ],
      outputs: [Value(name: "joined", type: nil, shape: nil)])
    let before = [
      node("Cast", [includesLast ? "o" : "z"], ["flag"], ["to": .int(9)]),
      node("Equal", ["flag", "true"], ["c"]),
      node("If", ["c"], ["all"], body: whole, orElse: open),
      node("Slice", ["all", "zero", "end"], ["starts"]),
      node("Slice", ["all", "one", "end"], ["ends"]),
    ]
    let graph = try graph(bagLoop(before), offsets: includesLast ? 9 : 8)
    try expectBag(graph, inputs: ["ids", "offsets"])
  }

  /// Bags of one length: offsets that follow from the shape of the indices.
  @Test func offsetsOfASquareOfIndices() throws {
    let before = [
      node("Reshape", ["ids", "sides"], ["square"]), node("Shape", ["square"], ["size"]),
      node("ReduceProd", ["size"], ["count"], ["keepdims": .int(0)]),
      node("Gather", ["size", "o"], ["width"]),
      node("Range", ["z", "count", "width"], ["range"]),
    ]
    let loop = slicedIndices().map { node in
      var node = node
      node.inputs = node.inputs.map { $0 == "offsets" ? "range" : $0 }
      return node
    }
    let graph = try graph(before + loop, constants: [ints("sides", [8, 5])])
    #expect(graph.embeddingTables.map(\.bags) == [8])
    #expect(graph[graph.outputs[0]].shape == [8, 16])
  }

  /// Starts and ends of different values are both read.
  @Test func startsAndEndsOfTheirOwn() throws {
    let nodes = bagLoop([
      node("Identity", ["offsets"], ["starts"]), node("Gather", ["ids", "offsets"], ["ends"]),
    ])
    let graph = try graph(nodes)
    let table = try #require(graph.embeddingTables.first)
    #expect(table.bags == 8 && graph.operators.map(\.type) == ["Gather", "EmbeddingBag", "Relu"])
  }

  /// PyTorch's newer exporter: rows are gathered and scaled before, a loop reduces slices of them under an If, and puts
  /// them into a sequence. For a maximum another If cuts the last bag where the rows end.
  @Test(arguments: [false, true]) func loopOverSlicesOfRows(cutsLast: Bool) throws {
    func slice(to end: String, _ output: String) -> GraphDraft {
      GraphDraft(
        name: output, nodes: [node("Slice", ["rows", "start", end], [output])],
        outputs: [Value(name: output, type: nil, shape: nil)])
    }
    let cut =
      cutsLast
      ? [
        node("Equal", ["k", "o"], ["isLast"]),
        node("If", ["isLast"], ["part"], body: slice(to: "n", "tail"), orElse: slice(to: "stop", "middle")),
      ] : [node("Slice", ["rows", "start", "stop"], ["part"])]
    let full = GraphDraft(
      name: "full",
      nodes: cut + [node(cutsLast ? "ReduceMax" : "ReduceSum", ["part", "zero"], ["some"])],
      outputs: [Value(name: "some", type: nil, shape: nil)])
    let empty = GraphDraft(
      name: "empty", constants: [GraphDraft.Constant(name: "none", type: .float32, shape: [1, 16])],
      outputs: [Value(name: "none", type: nil, shape: nil)])
    let body = loopBody(
      [
        node("Reshape", ["k", "minus"], ["at"]), node("Add", ["at", "o"], ["next"]),
        node("Slice", ["all", "at", "next"], ["start"]), node("Add", ["next", "o"], ["after"]),
        node("Slice", ["all", "next", "after"], ["stop"]), node("Equal", ["start", "stop"], ["isEmpty"]),
        node("If", ["isEmpty"], ["row"], body: empty, orElse: full),
        node("SequenceInsert", ["list", "row"], ["list2"]), node("Add", ["k", "o"], ["k2"]),
        node("Less", ["k2", "count"], ["c2"]),
      ], ["c2", "k2", "list2"], states: ["k", "list"])
    let nodes = [
      node("Reshape", ["ids", "minus"], ["flat"]), node("Gather", ["t", "flat"], ["new"]),
      node("Mul", ["new", "ones"], ["rows"]), node("Shape", ["ids"], ["n"]),
      node("Concat", ["offsets", "n"], ["all"], ["axis": .int(0)]), node("SequenceEmpty", [], ["list0"]),
      node("Loop", ["", "true", "z", "list0"], ["kn", "lists"], body: body),
      node("ConcatFromSequence", ["lists"], ["joined"], ["axis": .int(0)]),
      node("Cast", ["joined"], ["bags"], ["to": .int(1)]),
    ]
    let constants = [
      GraphDraft.Constant(name: "ones", type: .float32, shape: [40, 1]), ints("count", [8], scalar: true),
    ]
    let graph = try graph(nodes, constants: constants)
    let table = try #require(graph.embeddingTables.first)
    #expect(table.isPooled && table.maximumLookups == 40 && table.bags == 8)
    #expect(graph.operators.map(\.type) == ["EmbeddingBag", "Cast", "Relu"])
    #expect(graph.operators[1].work.isView)
    #expect(graph.operators[0].inputs.compactMap { $0 }.map { graph[$0].name } == ["t", "ids", "offsets"])
    #expect(graph[graph.outputs[0]].shape == [8, 16])
  }

  /// PyTorch's newer exporter with a padding index: a loop inside picks the positions that are no padding.
  @Test func loopThatLeavesOutPadding() throws {
    let keep = GraphDraft(
      name: "keep",
      nodes: [
        node("Reshape", ["j", "minus"], ["j1"]),
        node("Concat", ["picked", "j1"], ["more"], ["axis": .int(0)]),
      ],
      outputs: [Value(name: "more", type: nil, shape: nil)])
    let skip = GraphDraft(
      name: "skip", nodes: [node("Identity", ["picked"], ["same"])],
      outputs: [Value(name: "same", type: nil, shape: nil)])
    let picking = loopBody(
      [
        node("Gather", ["ids", "j"], ["id"]), node("Equal", ["id", "z"], ["isPadding"]),
        node("If", ["isPadding"], ["picked2"], body: skip, orElse: keep), node("Add", ["j", "o"], ["j2"]),
        node("Less", ["j2", "e"], ["d2"]),
      ], ["d2", "j2", "picked2"], states: ["j", "picked"])
    let body = loopBody(
      [
        node("Gather", ["all", "k"], ["s"]), node("Add", ["k", "o"], ["k2"]),
        node("Gather", ["all", "k2"], ["e"]),
        node("Less", ["s", "e"], ["d"]),
        node("Loop", ["", "d", "s", "none"], ["last", "at"], body: picking),
        node("Gather", ["rows", "at"], ["kept"]), node("ReduceSum", ["kept", "zero"], ["row"]),
        node("SequenceInsert", ["list", "row"], ["list2"]), node("Less", ["k2", "count"], ["c2"]),
      ], ["c2", "k2", "list2"], states: ["k", "list"])
    let nodes = [
      node("Gather", ["t", "ids"], ["rows"]), node("Shape", ["ids"], ["n"]),
      node("Concat", ["offsets", "n"], ["all"], ["axis": .int(0)]), node("SequenceEmpty", [], ["list0"]),
      node("Loop", ["", "true", "z", "list0"], ["kn", "lists"], body: body),
      node("ConcatFromSequence", ["lists"], ["joined"], ["axis": .int(0)]),
      // Reads the type of the table and nothing of its rows.
      node("CastLike", ["joined", "t"], ["bags"]),
    ]
    let constants = [
      GraphDraft.Constant(name: "none", type: .int64, shape: [0]), ints("count", [8], scalar: true),
    ]
    let graph = try graph(nodes, constants: constants)
    let table = try #require(graph.embeddingTables.first)
    #expect(table.isPooled && table.maximumLookups == 40 && table.bags == 8)
    #expect(graph.operators.map(\.type) == ["EmbeddingBag", "CastLike", "Relu"])
  }

  @Test func scanOverRowsOfIndices() throws {
    let body = GraphDraft(
      name: "body", inputs: [Value(name: "row", type: .int64, shape: [5])],
      nodes: [
        node("Gather", ["t", "row"], ["rows"]),
        node("ReduceMean", ["rows"], ["bag"], ["axes": .ints([0]), "keepdims": .int(0)]),
      ], outputs: [Value(name: "bag", type: nil, shape: nil)])
    let nodes = [
      node("Reshape", ["ids", "shape"], ["square"]),
      node("Scan", ["square"], ["bags"], ["num_scan_inputs": .int(1)], body: body),
    ]
    let graph = try graph(nodes, constants: [ints("shape", [8, 5])])
    #expect(graph.embeddingTables.map(\.bags) == [8] && graph.embeddingTables[0].maximumLookups == 40)
  }

  @Test(arguments: ["", "org.pytorch.aten"]) func fallback(domain: String) throws {
    let arguments = ["t", "ids", "offsets", "false", "z", "false", "", "false"]
    let no = GraphDraft.Constant(name: "false", type: .bool, shape: [], values: .ints([0]))
    let name: [String: Attribute] = ["operator": .string("embedding_bag")]
    try expectBag(
      graph([node("ATen", arguments, ["bags", "a", "b", "c"], domain: domain, name)], constants: [no]),
      inputs: ["ids", "offsets"])
    let last = arguments.dropLast() + ["true"]
    try expectBag(
      graph([node("ATen", Array(last), ["bags"], domain: domain, name)], offsets: 9, constants: [no]),
      inputs: ["ids", "offsets"])
  }

  @Test func otherLoopsStay() throws {
    // The table is an input, or another output is read.
    var nodes = slicedIndices()
    nodes[0] = node("Shape", ["ids"], ["n"])
    let loop = nodes.count - 1
    nodes[loop].bodies[0].draft.nodes.append(node("Mul", ["bag", "bag"], ["square"]))
    nodes[loop].bodies[0].draft.outputs.append(Value(name: "square", type: nil, shape: nil))
    nodes[loop].outputs.append("squares")
    nodes.append(node("Exp", ["squares"], ["unused"]))
    let free = try graph(nodes)
    #expect(free.operators.map(\.type) == ["EmbeddingBag", "Relu"])
    nodes.append(node("Add", ["unused", "unused"], ["more"]))
    nodes[loop].outputs = ["squares", "bags"]
    #expect(try graph(nodes).operators.contains { $0.type == "Loop" })
  }
}

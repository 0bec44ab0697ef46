import CostModel
import Graph
import Hardware
import ONNXImport
import ONNXSchema
import Plan

/// The model of a plan with teams, written out: nodes for what each card of a team computes, and for what the cards exchange.
///
/// It computes what the model does, sums of cut products but for rounding. Its parts are then those of a plan without teams.
struct TeamModel {
  /// Where a value of the written model is computed.
  struct Home {
    var site: PlacementSite
    /// Operator of the cut graph; `nil` for what puts an output of the model together.
    var op: OperatorID?
  }

  enum Form {
    case single(String)
    /// The same on every card of a team.
    case copies([String], PlacementSite)
    /// A part, or a term of a sum, on each.
    case parts([String])
  }

  let source: ModelSource
  let whole: Graph
  let detail: CutDetail
  let placement: ModelPlacement
  let ranks: Int
  /// Where what is on every team is written to: the first card of one, or of a team of its own beside those.
  private let everyTeam: Int
  let segments: TeamSegments
  let tracer: NodeTracer
  let values: [TensorID: Int]
  let names: [Int: String]
  var writer: NodeWriter
  let store: WeightStore
  private var nodes: [Onnx_NodeProto] = []
  var forms: [Int: Form] = [:]
  private var made: Set<String> = []
  /// By name of a value.
  private(set) var homes: [String: Home] = [:]
  /// By name of a constant: the table of the model that it is a copy of.
  private(set) var tables: [String: Int] = [:]
  var problems: [String] = []

  /// - Parameters:
  ///   - placement: Of the cut graph, on teams.
  ///   - everyTeam: The first card that stands for those of every team.
  init(
    _ source: ModelSource, ranks: Int, kind: GraphCut.Kind, placement: ModelPlacement, everyTeam: Int,
    store: WeightStore
  ) throws(ExportError) {
    whole = source.loaded.graph
    guard let detail = CutDetail(whole, ranks: ranks, kind: kind) else {
      throw ExportError(.badInput, "the model has nothing to cut over \(ranks) cards")
    }
    let version =
      source.header.opsetImport.filter { ["", "ai.onnx"].contains($0.domain) }.map(\.version).max() ?? 1
    // Sums of different broadcasts came with 8.
    guard version >= 8 else {
      throw ExportError(
        .unsupported,
        "the model is written for operator set \(version), and parts of operators need 8 or newer; convert the model"
      )
    }
    (self.source, self.detail, self.ranks, self.placement, self.store) = (
      source, detail, ranks, placement, store
    )
    self.everyTeam = everyTeam
    tracer = NodeTracer(written: source.written)
    var values: [TensorID: Int] = [:]
    for (value, tensor) in source.written.tensorOfValue.enumerated()
    where value < source.written.scope.values.count {
      if let tensor, values[tensor] == nil { values[tensor] = value }
    }
    self.values = values
    segments = try TeamSegments(
      whole, detail, ranks: ranks,
      slices: SlicedAxis.found(in: whole, detail, kind: kind, values: values, source.written))
    writer = NodeWriter(source: source, store: store, operatorSet: version)
    var names: [Int: String] = [:]
    for (value, entry) in source.written.scope.values.enumerated() {
      names[value] = writer.unique(entry.name)
    }
    self.names = names
    try write()
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
  }

  /// Writes model and weights.
  func save(folder: String, file: String) throws(ExportError) {
    var graph = Onnx_GraphProto()
    graph.name = whole.name
    graph.node = nodes
    let scope = source.written.scope
    func declarations(_ values: [Int]) -> [Onnx_ValueInfoProto] {
      values.uniqued().compactMap {
        ValueText.declaration(name($0), source.written.value($0), stated: source.stated($0))
      }
    }
    graph.input = declarations(scope.inputs)
    graph.output = declarations(scope.outputs)
    var model = source.model(graph, writer.types)
    model.graph.initializer = try writer.weights.write(folder: folder, file: file + ".weights")
    let bytes: [UInt8]
    do { bytes = try model.serializedBytes() } catch {
      throw ExportError(.unsupported, "\(file): cannot be encoded: \(error)")
    }
    try OutputFile.write(bytes, path: folder + file)
  }

  func name(_ value: Int) -> String { names[value] ?? source.written.scope.values[value].name }

  func name(_ tensor: TensorID) -> String {
    tensor.index < whole.tensors.count
      ? values[tensor].map(name) ?? whole[tensor].name : detail.graph[tensor].name
  }

  // MARK: Operators

  private mutating func write() throws(ExportError) {
    for (index, tensor) in whole.tensors.enumerated() where tensor.producer == nil && tensor.role != .constant
    {
      forms[index] = .single(name(TensorID(index)))
    }
    let tableOfLookup = Dictionary(
      whole.embeddingTables.enumerated().flatMap { table, entry in entry.lookups.map { ($0, table) } },
      uniquingKeysWith: { first, _ in first })
    var position = 0
    for index in detail.graph.operators.indices {
      let node = detail.graph.operators[index]
      var site = placement.operators[index]
      if node.domain == Collective.domain {
        exchange(node, op: OperatorID(index), site)
        continue
      }
      let origin = OperatorID(position)
      position += 1
      let table = tableOfLookup[origin]
      if let table {
        let shards = placement.tables[table].shards
        guard shards.count == 1 else {
          problems.append(
            "table '\(whole.embeddingTables[table].name)': is split over teams, which cannot be written in parts; plan again with --no-split"
          )
          continue
        }
        site = shards[0].site
      }
      for rank in site == .host ? [nil] : (0..<ranks).map(Optional.some) {
        if let operation = detail.operations[index] {
          try write(OperatorID(index), origin, operation, site, rank: rank ?? 0)
        } else {
          try writeWhole(OperatorID(index), origin, site, rank: rank, table: table)
        }
      }
      for (slot, output) in node.outputs.enumerated() {
        guard let output else { continue }
        let all = (0..<ranks).map { rankName(name(output), $0) }
        if let operation = detail.operations[index],
          operation.outputs[slot] != nil || output.index >= whole.tensors.count
        {
          forms[output.index] = .parts(all)
        } else {
          forms[output.index] = site == .host ? .single(name(output)) : .copies(all, site)
        }
      }
    }
    for output in source.written.scope.outputs.uniqued() { try writeOutput(output) }
  }

  func rankName(_ name: String, _ rank: Int?) -> String { rank.map { "\(name)/rank\($0)" } ?? name }

  func site(_ site: PlacementSite, _ rank: Int?) -> PlacementSite {
    switch (site, rank) {
    case (.host, _), (_, nil): .host
    case (.card(let team), .some(let rank)): .card(team * ranks + rank)
    case (.everyCard, .some(let rank)): .card(everyTeam + rank)
    }
  }

  mutating func add(_ node: Onnx_NodeProto, _ op: OperatorID?, at site: PlacementSite) {
    guard node.output.contains(where: { !made.contains($0) }) else { return }
    made.formUnion(node.output)
    nodes.append(node)
    for output in node.output { homes[output] = Home(site: site, op: op) }
  }

  /// An operator that every card of its team does, or the host.
  private mutating func writeWhole(
    _ op: OperatorID, _ origin: OperatorID, _ site: PlacementSite, rank: Int?, table: Int?
  ) throws(ExportError) {
    let node = whole[origin]
    let inputs = zip(node.inputs, detail.graph[op].inputs).compactMap { own, cut in
      own.flatMap { own in values[own].flatMap { value in cut.map { (value, own, $0) } } }
    }.filter { whole[$0.1].role != .constant }
    let trace = tracer.trace(
      node.outputs.compactMap { $0.flatMap { values[$0] } }, stops: Set(inputs.map(\.0)))
    var own = names
    for index in trace.nodes {
      for case .some(let output) in source.written.scope.nodes[index].outputs {
        own[output] = rankName(name(output), rank)
      }
    }
    for (value, _, tensor) in inputs {
      own[value] = read(tensor, site, rank: rank, axis: nil, [], op)
    }
    if let table {
      // Every card has the table.
      for constant in trace.constants {
        let copy = rankName(name(constant), rank)
        own[constant] = copy
        tables[copy] = table
        homes[copy] = Home(site: self.site(site, rank), op: op)
      }
    }
    try add(trace, own, suffix: rankName("", rank), op, at: self.site(site, rank))
  }

  mutating func add(
    _ trace: NodeTracer.Trace, _ names: [Int: String], suffix: String, _ op: OperatorID?,
    at site: PlacementSite
  ) throws(ExportError) {
    try addConstants(trace, names)
    let frame = NodeWriter.Frame(source.written.scope, names: names)
    writer.suffix = suffix
    defer { writer.suffix = "" }
    for index in trace.nodes.sorted() {
      for node in try writer.write(source.written.scope.nodes[index], in: frame) { add(node, op, at: site) }
    }
  }

  private mutating func addConstants(_ trace: NodeTracer.Trace, _ names: [Int: String]) throws(ExportError) {
    for value in trace.constants.sorted() {
      guard case .constant(let position) = source.written.scope.values[value].origin else { continue }
      try writer.add(source.written.scope.constants[position], named: names[value] ?? name(value))
    }
    for value in trace.literals.sorted() {
      let fact = source.written.value(value)
      try writer.addLiteral(
        fact.values, type: fact.type, shape: fact.shape, named: names[value] ?? name(value))
    }
  }

  /// A card's part of an operator.
  private mutating func write(
    _ op: OperatorID, _ origin: OperatorID, _ operation: CutDetail.Operation, _ site: PlacementSite, rank: Int
  ) throws(ExportError) {
    let node = whole[origin]
    let cut = detail.graph[op]
    let inputs = node.inputs.compactMap { $0.flatMap { whole[$0].role == .constant ? nil : values[$0] } }
    let trace = tracer.trace(node.outputs.compactMap { $0.flatMap { values[$0] } }, stops: Set(inputs))
    let own = trace.nodes.sorted().map { source.written.scope.nodes[$0] }.filter { entry in
      (entry.type != "Identity" || node.type == "Identity")
        && !entry.outputs.allSatisfy { $0.map { source.written.value($0).isConstant } ?? true }
    }
    guard let written = own.first, own.count == 1, written.bodies.isEmpty,
      zip(written.inputs, node.inputs).allSatisfy({ value, tensor in
        value.flatMap { source.written.tensorOfValue[$0] } == tensor
      }), written.inputs.count >= node.inputs.count, TeamModel.knows(node, detail.kind)
    else {
      if rank == 0 {
        problems.append(
          "operator '\(node.name)' (\(node.qualifiedType)): a card's part of it cannot be written in ONNX's operators; plan again with --no-cut"
        )
      }
      return
    }
    let home = self.site(site, rank)
    let segments = self.segments(of: node, operation)
    var input: [String] = []
    for (position, tensor) in node.inputs.enumerated() {
      guard let tensor else {
        input.append("")
        continue
      }
      var axis = axis(ofInput: position, node, operation)
      var own = self.segments(of: tensor, along: axis, like: segments)
      if TeamModel.hasBlocks(node) {
        guard let part = blockPart(ofInput: position, node, operation) else {
          if rank == 0 {
            problems.append(
              "operator '\(node.name)' (\(node.qualifiedType)): a card's part of its input \(position) cannot be cut out; plan again with --no-cut"
            )
          }
          return
        }
        (axis, own) = part
      }
      if whole[tensor].role == .constant, let value = written.inputs[position] {
        input.append(try constant(value, axis: axis, own, rank: rank, op, at: home))
      } else {
        input.append(read(cut.inputs[position] ?? tensor, site, rank: rank, axis: axis, own, op))
      }
    }
    var message = NodeText.node(
      written.type, name: rankName(written.name, rank), inputs: input,
      outputs: cut.outputs.map { $0.map { rankName(name($0), rank) } ?? "" })
    let file = written.origin.map { source.messages.nodes[$0] }
    message.domain = file?.domain ?? written.domain
    message.attribute = try writer.attributes(
      of: written, file, in: NodeWriter.Frame(source.written.scope, names: names))
    for (key, value) in operation.attributes.sorted(by: { $0.key < $1.key })
    where node.attributes[key] != value {
      message.attribute.removeAll { $0.name == key }
      message.attribute.append(NodeText.attribute(key, value))
    }
    // Of terms that are added up, one has the bias.
    let isTerm = cut.outputs.contains { $0.map { $0.index >= whole.tensors.count } ?? false }
    if isTerm, node.type == "Gemm", rank > 0, message.input.count > 2 {
      if writer.operatorSet >= 11 {
        message.input.removeLast()
      } else {
        try writer.addLiteral(
          .floats([0]), type: node.outputs.first.flatMap { $0 }.map { whole[$0].type }, shape: [1],
          named: "partition/no_bias")
        message.input[2] = "partition/no_bias"
      }
    }
    restate(&message, node, cut, operation)
    if TeamModel.hasBlocks(node) { restateBlocks(&message, node, operation, rank: rank) }
    if detail.kind == .weights, node.definition?.splits.contains(.experts) == true {
      return addMixture(message, node, rank: rank, op, at: home)
    }
    add(message, op, at: home)
  }
}

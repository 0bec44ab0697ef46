import Accuracy
import CostModel
import Graph
import Hardware
import ONNXImport
import ONNXSchema
import Plan

/// Writes the parts of a model as ONNX models.
struct PartBuilder {
  let source: ModelSource
  let layout: PartLayout
  let store: WeightStore
  let keepsPrecision: Bool
  /// By result of a product on a card: bits of its weights, where they are widened as they are read.
  let weightBits: [Int: Int]
  /// Products that have been written so.
  private(set) var codedProducts = 0
  /// Of the outermost scope, unique.
  private let names: [Int: String]
  private let operatorSet: Int64
  /// Adds to a node, given its position in the file.
  var annotate: ((Int, inout Onnx_NodeProto) -> Void)?
  private(set) var losses: [String] = []
  private(set) var tensors: [String: PartsManifest.Tensor] = [:]

  /// A part whose weights are still to be written.
  struct Part {
    var model: Onnx_ModelProto
    var weights: PartWeights
    var inputs: [String]
    var outputs: [String]
    var tables: [PartsManifest.Table]
  }

  init(
    source: ModelSource, layout: PartLayout, store: WeightStore, keepsPrecision: Bool,
    weightBits: [Int: Int] = [:]
  ) throws(ExportError) {
    self.source = source
    self.layout = layout
    self.store = store
    self.keepsPrecision = keepsPrecision
    self.weightBits = weightBits
    var taken: Set<String> = []
    var names: [Int: String] = [:]
    for (value, entry) in source.written.scope.values.enumerated() {
      var name = entry.name
      var number = 2
      while !taken.insert(name).inserted {
        name = "\(entry.name)#\(number)"
        number += 1
      }
      names[value] = name
    }
    self.names = names
    operatorSet = source.header.standardSet
    if operatorSet < 9, !layout.forms.isEmpty {
      throw ExportError(
        .unsupported,
        "the model is written for operator set \(operatorSet), and shards of tables need 9 or newer; convert the model"
      )
    }
  }

  private var written: WrittenGraph { source.written }
  private func name(_ value: Int) -> String { names[value] ?? written.scope.values[value].name }

  // MARK: A part

  mutating func build(_ draft: PartDraft) throws(ExportError) -> Part {
    var writer = NodeWriter(source: source, store: store, operatorSet: operatorSet)
    writer.taken = Set(names.values)
    var tables: [PartsManifest.Table] = []
    var graph = Onnx_GraphProto()
    graph.name = source.loaded.graph.name
    var inputs: [String] = []
    func take(_ name: String) { if !inputs.contains(name) { inputs.append(name) } }

    // What is handed in, whole or in pieces.
    let reached = draft.copies.reduce(draft.trace.reached.union(draft.joined)) { $0.union($1.trace.reached) }
    var joins: [Onnx_NodeProto] = []
    for value in reached.sorted() {
      guard draft.joined.contains(value), let lookup = layout.lookupOfPiece[value],
        let form = layout.forms[lookup]
      else {
        take(name(value))
        try declare(value)
        continue
      }
      let pieces = try declarePieces(of: lookup, form)
      pieces.flatMap(\.names).forEach(take)
      joins += PieceJoin(result: name(value), form: form, fact: written.value(value)).nodes(pieces)
    }
    graph.node = joins

    // The tables that are here whole, stored as the plan says.
    for table in draft.tables {
      let entry = layout.placement.tables[table]
      tables.append(try add(table, shard: 0, format: entry.format, trace: draft.trace, of: nil, to: &writer))
    }
    let frame = NodeWriter.Frame(written.scope, names: names)
    let data = Set(writer.tables.keys).union(try addProducts(of: draft, to: &writer))
    // A table or weights that are stored in another form take their own constant, and what is made of it, out of the part.
    let trace =
      data.isEmpty
      ? draft.trace
      : NodeTracer(written: written).trace(
        draft.trace.nodes.sorted().flatMap { written.scope.nodes[$0].outputs.compactMap { $0 } }.filter {
          !written.value($0).isConstant || draft.targets.contains($0)
        }, stops: draft.trace.reached, cuts: data)
    try addConstants(trace, frame, to: &writer)
    for node in trace.nodes.sorted() {
      var nodes = try writer.write(written.scope.nodes[node], in: frame)
      for index in nodes.indices { annotate?(node, &nodes[index]) }
      graph.node += nodes
    }

    // Shards of one computed table share what computes it.
    var made = Set(graph.node.flatMap(\.output))
    var outputs = draft.targets.map(name)
    for target in draft.targets { try declare(target) }
    for copy in draft.copies {
      let (table, piece, nodes) = try write(copy, &writer)
      if !tables.contains(table) { tables.append(table) }
      outputs.append(piece)
      graph.node += nodes.filter { node in node.output.allSatisfy { $0.isEmpty || made.insert($0).inserted } }
    }
    graph.input = inputs.compactMap { declarations[$0] }
    graph.output = outputs.compactMap { declarations[$0] }
    return Part(
      model: source.model(graph, writer.types), weights: writer.weights, inputs: inputs, outputs: outputs,
      tables: tables)
  }

  /// Lets the writer write products with their weights in codes.
  ///
  /// - Returns: The weights of the file that are read no more.
  private mutating func addProducts(
    of draft: PartDraft, to writer: inout NodeWriter
  ) throws(ExportError) -> Set<Int> {
    guard !keepsPrecision, !weightBits.isEmpty else { return [] }
    let coded = try CodedProducts(
      weightBits, nodes: draft.trace.nodes.sorted(), kept: Set(draft.targets), written: written, name: name
    ) { (value) throws(ExportError) in
      guard let stored = try storedTable([value]), Set(stored.types).count == 1 else { return nil }
      return stored.tensor
    }
    for (result, reason) in coded.obstacles.sorted(by: { $0.key < $1.key }) {
      note(
        "product '\(name(result))': its weights are kept as the model has them instead of int\(weightBits[result] ?? 0): \(reason)"
      )
    }
    writer.products = coded.products
    codedProducts += coded.products.count
    return Set(coded.products.values.map(\.weights))
  }

  private func addConstants(
    _ trace: NodeTracer.Trace, _ frame: NodeWriter.Frame, to writer: inout NodeWriter
  ) throws(ExportError) {
    for value in trace.constants.sorted() {
      guard case .constant(let position) = written.scope.values[value].origin else { continue }
      try writer.add(written.scope.constants[position], named: frame.name(value))
    }
    for value in trace.literals.sorted() {
      let fact = written.value(value)
      try writer.addLiteral(fact.values, type: fact.type, shape: fact.shape, named: frame.name(value))
    }
  }

  // MARK: Declarations

  private var declarations: [String: Onnx_ValueInfoProto] = [:]

  /// The declarations of the model's inputs.
  mutating func inputs() throws(ExportError) -> [Onnx_ValueInfoProto] {
    for value in written.scope.inputs { try declare(value) }
    return written.scope.inputs.compactMap { declarations[name($0)] }
  }

  private mutating func declare(_ value: Int) throws(ExportError) {
    let name = name(value)
    guard declarations[name] == nil else { return }
    try declare(name, written.value(value), stated: source.stated(value))
  }

  private mutating func declare(
    _ name: String, _ fact: WrittenGraph.Value, stated: Onnx_ValueInfoProto?
  ) throws(ExportError) {
    guard let declaration = ValueText.declaration(name, fact, stated: stated) else {
      throw ExportError(
        .unsupported,
        "value '\(name)': its type is not known, so that no part can be handed it; add shape inference to the model or keep what reads it beside what writes it with a rule"
      )
    }
    declarations[name] = declaration
    describe(name, fact)
  }

  /// Says in the manifest what values of the model are, whether or not a part reads them.
  mutating func describe(_ values: [Int]) {
    for value in values where tensors[name(value)] == nil { describe(name(value), written.value(value)) }
  }

  private mutating func describe(_ name: String, _ fact: WrittenGraph.Value) {
    let count = fact.shape.map { $0.reduce(1, Saturated.product) }
    tensors[name] = .init(
      shape: fact.shape, type: fact.type?.rawValue, bytes: count.flatMap { fact.type?.bytes(for: $0) })
  }

  // MARK: Tables

  /// Adds a table or a shard of one to a part, in the form that its gathers read.
  ///
  /// - Parameter form: Of the pieces of a shard's look-up.
  /// - Returns: What the manifest says of it.
  private mutating func add(
    _ table: Int, shard: Int, format: TableFormat, trace: NodeTracer.Trace, of pieces: PieceForm?,
    to writer: inout NodeWriter
  ) throws(ExportError) -> PartsManifest.Table {
    let heat = layout.values.heat
    let entry = layout.values.graph.embeddingTables[table]
    let placed = layout.placement.tables[table]
    let piece = layout.piece(of: table, shard: shard)
    let isSplit = placed.shards.count > 1 || heat.contains(table)
    let values = layout.values.values(ofTable: table)
    let reads = TableReads(written, table: values, trace: trace)
    var described = PartsManifest.Table(
      name: entry.whole?.name ?? entry.name, stored: "as in the model", firstRow: piece.rows.lowerBound,
      rows: piece.rows.count,
      firstColumn: piece.columns.lowerBound, columns: piece.columns.count)
    let data = reads.data
    let stored = try storedTable(data)
    var form = RowEncoder.Form.stored
    if !keepsPrecision, let wanted = wantedForm(format, of: stored?.tensor.type) {
      if stored == nil || !reads.gatherRowsAlone {
        note(
          "table '\(entry.name)': is kept as the model has it instead of \(format.precision.rawValue), because "
            + (stored == nil ? "it is computed from stored weights" : "its look-up does not gather rows"))
      } else if format.precision == .int4, operatorSet < 11 {
        note(
          "table '\(entry.name)': is kept as the model has it instead of int4, which needs operator set 11 or newer"
        )
      } else {
        form = wanted
        described.stored = format.precision.rawValue
      }
    } else if !keepsPrecision, format.precision == .fp8 {
      note(
        "table '\(entry.name)': is kept as the model has it instead of fp8, which has no form in the parts")
    }
    if case .stored = form, !isSplit { return described }
    guard let value = data.first, data.count == 1 else {
      throw ExportError(
        .unsupported,
        "table '\(entry.name)': is read in \(data.count) forms by one look-up; keep it whole with a rule")
    }
    let isRows =
      heat.contains(table) || { if case .rows = placed.split { placed.shards.count > 1 } else { false } }()
    let name =
      isSplit
      ? "\(self.name(value))/shard\(layout.number(of: table, shard: shard))"
      : "\(self.name(value))/\(format.precision.rawValue)"
    var read = TableRead(
      name: name, rows: .stored(form), tableRows: heat.rows(of: table), range: isRows ? piece.rows : nil,
      share: heat.share(of: table) * Double(piece.rows.count) / Double(max(1, entry.rows)),
      columns: piece.columns.count, types: stored?.types ?? [])
    if isRows, let pieces {
      (read.behind, read.filler) = (layout.rowsBehind[table] ?? [], pieces.join.filler)
    }
    if let stored {
      addStored(stored.tensor, name, piece, form, behind: read.behind, to: &writer)
    } else {
      read.rows = .computed
      note("table '\(entry.name)': is computed from stored weights, which every shard's part holds whole")
      try addComputed(value, name, piece, isRows ? read.behind : nil, to: &writer)
    }
    writer.tables[value] = read
    return described
  }

  private mutating func note(_ loss: String) { if !losses.contains(loss) { losses.append(loss) } }

  /// The form that a precision asks for; `nil` where the table has it already or nothing stores it.
  private func wantedForm(_ format: TableFormat, of type: ElementType?) -> RowEncoder.Form? {
    guard type?.isFloat ?? true, type.map({ $0.bits > format.precision.bits }) ?? true else { return nil }
    return switch format.precision {
    case .int8: .codes(bits: 8, scaleBytes: format.scaleBytes)
    case .int4: .codes(bits: 4, scaleBytes: format.scaleBytes)
    case .fp16: .half
    case .bf16: .brain
    case .fp8, .fp32: nil
    }
  }

  /// The constant that a table's value is, behind casts alone, and the types that it passes through.
  private func storedTable(
    _ data: [Int]
  ) throws(ExportError) -> (tensor: StoredTensor, types: [Int32])? {
    guard var value = data.first, data.count == 1 else { return nil }
    var types: [Int32] = []
    while true {
      switch written.scope.values[value].origin {
      case .constant(let position):
        guard let origin = written.scope.constants[position].origin,
          case .dense(let message) = source.messages.constants[origin]
        else { return nil }
        return try tensor(message, name: written.scope.values[value].name, types)
      case .node(let index, _):
        let node = written.scope.nodes[index]
        if node.type == "Constant", let origin = node.origin {
          guard let message = source.messages.nodes[origin].attribute.first(where: { $0.name == "value" })?.t
          else {
            return nil
          }
          return try tensor(message, name: node.name, types)
        }
        guard ["Identity", "Cast"].contains(node.type), node.domain.isEmpty,
          let input = node.inputs.first.flatMap({ $0 }), let type = written.value(value).type
        else { return nil }
        types.insert(type.onnxCode, at: 0)
        value = input
      default: return nil
      }
    }
  }

  private func tensor(
    _ message: Onnx_TensorProto, name: String, _ types: [Int32]
  ) throws(ExportError) -> (tensor: StoredTensor, types: [Int32])? {
    let stored = try store.tensor(message, name: name)
    return stored.rowBytes == nil ? nil : (stored, [stored.code] + types)
  }

  private func addStored(
    _ tensor: StoredTensor, _ name: String, _ piece: TableShard, _ form: RowEncoder.Form, behind: [Float],
    to writer: inout NodeWriter
  ) {
    let rows = piece.rows.count + behind.count
    let columns = piece.columns.count
    func constant(_ part: String, _ code: Int32, _ columns: Int, _ bytes: Int) -> PartWeights.Constant {
      .init(
        name: name + part, code: code, shape: [rows, columns], bytes: Saturated.product(rows, columns * bytes)
      )
    }
    let constants: [PartWeights.Constant]
    switch form {
    case .stored: constants = [constant("", tensor.code, columns, tensor.type.bits / 8)]
    case .half: constants = [constant("", ElementType.float16.onnxCode, columns, 2)]
    case .brain: constants = [constant("", ElementType.bfloat16.onnxCode, columns, 2)]
    case .codes(let bits, let scaleBytes):
      let type: ElementType = scaleBytes == 2 ? .float16 : .float32
      constants =
        [constant("/codes", ElementType.uint8.onnxCode, bits == 4 ? (columns + 1) / 2 : columns, 1)]
        + ["/scale", "/bias"].map { constant($0, type.onnxCode, 1, type.bits / 8) }
    }
    writer.weights.add(
      constants,
      .table(
        .init(
          tensor: tensor, rows: piece.rows, columns: piece.columns, behind: behind,
          encoder: RowEncoder(form: form, type: tensor.type))))
  }

  /// Cuts a table that is computed from weights, once it is computed.
  ///
  /// - Parameter behind: What fills the rows behind a cut of rows; `nil` for one of columns.
  private mutating func addComputed(
    _ value: Int, _ name: String, _ piece: TableShard, _ behind: [Float]?, to writer: inout NodeWriter
  ) throws(ExportError) {
    guard operatorSet >= 10 else {
      throw ExportError(
        .unsupported,
        "table '\(self.name(value))': is computed, and cutting it needs operator set 10 or newer")
    }
    let frame = NodeWriter.Frame(written.scope, names: names)
    let trace = NodeTracer(written: written).trace([value], stops: [])
    try addConstants(trace, frame, to: &writer)
    for node in trace.nodes.sorted() { computed += try writer.write(written.scope.nodes[node], in: frame) }
    let isRows = behind != nil
    let range = isRows ? piece.rows : piece.columns
    let cut = isRows ? name + "/cut" : name
    computed.append(
      NodeText.node(
        "Slice", name: cut,
        inputs: [
          self.name(value), writer.list([Int64(range.lowerBound)]), writer.list([Int64(range.upperBound)]),
          writer.list([isRows ? 0 : 1]),
        ], outputs: [cut]))
    guard let behind, let type = written.value(value).type else { return }
    let rows = "\(name)/rows_behind"
    let columns = piece.columns.count
    let encoder = RowEncoder(form: .stored, type: type)
    let bytes = behind.flatMap { encoder.row(of: $0, columns: columns).values }
    writer.weights.add(
      [.init(name: rows, code: type.onnxCode, shape: [behind.count, columns], bytes: bytes.count)],
      .bytes(bytes))
    computed.append(
      NodeText.node(
        "Concat", name: name, inputs: [cut, rows], outputs: [name],
        attributes: [NodeText.attribute("axis", 0)]))
  }

  // MARK: Pieces

  private func pieceName(_ form: PieceForm, shard: Int) -> String { "\(name(form.value))/shard\(shard)" }

  /// Pieces of a look-up, those of each part of its table together; some of a part are of its columns, else they are
  /// terms of a sum, or what a maximum is of.
  private mutating func declarePieces(
    of lookup: OperatorID, _ form: PieceForm
  ) throws(ExportError) -> [(names: [String], areColumns: Bool)] {
    guard let table = layout.values.graph.embeddingTables.firstIndex(where: { $0.lookups.contains(lookup) })
    else {
      return []
    }
    var pieces: [(names: [String], areColumns: Bool)] = []
    for part in layout.values.heat.parts(of: table) {
      let placed = layout.placement.tables[part]
      let areColumns = if case .columns = placed.split { placed.shards.count > 1 } else { false }
      var names: [String] = []
      for (index, shard) in placed.shards.enumerated() {
        let piece = pieceName(form, shard: layout.number(of: part, shard: index))
        var fact = written.value(form.value)
        if areColumns, let rank = fact.shape?.count, rank > 0 {
          fact.shape?[rank - 1] = shard.columns.count
        }
        if declarations[piece] == nil { try declare(piece, fact, stated: nil) }
        names.append(piece)
      }
      pieces.append((names, areColumns))
    }
    return pieces
  }

  /// Nodes that compute a table's cut before anything reads it.
  private var computed: [Onnx_NodeProto] = []

  /// The look-up of one shard.
  private mutating func write(
    _ copy: PartDraft.Copy, _ writer: inout NodeWriter
  ) throws(ExportError) -> (table: PartsManifest.Table, piece: String, nodes: [Onnx_NodeProto]) {
    let number = layout.number(of: copy.table, shard: copy.shard)
    let suffix = "/shard\(number)"
    computed = []
    (writer.tables, writer.packs) = ([:], [:])
    let table = try add(
      copy.table, shard: copy.shard, format: layout.placement.tables[copy.table].format,
      trace: NodeTracer(written: written).trace(
        [copy.form.value], stops: copy.trace.reached), of: copy.form, to: &writer)
    var names = names
    for index in copy.trace.nodes {
      for case .some(let output) in written.scope.nodes[index].outputs
      where !copy.trace.reached.contains(output) {
        names[output] = writer.unique(name(output) + suffix)
      }
    }
    for literal in copy.trace.literals { names[literal] = writer.unique(name(literal) + suffix) }
    let piece = pieceName(copy.form, shard: number)
    names[copy.form.value] = piece
    // A sparse-lengths operator reads the columns in the place of the whole table.
    for (value, read) in writer.tables { names[value] = read.name }
    if operatorSet >= 13 { writer.packs = RowPacking.found(in: copy.trace, of: writer.tables, written) }
    let frame = NodeWriter.Frame(written.scope, names: names)
    writer.suffix = suffix
    defer {
      writer.suffix = ""
      (writer.tables, writer.packs) = ([:], [:])
    }
    try addConstants(copy.trace, frame, to: &writer)
    var nodes = computed
    for node in copy.trace.nodes.sorted() { nodes += try writer.write(written.scope.nodes[node], in: frame) }
    let lookup = layout.lookupOfPiece[copy.form.value]
    if let lookup { _ = try declarePieces(of: lookup, copy.form) }
    return (table, piece, nodes)
  }
}

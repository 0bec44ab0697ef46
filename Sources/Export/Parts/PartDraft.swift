import Graph
import Plan

/// A part before its nodes are written: what it computes and what it is handed.
struct PartDraft {
  /// A shard's look-up: some nodes of the file, once for this shard.
  struct Copy {
    var table: Int
    var shard: Int
    var form: PieceForm
    var trace: NodeTracer.Trace
  }

  /// Position in the plan; `nil` for what puts the model's outputs together.
  var partition: Int?
  /// Values it writes for others or for the model's caller.
  var targets: [Int] = []
  var trace = NodeTracer.Trace()
  var copies: [Copy] = []
  /// Tables it holds whole.
  var tables: [Int] = []
  /// Values that it puts together from pieces.
  var joined: Set<Int> = []
}

/// Plans the parts of a model: one for each partition, and perhaps one behind all.
struct PartLayout {
  let values: PlacedValues
  let partitions: PartitionGraph
  let placement: ModelPlacement
  private let tracer: NodeTracer
  /// By look-up of a table that is split.
  private(set) var forms: [OperatorID: PieceForm] = [:]
  private(set) var drafts: [PartDraft] = []
  /// By table whose rows are split: what fills the rows behind those of a shard.
  private(set) var rowsBehind: [Int: [Float]] = [:]
  /// By value that is joined: the look-up.
  private(set) var lookupOfPiece: [Int: OperatorID] = [:]

  init(
    graph: Graph, written: WrittenGraph, partitions: PartitionGraph, placement: ModelPlacement
  ) throws(ExportError) {
    values = PlacedValues(graph: graph, written: written, partitions: partitions)
    tracer = NodeTracer(written: written)
    self.partitions = partitions
    self.placement = placement
    try chooseForms()
    for partition in partitions.partitions.indices { drafts.append(draft(partition)) }
    if let last = finish() { drafts.append(last) }
    chooseTargets()
  }

  /// The whole model as one draft.
  var whole: PartDraft {
    var draft = PartDraft()
    draft.targets = values.written.scope.outputs.uniqued().filter {
      if case .input = values.written.scope.values[$0].origin { false } else { true }
    }
    draft.trace = tracer.trace(draft.targets, stops: [])
    return draft
  }

  /// A shard by rows and columns of the file's table.
  func piece(of table: Int, shard: Int) -> TableShard {
    var piece = placement.tables[table].shards[shard]
    let first = values.heat.firstRow(of: table)
    piece.rows = (piece.rows.lowerBound + first)..<(piece.rows.upperBound + first)
    return piece
  }

  /// Of a shard among all of the file's table.
  func number(of table: Int, shard: Int) -> Int {
    values.heat.parts(of: table).prefix { $0 != table }.reduce(shard) {
      $0 + placement.tables[$1].shards.count
    }
  }

  private mutating func chooseForms() throws(ExportError) {
    var problems: [String] = []
    var padded: Set<Int> = []
    let forms = PieceForms(values: values, tracer: tracer)
    for (table, entry) in placement.tables.enumerated() {
      let parts = values.heat.parts(of: table)
      // Parts of a table have one form, which the look-up into the first stands for.
      guard parts[0] == table, parts.count > 1 || entry.shards.count > 1 else { continue }
      for (position, lookup) in values.graph.embeddingTables[table].lookups.enumerated() {
        do throws(ExportError) {
          let form =
            parts.count > 1
            ? try forms.form(of: lookup, parts: parts, splits: parts.map { placement.tables[$0].split })
            : try forms.form(of: lookup, table: table, split: entry.split)
          for part in parts {
            self.forms[values.graph.embeddingTables[part].lookups[position]] = form
            rowsBehind[part, default: []].append(form.join.filler)
            if form.hasPadding { padded.insert(part) }
          }
          lookupOfPiece[form.value] = lookup
        } catch {
          problems += error.problems
        }
      }
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
    // One row serves all look-ups of a kind; what counts for nothing needs one that ids of other shards are not led to.
    for (table, fillers) in rowsBehind {
      rowsBehind[table] = fillers.uniqued().sorted(by: >)
      if padded.contains(table), rowsBehind[table]?.count == 1 { rowsBehind[table]?.append(0) }
    }
  }

  /// Values that a reader is handed for what its operator reads: those that pieces are joined to, and what stands beside them.
  private func handed(_ value: Int) -> [Int] {
    guard let lookup = values.lookup[value], let form = forms[lookup], form.isOfRows else { return [value] }
    return [form.value] + values.inputs(of: lookup).flatMap(handed)
  }

  private func draft(_ partition: Int) -> PartDraft {
    var draft = PartDraft(partition: partition)
    var stops: Set<Int> = []
    var targets: [Int] = []
    var sums: Set<Int> = []
    func read(by op: OperatorID) {
      for input in values.inputs(of: op) where values.home[input] != partition {
        stops.formUnion(handed(input))
      }
    }
    for op in partitions.partitions[partition].operators {
      targets += values.results(of: op)
      guard let lookup = values.heat.lookupOfSum[op], let form = forms[lookup] else {
        read(by: op)
        continue
      }
      stops.insert(form.value)
      if form.isOfRows {
        stops.formUnion(values.inputs(of: lookup).flatMap(handed))
      } else {
        sums.insert(form.value)
      }
    }
    for shard in partitions.partitions[partition].shards {
      for lookup in shard.lookups {
        guard let form = forms[lookup] else {
          read(by: lookup)
          targets += values.results(of: lookup)
          continue
        }
        let stops = Set(values.inputs(of: lookup).flatMap(handed))
        let cuts = Set(values.values(ofTable: shard.table))
        draft.copies.append(
          .init(
            table: shard.table, shard: shard.shard, form: form,
            trace: tracer.trace([form.value], stops: stops, cuts: cuts)))
      }
      if placement.tables[shard.table].shards.count == 1, !values.heat.contains(shard.table),
        !draft.tables.contains(shard.table)
      {
        draft.tables.append(shard.table)
      }
    }
    draft.targets = targets
    trace(&draft, stops: stops, sums: sums)
    return draft
  }

  /// - Parameter sums: Targets that are handed in, in pieces.
  private func trace(_ draft: inout PartDraft, stops: Set<Int>, sums: Set<Int> = []) {
    draft.trace = tracer.trace(draft.targets.filter { !sums.contains($0) }, stops: stops)
    draft.joined = Set(
      draft.copies.reduce(draft.trace.reached) { $0.union($1.trace.reached) }.filter {
        // What an operator of the plan adds up is handed on whole.
        lookupOfPiece[$0] != nil && values.home[$0].map { $0 == draft.partition } ?? true
      }
    ).union(sums)
  }

  /// Outputs of the model that no operator writes: constants, and look-ups whose shards nothing puts together.
  private func finish() -> PartDraft? {
    let scope = values.written.scope
    let loose = scope.outputs.filter { output in
      if case .input = scope.values[output].origin { return false }
      return values.home[output] == nil && values.lookup[output].map { forms[$0] != nil } ?? true
    }
    guard !loose.isEmpty else { return nil }
    var draft = PartDraft(partition: nil)
    draft.targets = loose.uniqued()
    let stops = Set(draft.targets.flatMap(handed))
    trace(&draft, stops: stops)
    // What is joined here is no target of the tracer's: it is handed in, in pieces.
    for target in draft.targets where stops.contains(target) && lookupOfPiece[target] != nil {
      draft.trace = .init()
      draft.joined.insert(target)
    }
    let others = draft.targets.filter { !draft.joined.contains($0) }
    draft.trace = tracer.trace(others, stops: stops)
    draft.joined.formUnion(draft.trace.reached.filter { lookupOfPiece[$0] != nil })
    return draft
  }

  /// Keeps of what a part computes as targets what others are handed and what the caller wants.
  private mutating func chooseTargets() {
    var wanted = Set(values.written.scope.outputs)
    for draft in drafts {
      wanted.formUnion(draft.trace.reached.subtracting(draft.joined))
      for copy in draft.copies { wanted.formUnion(copy.trace.reached.subtracting(draft.joined)) }
    }
    for index in drafts.indices {
      drafts[index].targets = drafts[index].targets.filter(wanted.contains).uniqued()
    }
  }
}

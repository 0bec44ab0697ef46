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

  private mutating func chooseForms() throws(ExportError) {
    var problems: [String] = []
    let forms = PieceForms(values: values, tracer: tracer)
    for (table, entry) in placement.tables.enumerated() where entry.shards.count > 1 {
      for lookup in values.graph.embeddingTables[table].lookups {
        do throws(ExportError) {
          let form = try forms.form(of: lookup, table: table, split: entry.split)
          self.forms[lookup] = form
          lookupOfPiece[form.value] = lookup
        } catch {
          problems += error.problems
        }
      }
    }
    if !problems.isEmpty { throw ExportError(.unsupported, problems) }
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
    func read(by op: OperatorID) {
      for input in values.inputs(of: op) where values.home[input] != partition {
        stops.formUnion(handed(input))
      }
    }
    for op in partitions.partitions[partition].operators {
      read(by: op)
      targets += values.results(of: op)
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
      if placement.tables[shard.table].shards.count == 1, !draft.tables.contains(shard.table) {
        draft.tables.append(shard.table)
      }
    }
    draft.targets = targets
    trace(&draft, stops: stops)
    return draft
  }

  private func trace(_ draft: inout PartDraft, stops: Set<Int>) {
    draft.trace = tracer.trace(draft.targets, stops: stops)
    draft.joined = Set(
      draft.copies.reduce(draft.trace.reached) { $0.union($1.trace.reached) }.filter {
        lookupOfPiece[$0] != nil
      })
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
      wanted.formUnion(draft.trace.reached)
      for copy in draft.copies { wanted.formUnion(copy.trace.reached) }
    }
    for index in drafts.indices {
      drafts[index].targets = drafts[index].targets.filter(wanted.contains).uniqued()
    }
  }
}

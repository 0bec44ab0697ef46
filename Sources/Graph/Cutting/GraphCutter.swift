/// Builds the graph of one of several cards that act as one: see ``Graph/cut(over:by:)``.
struct GraphCutter {
  private let whole: Graph
  let ranks: Int
  private let kind: GraphCut.Kind
  /// Operators of the whole graph that are not cut although they could be.
  let leftWhole: Set<Int>
  /// Inputs that every card is sent whole, because an operator needs all items of them.
  private let sentWhole: Set<Int>

  private var tensors: [Tensor]
  private var operators: [Operator] = []
  private var isCut: [Bool] = []
  /// By tensor.
  private var layouts: [CutLayout]
  /// Tensors that every card has whole, although items of the batch lie along their first axis: a card may read its own alone.
  private var withItems: Set<Int> = []
  private let lookups: Set<OperatorID>
  private let items: Int?
  /// Tensors in parts that some operator needs whole: what gathers them.
  private var gathered: [Int: TensorID] = [:]
  /// By operator of the whole graph: its number here.
  private var numbers: [Int] = []
  /// By tensor in parts: the operators of the whole graph that first cut it.
  private var origins: [Int: Set<Int>] = [:]
  private var gatheredBytes: [Int: Int] = [:]
  private var usefulOrigins: Set<Int> = []
  private var hasCut = false
  /// By operator of the cut graph that is shared out.
  private(set) var plans: [Int: CutRule.Plan] = [:]
  private var names: Set<String>

  init(
    _ graph: Graph, ranks: Int, by kind: GraphCut.Kind, leavingWhole: Set<Int> = [],
    sendingWhole: Set<Int> = []
  ) {
    whole = graph
    sentWhole = sendingWhole
    self.ranks = ranks
    self.kind = kind
    lookups = Set(graph.embeddingTables.flatMap(\.lookups))
    items = kind == .batch ? graph.itemsInBatch : nil
    leftWhole = leavingWhole
    tensors = graph.tensors
    layouts = graph.tensors.map { _ in .whole }
    names = Set(graph.operators.map(\.name))
  }

  /// The cut in which no parts are gathered at once for less weight than that takes, and no inputs that could be sent whole.
  static func settled(_ graph: Graph, ranks: Int, by kind: GraphCut.Kind) -> GraphCutter {
    var cutter = GraphCutter(graph, ranks: ranks, by: kind)
    cutter.run()
    while kind == .batch, case let inputs = cutter.gatheredInputs, !inputs.isEmpty {
      cutter = GraphCutter(graph, ranks: ranks, by: kind, sendingWhole: cutter.sentWhole.union(inputs))
      cutter.run()
    }
    while kind == .weights, case let wasted = cutter.wasted, !wasted.isEmpty {
      cutter = GraphCutter(graph, ranks: ranks, by: kind, leavingWhole: cutter.leftWhole.union(wasted))
      cutter.run()
    }
    return cutter
  }

  /// By tensor of the cut graph: the axis along which a card has a part.
  var axes: [Int?] { layouts.map(\.axis) }

  mutating func run() {
    shareInputs()
    for index in whole.operators.indices { place(index) }
    for output in whole.outputs { for origin in origins[output.index] ?? [] { usefulOrigins.insert(origin) } }
  }

  /// The graph of one card; `nil` where nothing is cut.
  var graph: Graph? {
    guard hasCut else { return nil }
    var graph = whole
    graph.tensors = tensors
    graph.operators = operators
    graph.linkTensors()
    for index in graph.embeddingTables.indices {
      graph.embeddingTables[index].lookups = whole.embeddingTables[index].lookups.map {
        OperatorID(numbers[$0.index])
      }
    }
    for index in graph.states.indices {
      graph.states[index].owner = OperatorID(numbers[whole.states[index].owner.index])
    }
    graph.cut = GraphCut(ranks: ranks, kind: kind, isCut: isCut)
    return graph
  }

  private var gatheredInputs: Set<Int> { Set(gathered.keys).intersection(whole.inputs.map(\.index)) }

  /// Operators whose parts are gathered again and that save fewer bytes of weights than are gathered, or too few to be worth an
  /// exchange.
  var wasted: Set<Int> {
    Set(
      gatheredBytes.filter { origin, bytes in
        !usefulOrigins.contains(origin)
          && constantBytes(of: origin) < max(Self.leastWeightBytes, Saturating.product(bytes, ranks))
      }.keys)
  }

  /// What a card reads from DRAM in the microseconds that an exchange takes at least.
  private static let leastWeightBytes = 1 << 20

  private func constantBytes(of index: Int) -> Int {
    whole.operators[index].inputs.reduce(0) { sum, input in
      guard let input, whole[input].role == .constant else { return sum }
      return Saturating.sum(sum, whole[input].stored.bytes)
    }
  }

  /// Inputs that have an item of the batch along their first axis come in parts.
  private mutating func shareInputs() {
    guard let items, items % ranks == 0 else { return }
    for input in whole.inputs where whole[input].shape.first == items && whole[input].role != .state {
      if sentWhole.contains(input.index) {
        withItems.insert(input.index)
      } else {
        lay(input, .parts(axis: 0))
      }
    }
  }

  // MARK: One operator

  private mutating func place(_ index: Int) {
    let node = whole.operators[index]
    let plan =
      node.isHostOnly || lookups.contains(OperatorID(index))
      ? nil
      : CutRule(node, whole, layouts, withItems: withItems, ranks: ranks, kind: kind)
        .plan(isWhole: leftWhole.contains(index))
    guard let plan else { return placeWhole(index) }
    hasCut = true
    var sources: Set<Int> = []
    var inputs = node.inputs
    for (position, input) in node.inputs.enumerated() {
      guard let input else { continue }
      switch plan.inputs[position] {
      case .whole:
        if whole[input].role != .constant { inputs[position] = madeWhole(input) }
      case let wanted:
        sources.formUnion(origins[input.index] ?? [])
        if layouts[input.index] == .whole {
          // What is whole and cannot be laid out is read in part.
          if CutRule.isFree(input, in: whole) { lay(input, wanted) }
        } else if layouts[input.index] != wanted {
          inputs[position] = madeWhole(input)
        }
      }
    }
    if sources.isEmpty { sources = [index] } else { usefulOrigins.formUnion(plan.isReduced ? sources : []) }
    var outputs = node.outputs
    for (position, output) in node.outputs.enumerated() {
      guard let output, plan.outputs[position] != .whole else { continue }
      lay(output, plan.outputs[position])
      origins[output.index] = sources
    }
    var results: [(partial: TensorID, sum: TensorID)] = []
    if plan.isReduced {
      for case (let position, let output?) in node.outputs.enumerated() where plan.outputs[position] == .whole
      {
        let partial = add(copyOf: output, suffix: "partial")
        outputs[position] = partial
        results.append((partial, output))
      }
    }
    numbers.append(operators.count)
    plans[operators.count] = plan
    append(
      Operator(
        name: node.name, type: node.type, domain: node.domain, inputs: inputs, outputs: outputs,
        attributes: plan.attributes(node.attributes, ranks: ranks), work: work(of: node, inputs, outputs)),
      isCut: true)
    for (partial, sum) in results { exchange(.allReduce, from: partial, to: sum, of: node.name) }
  }

  private mutating func placeWhole(_ index: Int) {
    var node = whole.operators[index]
    // What is looked up every card has whole.
    if let items, lookups.contains(OperatorID(index)) {
      for case let output? in node.outputs where whole[output].shape.first == items {
        withItems.insert(output.index)
      }
    }
    node.inputs = node.inputs.map { input in input.map { whole[$0].role == .constant ? $0 : madeWhole($0) } }
    numbers.append(operators.count)
    append(node, isCut: false)
  }

  /// The work of one card: its part of the arithmetic, and the bytes of what it has.
  private func work(of node: Operator, _ inputs: [TensorID?], _ outputs: [TensorID?]) -> Work {
    var work = node.work
    func part(_ value: Int) -> Int { value / ranks + (value % ranks == 0 ? 0 : 1) }
    work.matrixOperations = part(work.matrixOperations)
    work.vectorOperations = part(work.vectorOperations)
    work.stateBytes = part(work.stateBytes)
    func share(_ ids: [TensorID?], _ now: [TensorID?], isConstant: Bool, of bytes: Int) -> Int {
      var (before, after) = (0.0, 0.0)
      for case (let id?, let own?) in zip(ids, now) where (whole[id].role == .constant) == isConstant {
        before += Double(whole[id].bytes)
        after += Double(tensors[own.index].bytes)
      }
      return before > 0 ? Int((Double(bytes) * min(1, after / before)).rounded(.up)) : bytes
    }
    work.weightBytes = share(node.inputs, inputs, isConstant: true, of: work.weightBytes)
    work.inputBytes = share(node.inputs, inputs, isConstant: false, of: work.inputBytes)
    work.outputBytes = share(node.outputs, outputs, isConstant: false, of: work.outputBytes)
    return work
  }

  // MARK: Tensors

  private mutating func lay(_ id: TensorID, _ layout: CutLayout) {
    guard let axis = layout.axis else { return }
    layouts[id.index] = layout
    tensors[id.index].shape[axis] /= ranks
    if let narrow = tensors[id.index].narrow {
      tensors[id.index].narrow = .init(type: narrow.type, bytes: (narrow.bytes + ranks - 1) / ranks)
    }
  }

  /// The tensor itself, or what gathers its parts.
  private mutating func madeWhole(_ id: TensorID) -> TensorID {
    guard case .parts = layouts[id.index] else { return id }
    for origin in origins[id.index] ?? [] {
      gatheredBytes[origin, default: 0] = Saturating.sum(gatheredBytes[origin] ?? 0, whole[id].bytes)
    }
    if let known = gathered[id.index] { return known }
    let result = add(copyOf: id, suffix: "whole")
    exchange(.allGather, from: id, to: result, of: whole[id].name)
    gathered[id.index] = result
    return result
  }

  private mutating func add(copyOf id: TensorID, suffix: String) -> TensorID {
    var tensor = whole[id]
    tensor.name += ".\(suffix)"
    tensor.role = .intermediate
    tensors.append(tensor)
    layouts.append(.whole)
    return TensorID(tensors.count - 1)
  }

  private mutating func append(_ node: Operator, isCut: Bool) {
    operators.append(node)
    self.isCut.append(isCut)
  }

  private mutating func exchange(
    _ kind: Collective, from source: TensorID, to result: TensorID, of name: String
  ) {
    var work = Work(
      kind: .movement, inputBytes: tensors[source.index].bytes, outputBytes: tensors[result.index].bytes)
    work.collective = kind
    var own = "\(name).\(kind.operatorType)"
    while !names.insert(own).inserted { own += "'" }
    append(
      Operator(
        name: own, type: kind.operatorType, domain: Collective.domain,
        inputs: [source], outputs: [result], work: work), isCut: true)
  }
}

import Access
import Graph

extension Graph {
  /// The graph with tables split in two by how often their rows are looked up, so that each part can be placed by itself.
  ///
  /// Every look-up of a table becomes one into the hot rows and one into the cold ones, with the part of the look-ups that the
  /// table's curve gives to each; an addition joins their results, under the name of the look-up. Rows that are not in a part
  /// count as zeros there. Both parts read the same indices, in which each skips what is not its own.
  ///
  /// - Parameter access: Of the tables of this graph.
  /// - Returns: `nil` where a part names no table, has no or all rows, where no row is hotter than others, or where a look-up is
  ///   not of one kind with one result.
  public func split(byHeat parts: [HotPart], access: TableAccess) -> Graph? {
    guard cut == nil, Set(parts.map(\.table)).count == parts.count else { return nil }
    var splitter = HeatSplitter(self)
    for part in parts where !splitter.add(part, access) { return nil }
    return splitter.graph
  }
}

/// Builds the graph of split tables.
private struct HeatSplitter {
  private let whole: Graph
  private var tensors: [Tensor]
  /// By table of the whole graph.
  private var cuts: [Int: Cut] = [:]

  private struct Cut {
    var rows: Int
    /// Of the look-ups, to the hot rows.
    var share: Double
    var hotTensor: TensorID
  }

  init(_ graph: Graph) {
    whole = graph
    tensors = graph.tensors
  }

  mutating func add(_ part: HotPart, _ access: TableAccess) -> Bool {
    guard let index = whole.embeddingTables.firstIndex(where: { $0.name == part.table }) else { return false }
    let table = whole.embeddingTables[index]
    let tensor = whole[table.tensor]
    guard part.rows > 0, part.rows < table.rows, tensor.shape.first == table.rows,
      let curve = access.curve(of: table, in: whole),
      table.lookups.allSatisfy({ lookup in
        let node = whole[lookup]
        return node.inputs.contains(table.tensor) && node.outputs.count == 1 && node.outputs[0] != nil
      })
    else { return false }
    let names = HotPart.names(of: table.name)
    tensors[table.tensor.index] = Self.rows(table.rows - part.rows, of: tensor, name: names.cold)
    cuts[index] = Cut(
      rows: part.rows, share: curve.lookups(ofRows: Double(part.rows) / Double(table.rows)),
      hotTensor: TensorID(tensors.count))
    tensors.append(Self.rows(part.rows, of: tensor, name: names.hot))
    return true
  }

  private static func rows(_ count: Int, of tensor: Tensor, name: String) -> Tensor {
    var part = tensor
    part.name = name
    part.shape[0] = count
    if let narrow = tensor.narrow {
      let bytes = Double(narrow.bytes) * Double(count) / Double(max(1, tensor.shape[0]))
      part.narrow = .init(type: narrow.type, bytes: Int(exactly: bytes.rounded()) ?? narrow.bytes)
    }
    return part
  }

  var graph: Graph {
    var graph = whole
    var tensors = tensors
    var operators: [Operator] = []
    /// By operator of the whole graph: its number here, of a split look-up that of its sum.
    var numbers: [OperatorID] = []
    /// By split table: its look-ups in both parts.
    var hot: [Int: [OperatorID]] = [:]
    var cold: [Int: [OperatorID]] = [:]
    var tableOfLookup: [OperatorID: Int] = [:]
    for table in cuts.keys.sorted() {
      for lookup in whole.embeddingTables[table].lookups { tableOfLookup[lookup] = table }
    }
    for (index, node) in whole.operators.enumerated() {
      guard let table = tableOfLookup[OperatorID(index)], let cut = cuts[table],
        case .some(let output) = node.outputs[0]
      else {
        numbers.append(OperatorID(operators.count))
        operators.append(node)
        continue
      }
      let names = HotPart.names(of: node.name)
      let result = whole[output]
      func part(_ name: String, of tensor: TensorID) -> TensorID {
        var partial = result
        partial.name = "\(result.name).\(name == names.hot ? "hot" : "cold")"
        partial.role = .intermediate
        tensors.append(partial)
        var lookup = node
        lookup.name = name
        lookup.inputs = node.inputs.map { $0 == whole.embeddingTables[table].tensor ? tensor : $0 }
        lookup.outputs = [TensorID(tensors.count - 1)]
        operators.append(lookup)
        return TensorID(tensors.count - 1)
      }
      hot[table, default: []].append(OperatorID(operators.count))
      let hotPart = part(names.hot, of: cut.hotTensor)
      cold[table, default: []].append(OperatorID(operators.count))
      let coldPart = part(names.cold, of: whole.embeddingTables[table].tensor)
      numbers.append(OperatorID(operators.count))
      let (inputs, overflow) = result.bytes.multipliedReportingOverflow(by: 2)
      operators.append(
        Operator(
          name: node.name, type: "Add", inputs: [hotPart, coldPart], outputs: [output],
          work: Work(
            kind: .vector, vectorOperations: result.count, inputBytes: overflow ? .max : inputs,
            outputBytes: result.bytes)))
    }
    graph.tensors = tensors
    graph.operators = operators
    graph.linkTensors()
    for index in graph.states.indices { graph.states[index].owner = numbers[whole.states[index].owner.index] }
    graph.embeddingTables = whole.embeddingTables.enumerated().flatMap { index, table -> [EmbeddingTable] in
      guard let cut = cuts[index] else {
        var same = table
        same.lookups = table.lookups.map { numbers[$0.index] }
        return [same]
      }
      let names = HotPart.names(of: table.name)
      var (first, second) = (table, table)
      first.whole = .init(
        name: table.name, lookups: table.lookups.map { whole[$0].name }, averageLookups: table.averageLookups)
      second.whole = first.whole
      (first.name, first.tensor, first.rows) = (names.hot, cut.hotTensor, cut.rows)
      (second.name, second.rows) = (names.cold, table.rows - cut.rows)
      first.averageLookups *= cut.share
      second.averageLookups *= 1 - cut.share
      (first.lookups, second.lookups) = (hot[index] ?? [], cold[index] ?? [])
      return [first, second]
    }
    return graph
  }
}

import Graph

/// Tables that are split by how often their rows are looked up: the first rows of the file's table, which are the hot ones, and the
/// others, as `Graph.split(byHeat:access:)` makes them.
///
/// Parts look the same ids up, of which each skips what is not its own, as shards of rows do. Unlike those they are tables of the
/// graph, placed and stored each by itself, and an operator of the graph adds up what they give.
struct HeatParts {
  private struct Pair {
    var hot: Int
    var cold: Int
  }

  /// By table of the graph that is a part.
  private var pairs: [Int: Pair] = [:]
  private let tables: [EmbeddingTable]
  /// By operator that adds up: the look-up into the hot rows, which stands for both.
  private(set) var lookupOfSum: [OperatorID: OperatorID] = [:]
  /// By what a part's look-up results in: what the parts add up to.
  private(set) var sumOfResult: [TensorID: TensorID] = [:]

  init(_ graph: Graph) {
    tables = graph.embeddingTables
    var hot: [String: Int] = [:]
    var lookups: [[TensorID]: OperatorID] = [:]
    for (index, table) in tables.enumerated() {
      guard let whole = table.whole else { continue }
      // The hot part is listed before the cold one.
      guard let first = hot[whole.name] else {
        hot[whole.name] = index
        continue
      }
      pairs[first] = Pair(hot: first, cold: index)
      pairs[index] = pairs[first]
      for (one, other) in zip(tables[first].lookups, table.lookups) {
        let results = [one, other].compactMap { graph[$0].outputs.first.flatMap { $0 } }
        if results.count == 2 { lookups[results] = one }
      }
    }
    guard !lookups.isEmpty else { return }
    for (index, op) in graph.operators.enumerated() {
      guard let lookup = lookups[op.inputs.compactMap { $0 }], let sum = op.outputs.first.flatMap({ $0 })
      else { continue }
      lookupOfSum[OperatorID(index)] = lookup
      for case .some(let input) in op.inputs { sumOfResult[input] = sum }
    }
  }

  var isEmpty: Bool { pairs.isEmpty }

  func contains(_ table: Int) -> Bool { pairs[table] != nil }

  /// The tables that hold what a look-up of the file reads, in the order of their rows.
  func parts(of table: Int) -> [Int] { pairs[table].map { [$0.hot, $0.cold] } ?? [table] }

  /// Rows of the file's table before those of a part.
  func firstRow(of table: Int) -> Int {
    pairs[table].map { $0.cold == table ? tables[$0.hot].rows : 0 } ?? 0
  }

  /// Rows of the file's table.
  func rows(of table: Int) -> Int { parts(of: table).reduce(0) { $0 + tables[$1].rows } }

  /// Of the look-ups into the file's table, those of a part.
  func share(of table: Int) -> Double {
    let entry = tables[table]
    guard let whole = entry.whole, whole.averageLookups > 0 else { return 1 }
    return entry.averageLookups / whole.averageLookups
  }

  /// What the manifest says of it; `nil` where there are none.
  var loss: String? {
    let hot = pairs.values.map(\.hot).sorted().uniqued()
    guard let first = hot.first, let name = tables[first].whole?.name else { return nil }
    return
      "\(hot.count == 1 ? "1 table is" : "\(hot.count) tables are") split by how often rows are looked up, and the plan counts rows: "
      + "the first ones are taken as the hot ones, of '\(name)' \(tables[first].rows); outputs do not depend on it, speed does where ids are "
      + "not numbered by falling use"
  }
}

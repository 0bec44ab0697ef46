import CostModel
import Graph
import Plan

/// How the results of a look-up's shards are put together again.
struct PieceForm {
  /// What is made of results that each have some rows of the table alone.
  enum Join {
    case sum, maximum

    /// What the elements of rows are that a shard does not have, so that they do not count.
    var filler: Float { self == .sum ? 0 : -.infinity }
  }

  /// The value that is put together: the look-up's result, or the rows it gathers where only those can be.
  var value: Int
  /// Whether what pools the rows runs behind the join rather than beside the shards.
  var isOfRows: Bool
  var join: Join = .sum
  /// Whether there are rows that count for nothing.
  var hasPadding = false
}

/// Decides the form of the pieces of each look-up of a table that is split.
struct PieceForms {
  let values: PlacedValues
  let tracer: NodeTracer

  /// Of a look-up into parts of a table, which have zeros for rows that are not their own; a part may be split further.
  ///
  /// - Throws: what keeps the table from being split like this in ONNX.
  func form(of lookup: OperatorID, parts: [Int], splits: [TableSplit]) throws(ExportError) -> PieceForm {
    let byRows = try form(of: lookup, table: parts[0], split: .rows(shards: parts.count))
    guard let columns = splits.first(where: { if case .columns = $0 { true } else { false } }) else {
      return byRows
    }
    let byColumns = try form(of: lookup, table: parts[0], split: columns)
    // What gathers rows for the one does so for the other.
    if byRows.isOfRows || byColumns.isOfRows { return byRows.isOfRows ? byRows : byColumns }
    return byRows
  }

  /// - Throws: what keeps the table from being split like this in ONNX.
  func form(of lookup: OperatorID, table: Int, split: TableSplit) throws(ExportError) -> PieceForm {
    let entry = values.graph.embeddingTables[table]
    guard let result = values.results(of: lookup).first else {
      throw ExportError(.internalError, "look-up '\(values.graph[lookup].name)' has no result")
    }
    let trace = tracer.trace([result], stops: Set(values.inputs(of: lookup)))
    let reads = TableReads(values.written, table: values.values(ofTable: table), trace: trace)
    let gathersRows = reads.pickRowsAlone ? reads.rows : nil
    var obstacle: String?
    switch split {
    case .whole: return PieceForm(value: result, isOfRows: false)
    case .rows:
      if let join = reads.join {
        return PieceForm(value: result, isOfRows: false, join: join, hasPadding: reads.hasPadding)
      }
      if let rows = gathersRows { return PieceForm(value: rows, isOfRows: true) }
      obstacle = reads.obstacle
    case .columns:
      let isWhole = values.written.value(result).shape?.last == entry.dimension
      // Rows that carry their scale are wider than what is looked up, and no columns can be cut from them.
      guard reads.data.allSatisfy({ values.written.value($0).shape?.last == entry.dimension }) else {
        obstacle = "its rows carry their scale with them"
        break
      }
      if isWhole, reads.isColumnwise, reads.pickRowsAlone || reads.areFirstInputs {
        return PieceForm(value: result, isOfRows: false)
      }
      if let rows = gathersRows, values.written.value(rows).shape?.last == entry.dimension {
        return PieceForm(value: rows, isOfRows: true)
      }
    }
    let isHeat = values.heat.contains(table)
    let axis =
      if case .rows = split { isHeat ? "how often its rows are looked up" : "rows" } else { "columns" }
    throw ExportError(
      .unsupported,
      "table '\(entry.whole?.name ?? entry.name)': is split by \(axis), but its look-up '\(values.graph[lookup].name)' "
        + "(\(values.graph[lookup].qualifiedType)) cannot be computed in pieces"
        + (obstacle.map { ": \($0)" } ?? " with ONNX's operators")
        + "; plan again with \(isHeat ? "--no-heat-split" : "--no-split") or a rule that keeps this table whole"
    )
  }
}

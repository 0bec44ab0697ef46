import CostModel
import Graph
import Plan

/// How the results of a look-up's shards are put together again.
struct PieceForm {
  enum Join: Hashable {
    /// Each shard has zeros where the rows are another's.
    case sum
    /// Along the last axis.
    case columns
  }

  /// The value that is put together: the look-up's result, or the rows it gathers where only those can be.
  var value: Int
  var join: Join
  /// Whether what pools the rows runs behind the join rather than beside the shards.
  var isOfRows: Bool
}

/// Decides the form of the pieces of each look-up of a table that is split.
struct PieceForms {
  let values: PlacedValues
  let tracer: NodeTracer

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
    case .whole: return PieceForm(value: result, join: .sum, isOfRows: false)
    case .rows:
      if reads.pickRowsAlone, reads.isLinear { return PieceForm(value: result, join: .sum, isOfRows: false) }
      if let rows = gathersRows { return PieceForm(value: rows, join: .sum, isOfRows: true) }
      obstacle = reads.obstacle
    case .columns:
      let isWhole = values.written.value(result).shape?.last == entry.dimension
      // Rows that carry their scale are wider than what is looked up, and no columns can be cut from them.
      guard reads.data.allSatisfy({ values.written.value($0).shape?.last == entry.dimension }) else {
        obstacle = "its rows carry their scale with them"
        break
      }
      if isWhole, reads.isColumnwise, reads.pickRowsAlone || reads.areFirstInputs {
        return PieceForm(value: result, join: .columns, isOfRows: false)
      }
      if let rows = gathersRows, values.written.value(rows).shape?.last == entry.dimension {
        return PieceForm(value: rows, join: .columns, isOfRows: true)
      }
    }
    let axis = if case .rows = split { "rows" } else { "columns" }
    throw ExportError(
      .unsupported,
      "table '\(entry.name)': is split by \(axis), but its look-up '\(values.graph[lookup].name)' "
        + "(\(values.graph[lookup].qualifiedType)) cannot be computed in pieces"
        + (obstacle.map { ": \($0)" } ?? " with ONNX's operators")
        + "; plan again with --no-split or a rule that keeps this table whole")
  }
}

import CostModel
import Graph
import Plan
import Rules

extension PlanOptions {
  /// Keeps what patterns name in a precision: the matrix work of operators on cards, and the rows of embedding tables.
  ///
  /// - Throws: `usage` for patterns that name neither, and for tables in precisions that are not allowed.
  public mutating func keep(_ wanted: [KeptPrecision], in model: Model) throws(PartitionError) {
    var problems: [String] = []
    for entry in wanted {
      let names = NamePattern(entry.pattern)
      let tables = model.graph.embeddingTables.filter { names.matches($0.name) }
      let hasOperators = !entry.operators(in: model.graph).isEmpty
      let place = "\(entry.precision.rawValue):\(entry.pattern)"
      if tables.isEmpty, !hasOperators {
        problems.append("\(place) names no embedding table and no operator with matrix work")
      }
      if !tables.isEmpty, !tablePrecisions.contains(entry.precision) {
        let list = tablePrecisions.map(\.rawValue).joined(separator: ",")
        problems.append(
          "\(place) names tables, for which \(entry.precision.rawValue) is not allowed; allow it "
            + "(--table-precision \(list),\(entry.precision.rawValue))")
      }
      if hasOperators { kept.append(entry) }
      if !tables.isEmpty {
        rules.rules.append(
          .options(units: [entry.pattern], only: ["*\(entry.precision.rawValue)"], never: []))
      }
    }
    guard problems.isEmpty else { throw PartitionError(.usage, problems) }
  }
}

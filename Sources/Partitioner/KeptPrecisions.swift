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
      // Rows are widened as they are read, whatever they are stored in.
      let tables = entry.weights == nil ? model.graph.embeddingTables.filter { names.matches($0.name) } : []
      let hasOperators = !entry.operators(in: model.graph).isEmpty
      let place = "\(entry.layer.word):\(entry.pattern)"
      if tables.isEmpty, !hasOperators {
        let nothing = entry.weights == nil ? "no embedding table and no operator" : "no operator"
        problems.append("\(place) names \(nothing) with matrix work")
      }
      if let weights = entry.weights, weights.bits >= entry.precision.bits {
        problems.append(
          "\(entry.pattern): weights in \(weights.rawValue) are no narrower than \(entry.precision.rawValue)")
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

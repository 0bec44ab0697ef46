/// Models of a few operators as ONNX JSON.
enum SmallModels {
  /// Two layers; the batch is the dynamic dimension `batch` when `isDynamic`.
  static func perceptron(isDynamic: Bool = false) -> String {
    let batch = isDynamic ? #"{"dimParam": "batch"}"# : #"{"dimValue": "8"}"#
    return """
      {"irVersion": "9", "opsetImport": [{"version": "20"}], "graph": {"name": "perceptron",
      "input": [{"name": "x", "type": {"tensorType": {"elemType": 1, "shape": {"dim": [\(batch), {"dimValue": "64"}]}}}}],
      "output": [{"name": "y", "type": {"tensorType": {"elemType": 1}}}],
      "node": [
      {"input": ["x", "w1", "b1"], "output": ["h"], "name": "first", "opType": "Gemm"},
      {"input": ["h"], "output": ["r"], "name": "relu", "opType": "Relu"},
      {"input": ["r", "w2", "b2"], "output": ["y"], "name": "second", "opType": "Gemm"}],
      "initializer": [
      \(weight("w1", 64, 128)), \(weight("b1", 128)), \(weight("w2", 128, 16)), \(weight("b2", 16))]}}

      """
  }

  /// Pooled look-ups into `tables` tables of a hundred thousand and more rows, and a perceptron on top.
  static func recommendation(tables: Int = 6, rows: Int = 100_000) -> String {
    let names = (0..<tables).map { "table_\($0)" }
    let inputs = names.flatMap {
      ["{\(tensor("\($0)_indices", 7, [64]))}", "{\(tensor("\($0)_lengths", 6, [16]))}"]
    }
    let lookups = names.map {
      #"{"input": ["\#($0)", "\#($0)_indices", "\#($0)_lengths"], "output": ["\#($0)_pooled"], "#
        + #""name": "look_up_\#($0)", "opType": "SparseLengthsSum", "domain": "glow"}"#
    }
    let pooled = names.map { "\"\($0)_pooled\"" }.joined(separator: ", ")
    let weights = names.enumerated().map { weight($1, rows + 10_000 * $0, 32) }
    return """
      {"irVersion": "9", "opsetImport": [{"version": "20"}, {"domain": "glow", "version": "1"}],
      "metadataProps": [{"key": "partition.latency_budget_ms", "value": "50"}, {"key": "partition.batch", "value": "16"}],
      "graph": {"name": "recommendation",
      "input": [\(inputs.joined(separator: ",\n"))],
      "output": [{\(tensor("y", 1, [16, 1]))}],
      "node": [\(lookups.joined(separator: ",\n")),
      {"input": [\(pooled)], "output": ["c"], "name": "concat", "opType": "Concat",
       "attribute": [{"name": "axis", "i": "1", "type": "INT"}]},
      {"input": ["c", "w", "b"], "output": ["g"], "name": "top", "opType": "Gemm"},
      {"input": ["g"], "output": ["y"], "name": "score", "opType": "Sigmoid"}],
      "initializer": [\(weights.joined(separator: ",\n")), \(weight("w", 32 * tables, 1)), \(weight("b", 1))]}}

      """
  }

  private static func weight(_ name: String, _ dims: Int...) -> String {
    let sizes = dims.map { "\"\($0)\"" }.joined(separator: ", ")
    return #"{"name": "\#(name)", "dataType": 1, "dims": [\#(sizes)]}"#
  }

  private static func tensor(_ name: String, _ type: Int, _ shape: [Int]) -> String {
    let dims = shape.map { #"{"dimValue": "\#($0)"}"# }.joined(separator: ", ")
    return
      #""name": "\#(name)", "type": {"tensorType": {"elemType": \#(type), "shape": {"dim": [\#(dims)]}}}"#
  }
}

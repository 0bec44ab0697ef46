import Graph
import ONNXSchema

/// Reads how a model is served from its `metadata_props`:
/// `partition.latency_budget_ms`, `partition.batch`, `partition.provenance`, and
/// `partition.average_lookups.TABLE`, the average look-ups of one sample in the table TABLE.
struct ServingMetadata {
  private(set) var serving = Serving()
  private(set) var findings: [Finding] = []
  private static let prefix = "partition."
  private static let lookupsPrefix = "average_lookups."

  mutating func read(_ properties: [Onnx_StringStringEntryProto]) {
    for property in properties where property.key.hasPrefix(Self.prefix) {
      let key = String(property.key.dropFirst(Self.prefix.count))
      switch key {
      case "provenance": serving.provenance = property.value
      case "latency_budget_ms":
        serving.latencyBudgetMilliseconds = positive(property)
      case "batch": serving.batch = positive(property).flatMap { Int(exactly: $0) }
      case _ where key.hasPrefix(Self.lookupsPrefix):
        serving.averageLookups[String(key.dropFirst(Self.lookupsPrefix.count))] = positive(property)
      default:
        findings.append(
          Finding(.warning, "unknown serving property '\(property.key)'", field: property.key))
      }
    }
  }

  private mutating func positive(_ property: Onnx_StringStringEntryProto) -> Double? {
    if let value = Double(property.value), value.isFinite, value > 0 { return value }
    findings.append(
      Finding(
        .error, "'\(property.value)' is not a positive number", field: property.key))
    return nil
  }
}

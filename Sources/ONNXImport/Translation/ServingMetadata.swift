import FoundationEssentials
import Graph
import ONNXSchema

/// Reads how a model is served from its `metadata_props`:
/// `partition.latency_budget_ms`, `partition.batch`, `partition.provenance`, and
/// `partition.average_lookups`, a JSON object with the average look-ups of one sample by table.
struct ServingMetadata {
  private(set) var serving = Serving()
  private(set) var findings: [Finding] = []
  private static let prefix = "partition."

  mutating func read(_ properties: [Onnx_StringStringEntryProto]) {
    for property in properties where property.key.hasPrefix(Self.prefix) {
      let key = String(property.key.dropFirst(Self.prefix.count))
      switch key {
      case "provenance": serving.provenance = property.value
      case "latency_budget_ms":
        serving.latencyBudgetMilliseconds = positive(property)
      case "batch": serving.batch = positive(property).flatMap { Int(exactly: $0) }
      case "average_lookups": readLookups(property)
      default:
        findings.append(
          Finding(.warning, "unknown serving property '\(property.key)'", field: property.key))
      }
    }
  }

  private mutating func readLookups(_ property: Onnx_StringStringEntryProto) {
    guard
      let lookups = try? JSONDecoder().decode(
        [String: Double].self, from: Data(property.value.utf8)),
      lookups.values.allSatisfy({ $0.isFinite && $0 >= 0 })
    else {
      findings.append(
        Finding(
          .error, "must be a JSON object from table names to numbers that are not negative",
          field: property.key))
      return
    }
    serving.averageLookups = lookups
  }

  private mutating func positive(_ property: Onnx_StringStringEntryProto) -> Double? {
    if let value = Double(property.value), value.isFinite, value > 0 { return value }
    findings.append(
      Finding(
        .error, "'\(property.value)' is not a positive number", field: property.key))
    return nil
  }
}

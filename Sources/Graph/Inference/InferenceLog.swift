/// Collects what inference has to say, many alike as one.
struct InferenceLog {
  private(set) var findings: [Finding] = []
  private var unknown: [String: (position: Int, count: Int)] = [:]
  private var contradictions = 0
  /// The place the unknown operators' first node is at, by qualified type in order of appearance.
  private var firstUnknown: [(type: String, node: String)] = []
  private var bounds = 0
  /// Findings of one kind reported one by one; the rest are counted.
  private static let shown = 8

  mutating func fail(_ message: String, node: String?, field: String? = nil) {
    findings.append(Finding(.error, message, node: node, field: field))
  }

  mutating func warn(_ message: String, node: String?, field: String? = nil) {
    findings.append(Finding(.warning, message, node: node, field: field))
  }

  mutating func unknownOperator(_ node: Scope.Node) {
    if unknown[node.qualifiedType] == nil { firstUnknown.append((node.qualifiedType, node.name)) }
    unknown[node.qualifiedType, default: (firstUnknown.count - 1, 0)].count += 1
  }

  mutating func contradiction(_ value: String, node: String?, declared: [Int?], inferred: [Int]) {
    contradictions += 1
    guard contradictions <= Self.shown else { return }
    let text = declared.map { $0.map(String.init) ?? "?" }.joined(separator: ", ")
    warn(
      "declared as [\(text)], inferred as \(inferred); the inferred shape is used", node: node, field: value)
  }

  /// A value whose size depends on data.
  mutating func bound(_ value: String, _ node: Scope.Node, shape: [Int]) {
    bounds += 1
    guard bounds <= Self.shown else { return }
    warn(
      "how much \(node.type) gives depends on data; it counts with \(shape), the most there can be, so that figures "
        + "behind it are upper bounds", node: node.name, field: value)
  }

  /// Everything collected, with the summaries of what was counted.
  var summarised: [Finding] {
    var all = findings
    if contradictions > Self.shown {
      all.append(
        Finding(
          .warning,
          "\(contradictions - Self.shown) more declared shapes contradict inferred ones"))
    }
    if bounds > Self.shown {
      all.append(
        Finding(
          .warning,
          "\(bounds - Self.shown) more values whose size depends on data count with the most there can be"))
    }
    for (type, node) in firstUnknown {
      let count = unknown[type]?.count ?? 0
      all.append(
        Finding(
          .warning,
          "operator '\(type)' is not known (\(count) \(count == 1 ? "node" : "nodes")); "
            + "its cost is taken from its bytes and its output shapes from the model",
          node: node))
    }
    return all
  }
}

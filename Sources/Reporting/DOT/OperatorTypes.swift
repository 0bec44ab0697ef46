import Graph

/// Which operator types a set of operators has, most frequent first.
struct OperatorTypes {
  private static let shown = 4
  private var typeOfName: [String: String] = [:]

  init(_ graph: Graph?) {
    for op in graph?.operators ?? [] { typeOfName[op.name] = op.type }
  }

  /// Lines such as `12 Gemm, 11 Relu,`; without a graph, the first and the last operator's name.
  func lines(for operators: [String]) -> [String] {
    var counts: [String: Int] = [:]
    for name in operators {
      if let type = typeOfName[name] { counts[type, default: 0] += 1 }
    }
    guard !counts.isEmpty else { return names(operators) }
    let ordered = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }
    var parts = ordered.prefix(Self.shown).map { "\($0.value) \(HTMLLabel.name($0.key))" }
    let rest = ordered.dropFirst(Self.shown).map(\.value).reduce(0, +)
    if rest > 0 { parts.append("\(rest) other") }
    return stride(from: 0, to: parts.count, by: 3).map { first in
      parts[first..<min(first + 3, parts.count)].joined(separator: ", ")
    }
  }

  private func names(_ operators: [String]) -> [String] {
    guard let first = operators.first, let last = operators.last else { return [] }
    return operators.count == 1
      ? [HTMLLabel.name(first)] : ["\(HTMLLabel.name(first)) to", HTMLLabel.name(last)]
  }
}

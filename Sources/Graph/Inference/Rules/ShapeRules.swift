/// All shape rules by operator.
enum ShapeRules {
  private static let standard: [String: ShapeRule] = [
    ElementwiseRules.rules, ConvolutionRules.rules, ProductRules.rules, ReductionRules.rules,
    QuantisationRules.rules, LayoutRules.rules, IndexingRules.rules, ResizingRules.rules,
    GeneratingRules.rules,
  ].reduce(into: [:]) { all, group in all.merge(group) { first, _ in first } }

  /// Domains whose operators follow the standard ones of the same name.
  private static let standardDomains: Set<String> = ["", "ai.onnx", "com.microsoft"]

  /// The rule of an operator; `nil` for one that is not known.
  static func rule(type: String, domain: String) -> ShapeRule? {
    if let rule = LookupRules.rules[type] { return rule }
    return standardDomains.contains(domain) ? standard[type] : nil
  }

  /// Operators whose bodies are inferred with them.
  static let withBodies: Set<String> = ["If", "Loop", "Scan"]
}

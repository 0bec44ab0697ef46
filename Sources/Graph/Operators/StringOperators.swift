/// Operators on text and on encoded images. No accelerator runs them.
enum StringOperators {
  static let definitions: [OperatorDefinition] = [
    operation("StringConcat") { node throws(ShapeProblem) in
      guard let a = node.shape(0), let b = node.shape(1) else { return [] }
      return [TensorFact(.string, try Broadcasting.shape([a, b]))]
    },
    operation("RegexFullMatch") { node in [TensorFact(.bool, node.shape(0))] },
    operation("StringNormalizer") { node in
      let drops = node.has(attribute: "stopwords")
      return [TensorFact(.string, node.shape(0), isBound: drops)]
    },
    operation("StringSplit") { node in [.unknown, TensorFact(.int64, node.shape(0))] },
    operation("TfIdfVectorizer", termFrequencies),
    OperatorDefinition("ImageDecoder", shape: { _ in [] }, work: .unknown, traits: .hostOnly),
    OperatorDefinition(
      "Tokenizer", in: .microsoft, shape: { _ in [] }, work: .movement, traits: .hostOnly),
  ]

  private static func operation(_ name: String, _ shape: @escaping ShapeRule) -> OperatorDefinition {
    OperatorDefinition(name, shape: shape, work: .movement, traits: .hostOnly)
  }

  /// The last axis becomes the coordinates of the n-grams.
  private static let termFrequencies: ShapeRule = { node throws(ShapeProblem) in
    guard let shape = node.shape(0), let last = try node.ints("ngram_indexes")?.max() else { return [] }
    return [TensorFact(.float32, shape.dropLast() + [Saturating.sum(max(0, last), 1)])]
  }
}

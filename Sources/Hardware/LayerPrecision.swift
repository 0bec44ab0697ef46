/// What an operator with matrix work computes in on cards, and what its weights lie in there.
///
/// As text and in files a word: a precision, or one of weights alone: `w8a16` and `w4a16`, computed in fp16; `int8 weights in fp32`
/// and the like where cards compute in something else.
public struct LayerPrecision: Sendable, Hashable {
  public var precision: Precision
  /// Of its constants where these lie narrower than what is computed in and are widened as they are read ("weight-only"
  /// quantisation, for instance Lin et al., "AWQ", arXiv 2306.00978); absent where both are one.
  public var weights: Precision?

  public init(_ precision: Precision, weights: Precision? = nil) {
    self.precision = precision
    self.weights = weights
  }

  /// `nil` for what is none of ``words``, nor a ``word`` of another.
  public init?(word: String) {
    if let known = Self.ofWeights.first(where: { $0.word == word }) {
      self.init(.fp16, weights: known.precision)
    } else if let precision = Precision(rawValue: word) {
      self.init(precision)
    } else {
      let all = Precision.allCases
      let pairs = all.flatMap { weights in all.map { Self($0, weights: weights) } }
      guard let pair = pairs.first(where: { $0.word == word }) else { return nil }
      self = pair
    }
  }

  private static let ofWeights: [(word: String, precision: Precision)] = [("w8a16", .int8), ("w4a16", .int4)]

  /// What people write.
  public static var words: [String] { Precision.allCases.map(\.rawValue) + ofWeights.map(\.word) }

  public var word: String {
    guard let weights else { return precision.rawValue }
    let known = precision == .fp16 ? Self.ofWeights.first { $0.precision == weights } : nil
    return known?.word ?? "\(weights.rawValue) weights in \(precision.rawValue)"
  }

  /// What an engine computes in that is asked for this and has only `available`.
  public func choice(among available: some Sequence<Precision>) -> LayerPrecision {
    let matrix = precision.choice(among: available) ?? precision
    return LayerPrecision(matrix, weights: weights.flatMap { $0.bits < matrix.bits ? $0 : nil })
  }
}

extension LayerPrecision: Codable {
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let word = try container.decode(String.self)
    guard let known = Self(word: word) else {
      throw DecodingError.dataCorruptedError(
        in: container,
        debugDescription: "'\(word)' is no precision; known are \(Self.words.joined(separator: ", "))")
    }
    self = known
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(word)
  }
}

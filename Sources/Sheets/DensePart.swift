import Graph
import Rules

/// The dense part of a recommendation model in a few numbers, widths of fully connected layers from front to back:
///
///     {"denseFeatures": 13, "bottom": [512, 256, 64], "interaction": "dot", "top": [1024, 256, 1]}
///
/// `bottom` reads the dense features and may be left out with them. Names that configurations of DLRM have for the fields are
/// read as well.
public struct DensePart: Hashable, Sendable {
  public enum Interaction: String, CaseIterable, Codable, Hashable, Sendable {
    /// Products of all pairs, as in DLRM; all must be of one width.
    case dot
    /// One behind the other.
    case concat
    /// The sum of all, which must be of one width.
    case sum
  }

  public var denseFeatures: Int
  public var bottom: [Int]
  public var interaction: Interaction
  public var top: [Int]

  public init(
    denseFeatures: Int = 0, bottom: [Int] = [], interaction: Interaction = .concat, top: [Int]
  ) {
    self.denseFeatures = denseFeatures
    self.bottom = bottom
    self.interaction = interaction
    self.top = top
  }

  private static let names: [String: CodingKeys] = [
    "denseFeatures": .denseFeatures, "dense_features": .denseFeatures, "dense_in_features": .denseFeatures,
    "num_dense_features": .denseFeatures, "bottom": .bottom, "dense_arch_layer_sizes": .bottom,
    "bottom_mlp_dims": .bottom, "top": .top, "over_arch_layer_sizes": .top, "top_mlp_dims": .top,
    "interaction": .interaction,
  ]
  private static let widest = 1 << 20

  /// Reads JSON.
  ///
  /// - Throws: every problem found, with its field.
  package static func read(_ reader: inout JSONReader) throws(FormatError) -> DensePart {
    var part = DensePart(top: [])
    var problems: [FormatError.Finding] = []
    try reader.object { name, value throws(FormatError) in
      switch names[name] {
      case .denseFeatures: part.denseFeatures = try value.integer()
      case .bottom: part.bottom = try value.list { value throws(FormatError) in try value.integer() }
      case .top: part.top = try value.list { value throws(FormatError) in try value.integer() }
      case .interaction: part.interaction = try value.choice(Interaction.allCases)
      case nil:
        problems.append(.init(location: NameText.shown(name), message: unknown(name)))
        try value.skip()
      }
    }
    problems += part.problems
    guard problems.isEmpty else { throw FormatError(findings: problems) }
    return part
  }

  private static func unknown(_ name: String) -> String {
    let known = CodingKeys.allCases.map(\.rawValue)
    let near = known.first { EditDistance.between(Array(name), Array($0)) <= 2 }
    return "is not known"
      + (near.map { "; did you mean \($0)?" } ?? "; known are \(known.joined(separator: ", "))")
  }

  private var problems: [FormatError.Finding] {
    var problems: [FormatError.Finding] = []
    func problem(_ field: CodingKeys, _ message: String, at index: Int? = nil) {
      problems.append(
        .init(location: field.rawValue + (index.map { "[\($0)]" } ?? ""), message: message))
    }
    if !(0...Self.widest).contains(denseFeatures) {
      problem(.denseFeatures, "\(denseFeatures) is not from 0 to \(Self.widest)")
    }
    for (field, widths) in [(CodingKeys.bottom, bottom), (.top, top)] {
      for (index, width) in widths.enumerated() where !(1...Self.widest).contains(width) {
        problem(field, "\(width) is not a width from 1 to \(Self.widest)", at: index)
      }
    }
    if top.isEmpty { problem(.top, "is missing; give at least one width, the last that of the answer") }
    if bottom.isEmpty, denseFeatures > 0 { problem(.bottom, "is missing, and denseFeatures is given") }
    if !bottom.isEmpty, denseFeatures == 0 { problem(.denseFeatures, "is missing, and bottom reads them") }
    return problems
  }
}

extension DensePart: Codable {
  enum CodingKeys: String, CodingKey, CaseIterable { case denseFeatures, bottom, interaction, top }

  public init(from decoder: any Decoder) throws {
    let fields = try decoder.container(keyedBy: CodingKeys.self)
    denseFeatures = try fields.decode(Int.self, forKey: .denseFeatures)
    bottom = try fields.decode([Int].self, forKey: .bottom)
    interaction = try fields.decode(Interaction.self, forKey: .interaction)
    top = try fields.decode([Int].self, forKey: .top)
    if let first = problems.first {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: first.description))
    }
  }
}

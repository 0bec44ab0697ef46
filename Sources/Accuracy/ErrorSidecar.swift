import Hardware
import Rules

/// Errors that are known otherwise than by sizes and bits.
public struct KnownErrors: Sendable, Hashable {
  public var tables: [TableErrors.Known]
  public var layers: [LayerErrors.Known]

  public init(tables: [TableErrors.Known] = [], layers: [LayerErrors.Known] = []) {
    self.tables = tables
    self.layers = layers
  }
}

/// Errors of tables and layers as a file of the user's states them: by name and precision, fractions. Layers have those of weights
/// alone as well.
///
///     { "users": { "int8": 0.0041, "int4": 0.083 }, "ads": { "int4": 0.12 }, "fc1": { "int8": 0.011, "w4a16": 0.09 } }
public enum ErrorSidecar {
  /// - Parameters:
  ///   - tables: Names of the model's tables.
  ///   - layers: Names of its operators with matrix work.
  /// - Throws: everything that is wrong: a name that is neither, an error that is none.
  public static func read(
    _ bytes: [UInt8], tables: some Sequence<String>, layers: some Sequence<String>
  ) throws(FormatError) -> KnownErrors {
    var entries: [Entry] = []
    try JSONReader.read(bytes) { reader throws(FormatError) in
      try reader.object { (name: String, value: inout JSONReader) throws(FormatError) in
        try value.object { (precision: String, value: inout JSONReader) throws(FormatError) in
          entries.append((name, precision, try value.double()))
        }
      }
    }
    return try known(entries, tables: tables, layers: layers)
  }

  /// The same by name and precision.
  public static func known(
    _ errors: [String: [String: Double]], tables: some Sequence<String>, layers: some Sequence<String>
  ) throws(FormatError) -> KnownErrors {
    let entries = errors.sorted { $0.key < $1.key }.flatMap { name, errors in
      errors.sorted { $0.key < $1.key }.map { Entry(name, $0.key, $0.value) }
    }
    return try known(entries, tables: tables, layers: layers)
  }

  private typealias Entry = (name: String, precision: String, error: Double)

  private static func known(
    _ entries: [Entry], tables: some Sequence<String>, layers: some Sequence<String>
  ) throws(FormatError) -> KnownErrors {
    let (tables, layers) = (Set(tables), Set(layers))
    var known = KnownErrors()
    var findings: [FormatError.Finding] = []
    for (name, word, error) in entries {
      let place = "\(name).\(word)"
      if !tables.contains(name), !layers.contains(name) {
        let near = EditDistance.nearest(to: name, among: tables.union(layers).sorted())
        let hint = near.map { "; is '\($0)' meant?" } ?? ""
        findings.append(
          .init(location: place, message: "is of no embedding table and no layer of the model\(hint)"))
      }
      if !(error >= 0 && error.isFinite) {
        findings.append(.init(location: place, message: "is \(error); give a relative error, 0 or more"))
      }
      let precision = LayerPrecision(word: word)
      if precision == nil || !layers.contains(name) && precision?.weights != nil {
        let words = layers.contains(name) ? LayerPrecision.words : Precision.allCases.map(\.rawValue)
        findings.append(
          .init(
            location: place, message: "is of no precision; known are \(words.joined(separator: ", "))"))
      }
      guard let precision else { continue }
      if layers.contains(name) {
        known.layers.append(.init(layer: name, precision: precision, error: error, source: .sidecar))
      }
      if tables.contains(name), precision.weights == nil {
        known.tables.append(
          .init(table: name, precision: precision.precision, error: error, source: .sidecar))
      }
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    return known
  }
}

import Hardware
import Rules

/// Errors of tables as a file of the user's states them: by table and precision, fractions.
///
///     { "users": { "int8": 0.0041, "int4": 0.083 }, "ads": { "int4": 0.12 } }
public enum ErrorSidecar {
  /// - Parameter tables: Names of the model's tables.
  /// - Throws: everything that is wrong: a name that is no table, an error that is none.
  public static func read(
    _ bytes: [UInt8], tables: some Sequence<String>
  ) throws(FormatError) -> [TableErrors.Known] {
    var entries: [Entry] = []
    try JSONReader.read(bytes) { reader throws(FormatError) in
      try reader.object { (table: String, value: inout JSONReader) throws(FormatError) in
        try value.object { (precision: String, value: inout JSONReader) throws(FormatError) in
          entries.append((table, precision, try value.double()))
        }
      }
    }
    return try known(entries, tables: tables)
  }

  /// The same by table and precision.
  public static func known(
    _ errors: [String: [String: Double]], tables: some Sequence<String>
  ) throws(FormatError) -> [TableErrors.Known] {
    let entries = errors.sorted { $0.key < $1.key }.flatMap { table, errors in
      errors.sorted { $0.key < $1.key }.map { Entry(table, $0.key, $0.value) }
    }
    return try known(entries, tables: tables)
  }

  private typealias Entry = (table: String, precision: String, error: Double)

  private static func known(
    _ entries: [Entry], tables: some Sequence<String>
  ) throws(FormatError) -> [TableErrors.Known] {
    let names = Set(tables)
    var known: [TableErrors.Known] = []
    var findings: [FormatError.Finding] = []
    for (table, name, error) in entries {
      let place = "\(table).\(name)"
      if !names.contains(table) {
        let near = EditDistance.nearest(to: table, among: names.sorted()).map { "; is '\($0)' meant?" } ?? ""
        findings.append(.init(location: place, message: "is of no embedding table of the model\(near)"))
      }
      if !(error >= 0 && error.isFinite) {
        findings.append(.init(location: place, message: "is \(error); give a relative error, 0 or more"))
      }
      if let precision = Precision(rawValue: name) {
        known.append(.init(table: table, precision: precision, error: error, source: .sidecar))
      } else {
        let all = Precision.allCases.map(\.rawValue).joined(separator: ", ")
        findings.append(.init(location: place, message: "is of no precision; known are \(all)"))
      }
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    return known
  }
}

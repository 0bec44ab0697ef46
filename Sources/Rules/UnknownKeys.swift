import Foundation

extension FormatError {
  /// Decodes JSON as ``decode(_:from:)`` does; a key that the value has no place for is an error as well, because it is
  /// misspelt most likely.
  ///
  /// What a value has a place for is what it is encoded with, so the type must be encoded as it is decoded. A key that is
  /// `null` says nothing and passes.
  public static func decodeStrictly<Value: Codable>(
    _ type: Value.Type, from json: Data
  ) throws(FormatError) -> Value {
    let value = try decode(type, from: json)
    var findings: [Finding] = []
    do {
      let given = try JSONSerialization.jsonObject(with: json)
      let kept = try JSONSerialization.jsonObject(with: JSONEncoder().encode(value))
      compare(given, kept, at: "", &findings)
    } catch {
      throw FormatError(findings: [Finding(location: wholeDocument, message: "\(error)")])
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    return value
  }

  private static func compare(_ given: Any, _ kept: Any, at place: String, _ findings: inout [Finding]) {
    if let given = given as? [String: Any], let kept = kept as? [String: Any] {
      for key in given.keys.sorted() {
        guard let value = given[key], !(value is NSNull) else { continue }
        let location = place.isEmpty ? key : "\(place).\(key)"
        if let known = kept[key] {
          compare(value, known, at: location, &findings)
        } else {
          let near = EditDistance.nearest(to: key, among: kept.keys.filter { given[$0] == nil }.sorted())
          findings.append(
            .init(location: location, message: "is not known" + (near.map { "; did you mean \($0)?" } ?? "")))
        }
      }
    } else if let given = given as? [Any], let kept = kept as? [Any] {
      for (index, pair) in zip(given, kept).enumerated() {
        compare(pair.0, pair.1, at: "\(place)[\(index)]", &findings)
      }
    }
  }
}

import FoundationEssentials

/// Why a file was refused; every problem found, in file order.
public struct FormatError: Error, Sendable, Hashable, CustomStringConvertible {
  public struct Finding: Sendable, Hashable, CustomStringConvertible {
    /// The field, for example `units[3].options[0].shards[1].memory`.
    public var location: String
    public var message: String

    public init(location: String, message: String) {
      self.location = location
      self.message = message
    }

    public var description: String { "\(location): \(message)" }
  }

  /// The location of what concerns the whole text.
  package static let wholeDocument = "the document"

  public var findings: [Finding]

  public init(findings: [Finding]) { self.findings = findings }

  public var description: String { findings.map(\.description).joined(separator: "\n") }
}

extension FormatError {
  /// Decodes JSON and turns the decoder's errors into located findings. A name that is given twice in an object is one, too.
  public static func decode<Value: Decodable>(_ type: Value.Type, from json: Data) throws(FormatError)
    -> Value
  {
    try JSONReader.read(Array(json)) { reader throws(FormatError) in try reader.skip() }
    do {
      return try JSONDecoder().decode(type, from: json)
    } catch let error as DecodingError {
      throw FormatError(findings: [finding(error)])
    } catch {
      throw FormatError(findings: [Finding(location: wholeDocument, message: "\(error)")])
    }
  }

  private static func finding(_ error: DecodingError) -> Finding {
    let (path, message): ([any CodingKey], String) =
      switch error {
      case .keyNotFound(let key, let context): (context.codingPath + [key], "is missing")
      case .typeMismatch(let type, let context): (context.codingPath, "expected \(type)")
      case .valueNotFound(let type, let context): (context.codingPath, "expected \(type), found null")
      case .dataCorrupted(let context): (context.codingPath, context.debugDescription)
      @unknown default: ([], "not readable")
      }
    var location = ""
    for key in path {
      if let index = key.intValue {
        location += "[\(index)]"
      } else {
        location += (location.isEmpty ? "" : ".") + key.stringValue
      }
    }
    return Finding(location: location.isEmpty ? wholeDocument : location, message: message)
  }
}

import Foundation

/// JSON as everything here writes it: sorted keys, two spaces, a newline at the end; the same value, the same bytes.
public enum JSONText {
  public static func encode(_ value: some Encodable) throws(PartitionError) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    } catch {
      throw PartitionError(.internalError, "the result cannot be written as JSON: \(error)")
    }
  }
}

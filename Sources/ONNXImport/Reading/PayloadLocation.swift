/// Where the values of a tensor lie in the file that it was read from: what ``WireReducer`` writes in the place of values that
/// it drops, in the form of an entry of `external_data`.
package struct PayloadLocation: Sendable, Hashable {
  /// Of `TensorProto`: 9 for raw values, 4 for float32 and so on.
  package var field: Int
  package var offset: Int
  package var bytes: Int

  /// No file is called like this: a key that begins with it is one of these.
  private static let key = "\u{1}payload"

  func append(to output: inout [UInt8]) {
    let key = Array(Self.key.utf8)
    let value = Array("\(field),\(offset),\(bytes)".utf8)
    var entry: [UInt8] = [1 << 3 | 2]
    entry.appendVarint(UInt64(key.count))
    entry += key
    entry.append(2 << 3 | 2)
    entry.appendVarint(UInt64(value.count))
    entry += value
    output.append(13 << 3 | 2)
    output.appendVarint(UInt64(entry.count))
    output += entry
  }

  /// What an entry says; `nil` for one of the file's own.
  package init?(key: String, value: String) {
    guard key == Self.key else { return nil }
    let numbers = value.split(separator: ",").compactMap { Int($0) }
    guard numbers.count == 3 else { return nil }
    (field, offset, bytes) = (numbers[0], numbers[1], numbers[2])
  }

  init(field: Int, offset: Int, bytes: Int) {
    (self.field, self.offset, self.bytes) = (field, offset, bytes)
  }
}

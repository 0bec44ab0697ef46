/// A name, or a pattern with `*` for any text and `?` for one character.
public struct NamePattern: Sendable {
  private let pattern: [Character]

  public init(_ text: String) { pattern = Array(text) }

  /// Takes time in proportion to the product of both lengths at most.
  public func matches(_ name: String) -> Bool {
    let text = Array(name)
    var i = 0
    var j = 0
    var star: Int?
    var retry = 0
    while i < text.count {
      if j < pattern.count, pattern[j] == "*" {
        star = j
        retry = i
        j += 1
      } else if j < pattern.count, pattern[j] == "?" || pattern[j] == text[i] {
        i += 1
        j += 1
      } else if let star {
        retry += 1
        i = retry
        j = star + 1
      } else {
        return false
      }
    }
    return pattern[j...].allSatisfy { $0 == "*" }
  }
}

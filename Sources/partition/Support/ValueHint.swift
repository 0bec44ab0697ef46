import Rules

/// A message about a value that an option does not have, with the one that may be meant.
struct ValueHint {
  let message: String

  /// - Parameter text: What the parser says: the value, and the values that there are, in quotes or a line each.
  /// - Returns: `nil` where it is about anything else, or no value is near.
  init?(_ text: String) {
    guard let match = text.firstMatch(of: /The value '([^']*)' is invalid for '[^']*'\./) else { return nil }
    let list = text[match.range.upperBound...].prefix(
      upTo: text.firstRange(of: "\nHelp:")?.lowerBound ?? text.endIndex)
    let known =
      list.matches(of: /'([^']+)'/).map { String($0.1) }
      + list.matches(of: /\n +- (\S+)/).map { String($0.1) }
    guard let near = EditDistance.nearest(to: String(match.1), among: known) else { return nil }
    let end = match.range.upperBound
    message = text[..<end] + " Did you mean '\(near)'?" + text[end...]
  }
}

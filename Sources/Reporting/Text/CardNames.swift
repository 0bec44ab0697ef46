/// Names of several cards, shortened where they are numbered in a row.
enum CardNames {
  /// `card0`, `card0 and card2`, `card0 – card5`.
  static func range(_ names: [String]) -> String {
    guard let first = names.first, let last = names.last else { return "" }
    switch names.count {
    case 1: return first
    case 2: return "\(first) and \(last)"
    default:
      return isRow(names) ? "\(first) – \(last)" : "\(first) … \(last) (\(names.count) cards)"
    }
  }

  /// Whether the names differ only in numbers that count up by one.
  private static func isRow(_ names: [String]) -> Bool {
    let parts = names.map { name -> (prefix: Substring, number: Int?) in
      let digits = name.reversed().prefix { $0.isASCII && $0.isNumber }.count
      return (name.dropLast(digits), Int(name.suffix(digits)))
    }
    return zip(parts, parts.dropFirst()).allSatisfy { a, b in
      guard let x = a.number, let y = b.number else { return false }
      return a.prefix == b.prefix && y == x + 1
    }
  }
}

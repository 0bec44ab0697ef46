/// How many characters have to be inserted, removed or replaced to make one text of another (Levenshtein).
package enum EditDistance {
  /// To make `b` of `a`.
  package static func between(_ a: [Character], _ b: [Character]) -> Int { last(a, b)[b.count] }

  /// To make of `a` what `b` begins with, however much of it.
  package static func toBeginning(_ a: [Character], of b: [Character]) -> Int { last(a, b).min() ?? 0 }

  /// What a text was most likely meant to be: the known one that two changes at most lead to; `nil` where there is none.
  package static func nearest(to text: String, among known: [String]) -> String? {
    let distances = known.map { between(Array(text), Array($0)) }
    guard let best = distances.indices.min(by: { (distances[$0], $0) < (distances[$1], $1) }),
      distances[best] <= min(2, text.count / 2)
    else { return nil }
    return known[best]
  }

  /// The last row of the table: from `a` to every beginning of `b`.
  private static func last(_ a: [Character], _ b: [Character]) -> [Int] {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let replaced = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
      }
    }
    return row
  }
}

import Rules

/// How often requests have which length.
public struct LengthHistogram: Sendable, Hashable {
  /// Ascending, each once, at least 1; never empty.
  public let lengths: [Int]
  /// By length, at least 1.
  public let counts: [Int]

  /// Beyond it lengths are no sizes of tensors.
  private static let longest = 1 << 31
  /// Findings at most, so that a wrong file does not fill the screen.
  private static let mostFindings = 20

  /// - Parameter counts: By length; those of no requests are left out. `nil` where that leaves nothing, where a length is below 1 or
  ///   beyond 2^31, or a count is negative or they are too many.
  public init?(_ counts: [Int: Int]) {
    let known = counts.filter { $0.value != 0 }.sorted { $0.key < $1.key }
    var sum = 0
    for (length, count) in known {
      let (next, overflow) = sum.addingReportingOverflow(count)
      guard (1...Self.longest).contains(length), count > 0, !overflow else { return nil }
      sum = next
    }
    guard !known.isEmpty else { return nil }
    lengths = known.map(\.key)
    self.counts = known.map(\.value)
  }

  /// Each length of a range as often as any other.
  public init?(uniform range: ClosedRange<Int>) {
    guard range.lowerBound >= 1, range.upperBound <= 1 << 20 else { return nil }
    self.init(Dictionary(range.map { ($0, 1) }, uniquingKeysWith: { first, _ in first }))
  }

  /// Reads CSV: a length a line, or `length,count`. A first line that is no number is a header; lines that begin with `#` are
  /// skipped.
  ///
  /// - Throws: every line that is wrong, the first 20.
  public init(csv text: String) throws(FormatError) {
    var counts: [Int: Int] = [:]
    var findings: [FormatError.Finding] = []
    var isFirst = true
    var total = 0
    for record in CSVRecord.all(in: text) where record.cells.first?.hasPrefix("#") != true {
      defer { isFirst = false }
      let cells = record.cells.last == "" ? record.cells.dropLast() : record.cells[...]
      guard let first = cells.first, findings.count < Self.mostFindings else { continue }
      if isFirst, Int(first) == nil, first.first?.isLetter == true { continue }
      guard cells.count <= 2, let length = Int(first), (1...Self.longest).contains(length) else {
        findings.append(
          .init(
            location: "line \(record.line)", message: "is no length; expected length[,count] in whole numbers"
          ))
        continue
      }
      guard let count = cells.count < 2 ? 1 : Int(cells[1]), count >= 0 else {
        findings.append(
          .init(location: "line \(record.line)", message: "the count of length \(length) is no whole number"))
        continue
      }
      let (sum, overflow) = total.addingReportingOverflow(count)
      if overflow {
        findings.append(
          .init(location: "line \(record.line)", message: "with it there are too many requests to count"))
        continue
      }
      total = sum
      counts[length, default: 0] += count
    }
    guard findings.isEmpty else { throw FormatError(findings: findings) }
    guard let histogram = LengthHistogram(counts) else {
      throw FormatError(
        findings: [
          .init(location: FormatError.wholeDocument, message: "has no length of any request")
        ])
    }
    self = histogram
  }

  public var longest: Int { lengths[lengths.count - 1] }

  /// By length: its part of all requests.
  public var shares: [Double] {
    let sum = counts.reduce(0, +)
    return counts.map { Double($0) / Double(sum) }
  }

  /// Lengths that buckets may end at, at most so many: all of them, or the longest of each of so many stretches of equal width.
  ///
  /// - Returns: Positions in ``lengths``, ascending; the last is that of the longest.
  public func ends(most: Int) -> [Int] {
    guard lengths.count > max(1, most) else { return Array(lengths.indices) }
    let first = lengths[0]
    let width = longest - first + 1
    var ends: [Int] = []
    for (position, length) in lengths.enumerated() {
      // A stretch ends where the next length is in another.
      let isLast = position == lengths.count - 1
      if isLast || (length - first) * most / width != (lengths[position + 1] - first) * most / width {
        ends.append(position)
      }
    }
    return ends
  }
}

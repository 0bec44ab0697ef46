import Partitioner
import Rules

/// Joins the parts of a sweep.
public enum SweepMerge {
  /// Reads the parts that lie beside an output and writes it, as one run without parts would have.
  ///
  /// - Returns: how many points there are.
  /// - Throws: `missingFile` where there are no parts; `badInput` with every part and point that is missing or does not belong.
  public static func join(into output: String) throws(PartitionError) -> Int {
    let parts = SweepShard.parts(of: output)
    guard let count = parts.first?.shard.count else {
      throw PartitionError(
        .missingFile,
        "\(output): there are no parts beside it, such as \((try? SweepShard("0/8"))?.path(for: output) ?? "")"
      )
    }
    if let other = parts.first(where: { $0.shard.count != count }) {
      throw PartitionError(
        .badInput,
        "\(parts[0].path) is one of \(count) parts and \(other.path) of \(other.shard.count); remove those of one"
      )
    }
    let format = SweepFormat(path: output)
    var rows: [Int: SweepRow] = [:]
    var problems: [String] = []
    var total: Int?
    for (shard, path) in parts {
      let text = String(decoding: try Partitioner.read(path: path), as: UTF8.self)
      let whole = text.lastIndex(of: "\n").map { String(text[...$0]) } ?? ""
      for row in try format.rows(whole, name: path) {
        guard let index = Int(row[.point]), let points = Int(row[.points]), index >= 0, index < points,
          points <= SweepQuestion.mostPoints, shard.contains(index)
        else {
          problems.append("\(path): point '\(NameText.shown(row[.point]))' is not of this part")
          continue
        }
        if let total, total != points {
          problems.append("\(path): is of a sweep of \(points) points, not \(total)")
        }
        total = total ?? points
        rows[index] = row
      }
    }
    let versions = Set(rows.values.map { $0[.version] + " " + $0[.settings] }).sorted()
    if versions.count > 1 {
      problems.append(
        "\(output): its parts are of different versions or settings: \(versions.joined(separator: "; "))")
    }
    for number in 0..<count where !parts.contains(where: { $0.shard.number == number }) {
      problems.append("\(output): part \(number) of \(count) is missing")
      if problems.count > 20 { break }
    }
    if let total, rows.count < total, problems.isEmpty {
      let missing = (0..<total).filter { rows[$0] == nil }
      let shown = missing.prefix(10).map { "\($0) (part \($0 % count))" }.joined(separator: ", ")
      problems.append(
        "\(output): \(missing.count) of \(total) points are missing: \(shown)\(missing.count > 10 ? " ..." : ""); "
          + "run their parts again")
    }
    guard problems.isEmpty else { throw PartitionError(.badInput, problems) }
    let sorted = rows.sorted { $0.key < $1.key }.map(\.value)
    try Partitioner.write(SweepFile.text(sorted, format), to: output)
    return sorted.count
  }
}

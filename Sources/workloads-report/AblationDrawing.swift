import Reporting

/// `reports/ablation.svg`: what is left of each model's rate without each decision, darker for less.
struct AblationDrawing {
  /// What is left out.
  let rows: [String]
  /// By model: the rate as a share of that with everything; `nil` where there is no plan.
  var columns: [(name: String, shares: [Double?])] = []

  private static let (left, top, width, height) = (170, 120, 84, 22)

  var svg: String {
    let size = (Self.left + columns.count * Self.width + 10, Self.top + rows.count * Self.height + 10)
    var lines = [
      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(size.0)\" height=\"\(size.1)\" viewBox=\"0 0 \(size.0) \(size.1)\" "
        + "role=\"img\" font-family=\"sans-serif\" font-size=\"12\">",
      "<title>What is left of each model's rate without each decision</title>",
      "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
    ]
    for (row, words) in rows.enumerated() {
      let y = Self.top + row * Self.height
      lines.append("<text x=\"\(Self.left - 8)\" y=\"\(y + 15)\" text-anchor=\"end\">\(words)</text>")
    }
    for (column, entry) in columns.enumerated() {
      let x = Self.left + column * Self.width
      lines.append(
        "<text transform=\"translate(\(x + Self.width / 2), \(Self.top - 8)) rotate(-40)\">\(entry.name)</text>"
      )
      for (row, share) in entry.shares.enumerated() { lines += cell(share, x, Self.top + row * Self.height) }
    }
    return lines.joined(separator: "\n") + "\n</svg>\n"
  }

  private func cell(_ share: Double?, _ x: Int, _ y: Int) -> [String] {
    let lost = share.map { min(1, max(0, 1 - $0)) } ?? 1
    let light = Int(255 - 175 * lost)
    let ink = lost > 0.6 ? "white" : "black"
    return [
      "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(Self.width - 2)\" height=\"\(Self.height - 2)\" fill=\"rgb(\(light), \(light), 255)\"/>",
      "<text x=\"\(x + Self.width / 2)\" y=\"\(y + 15)\" text-anchor=\"middle\" fill=\"\(ink)\">"
        + "\(share.map(Figures.percent) ?? "no plan")</text>",
    ]
  }
}

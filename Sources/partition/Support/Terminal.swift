import Foundation
import Graph

/// The terminal that standard output is, where it is one.
enum Terminal {
  /// Fewer are treated as so many.
  private static let leastColumns = 40

  /// `nil` where standard output is no terminal, or one that does not say.
  static let columns: Int? = {
    guard isatty(STDOUT_FILENO) == 1 else { return nil }
    var size = winsize()
    guard unsafe ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return max(leastColumns, Int(size.ws_col))
  }()

  /// Lines that are longer than the terminal is wide go on below what they say, behind the name of the line.
  static func fitted(_ text: String, columns: Int? = columns) -> String {
    guard let columns else { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      NameText.width(String(line)) <= columns ? String(line) : wrapped(String(line), columns)
    }.joined(separator: "\n")
  }

  private static func wrapped(_ line: String, _ columns: Int) -> String {
    let hang = hang(of: line, columns)
    let blank = String(repeating: " ", count: hang)
    var lines = [String(line.prefix { $0 == " " })]
    for word in line.split(separator: " ", omittingEmptySubsequences: false).drop(while: { $0.isEmpty }) {
      let last = lines[lines.count - 1]
      let isFirst = last.allSatisfy { $0 == " " }
      if !isFirst, NameText.width(last) + 1 + NameText.width(String(word)) > columns {
        lines.append(blank + word)
      } else {
        lines[lines.count - 1] += (isFirst && !last.isEmpty || last.isEmpty ? "" : " ") + word
      }
    }
    return lines.map { String($0.reversed().drop { $0 == " " }.reversed()) }.joined(separator: "\n")
  }

  /// Where a line goes on: below the text behind its name, as in `  verdict     7,069 batches/s`; else below its beginning.
  private static func hang(of line: String, _ columns: Int) -> Int {
    let lead = line.prefix { $0 == " " }.count
    guard let gap = line.dropFirst(lead).firstRange(of: "  ") else {
      return line.dropFirst(lead).hasPrefix("- ") ? lead + 2 : lead
    }
    let behind = line[gap.lowerBound...].prefix { $0 == " " }.count
    let hang = line.distance(from: line.startIndex, to: gap.lowerBound) + behind
    return hang <= columns / 2 ? hang : lead
  }
}

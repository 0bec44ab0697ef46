/// Changes cells and lines of a table in CSV.
enum CSVMutator {
  static func mutated(_ csv: String, _ choices: inout Choices) -> String {
    var lines = csv.split(separator: "\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    }
    for _ in 0...choices.below(4) where !lines.isEmpty {
      let line = choices.below(lines.count)
      let cell = choices.below(lines[line].count)
      guard lines[line].indices.contains(cell) else { continue }
      switch choices.below(7) {
      case 0: lines[line][cell] = "\(choices.figure())"
      case 1: lines[line][cell] = "\(choices.number())"
      case 2: lines[line].remove(at: cell)
      case 3: lines.append(lines[line])
      case 4:
        lines[line][cell] =
          choices.pick(["", "\"", "\"a,\nb\"", "inf", "nan", "-", "1e999", "\u{FEFF}"]) ?? ""
      case 5: lines.swapAt(line, choices.below(lines.count))
      default: lines[line].append("x")
      }
    }
    return lines.map { $0.joined(separator: ",") }.joined(separator: "\n")
  }
}

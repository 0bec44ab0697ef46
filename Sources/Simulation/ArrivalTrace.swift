/// Reads recorded arrivals from CSV text.
///
/// Columns: arrival time in seconds, then optionally sequence length, then optionally look-up scale; an empty field
/// stands for the default. A first line that does not start with a number is a header. Empty lines and lines that
/// start with `#` are skipped. Times must not fall.
public enum ArrivalTrace {
  /// Problems reported at most, so that a wrong file does not fill the screen.
  static let mostProblems = 20

  /// - Parameter name: what errors call the file.
  /// - Throws: every defective line (the first 20), an empty trace.
  public static func parse(_ text: String, name: String) throws(SimulationError) -> [Arrival] {
    var problems = ProblemList()
    var arrivals: [Arrival] = []
    var last = 0.0
    var sawLine = false
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
      .enumerated()
    {
      let fields = line.split(separator: ",", omittingEmptySubsequences: false).map { trimmed($0) }
      guard let first = fields.first, !(fields.count == 1 && first.isEmpty), !first.hasPrefix("#") else {
        continue
      }
      defer { sawLine = true }
      if !sawLine, Double(first) == nil, first.first?.isLetter == true { continue }
      guard problems.problems.count < mostProblems else { break }
      let place = "\(name), line \(index + 1)"
      do throws(FieldError) {
        let arrival = try parse(fields)
        if arrival.seconds < last {
          problems.add(
            .trace, at: place, "\(arrival.seconds) s comes after \(last) s; sort the trace by arrival time")
        }
        last = max(last, arrival.seconds)
        arrivals.append(arrival)
      } catch {
        problems.add(.trace, at: place, error.message)
      }
    }
    if arrivals.isEmpty, problems.problems.isEmpty {
      problems.add(.trace, at: name, "it has no arrivals; give at least one line with a time in seconds")
    }
    try problems.throwIfAny()
    return arrivals
  }

  private struct FieldError: Error {
    var message: String
  }

  private static func parse(_ fields: [Substring]) throws(FieldError) -> Arrival {
    guard fields.count <= 3 else {
      throw FieldError(message: "\(fields.count) columns; expected time[,length[,look-up scale]]")
    }
    guard let seconds = Double(fields[0]), seconds >= 0, seconds <= Ticks.longestSeconds else {
      throw FieldError(
        message:
          "arrival time '\(shown(fields[0]))' is not a number of seconds between 0 and \(Ticks.longestSeconds)"
      )
    }
    var arrival = Arrival(seconds: seconds)
    if fields.count > 1, !fields[1].isEmpty {
      guard let length = Double(fields[1]), length > 0, length.isFinite else {
        throw FieldError(message: "length '\(shown(fields[1]))' is not a number above 0")
      }
      arrival.length = length
    }
    if fields.count > 2, !fields[2].isEmpty {
      guard let scale = Double(fields[2]), scale >= 0, scale.isFinite else {
        throw FieldError(message: "look-up scale '\(shown(fields[2]))' is not a number of at least 0")
      }
      arrival.lookupScale = scale
    }
    return arrival
  }

  /// A field as it goes into a message: not too long, and without characters that would upset a terminal.
  private static func shown(_ field: Substring) -> String {
    let scalars = field.unicodeScalars.prefix(40).map { $0.properties.generalCategory == .control ? "?" : $0 }
    return String(String.UnicodeScalarView(scalars)) + (field.unicodeScalars.count > 40 ? "..." : "")
  }

  private static func trimmed(_ field: Substring) -> Substring {
    var field = field
    while field.first?.isWhitespace == true { field.removeFirst() }
    while field.last?.isWhitespace == true { field.removeLast() }
    return field
  }
}

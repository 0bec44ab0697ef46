import ArgumentParser
import Partitioner

/// Refuses an option that is given twice though only one of them can count: the parser would take the last in silence.
struct GivenOnce: ParsableArguments {
  private static let repeatable: Set<String> = [
    "--dim", "--lookups", "--fail", "--set", "--costs", "--state", "--price", "--lost", "--keep", "--input",
  ]
  private static let longNames = ["-o": "--output", "-f": "--force", "-q": "--quiet"]

  func validate() throws {
    var seen: Set<String> = []
    for argument in CommandLine.arguments.dropFirst().prefix(while: { $0 != "--" }) {
      let name = String(argument.prefix { $0 != "=" })
      let option = Self.longNames[name] ?? name
      // A negative number is a value, a dash alone a stream.
      guard option.hasPrefix("-"), option != Output.standard, Double(option) == nil,
        !Self.repeatable.contains(option)
      else { continue }
      if !seen.insert(option).inserted { throw ValidationError("\(option) is given twice; give it once") }
    }
  }

  /// Standard input can be read once.
  ///
  /// - Parameter readers: what is read, and from where.
  static func checkStandardInput(_ readers: [(what: String, path: String?)]) throws {
    let names = readers.filter { $0.path == Output.standard }.map(\.what)
    if names.count > 1 {
      throw ValidationError(
        "\(names.joined(separator: " and ")) both read standard input; give one as a file")
    }
  }
}

import FoundationEssentials
import Rules

/// The systems that can be planned for: built-in ones by name, others from a file.
///
/// A system file lists its host and groups of cards, each a built-in name, a `.json` file beside it, or an object in
/// place; `models/README.md` describes the format. Built-in descriptions are part of the library, so they are there
/// wherever it is installed.
public enum SystemCatalog {
  /// What is planned for when nothing is said: six NNP-I cards behind one switch.
  public static let defaultName = "nnpi"

  /// How many cards a system may have: none is a host by itself.
  public static let cardRange = 0...1024

  /// Names of the built-in systems, the default first.
  public static var names: [String] {
    BuiltInDescriptors.systems.map(\.name).sorted { a, b in
      (a == defaultName ? 0 : 1, a) < (b == defaultName ? 0 : 1, b)
    }
  }

  /// Names of the built-in cards, sorted.
  public static var cardNames: [String] { BuiltInDescriptors.cards.map(\.name) }

  /// Names of the built-in hosts, sorted.
  public static var hostNames: [String] { BuiltInDescriptors.hosts.map(\.name) }

  /// Loads a system by built-in name or from a file.
  ///
  /// - Parameters:
  ///   - nameOrFile: One of ``names``, or the path of a system file. A built-in name wins over a file of that name;
  ///     write `./name` for the file.
  ///   - cards: Number of cards in place of the described one: the first ones, or more of the same when all are alike.
  /// - Throws: ``SystemError`` with every problem, located by file and field.
  public static func system(
    _ nameOrFile: String = defaultName, cards: Int? = nil
  ) throws(SystemError) -> System {
    try description(nameOrFile).system(cards: cards)
  }

  /// Loads a system with the sources of its figures, by built-in name or from a file; see ``system(_:cards:)``.
  public static func description(
    _ nameOrFile: String = defaultName
  ) throws(SystemError) -> SystemDescription {
    if let entry = BuiltInDescriptors.systems.first(where: { $0.name == nameOrFile }) {
      return try parse(
        Data(entry.json.utf8), file: entry.name, library: DescriptorLibrary(folder: nil))
    }
    let isPath = nameOrFile.contains("/") || nameOrFile.hasSuffix(".json")
    guard isPath || FileManager.default.fileExists(atPath: nameOrFile) else {
      throw SystemError(
        category: .badRequest,
        finding: SystemFinding(
          file: nameOrFile, field: "",
          message: "no system is named so and there is no such file"
            + (EditDistance.nearest(to: nameOrFile, among: names).map { " (did you mean \($0)?)" } ?? "")
            + "; known systems are " + names.joined(separator: ", ")))
    }
    let folder = nameOrFile.split(separator: "/", omittingEmptySubsequences: false).dropLast()
      .joined(separator: "/")
    return try parse(
      DescriptorFile.read(nameOrFile), file: nameOrFile, library: DescriptorLibrary(folder: folder))
  }

  /// Reads a system description from memory.
  ///
  /// - Parameters:
  ///   - json: The text of a system file.
  ///   - file: What messages call it.
  ///   - cards: As for ``system(_:cards:)``.
  public static func system(
    json: [UInt8], file: String, cards: Int? = nil
  ) throws(SystemError) -> System {
    try description(json: json, file: file).system(cards: cards)
  }

  /// Reads a system description from memory, with the sources of its figures; see ``system(json:file:cards:)``.
  public static func description(json: [UInt8], file: String) throws(SystemError) -> SystemDescription {
    try parse(Data(json), file: file, library: DescriptorLibrary(folder: nil))
  }

  private static func parse(
    _ text: Data, file: String, library: DescriptorLibrary
  ) throws(SystemError) -> SystemDescription {
    try SystemDescription(JSONValue.parse(text, file: file), file: file, library: library)
  }
}

import Partitioner

/// What a command prints and which files it writes, in one place: nothing is printed before every file may be written.
struct Output {
  /// An option that names a file, and what is written there.
  struct File {
    var option: String
    var path: String
    var content: OutputFile.Content
  }

  /// Standard output.
  static let standard = "-"

  private let files: [File]

  /// - Parameters:
  ///   - printsResult: Whether the command prints a result of its own that is for programs, so that nothing else may go to
  ///     standard output.
  ///   - inputs: Files that the command reads and must not overwrite.
  /// - Throws: `usage` when two go to one place; `unwritable` when a file cannot be written, or would replace something that
  ///   is not its like and `isForced` does not say so.
  init(
    _ files: [File], printsResult: Bool = false, inputs: [String] = [], isForced: Bool
  ) throws(PartitionError) {
    self.files = files
    let printed = files.filter { $0.path == Self.standard }.map(\.option) + (printsResult ? ["--json"] : [])
    if printed.count > 1 {
      throw PartitionError(
        .usage, "\(printed.joined(separator: " and ")) both write to standard output; give one a file")
    }
    for (index, file) in files.enumerated() where file.path != Self.standard {
      if let other = files[..<index].first(where: { OutputFile.isSame($0.path, file.path) }) {
        throw PartitionError(.usage, "\(other.option) and \(file.option) are the same file, \(file.path)")
      }
      if inputs.contains(where: { OutputFile.isSame($0, file.path) }) {
        throw PartitionError(.usage, "\(file.option) \(file.path) is what is read; name another file")
      }
      try OutputFile(file.path, file.content).check(isForced: isForced)
    }
  }

  /// Writes the file of an option, where the option was given.
  func write(_ text: @autoclosure () throws(PartitionError) -> String, for option: String)
    throws(PartitionError)
  {
    guard let file = files.first(where: { $0.option == option }) else { return }
    try Partitioner.write(text(), to: file.path)
  }

  /// Whether an option that names a file was given.
  func has(_ option: String) -> Bool { files.contains { $0.option == option } }

  /// Prints for people: on standard error where a file goes to standard output.
  func say(_ text: String) throws(PartitionError) {
    if files.contains(where: { $0.path == Self.standard }) {
      Failure.note(text, terminator: "")
    } else {
      try Self.show(text)
    }
  }

  /// Prints for people on standard output.
  static func show(_ text: String) throws(PartitionError) { try print(Terminal.fitted(text)) }

  /// Says which files were written.
  func sayWhatWasWritten() throws(PartitionError) {
    let paths = files.map(\.path).filter { $0 != Self.standard }
    if !paths.isEmpty { try say("Written: \(paths.joined(separator: ", "))\n") }
  }

  /// - Throws: `unwritable` when standard output does not take it, for example because a disk is full.
  static func print(_ text: String) throws(PartitionError) { try Partitioner.write(text, to: standard) }
}

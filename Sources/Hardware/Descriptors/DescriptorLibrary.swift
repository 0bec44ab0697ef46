import FoundationEssentials

/// Finds the cards and hosts that a system file names: built-in ones, or files beside it.
struct DescriptorLibrary {
  /// Folder that relative file names start from; `nil` when only built-in names are allowed.
  let folder: String?

  var cardNames: String { BuiltInDescriptors.cards.map(\.name).joined(separator: ", ") }
  var hostNames: String { BuiltInDescriptors.hosts.map(\.name).joined(separator: ", ") }

  func card(_ name: String, in reader: ObjectReader, field: String) throws(SystemError) -> Card {
    if let (text, file) = try text(name, among: BuiltInDescriptors.cards) {
      return try CardDescriptor(JSONValue.parse(text, file: file), file: file).card
    }
    throw unknown("card", name, known: cardNames, reader, field)
  }

  func host(_ name: String, in reader: ObjectReader, field: String) throws(SystemError) -> Host {
    if let (text, file) = try text(name, among: BuiltInDescriptors.hosts) {
      return try HostDescriptor(JSONValue.parse(text, file: file), file: file).host
    }
    throw unknown("host", name, known: hostNames, reader, field)
  }

  /// The description of that name, and what messages call it; `nil` where there is none.
  func text(
    _ name: String, among builtIn: [BuiltInDescriptors.Entry]
  ) throws(SystemError) -> (Data, file: String)? {
    if let entry = builtIn.first(where: { $0.name == name }) {
      return (Data(entry.json.utf8), name)
    }
    guard let folder, name.hasSuffix(".json") else { return nil }
    let path = name.hasPrefix("/") || folder.isEmpty ? name : folder + "/" + name
    return (try DescriptorFile.read(path), path)
  }

  private func unknown(
    _ kind: String, _ name: String, known: String, _ reader: ObjectReader, _ field: String
  ) -> SystemError {
    let path = reader.path.isEmpty ? field : "\(reader.path).\(field)"
    return SystemError(
      finding: SystemFinding(
        file: reader.file, field: path,
        message: "no \(kind) is named \"\(name)\"; known are \(known), "
          + "or name a .json file, or describe one in place"))
  }
}

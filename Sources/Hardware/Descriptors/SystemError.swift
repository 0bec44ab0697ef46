/// One problem in a system, card or host description.
public struct SystemFinding: Sendable, Hashable, CustomStringConvertible {
  /// The file, or the name of the built-in description.
  public var file: String
  /// Dotted path of the field, empty for the whole file.
  public var field: String
  /// What is wrong and what would be right.
  public var message: String

  public init(file: String, field: String, message: String) {
    self.file = file
    self.field = field
    self.message = message
  }

  public var description: String {
    field.isEmpty ? "\(file): \(message)" : "\(file): \(field): \(message)"
  }
}

/// Why a system could not be loaded; every problem that was found, in the order of the file's fields.
public struct SystemError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Category: String, Sendable, Hashable {
    /// The file does not exist or cannot be read.
    case missingFile
    /// It was read and something in it is wrong.
    case badInput
    /// A name or a number of cards that the caller gave is wrong.
    case badRequest
  }

  public var category: Category
  /// At least one.
  public var findings: [SystemFinding]

  public init(category: Category, findings: [SystemFinding]) {
    self.category = category
    self.findings = findings
  }

  init(category: Category = .badInput, finding: SystemFinding) {
    self.init(category: category, findings: [finding])
  }

  public var description: String {
    findings.map(\.description).joined(separator: "\n")
  }
}

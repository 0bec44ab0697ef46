/// Something worth knowing about a model, and where it is.
public struct Finding: Error, Sendable, Hashable {
  public enum Severity: String, Sendable, Hashable, Comparable, CaseIterable {
    /// Handled, and of no consequence for the figures.
    case note
    /// Handled, but figures may be off.
    case warning
    /// The model cannot be used.
    case error

    public static func < (a: Severity, b: Severity) -> Bool { a.rank < b.rank }
    private var rank: Int {
      switch self {
      case .note: 0
      case .warning: 1
      case .error: 2
      }
    }
  }

  public var severity: Severity
  /// The file it is in, as the caller named it.
  public var file: String?
  /// The node, where it concerns one.
  public var node: String?
  /// The tensor, attribute or field, where it concerns one.
  public var field: String?
  /// What is the case, and what to do about it.
  public var message: String

  public init(
    _ severity: Severity, _ message: String, file: String? = nil, node: String? = nil,
    field: String? = nil
  ) {
    self.severity = severity
    self.message = message
    self.file = file
    self.node = node
    self.field = field
  }
}

extension Finding: CustomStringConvertible {
  private static let widestName = 120

  /// One line: `severity: file: node 'n', field 'f': message`, with the middle of very long names left out.
  public var description: String {
    var place: [String] = []
    if let node { place.append("node '\(NameText.shown(node, columns: Self.widestName))'") }
    if let field { place.append("'\(NameText.shown(field, columns: Self.widestName))'") }
    var parts = [severity.rawValue]
    if let file { parts.append(file) }
    if !place.isEmpty { parts.append(place.joined(separator: ", ")) }
    return NameText.oneLine((parts + [message]).joined(separator: ": "))
  }
}

extension Finding: Codable {
  enum CodingKeys: String, CodingKey { case severity, file, node, field, message }
}
extension Finding.Severity: Codable {}

/// Why a graph could not be built: every problem found, not the first alone.
public struct GraphError: Error, Sendable, Hashable, CustomStringConvertible {
  public let problems: [Finding]
  public init(problems: [Finding]) { self.problems = problems }
  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

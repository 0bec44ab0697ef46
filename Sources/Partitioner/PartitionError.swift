import Graph

/// Why a call failed, in words for the person who made it.
public struct PartitionError: Error, Sendable, Hashable {
  /// What kind of failure; the raw value is the exit code of the `partition` command.
  public enum Kind: Int32, Sendable, Hashable, Codable {
    /// No plan exists; ``problems`` says why and what would help.
    case infeasible = 2
    /// The simulated or checked plan does not hold.
    case violation = 3
    /// The options contradict each other or are out of range (EX_USAGE).
    case usage = 64
    /// A file's content is not what it should be (EX_DATAERR).
    case badInput = 65
    /// A file that is needed does not exist or cannot be read (EX_NOINPUT).
    case missingFile = 66
    /// A program that the call needs is not there; ``problems`` says what to install (EX_UNAVAILABLE).
    case unavailable = 69
    /// A defect of this library: an internal check failed (EX_SOFTWARE).
    case internalError = 70
    /// The output cannot be written, or would replace what is not its like; nothing was (EX_CANTCREAT).
    case unwritable = 73
  }

  public var kind: Kind
  /// At least one; each says what, where (file, node, field) and what to do, in one line; why no plan exists takes several.
  public var problems: [String]
  /// For `infeasible`: whether it is proven that no plan exists.
  public var isProven = false

  public init(_ kind: Kind, _ problems: [String]) {
    self.kind = kind
    // Names may hold anything, a line break too.
    self.problems = kind == .infeasible ? problems : problems.map(NameText.oneLine)
  }

  public init(_ kind: Kind, _ problem: String) { self.init(kind, [problem]) }
}

extension PartitionError: CustomStringConvertible {
  public var description: String { problems.joined(separator: "\n") }
}

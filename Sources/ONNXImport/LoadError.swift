import Graph

/// Why a model could not be loaded: every problem found, each with its place and what to do about it.
public struct LoadError: Error, Sendable, Hashable, CustomStringConvertible {
  public enum Reason: Sendable, Hashable {
    /// There is no file at the path.
    case missingFile
    /// The file exists but cannot be read.
    case unreadableFile
    /// The bytes are neither binary ONNX nor ONNX JSON, or are cut off.
    case malformed
    /// The model is well formed and wrong.
    case invalidModel
    /// Dimensions that the caller must bind.
    case unboundDimensions
    /// The batch that the caller asks for cannot be given to a model that is written for another.
    case fixedBatch
  }

  public let reason: Reason
  /// At least one.
  public let problems: [Finding]

  init(_ reason: Reason, _ problems: [Finding]) {
    self.reason = reason
    self.problems = problems
  }

  init(_ reason: Reason, _ message: String, file: String?) {
    self.init(reason, [Finding(.error, message, file: file)])
  }

  public var description: String { problems.map(\.description).joined(separator: "\n") }
}

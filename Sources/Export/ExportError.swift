/// Why parts could not be written, in words for the person who asked for them.
package struct ExportError: Error, Sendable, Hashable {
  package enum Reason: Sendable, Hashable {
    /// The plan, the model or the format asked for cannot be had together.
    case unsupported
    /// A file holds something else than it should.
    case badInput
    /// A file that is needed is not there.
    case missingFile
    /// Nothing can be written where it was asked for.
    case unwritable
    /// A defect of this library.
    case internalError
  }

  package var reason: Reason
  /// At least one; each says what, where and what to do.
  package var problems: [String]

  package init(_ reason: Reason, _ problems: [String]) {
    self.reason = reason
    self.problems = problems
  }

  package init(_ reason: Reason, _ problem: String) { self.init(reason, [problem]) }
}

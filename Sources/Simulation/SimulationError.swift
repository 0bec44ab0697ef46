/// Why a simulation was refused: every problem found, not only the first.
public struct SimulationError: Error, Sendable, Hashable, CustomStringConvertible {
  /// At least one.
  public var problems: [Problem]

  public init(problems: [Problem]) { self.problems = problems }

  init(_ kind: Problem.Kind, at place: String, _ message: String) {
    problems = [Problem(kind: kind, place: place, message: message)]
  }

  /// One line for each problem.
  public var description: String { problems.map(\.description).joined(separator: "\n") }

  /// What is wrong, where, and what to do.
  public struct Problem: Sendable, Hashable, CustomStringConvertible {
    /// What the problem lies in.
    public enum Kind: String, Sendable, Hashable { case program, options, load, trace, failure, timeOverflow }
    public var kind: Kind
    /// For example `load.rate`, `trace line 7` or `variant 0, task 'dense', leg 1`.
    public var place: String
    public var message: String

    public init(kind: Kind, place: String, message: String) {
      self.kind = kind
      self.place = place
      self.message = message
    }

    public var description: String { "\(place): \(message)" }
  }
}

/// Gathers problems so that one pass reports them all.
struct ProblemList {
  private(set) var problems: [SimulationError.Problem] = []

  mutating func add(_ kind: SimulationError.Problem.Kind, at place: String, _ message: String) {
    problems.append(.init(kind: kind, place: place, message: message))
  }

  func throwIfAny() throws(SimulationError) {
    if !problems.isEmpty { throw SimulationError(problems: problems) }
  }
}

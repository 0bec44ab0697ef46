import Modeling

/// What any `MIPSolver` has to do, as checks that know no test framework.
///
/// Every check answers with what is wrong, a line each; nothing for a solver that conforms. What a solver's capabilities
/// lack is not asked of it.
public struct SolverConformance: Sendable, CustomStringConvertible {
  public var description: String
  /// Ticks that a solve may count before it finds that none are left: what it takes to set up.
  static let setUp = 100_000
  private let check: @Sendable (any MIPSolver, inout Findings) throws -> Void

  /// What is wrong so far.
  struct Findings {
    private(set) var lines: [String] = []

    mutating func expect(_ condition: Bool, _ line: @autoclosure () -> String) {
      if !condition { lines.append(line()) }
    }

    mutating func expect(_ value: Double?, _ wanted: Double, _ line: @autoclosure () -> String) {
      expect(
        value.map { abs($0 - wanted) <= 1e-6 * max(1, abs(wanted)) } ?? false,
        "\(line()): \(value.map { "\($0)" } ?? "nothing") where \(wanted) is right")
    }
  }

  init(_ description: String, _ check: @escaping @Sendable (any MIPSolver, inout Findings) throws -> Void) {
    self.description = description
    self.check = check
  }

  public func run(_ solver: any MIPSolver) -> [String] {
    var findings = Findings()
    do { try check(solver, &findings) } catch { findings.expect(false, "throws \(error)") }
    return findings.lines
  }

  public static let all = linear + integer + robustness
}

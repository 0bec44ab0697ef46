import ArgumentParser
import Partitioner

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Derives everything in a plan again from model, system and placement, and says what does not hold.",
    discussion: """
      The model is read from where the plan says. Exit code 3 when anything does not hold.

      Example:
        partition check plan.json
      """)

  @Argument(help: "A plan.", completion: .file(extensions: ["json"]))
  var plan: String

  @Flag(help: "Print JSON.")
  var json = false

  private struct Report: Encodable {
    var holds: Bool
    var violations: [Violation]
  }

  func run() throws {
    let violations = try Failure.reported { () throws(PartitionError) in
      let document = try Partitioner.readPlan(path: plan)
      let model = try Partitioner.model(of: document, planPath: plan)
      let violations = Partitioner.check(document, model: model)
      if json {
        print(
          try JSONText.encode(Report(holds: violations.isEmpty, violations: violations)), terminator: "")
      } else if violations.isEmpty {
        print("\(plan) holds: coverage, memory, precedence, transfers, loads and the certificate's objective")
      }
      return violations
    }
    guard !violations.isEmpty else { return }
    if !json {
      for violation in violations {
        Failure.print("\(plan): \(violation.kind.rawValue): \(violation.message)")
      }
    }
    throw ExitCode(PartitionError.Kind.violation.rawValue)
  }
}

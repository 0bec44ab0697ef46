import ArgumentParser
import Partitioner

struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract:
      "Derives everything in a plan again from model, system and placement, and says what does not hold.",
    discussion: """
      The model is read from where the plan says, or from --model. Exit code 3 when anything does not hold.

      Examples:
        partition check plan.json
        partition check moved/plan.json --model models/xlm-r.json
      """)

  @OptionGroup var planArguments: PlanArguments

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var once: GivenOnce

  private struct Report: Encodable {
    var holds: Bool
    var violations: [Violation]
  }

  func run() throws {
    let violations = try Failure.reported { () throws(PartitionError) in
      let document = try planArguments.readPlan()
      let model = try planArguments.readModel(of: document)
      let violations = Partitioner.check(document, model: model)
      if json {
        try Output.print(JSONText.encode(Report(holds: violations.isEmpty, violations: violations)))
      } else if violations.isEmpty {
        try Output.print(
          "\(planArguments.name) holds: coverage, memory, precedence, transfers, loads and the certificate's objective\n"
        )
      }
      return violations
    }
    guard !violations.isEmpty else { return }
    if !json {
      for violation in violations {
        Failure.print("\(planArguments.name): \(violation.kind.rawValue): \(violation.message)")
      }
    }
    throw ExitCode(PartitionError.Kind.violation.rawValue)
  }
}

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
    /// Part of the certificate's bound that its prices confirm, 0 to 1; absent without prices.
    var confirmedShare: Double?
  }

  private static func confirmation(_ certificate: PlanDocument.CertificateEntry) -> String {
    guard let proof = certificate.priceProof else { return "nothing in the plan confirms its bound" }
    let percent = (certificate.confirmedShare * 1000).rounded(.down) / 10
    return "\(proof.cases.isEmpty ? "the longest way confirms" : "prices confirm") \(percent) % of its bound"
  }

  func run() throws {
    let violations = try Failure.reported { () throws(PartitionError) in
      let document = try planArguments.readPlan()
      let model = try planArguments.readModel(of: document)
      let violations = Partitioner.check(
        document, model: model, buckets: try planArguments.readBucketModels(of: document))
      if json {
        let share = document.certificate.priceProof.map { _ in document.certificate.confirmedShare }
        try Output.print(
          JSONText.encode(
            Report(holds: violations.isEmpty, violations: violations, confirmedShare: share)))
      } else if violations.isEmpty {
        try Output.show(
          "\(planArguments.name) holds: coverage, memory, precedence, transfers, loads and the certificate's objective; "
            + Self.confirmation(document.certificate) + "\n")
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

import ArgumentParser
import Partitioner

extension SolverName: ExpressibleByArgument {}
extension GraphCut.Kind: ExpressibleByArgument {}

/// How hard and how long `plan` and `solve` search, and within which of the user's rules.
struct SearchArguments: ParsableArguments {
  @Option(parsing: .unconditional, help: "Stop at this proven relative gap, for example 0.01 or 1%.")
  var gap = Fraction(0.01)

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Stop after this time, reading included, with the best so far; a bare number is seconds.",
      valueName: "time"),
    transform: TimeSpan.secondsIfBare)
  var timeLimit: TimeSpan?

  @Option(
    help: ArgumentHelp(
      "Work to do at most, times the default of about 10 s, or none for no limit. It is counted, so that the same input "
        + "gives the same answer anywhere. Default: 1, or none with --time-limit.", valueName: "factor"))
  var effort: Effort?

  @Option(
    help: ArgumentHelp(
      "Your own rules: pin, forbid, keep together or apart, options, limits (JSON, see solver/schema/rules.schema.json).",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var constraints: String?

  @Option(parsing: .unconditional, help: "Worker threads. The result does not depend on it.")
  var threads = 2

  @Option(parsing: .unconditional, help: "Seed of the search's random choices.")
  var seed: UInt64 = 1

  @Option(help: "Of linear and integer programs: one that this build has.")
  var solver = SolverName.standard

  @Flag(
    help:
      "Write the progress of the search to standard error, also where that is no terminal; plan then prints all of the proof."
  )
  var verbose = false

  func validate() throws {
    if gap.value >= 1 { throw ValidationError("--gap is \(gap.value); give a fraction below 1") }
    if timeLimit?.seconds == 0 { throw ValidationError("--time-limit is 0; give a time above 0") }
    if !(1...256).contains(threads) { throw ValidationError("--threads is \(threads); give 1 to 256") }
  }

  /// The rules that are named; `nil` for none.
  func rules() throws(PartitionError) -> PlacementRules? {
    try constraints.map { path throws(PartitionError) in try Partitioner.placementRules(path: path) }
  }
}

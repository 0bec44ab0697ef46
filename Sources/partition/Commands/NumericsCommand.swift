import ArgumentParser
import Partitioner
import Reporting

struct NumericsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "numerics",
    abstract:
      "Says what a plan's precisions do to its numbers: by table, by layer, and of the model where it is small.",
    discussion: """
      Reference kernels on the CPU compute pooled look-ups, products and convolutions in fp32 and in the planned precision, on \
      seeded inputs. Weights are the model's where its file has them, else seeded normal numbers.

      Examples:
        partition numerics plan.json
        partition numerics plan.json --model with-weights.onnx --json
      """)

  @OptionGroup var planArguments: PlanArguments

  @Option(help: "Of inputs, and of weights that the file does not have.")
  var seed: UInt64 = 1

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if planArguments.model == Output.standard { throw ValidationError("--model must be a file") }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let plan = try planArguments.readPlan()
      let report = try Partitioner.numerics(
        of: plan, modelPath: planArguments.modelPath(of: plan), seed: seed)
      if json { return try Output.print(JSONText.encode(report)) }
      try Output.show(NumericsSummary(report).text)
    }
  }
}

import ArgumentParser
import Partitioner
import Reporting

extension PlanFormat: ExpressibleByArgument {}

struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export",
    abstract: "Writes a plan as ONNX models, one for each partition, or in the format of another tool.",
    discussion: """
      The folder of parts holds ONNX models, their weights in files beside them, and manifest.json, which lists the parts in \
      the order in which they can run, their devices, and the tensors that each reads and writes by name. Run in that order \
      they compute what the model does.

      Tables, and weights that alone are in few bits (--keep w4a16:*), are stored in the precision that the plan has for them. What a format cannot say as planned is listed on standard error, \
      and in the manifest; what it cannot do without is an error.

      Examples:
        partition export plan.json -o parts/
        partition export plan.json -o parts/ --keep-precision
        partition export plan.json --to triton -o models/
        partition export plan.json --to vllm -o -
      """)

  @OptionGroup var planArguments: PlanArguments

  @Option(help: "What to write.")
  var to = PlanFormat.parts

  @Option(
    name: .shortAndLong,
    help: """
      The folder to write for parts, onnx-devices, ort and triton: a new one, an empty one or one of older parts; else the \
      file, - for standard output.
      """,
    completion: .directory)
  var output: String

  @Flag(help: "Keep tables and weights in the precision of the model's file.")
  var keepPrecision = false

  @Flag(help: "Read external data of the model from outside its folder as well.")
  var allowOutside = false

  @Flag(name: .shortAndLong, help: "Replace what is there, whatever it is.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if planArguments.model == Output.standard { throw ValidationError("--model must be a file") }
    if keepPrecision, to != .parts, to != .triton {
      throw ValidationError("--keep-precision has no effect with --to \(to.rawValue)")
    }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let document = try planArguments.readPlan()
      let model = try planArguments.modelPath(of: document)
      guard to.isFolder else { return try writeFile(document, model: model) }
      let options = ExportOptions(keepsPrecision: keepPrecision, allowsOutside: allowOutside)
      guard to == .parts else {
        let losses = try Partitioner.export(
          document, as: to, modelPath: model, toFolder: output, options: options, isForced: force)
        for loss in losses { Failure.note("note: \(loss)") }
        return try Output.print("Written: \(output)\n")
      }
      let manifest = try Partitioner.exportParts(
        document, modelPath: model, to: output, options: options, isForced: force)
      for loss in manifest.losses { Failure.note("note: \(loss)") }
      let bytes = manifest.parts.reduce(0) { $0 + $1.weightBytes }
      try Output.print(
        "Written: \(output): \(Figures.counted(manifest.parts.count, "part")), \(Figures.bytes(bytes)) of weights\n"
      )
    }
  }

  private func writeFile(_ document: PlanDocument, model: String) throws(PartitionError) {
    let file = try Output(
      [.init(option: "--output", path: output, content: .formattedPlan)],
      inputs: [planArguments.plan, model],
      isForced: force)
    let formatted = try Partitioner.format(document, as: to, modelPath: model)
    for loss in formatted.losses { Failure.note("note: \(loss)") }
    try file.write(formatted.text, for: "--output")
    try file.sayWhatWasWritten()
  }
}

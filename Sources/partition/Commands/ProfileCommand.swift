import ArgumentParser
import Partitioner
import Reporting

struct ProfileCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "profile",
    abstract: "Runs a model through ONNX Runtime and writes what its kernels take, for --costs.",
    discussion: """
      Needs Python 3 with onnxruntime, onnx and numpy. Inputs, and constants that the file has no values of, are filled with \
      seeded values. Dimensions are bound by name. Exit code 69 where Python or a package is not there.

      Examples:
        partition profile model.onnx --dim batch=8 --threads 1 -o profile.json
        partition profile model.onnx --providers CUDA,CPU --python venv/bin/python
        partition plan model.onnx --costs profile.json
      """)

  @OptionGroup var modelArguments: ModelArguments

  @Option(
    help: ArgumentHelp(
      "Execution providers, best liked first, for example CUDA,CPU; default: CPU.", valueName: "list"))
  var providers: String?

  @Option(parsing: .unconditional, help: "Runs that are measured.")
  var runs = 20

  @Option(parsing: .unconditional, help: "Threads of an operator; default: ONNX Runtime's own choice.")
  var threads: Int?

  @Flag(help: "Keep ONNX Runtime from fusing operators and changing layouts.")
  var noFusion = false

  @Option(parsing: .unconditional, help: "Seed of made-up values.")
  var seed: UInt64 = 1

  @Option(help: ArgumentHelp("The Python interpreter.", valueName: "program"), completion: .file())
  var python = "python3"

  @Option(
    name: .shortAndLong, help: "Where to write the profile, - for standard output.",
    completion: .file(extensions: ["json"]))
  var output = "profile.json"

  @Flag(name: .shortAndLong, help: "Replace a file that is there, whatever it is; else only an old profile.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if runs < 1 { throw ValidationError("--runs is \(runs); give at least 1") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads is \(threads); give 1 to 256")
    }
    if modelArguments.form != nil { throw ValidationError("a sheet has no operators to run; give a model") }
    if modelArguments.path == Output.standard { throw ValidationError("the model must be a file") }
    if modelArguments.batch != nil, modelArguments.dimensions.contains(where: { $0.name == "batch" }) {
      throw ValidationError("dimension 'batch' is given twice")
    }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let model = try modelArguments.load()
      for warning in modelArguments.warnings(of: model) { Failure.note(warning) }
      let file = try Output(
        [.init(option: "--output", path: output, content: .profile)], inputs: [modelArguments.path],
        isForced: force)
      let profile = try Partitioner.profile(
        path: modelArguments.path, model: model,
        options: ProfileOptions(
          providers: (providers ?? "").split(separator: ",").map(String.init), runs: runs, threads: threads,
          fuses: !noFusion, seed: seed, python: python))
      try file.write(profile.text, for: "--output")
      let filled = profile.filledConstants
      try file.say(
        "\(Figures.counted(profile.kernels, "kernel")) take \(Figures.seconds(profile.kernelSeconds)) of "
          + "\(Figures.seconds(profile.runSeconds)) a run (ONNX Runtime \(NameText.shown(profile.version)))"
          + (filled > 0 ? "; \(Figures.counted(filled, "constant")) made up" : "") + "\n")
      try file.sayWhatWasWritten()
    }
  }
}

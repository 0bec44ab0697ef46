import ArgumentParser
import Partitioner
import Reporting

struct CalibrateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "calibrate",
    abstract:
      "Fits what classes of operators reach on a system's devices to profiles, and writes its description.",
    discussion: """
      Takes profiles that `partition profile` or ONNX Runtime wrote, one a model. Says how far predictions are from them before \
      and after, and, with figures from the other profiles only, for each. Figures of classes that were not measured stay.

      Examples:
        partition profile model.onnx --threads 1 -o model.profile.json
        partition calibrate --costs *.profile.json --system server.json -o mine.json
        partition plan model.onnx --system mine.json
      """)

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Profiles, one a model.", valueName: "file"), completion: .file(extensions: ["json"]))
  var costs: [String]

  @Option(help: "A built-in system (see `partition systems`) or the file of one; default: six NNP-I cards.")
  var system: String?

  @OptionGroup var figures: FigureArguments

  @Option(help: "In which kernels on cards were measured, where the profile does not say.")
  var precision = Precision.fp16

  @Option(
    help: "Of the measurements, for the sources of the figures; default: when the newest file was written.")
  var date: String?

  @Flag(help: "Print JSON: the errors and the figures.")
  var json = false

  @Option(
    name: .shortAndLong, help: "Where to write the description, - for standard output.",
    completion: .file(extensions: ["json"]))
  var output = "calibrated.json"

  @Flag(
    name: .shortAndLong, help: "Replace a file that is there, whatever it is; else only an old description.")
  var force = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if costs.isEmpty { throw ValidationError("--costs needs at least one file") }
    if Set(costs).count != costs.count { throw ValidationError("--costs names a file twice") }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let file = try Output(
        [.init(option: "--output", path: output, content: .system)], printsResult: json, inputs: costs,
        isForced: force)
      var files: [MeasurementFile] = []
      for path in costs { files.append(try Partitioner.measurements(path: path)) }
      let result = try Partitioner.calibrate(
        Partitioner.systemDescription(named: system, changes: figures.changes), to: files,
        precision: precision,
        date: date ?? Partitioner.newestDate(of: costs))
      for finding in result.calibration.findings { Failure.note(finding) }
      try file.write(result.description.json, for: "--output")
      if json { return try Output.print(JSONText.encode(result.calibration)) }
      try file.say(CalibrationSummary(result.calibration).text)
      try file.sayWhatWasWritten()
    }
  }
}

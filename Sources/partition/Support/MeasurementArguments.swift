import ArgumentParser
import Partitioner

/// Files of measured costs.
struct MeasurementArguments: ParsableArguments {
  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Measured costs in place of the modelled: a profile of ONNX Runtime or trtexec, or rows in JSON or CSV. May be repeated.",
      valueName: "file"), completion: .file(extensions: ["json", "csv"]))
  var costs: [String] = []

  /// Matches them to a model, and says on standard error what was noticed.
  func apply(
    to model: Model, on system: System, precision: Precision
  ) throws(PartitionError) -> AppliedMeasurements {
    var files: [MeasurementFile] = []
    for path in costs { files.append(try Partitioner.measurements(path: path)) }
    return try Partitioner.apply(files, to: model, on: system, precision: precision)
  }
}

import ArgumentParser
import Partitioner
import Reporting

struct CostsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "costs",
    abstract: "Says what each operator of a model costs on each kind of device, and what limits it.",
    discussion: """
      Prints the operators that take longest, the host beside the cards, and totals by type; with --json or --csv every \
      operator on every kind of device. The times are those that `plan` counts with.

      Examples:
        partition costs models/xlm-r.json
        partition costs model.onnx --dim batch=8 --system h100 --precision fp16 --top 50
        partition costs model.onnx --costs profile.json
        partition costs model.onnx --set host.dramGigabytesPerSecond=40 --csv > costs.csv
      """)

  @OptionGroup(title: "Model") var modelArguments: ModelArguments
  @OptionGroup(title: "Machine") var systemArguments: SystemArguments
  @OptionGroup var measurements: MeasurementArguments

  @Option(help: "Of the cards' matrix engines; where one lacks it, the next wider that it has.")
  var precision = Precision.int8

  @Option(
    name: .customLong("keep"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Operators whose matrix work on cards is in a precision of its own, as for plan. May be repeated.",
      valueName: "precision:pattern"), transform: KeepArgument.init(argument:))
  var kept: [KeepArgument] = []

  @Option(parsing: .unconditional, help: "How many of the operators that take longest to list; default: 20.")
  var top: Int?

  @Flag(help: "Print JSON: rows, devices, types.")
  var json = false

  @Flag(help: "Print the rows as CSV.")
  var csv = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if let top, top < 0 { throw ValidationError("--top is \(top); give at least 0") }
    if json, csv { throw ValidationError("--json and --csv both write to standard output; give one") }
    if top != nil, json || csv {
      throw ValidationError("--top has no effect with --\(json ? "json" : "csv"), which has every operator")
    }
  }

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let model = try modelArguments.load()
      let system = try systemArguments.load()
      for warning in modelArguments.warnings(of: model) { Failure.note(warning) }
      let measured = try measurements.apply(to: model, on: system, precision: precision)
      for finding in measured.findings { Failure.note(finding) }
      var options = PlanOptions()
      try options.keep(kept.map(\.kept), in: model)
      let costs = try Partitioner.costs(
        of: model, on: measured.system, precision: precision, measured: measured.costs, kept: options.kept)
      if json { return try Output.print(JSONText.encode(costs)) }
      let summary = CostSummary(
        costs, title: "\(NameText.shown(model.reference.name)) on \(SystemSummary.cardWords(system))")
      if csv { return try Output.print(summary.csv) }
      try Output.show(summary.text(top: top ?? 20))
    }
  }
}

import ArgumentParser
import Partitioner
import Questions
import Reporting

struct PlanCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "plan",
    abstract: "Plans a model on a system and writes the plan.",
    discussion: """
      Prints the verdict, what each device holds, and the certificate: how far the plan can be from the best possible,
      and what proves it. Ctrl-C ends the search with the best plan so far and its honest gap.

      Examples:
        partition plan models/dlrm-more-complex.json
        partition plan model.onnx --dim batch=8 --system h100 --objective latency -o h100.json
        partition plan models/xlm-r.json --cards 2 --precision fp16 --dot plan.dot
        partition plan model.onnx --constraints rules.json --start plan.json
        partition plan models/dlrm-more-complex.json --cards 12 --rate 5000 --fewest-cards
        partition plan model.onnx --lengths sequence=lengths.csv --buckets 4
        partition plan decode.onnx --system h100 --largest past_sequence_length --in-flight 8
        partition plan model.onnx --rate 500 --systems nnpi,l4 --price host=4000 --price nnp-i-1100=900 --price l4=2500
        partition plan model.onnx --costs profile.json --costs links.csv
        partition plan models/dlrm-less-complex.json --uncertainty
        partition plan models/dlrm-more-complex.json --accuracy-budget 2%
        partition plan --tables tables.csv --dense mlp.json --batch 256 --cards 8
        partition plan --layers layers.csv --system h100
        partition plan - -o - < model.onnx | partition simulate - --model model.onnx
      """)

  @OptionGroup(title: "Model") var modelArguments: ModelArguments

  @OptionGroup(title: "Machine") var systemArguments: SystemArguments
  @OptionGroup(title: "Costs") var measurements: MeasurementArguments

  @Option(help: "What to minimise: the bottleneck within the latency budget, the latency, or the energy.")
  var objective = PlanObjective.throughput

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Longest time of one batch, a bare number in milliseconds; default: the model's own, if it has one.",
      valueName: "time"),
    transform: TimeSpan.millisecondsIfBare)
  var latencyBudget: TimeSpan?

  @OptionGroup(title: "Search") var search: SearchArguments
  @OptionGroup(title: "Decisions that are left out") var levers: LeverArguments

  @Option(help: "Of the cards' matrix engines.")
  var precision = Precision.int8

  @Option(
    help: ArgumentHelp(
      "Allowed for embedding tables, best liked first; default: int8,int4.", valueName: "list"),
    transform: PrecisionList.init(argument:))
  var tablePrecision = PrecisionList([.int8, .int4])

  @Option(
    help: ArgumentHelp(
      """
      How look-ups are spread over the rows of tables, so that hot rows stay on chip: meta-2021 (published statistics), none, or a \
      JSON file {"table": 1.05} with Zipf's exponents or {"table": [[0.01, 0.4]]} with shares of rows and look-ups. Default: the \
      column skew of --tables, else none.
      """, valueName: "source"))
  var skew: SkewArgument?

  @Flag(help: "Split no table in hot and cold rows where --skew says which are hot.")
  var noHeatSplit = false

  @OptionGroup(title: "Accuracy") var accuracy: AccuracyArguments

  @OptionGroup(title: "Lengths that vary") var lengths: LengthArguments
  @OptionGroup(title: "Machine for a rate") var sizing: SizingArguments

  @Option(
    help: ArgumentHelp("A plan of the same model to begin from.", valueName: "plan"),
    completion: .file(extensions: ["json"]))
  var start: String?

  @Option(
    name: .customLong("cut"), parsing: .unconditional,
    help: ArgumentHelp(
      "Cut operators, or share out batches, over teams of so many cards that act as one; default: planned, where that may pay.",
      valueName: "cards"))
  var team: Int?

  @Option(
    help: ArgumentHelp(
      "With --cut: what teams share out, weights or the items of a batch; default: whichever is better.",
      valueName: "kind"))
  var cutBy: GraphCut.Kind?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Requests in flight on a card, each with its activations in memory; default: planned, 24 where they have room.",
      valueName: "requests"))
  var inFlight: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Also say what is left of the rate after the loss of any one card; exit code 2 where no plan exists then. 1.",
      valueName: "cards"))
  var survive: Int?

  @Flag(
    help:
      "Say how objective, bottleneck and the ranking of plans change within the errors of the costs; plans for four draws as well."
  )
  var uncertainty = false

  @Flag(
    help: "As --uncertainty, and take the plan whose objective has the least 90th percentile over the draws.")
  var robust = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --uncertainty or --robust: draws of the errors, 10 to 10,000; default: 200.", valueName: "number")
  )
  var draws: Int?

  @Option(
    name: .shortAndLong, help: "Where to write the plan, - for standard output; default: plan.json.",
    completion: .file(extensions: ["json"]))
  var output: String?

  @Option(help: "Write a drawing of the plan for Graphviz as well.", completion: .file(extensions: ["dot"]))
  var dot: String?

  @Option(
    help: ArgumentHelp(
      "Write the integer program that decides the question as well: free MPS or CPLEX's LP, by the name's end.",
      valueName: "file"), completion: .file(extensions: ["mps", "lp"]))
  var exportProgram: String?

  @Flag(
    name: .shortAndLong,
    help:
      "Replace files that are there, whatever they are; else only a plan of the same model, or an old drawing."
  )
  var force = false

  @Flag(help: "Print the plan itself; it is written to a file only with -o.")
  var json = false

  @Flag(name: .shortAndLong, help: "Print nothing but warnings and errors.")
  var quiet = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    try GivenOnce.checkStandardInput([("the model", modelArguments.path), ("--start", start)])
    if latencyBudget?.seconds == 0 { throw ValidationError("--latency-budget is 0; give a time above 0") }
    if let exportProgram, Self.programFormat(exportProgram) == nil {
      throw ValidationError("--export-program \(exportProgram): end the name in .mps or .lp")
    }
    if case .auto = modelArguments.batch {
      let others = [
        ("--rate", sizing.rate != nil), ("--start", start != nil), ("--costs", !measurements.costs.isEmpty),
        ("--frontier", accuracy.frontier),
      ]
      for (option, isGiven) in others where isGiven {
        throw ValidationError("\(option) belongs to one batch; give --batch a number")
      }
    }
    if levers.noCut, team != nil { throw ValidationError("--cut and --no-cut are given; give one of them") }
    if cutBy != nil, team == nil { throw ValidationError("--cut-by has no effect without --cut") }
    if let team, team < 2 { throw ValidationError("--cut is \(team); give 2 cards or more") }
    if let draws {
      guard uncertainty || robust else {
        throw ValidationError("--draws has no effect without --uncertainty or --robust")
      }
      guard PlanDocument.UncertaintyEntry.drawCounts.contains(draws) else {
        throw ValidationError("--draws is \(draws); give 10 to 10,000")
      }
    }
    if let name = lengths.lengths?.dimension ?? lengths.largest {
      let option = lengths.largest == nil ? "--lengths" : "--largest"
      let others = [
        ("--dim \(name)", modelArguments.dimensions.contains { $0.name == name }),
        ("--batch", name == ModelArguments.batchName && modelArguments.batch != nil),
        ("--tables", modelArguments.tables != nil), ("--layers", modelArguments.layers != nil),
        ("--rate", sizing.rate != nil), ("--start", start != nil), ("--costs", !measurements.costs.isEmpty),
        ("--frontier", accuracy.frontier), ("--uncertainty", uncertainty), ("--robust", robust),
      ]
      for (other, isGiven) in others where isGiven {
        throw ValidationError("\(other) is of one length; give it without \(option)")
      }
      if case .auto = modelArguments.batch {
        throw ValidationError("--batch auto and \(option) are given; ask one after the other")
      }
      if modelArguments.path == Output.standard {
        throw ValidationError("\(option) reads the model more than once; give it as a file")
      }
    }
    if accuracy.frontier, sizing.rate != nil {
      throw ValidationError("--frontier and --rate are given; ask one after the other")
    }
    if !sizing.systems.isEmpty {
      let others = [
        ("--system", systemArguments.system != nil), ("--start", start != nil),
        ("--costs", !measurements.costs.isEmpty),
      ]
      for (option, isGiven) in others where isGiven {
        throw ValidationError("\(option) is of one system; give it without --systems")
      }
    }
    if let survive, survive != 1 {
      throw ValidationError("--survive is \(survive); the loss of 1 card is worked out")
    }
    if quiet, json { throw ValidationError("--quiet and --json are given; give one of them") }
    if quiet, search.verbose { throw ValidationError("--quiet and --verbose are given; give one of them") }
    if force, json, output == nil, dot == nil, exportProgram == nil {
      throw ValidationError("--force has no effect with --json, which writes no file")
    }
  }

  /// What is planned, and what the reader noticed.
  private struct Input: Sendable {
    var model: Model
    var system: System
    var options: PlanOptions
    var buckets: BucketOptions?
    var warnings: [String]
  }

  func run() throws {
    Interrupt.listen()
    if search.verbose { ProgressLine.shared.beVerbose() }
    let patience = Patience(timeLimit: search.timeLimit?.seconds) { Interrupt.isRequested }
    try Failure.reported { () throws(PartitionError) in
      guard var input = try patience.wait(for: read) else {
        throw PartitionError(
          .infeasible,
          "\(modelArguments.path): there is no plan yet: it was ended while the model was still being read")
      }
      for warning in input.warnings { Failure.note(warning) }
      let output = try outputs(input.model)
      try writeProgram(input, to: output)
      input.options.timeLimitSeconds = patience.secondsLeft.map { max($0, .ulpOfOne) }
      var found = try plan(input)
      found.model = found.model.asPlanned(in: found.plan)
      var plan = found.plan
      if survive != nil { plan.notes += try survivalNotes(plan, found.model) }
      ProgressLine.shared.clear()
      // Where it is not kept in a file, its model is named from the current folder.
      let text = try Partitioner.encode(plan, path: planPath ?? "plan.json")
      try output.write(text, for: "--output")
      try output.write(PlanDrawing(plan, graph: found.model.graph).dot, for: "--dot")
      if json { return try Output.print(text) }
      if quiet { return }
      try output.say(PlanSummary(plan, isVerbose: search.verbose).text + "\n")
      try output.sayWhatWasWritten()
    }
  }

  /// - Returns: the plan, and the model that it is of.
  private func plan(_ input: Input) throws(PartitionError) -> (plan: PlanDocument, model: Model) {
    let show: @Sendable (SearchOptions.Progress) -> Void = { [objective] progress in
      ProgressLine.shared.show(
        SearchStatus.line(progress, value: objective == .energy ? Figures.joules : Figures.seconds))
    }
    if case .auto = modelArguments.batch {
      let found = try Partitioner.batch(
        on: input.system, options: input.options, isCancelled: { Interrupt.isRequested }, progress: show
      ) { batch throws(PartitionError) in try modelArguments.load(batch: batch) }
      return (found.plan, found.model)
    }
    if let dimension = lengths.largest {
      let found = try Partitioner.largest(
        dimension, on: input.system, options: input.options, isCancelled: { Interrupt.isRequested },
        progress: show
      ) { size throws(PartitionError) in try modelArguments.load(length: (dimension, size)) }
      return (found.plan, found.model)
    }
    if accuracy.frontier {
      let plan = try Partitioner.frontier(
        input.model, on: input.system, options: input.options, isCancelled: { Interrupt.isRequested },
        progress: show)
      return (plan, input.model)
    }
    if let buckets = input.buckets {
      let found = try Partitioner.plan(
        buckets, on: input.system, options: input.options, isCancelled: { Interrupt.isRequested },
        progress: show
      ) { size throws(PartitionError) in
        size == buckets.lengths.longest
          ? input.model : try modelArguments.load(length: (buckets.dimension, size))
      }
      return (found.plan, found.model)
    }
    let plan = try Partitioner.plan(
      input.model, on: input.system, options: input.options, isCancelled: { Interrupt.isRequested },
      progress: show)
    return (plan, input.model)
  }

  /// What is left after the loss of a card of each model.
  private func survivalNotes(_ plan: PlanDocument, _ model: Model) throws(PartitionError) -> [String] {
    ProgressLine.shared.show("planning without a card")
    let lengths = plan.buckets.map { buckets in
      LengthLoader { [modelArguments] length throws(PartitionError) in
        try modelArguments.load(length: (buckets.dimension, length))
      }
    }
    return try Survival.afterLosingAnyCard(
      plan, model: model, lengths: lengths, isCancelled: { Interrupt.isRequested }
    ).map(\.description)
  }

  /// Before the search, which a refusal need not wait for.
  private func writeProgram(_ input: Input, to output: Output) throws(PartitionError) {
    guard let format = exportProgram.flatMap(Self.programFormat) else { return }
    let program = try Partitioner.integerProgram(of: input.model, on: input.system, options: input.options)
    try output.write(program.text(format), for: "--export-program")
  }

  private static func programFormat(_ path: String) -> ProgramText.Format? {
    ProgramText.Format.allCases.first { path.lowercased().hasSuffix(".\($0.rawValue)") }
  }

  /// `nil` for none.
  private var planPath: String? { output ?? (json ? nil : "plan.json") }

  private func outputs(_ model: Model) throws(PartitionError) -> Output {
    var files: [Output.File] = []
    if let planPath { files.append(.init(option: "--output", path: planPath, content: .plan(of: model))) }
    if let dot { files.append(.init(option: "--dot", path: dot, content: .drawing)) }
    if let exportProgram {
      files.append(.init(option: "--export-program", path: exportProgram, content: .integerProgram))
    }
    return try Output(files, printsResult: json, inputs: [modelArguments.path], isForced: force)
  }

  @Sendable private func read() throws(PartitionError) -> Input {
    let buckets = try lengths.question()
    let model = try modelArguments.load(
      batch: 1, length: buckets.map { ($0.dimension, $0.lengths.longest) } ?? lengths.largest.map { ($0, 1) })
    var systems: [System] = []
    for name in sizing.systems { systems.append(try systemArguments.load(name)) }
    if systems.isEmpty { systems.append(try systemArguments.load()) }
    var input = Input(
      model: model, system: systems.removeFirst(), options: options,
      warnings: modelArguments.warnings(of: model))
    input.options.sizing = sizing.options(among: systems)
    input.buckets = buckets
    let measured = try measurements.apply(to: model, on: input.system, precision: precision)
    input.system = measured.system
    input.options.measured = measured.costs
    input.warnings += measured.findings
    if let rules = try search.rules() { input.options.rules = rules }
    input.options.access = try skew?.access(of: model)
    input.options.splitsByHeat = !noHeatSplit
    try accuracy.apply(to: &input.options, model: model, path: modelArguments.path)
    if let start {
      let known = try Partitioner.startingPlacement(
        Partitioner.readPlan(path: start), for: model, on: input.system, options: input.options)
      (input.options.start, input.options.startHot) = (known.placement, known.hot)
      input.warnings += known.problems.map { "warning: \(start) is passed over: \($0)" }
    }
    return input
  }

  private var options: PlanOptions {
    PlanOptions(
      objective: objective, latencyBudgetMilliseconds: latencyBudget?.milliseconds, gap: search.gap.value,
      work: search.effort?.work, precision: precision, tablePrecisions: tablePrecision.precisions,
      requestsInFlight: inFlight, teams: team.map { .of($0, by: cutBy) } ?? .planned, threads: search.threads,
      seed: search.seed, solver: search.solver, without: levers.without,
      uncertainty: uncertainty || robust
        ? UncertaintyOptions(draws: draws ?? UncertaintyOptions().draws, isRobust: robust) : nil)
  }
}

import ArgumentParser
import Partitioner
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
      """)

  @OptionGroup var modelArguments: ModelArguments

  @Option(help: "A built-in system (see `partition systems`) or the file of one; default: six NNP-I cards.")
  var system: String?

  @Option(help: "Number of cards, 1 to 1024, in place of the system's own.")
  var cards: Int?

  @Option(help: "What to minimise: the bottleneck within the latency budget, the latency, or the energy.")
  var objective = PlanObjective.throughput

  @Option(
    help: ArgumentHelp("Longest time of one batch; default: the model's own, if it has one.", valueName: "ms")
  )
  var latencyBudget: Double?

  @Option(help: "Stop at this proven relative gap, for example 0.01 or 1%.")
  var gap = Fraction(0.01)

  @Option(help: ArgumentHelp("Stop after this time with the best plan so far.", valueName: "seconds"))
  var timeLimit: Double?

  @Option(help: "Of the cards' matrix engines.")
  var precision = Precision.int8

  @Option(help: ArgumentHelp("Allowed for embedding tables, best liked first.", valueName: "list"))
  var tablePrecision = PrecisionList([.int8, .int4])

  @Flag(help: "Keep every table in one piece.")
  var noSplit = false

  @Option(
    help: ArgumentHelp(
      "Your own rules: pin, forbid, keep together or apart, options, limits (JSON, see solver/schema/rules.schema.json).",
      valueName: "file"), completion: .file(extensions: ["json"]))
  var constraints: String?

  @Option(
    help: ArgumentHelp("A plan of the same model to begin from.", valueName: "plan"),
    completion: .file(extensions: ["json"]))
  var start: String?

  @Option(help: "Requests in flight on a card, each with its activations in memory.")
  var inFlight = PlanOptions().requestsInFlight

  @Option(help: "Worker threads. The plan does not depend on it.")
  var threads = 2

  @Option(help: "Seed of the search's random choices.")
  var seed: UInt64 = 1

  @Option(name: .shortAndLong, help: "Where to write the plan.", completion: .file(extensions: ["json"]))
  var output: String?

  @Option(help: "Write a drawing of the plan for Graphviz as well.", completion: .file(extensions: ["dot"]))
  var dot: String?

  @Flag(help: "Print the plan itself; it is written to a file only with -o.")
  var json = false

  func run() throws {
    try Failure.reported { () throws(PartitionError) in
      let model = try modelArguments.load()
      warn(model.findings)
      let system = try Partitioner.system(named: system, cards: cards)
      var options = options
      if let constraints { options.rules = try Partitioner.placementRules(path: constraints) }
      if let start {
        let known = try Partitioner.startingPlacement(
          Partitioner.readPlan(path: start), for: model, on: system, options: options)
        options.start = known.placement
        for problem in known.problems { Failure.note("warning: \(start) is passed over: \(problem)") }
      }
      Interrupt.listen()
      let plan = try Partitioner.plan(
        model, on: system, options: options, isCancelled: { Interrupt.isRequested },
        progress: { ProgressLine.shared.show(SearchStatus.line($0)) })
      ProgressLine.shared.clear()
      let path = output ?? (json ? nil : "plan.json")
      if let path { try Partitioner.write(Partitioner.encode(plan, path: path), to: path) }
      if let dot { try Partitioner.write(PlanDrawing(plan, graph: model.graph).dot, to: dot) }
      if json {
        print(try Partitioner.encode(plan, path: path ?? "plan.json"), terminator: "")
      } else {
        print(PlanSummary(plan).text, terminator: "")
      }
    }
  }

  private var options: PlanOptions {
    PlanOptions(
      objective: objective, latencyBudgetMilliseconds: latencyBudget, gap: gap.value,
      timeLimitSeconds: timeLimit, precision: precision, tablePrecisions: tablePrecision.precisions,
      allowsSplits: !noSplit, requestsInFlight: inFlight, threads: threads, seed: seed)
  }

  /// What the loader had to assume, on standard error, notes left out: `partition inspect` lists them all.
  private func warn(_ findings: [Finding]) {
    for finding in findings where finding.severity >= .warning { Failure.note(finding.description) }
  }
}

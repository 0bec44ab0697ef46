import ArgumentParser
import Partitioner
import Reporting

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Replays batches through a plan and says whether it holds under load.",
    discussion: """
      The model is read from where the plan says; a plan that fails its check is refused unless --force. \
      Exit code 3 when p99 is over the plan's latency budget, memory is exceeded, or the rate is more than \
      the plan can serve.

      Examples:
        partition simulate plan.json
        partition simulate plan.json --rate 200 --precision 1%
        partition simulate plan.json --slo 100ms --percentile 99
        partition simulate plan.json --rate 200 --fail card3@t=2s,back=5s
        partition simulate plan.json --rate 200 --trace trace.json --timeline timeline.svg
      """)

  @Argument(help: "A plan.", completion: .file(extensions: ["json"]))
  var plan: String

  @OptionGroup(title: "Load") var loadArguments: LoadArguments
  @OptionGroup(title: "Variation and policies") var variation: VariationOptions

  @Option(parsing: .unconditional, help: "Batches measured in each replication.")
  var requests = 10_000

  @Option(help: "Independent replications at least.")
  var replications = 4

  @Option(help: "Add replications until p99's 95 % interval is that tight, for example 1%.")
  var precision: Fraction?

  @Option(help: "Batches left out at the start; default: detected.")
  var warmUp: Int?

  @Option(help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(help: "Worker threads; default: one a core. The result does not depend on it.")
  var threads: Int?

  @Option(help: ArgumentHelp("Find the highest rate that meets this latency.", valueName: "time"))
  var slo: TimeSpan?

  @Option(help: "The percentile that --slo holds for.")
  var percentile = 99.0

  @Option(
    help: ArgumentHelp(
      "A device goes away, and perhaps comes back: DEVICE@t=TIME[,back=TIME]; may be repeated.",
      valueName: "failure"))
  var fail: [FailureArgument] = []

  @Option(
    help: ArgumentHelp("Write what happened as Chrome trace JSON, for Perfetto.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  @Option(
    help: ArgumentHelp("Draw one batch and a busy stretch as a Gantt chart in SVG.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var timeline: String?

  @Flag(help: "Also simulate a plan that fails its check.")
  var force = false

  @Flag(help: "Print JSON.")
  var json = false

  func run() throws {
    let holds = try Failure.reported { () throws(PartitionError) in
      let document = try Partitioner.readPlan(path: plan)
      let model = try Partitioner.model(of: document, planPath: plan)
      if force {
        for violation in Partitioner.check(document, model: model) {
          Failure.note("warning: the plan fails its check: \(violation.message)")
        }
      }
      let simulator = try Partitioner.simulator(of: document, model: model, isForced: force)
      let run = SimulationRun(
        simulator: simulator, options: try options(for: simulator),
        latencyBudgetSeconds: document.request.latencyBudgetMilliseconds.map { $0 / 1000 }, json: json)
      let holds =
        if let slo {
          try run.search(LatencyObjective(limitSeconds: slo.seconds, percentile: percentile))
        } else {
          try run.replay(words: loadArguments.words(run.options.load))
        }
      try run.record(trace: trace, timeline: timeline)
      return holds
    }
    if !holds { throw ExitCode(PartitionError.Kind.violation.rawValue) }
  }

  private func options(for simulator: Simulator) throws(PartitionError) -> SimulationOptions {
    let openRate = slo.map { _ in min(RateSearch.highestTriedRate, simulator.bounds.saturatedRate) / 2 }
    var options = SimulationOptions(load: try loadArguments.load(openRate: openRate))
    options.requests = requests
    options.replications = replications
    options.precision = precision?.value
    options.warmUp = warmUp.map { .requests($0) } ?? .detected
    options.seed = seed
    options.threads = threads
    options.failures = fail.map(\.failure)
    variation.apply(to: &options)
    return options
  }
}

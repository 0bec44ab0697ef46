import ArgumentParser
import Partitioner
import Reporting

struct SimulateCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Replays batches through a plan and says whether it holds under load.",
    discussion: """
      The model is read from where the plan says, or from --model; a plan that fails its check is refused unless --force. \
      Exit code 3 when p99, lost batches counted as late, is over the plan's latency budget, more batches are lost than \
      --availability allows, memory is exceeded, or the rate is more than the plan can serve.

      Examples:
        partition simulate plan.json
        partition simulate plan.json --rate 200 --interval 1%
        partition simulate plan.json --slo 100ms --percentile 99
        partition simulate plan.json --rate 200 --fail card3@t=2s,back=5s --availability 99.9%
        partition simulate plan.json --rate 200 --trace trace.json --timeline timeline.svg
      """)

  @OptionGroup var planArguments: PlanArguments

  @OptionGroup(title: "Load") var loadArguments: LoadArguments
  @OptionGroup(title: "Variation and policies") var variation: VariationOptions

  @Option(
    parsing: .unconditional,
    help:
      "Batches measured in each replication; default: \(SimulationOptions(load: .backToBack).requests), more where the load needs it."
  )
  var requests: Int?

  @Option(parsing: .unconditional, help: "Independent replications at least.")
  var replications = 4

  @Option(
    name: [.customLong("interval"), .customLong("precision")], parsing: .unconditional,
    help:
      "Add replications until p99's 95 % interval is that tight, for example 1%; --precision is its old name."
  )
  var interval: Fraction?

  @Option(parsing: .unconditional, help: "Batches left out at the start; default: detected.")
  var warmUp: Int?

  @Option(parsing: .unconditional, help: "Seed of everything random.")
  var seed: UInt64 = 1

  @Option(
    parsing: .unconditional, help: "Worker threads; default: one a core. The result does not depend on it.")
  var threads: Int?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Find the highest rate that meets this latency.", valueName: "time"),
    transform: TimeSpan.withUnit)
  var slo: TimeSpan?

  @Option(parsing: .unconditional, help: "The percentile that --slo holds for, 1 to below 100; default: 99.")
  var percentile: Double?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Least share of the batches that must be answered when devices fail: 99.9% or 0.999; default: all.",
      valueName: "share"))
  var availability: Fraction?

  @Option(
    help: ArgumentHelp(
      "A device goes away, and perhaps comes back: DEVICE@t=TIME[,back=TIME]; may be repeated.",
      valueName: "failure"),
    transform: Simulation.Failure.read)
  var fail: [Simulation.Failure] = []

  @Option(
    help: ArgumentHelp("Write what happened as Chrome trace JSON, for Perfetto.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var trace: String?

  @Option(
    help: ArgumentHelp("Draw one batch and a busy stretch as a Gantt chart in SVG.", valueName: "file"),
    completion: .file(extensions: ["svg"]))
  var timeline: String?

  @Flag(
    name: .shortAndLong,
    help: "Also simulate a plan that fails its check, and replace files that are there, whatever they are.")
  var force = false

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var once: GivenOnce

  func validate() throws {
    if let availability, availability.value > 1 {
      throw ValidationError("--availability is more than all; for a share of 99.9 of 100 give 99.9% or 0.999")
    }
    if percentile != nil, slo == nil { throw ValidationError("--percentile has no effect without --slo") }
    if requests != nil, loadArguments.arrivals != nil {
      throw ValidationError("--requests has no effect with --arrivals, which are replayed to their end")
    }
    if slo != nil, loadArguments.rate != nil, loadArguments.pattern != .bursty {
      throw ValidationError("--rate has no effect with --slo, which finds the rate")
    }
    if slo == nil, loadArguments.rate == nil, loadArguments.pattern != nil {
      throw ValidationError("--pattern has no effect without --rate or --slo")
    }
  }

  func run() throws {
    let holds = try Failure.reported { () throws(PartitionError) in
      let document = try planArguments.readPlan()
      let model = try planArguments.readModel(of: document)
      let buckets = try planArguments.readBucketModels(of: document)
      let output = try outputs(model)
      if force {
        for violation in Partitioner.check(document, model: model, buckets: buckets) {
          Failure.note("warning: the plan fails its check: \(violation.message)")
        }
      }
      let simulator = try Partitioner.simulator(
        of: document, model: model, buckets: buckets, isForced: force)
      var run = SimulationRun(
        simulator: simulator, options: try options(for: simulator), output: output, json: json)
      run.options.requirements.latencyBudgetSeconds = document.latencyBudgetSeconds
      if run.options.lengths == nil, !simulator.program.bucketLengths.isEmpty {
        run.options.lengths = document.lengthModel
      }
      if let warning = variation.warning(simulator.program, run.options) { Failure.note(warning) }
      return if let slo {
        try run.search(LatencyObjective(limitSeconds: slo.seconds, percentile: percentile ?? 99))
      } else {
        try run.replay(words: loadArguments.words(run.options.load))
      }
    }
    if !holds { throw ExitCode(PartitionError.Kind.violation.rawValue) }
  }

  private func outputs(_ model: Model) throws(PartitionError) -> Output {
    var files: [Output.File] = []
    if let trace { files.append(.init(option: SimulationRun.trace, path: trace, content: .trace)) }
    if let timeline {
      files.append(.init(option: SimulationRun.timeline, path: timeline, content: .timeline))
    }
    return try Output(
      files, printsResult: json,
      inputs: [planArguments.plan, model.reference.path, loadArguments.arrivals].compactMap(\.self),
      isForced: force)
  }

  private func options(for simulator: Simulator) throws(PartitionError) -> SimulationOptions {
    let openRate = slo.map { _ in min(RateSearch.highestTriedRate, simulator.bounds.saturatedRate) / 2 }
    var options = SimulationOptions(load: try loadArguments.load(openRate: openRate))
    if let requests { options.requests = requests }
    options.growsWithLoad = requests == nil
    options.replications = replications
    options.precision = interval?.value
    options.warmUp = warmUp.map { .requests($0) } ?? .detected
    options.seed = seed
    options.threads = threads
    options.failures = fail
    if let availability { options.requirements.availability = availability.value }
    variation.apply(to: &options)
    return options
  }
}

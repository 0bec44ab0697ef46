import ArgumentParser
import Partitioner

/// What varies from batch to batch, and who is served first.
struct VariationOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Of service times: none, exponential, uniform:SPREAD, lognormal:VARIATION, or a bare variation.",
      valueName: "jitter"))
  var jitter: JitterArgument?

  @Option(
    help: ArgumentHelp(
      "Look-ups of a batch: fixed, poisson, geometric or lognormal:VARIATION; of one table with TABLE= in front. May be "
        + "repeated.", valueName: "distribution"))
  var lookups: [LookupsArgument] = []

  @Option(
    help: ArgumentHelp(
      "Sequence lengths, uniform or always the same, and the one that was planned for: MIN-MAX:PLANNED or LENGTH:PLANNED.",
      valueName: "lengths"))
  var lengths: LengthsArgument?

  @Option(
    help: ArgumentHelp(
      "Requests come in N parts of a batch: wait up to a time for N of them, and run them as one batch: N:TIME. Rates then "
        + "count requests.", valueName: "window"),
    transform: BatchingWindow.read)
  var window: BatchingWindow?

  @Option(help: "How a link serves transfers that overlap.")
  var linkSharing = SimulationOptions.LinkSharing.inOrder

  @Option(help: "Who is served next at a resource.")
  var queueing = SimulationOptions.Queueing.oldestRequest

  @Option(help: "Which replica a batch goes to.")
  var dispatch = SimulationOptions.Dispatch.roundRobin

  func validate() throws {
    let tables = lookups.map(\.table)
    if let twice = tables.indices.first(where: { tables[..<$0].contains(tables[$0]) }) {
      let which = tables[twice].map { "of table '\($0)'" } ?? "of all tables"
      throw ValidationError("--lookups \(which) is given twice; give it once")
    }
  }

  /// Said where look-ups are to vary and none can: their mean stays what the plan counts with, and no more are drawn than are padded to.
  ///
  /// - Parameter options: With what ``apply(to:)`` makes of them.
  func warning(_ program: ExecutionProgram, _ options: SimulationOptions) -> String? {
    let tables = program.tables.filter { (options.lookupsByTable[$0.name] ?? options.lookups) != .fixed }
    let isAsked = options.lookups != .fixed || options.lookupsByTable.values.contains { $0 != .fixed }
    guard isAsked, !tables.contains(where: { Double($0.maximumLookups) > $0.averageLookups }) else {
      return nil
    }
    return "warning: --lookups has no effect: "
      + (tables.isEmpty
        ? "the plan has no such table" : "no such table is padded to more look-ups than it has on average")
  }

  func apply(to options: inout SimulationOptions) {
    if let jitter { options.jitter = jitter.jitter }
    for argument in lookups {
      if let table = argument.table {
        options.lookupsByTable[table] = argument.distribution
      } else {
        options.lookups = argument.distribution
      }
    }
    options.lengths = lengths?.model
    options.batching = window
    options.linkSharing = linkSharing
    options.queueing = queueing
    options.dispatch = dispatch
  }
}

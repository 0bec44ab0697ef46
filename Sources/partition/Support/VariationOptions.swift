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
      "Look-ups of a batch: fixed, poisson, geometric or lognormal:VARIATION.", valueName: "distribution"))
  var lookups: LookupsArgument?

  @Option(
    help: ArgumentHelp(
      "Sequence lengths, uniform, and the one that was planned for: MIN-MAX:PLANNED.", valueName: "lengths"))
  var lengths: LengthsArgument?

  @Option(
    help: ArgumentHelp(
      "Wait up to a time for up to N batches and run them as one: N:TIME.", valueName: "window"))
  var window: WindowArgument?

  @Option(help: "How a link serves transfers that overlap.")
  var linkSharing = SimulationOptions.LinkSharing.inOrder

  @Option(help: "Who is served next at a resource.")
  var queueing = SimulationOptions.Queueing.arrivalOrder

  @Option(help: "Which replica a batch goes to.")
  var dispatch = SimulationOptions.Dispatch.roundRobin

  func apply(to options: inout SimulationOptions) {
    if let jitter { options.jitter = jitter.jitter }
    if let lookups { options.lookups = lookups.distribution }
    options.lengths = lengths?.model
    options.batching = window?.window
    options.linkSharing = linkSharing
    options.queueing = queueing
    options.dispatch = dispatch
  }
}

import ArgumentParser
import Partitioner

/// Decisions that a plan is to do without, to see what they are worth.
struct LeverArguments: ParsableArguments {
  @Flag(help: "Keep operators that every card can run off the host.")
  var noNetSplit = false

  @Flag(help: "Copy no operator or table to every card.")
  var noCopies = false

  @Flag(help: "Keep every table in one piece.")
  var noSplit = false

  @Flag(help: "Form no groups of cards that each hold the whole plan.")
  var noGroups = false

  @Flag(help: "Set no cores of a card apart for look-ups.")
  var noCores = false

  @Flag(help: "Keep every operator in one piece.")
  var noCut = false

  @Flag(help: "Send index tensors with their padding.")
  var noPartialTransfers = false

  @Flag(help: "Send each tensor in a command of its own.")
  var noCommandBatching = false

  @Flag(help: "Send what goes from card to card through the host.")
  var noPeerToPeer = false

  @Flag(help: "Keep activations between products in 8 bits in fp16.")
  var noNarrowActivations = false

  var without: Set<Lever> {
    let flags: [(Lever, Bool)] = [
      (.netSplit, noNetSplit), (.copies, noCopies), (.split, noSplit), (.groups, noGroups), (.cores, noCores),
      (.cut, noCut), (.partialTransfers, noPartialTransfers), (.commandBatching, noCommandBatching),
      (.peerToPeer, noPeerToPeer),
      (.narrowActivations, noNarrowActivations),
    ]
    return Set(flags.filter(\.1).map(\.0))
  }
}

import ArgumentParser
import Partitioner

/// The smallest machine that serves a rate.
struct SizingArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --fewest-cards or --price: batches a second that the plan must serve, simulated, within the latency budget.",
      valueName: "batches"))
  var rate: Double?

  @Flag(help: "Plan on as few cards as serve --rate, and say what is known of fewer.")
  var fewestCards = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Price of the host, of a card, or of cards of a model, in any one currency: plan on the cheapest machine that serves "
        + "--rate. May be repeated.", valueName: "host|card|model=price"),
    transform: PriceArgument.init(argument:))
  var price: [PriceArgument] = []

  @Option(
    help: ArgumentHelp(
      "With --rate, in place of --system: built-in systems or files to choose from, with any mixture of each one's cards.",
      valueName: "list"), transform: SweepAxes.words)
  var systems: [String] = []

  func validate() throws {
    let choices = [
      ("--fewest-cards", fewestCards), ("--price", !price.isEmpty), ("--systems", !systems.isEmpty),
    ]
    guard let rate else {
      if let given = choices.first(where: \.1) { throw ValidationError("\(given.0) needs --rate") }
      return
    }
    if !(rate > 0) { throw ValidationError("--rate is \(rate); give batches a second above 0") }
    if !fewestCards, price.isEmpty {
      throw ValidationError("--rate has no effect without --fewest-cards or --price")
    }
    if fewestCards, !price.isEmpty {
      throw ValidationError("--fewest-cards and --price are given; give one of them")
    }
    try PriceArgument.checkNames(price)
  }

  /// The question; `nil` for none.
  func options(among systems: [System]) -> SizingOptions? {
    rate.map {
      SizingOptions(
        ratePerSecond: $0, prices: price.isEmpty ? nil : MachinePrices(PriceArgument.byName(price)),
        alternatives: systems)
    }
  }
}

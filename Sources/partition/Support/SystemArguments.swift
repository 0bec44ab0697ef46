import ArgumentParser
import Partitioner

/// The machine, and figures of it that are varied.
struct SystemArguments: ParsableArguments {
  @Option(help: "A built-in system (see `partition systems`) or the file of one; default: six NNP-I cards.")
  var system: String?

  @Option(
    parsing: .unconditional,
    help: "Number of cards, 0 to 1024, in place of the system's own; 0 leaves the host alone.")
  var cards: Int?

  @OptionGroup var figures: FigureArguments

  /// - Parameter name: `nil` for the system that was named.
  func load(_ name: String? = nil) throws(PartitionError) -> System {
    try Partitioner.system(named: name ?? system, cards: cards, changes: figures.changes)
  }
}

/// Figures of a system's description that are varied.
struct FigureArguments: ParsableArguments {
  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Another value for one figure, by its path in `partition systems NAME`; card.FIGURE is that of every card. May be "
        + "repeated.", valueName: "path=value"),
    transform: FigureChange.read)
  var changes: [FigureChange] = []
}

extension FigureChange {
  @Sendable fileprivate static func read(_ text: String) throws -> FigureChange {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw ValidationError("'\(text)' is not of the form PATH=VALUE")
    }
    return FigureChange(path: String(text[..<equals]), value: String(text[text.index(after: equals)...]))
  }
}

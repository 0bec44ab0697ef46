/// Where the figures of a graph are known to be too low: operators whose arithmetic or bytes could not be counted.
public struct IncompleteFigures: Sendable, Hashable {
  /// Operators that count too little.
  public let operators: Int
  /// Of so many.
  public let total: Int
  /// Operators that nothing in front of them explains, in graph order: where knowledge ends.
  public let sources: [OperatorID]

  private let names: [String]

  /// `nil` where everything is counted.
  public init?(_ graph: Graph) {
    var count = 0
    var sources: [OperatorID] = []
    for (index, node) in graph.operators.enumerated() where node.work.isIncomplete {
      count += 1
      let isBehind = node.inputs.contains { input in
        input.flatMap { graph[$0].producer }.map { graph[$0].work.isIncomplete } ?? false
      }
      if !isBehind { sources.append(OperatorID(index)) }
    }
    guard count > 0 else { return nil }
    operators = count
    total = graph.operators.count
    self.sources = sources
    names = sources.prefix(Self.shown).map {
      "'\(NameText.shown(graph[$0].name))' (\(NameText.shown(graph[$0].qualifiedType)))"
    }
  }

  private static let shown = 3

  /// One sentence without a full stop.
  public var sentence: String {
    let more = sources.count > names.count ? " and \(sources.count - names.count) more" : ""
    return "figures are incomplete: \(operators) of \(total) operators count too little, from "
      + names.joined(separator: ", ") + more + " on; see the findings of inspect"
  }
}

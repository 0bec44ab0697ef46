import Hardware

/// The question for the cheapest machine, or that of the fewest cards, that serves a rate.
public struct SizingOptions: Sendable {
  /// Requests, that is batches, a second; above 0.
  public var ratePerSecond: Double
  /// Of hosts and cards; `nil` counts cards.
  public var prices: MachinePrices?
  /// Systems that may be taken in place of the one that is planned on.
  public var alternatives: [System]

  public init(ratePerSecond: Double, prices: MachinePrices? = nil, alternatives: [System] = []) {
    self.ratePerSecond = ratePerSecond
    self.prices = prices
    self.alternatives = alternatives
  }

  /// What is wrong with the question about a system.
  func problems(on system: System, options: PlanOptions) -> [String] {
    var problems: [String] = []
    if !(ratePerSecond > 0 && ratePerSecond.isFinite) {
      problems.append("the rate is \(ratePerSecond); give requests a second above 0")
    }
    if options.objective != .throughput {
      problems.append(
        "the smallest machine for a rate is sought for throughput, not for \(options.objective.rawValue)")
    }
    if !alternatives.isEmpty {
      if !options.measured.isEmpty || !options.compiler.isEmpty {
        problems.append("measured costs and a compiler's answers are of one system; give no other")
      }
      if options.start != nil { problems.append("a plan to begin from is of one system; give no other") }
    }
    guard let prices else { return problems }
    problems += prices.problems
    let systems = [system] + alternatives
    let models = systems.flatMap(\.cards).reduce(into: [String]()) {
      if !$0.contains($1.model) { $0.append($1.model) }
    }
    for name in prices.unknownNames(in: systems) {
      problems.append(
        "a price is given for '\(name)', which no machine has; its parts are host, \(models.joined(separator: ", "))"
      )
    }
    let free = systems.flatMap(\.cards).first { prices.price(of: $0) == nil }
    if let free { problems.append("there is no price of a \(free.model); give one of it, or of any card") }
    return problems
  }
}

/// Raises the bound of a throughput problem by ``CutBranching`` at thresholds between the bound and the incumbent.
///
/// The incumbent itself is tried first, beside the middle; what stays open is narrowed towards the bound, two
/// thresholds at a time. An assignment that the branching finds below the incumbent is offered too, so that together
/// with a refutation the search is exact where memory and order do not bind.
struct CutProof: SearchStep {
  let name = StepName.cutBranching
  /// Pairs of thresholds to try at most.
  var rounds = 8
  /// Nodes a threshold may take, times items.
  var nodeWork = 400_000
  /// The same for a first try, which is quick where cuts suffice.
  static let firstNodeWork = 40_000
  /// Models with more items get no bound from minimum cuts.
  fileprivate static let largestModel = 1_500
  /// Part of the objective that thresholds are not told apart by.
  private static let resolution = 5e-4

  /// The bound of single items, before any search.
  struct Root: SearchStep {
    let name = StepName.minimumCuts

    func applies(to context: GraphContext) -> Bool {
      !context.isContiguous && context.model.itemCount <= CutProof.largestModel
    }

    func run(_ context: GraphContext, within clock: SearchClock) {
      guard var branching = CutBranching(context.model, context.prices) else { return }
      context.incumbent.raise(branching.rootBound(shouldStop: clock.spend), by: name)
    }
  }

  func applies(to context: GraphContext) -> Bool {
    context.incumbent.assignment != nil && context.model.itemCount <= Self.largestModel
  }

  func run(_ context: GraphContext, within clock: SearchClock) {
    let (model, incumbent) = (context.model, context.incumbent)
    guard let branching = CutBranching(model, context.prices) else { return }
    let nodeLimit = min(20_000, max(20, nodeWork / model.itemCount))
    // Thresholds at or above this were tried in vain.
    var untried = Double.infinity
    for _ in 0..<rounds {
      if context.isOver { return }
      let (bound, objective) = (incumbent.bound, incumbent.objective)
      // Above the gap by more than what rounding takes off a bound, so that a refutation ends the search.
      let top = min(objective, objective * (1 - incumbent.gap) * (1 + 1e-9))
      let span = min(top, untried) - bound
      guard span > Self.resolution * objective else { return }
      let thresholds = top < untried ? [bound + span / 2, top] : [1, 2].map { bound + span * $0 / 3 }
      let results = clock.map(count: 2, threads: incumbent.options.threads) { index, clock in
        var search = branching
        let verdict = search.search(
          below: thresholds[index], nodeLimit: nodeLimit, shouldStop: clock.spend)
        return (verdict: verdict, nodes: search.nodes)
      }
      for (threshold, result) in zip(thresholds, results) {
        incumbent.nodes += result.nodes
        switch result.verdict {
        case .refuted: incumbent.raise(threshold, by: name)
        case .found(let homes):
          // Memory or order may forbid it; then this threshold cannot be refuted this way.
          if !incumbent.offer(model.assignment(homes: homes)) { untried = min(untried, threshold) }
        case .open: untried = min(untried, threshold)
        }
      }
    }
  }
}

/// Raises the bound of a throughput problem by ``CutBranching`` at thresholds between the bound and the incumbent.
///
/// The incumbent itself is tried first, beside the middle; what stays open is narrowed towards the bound, two
/// thresholds at a time. An assignment that the branching finds below the incumbent is offered too, so that together
/// with a refutation the search is exact where memory and order do not bind.
enum CutProof {
  static let rounds = 8
  /// Nodes a threshold may take, times items.
  static let nodeWork = 400_000
  /// The same for a first try, which is quick where cuts suffice.
  static let firstNodeWork = 40_000
  /// Part of all time and work that the bounds of single items may take.
  static let rootShare = 0.15

  /// The bound of single items, before any search.
  static func root(_ model: GraphModel, _ prices: CapacityPrices, _ state: inout GraphSearchState) {
    guard var branching = CutBranching(model, prices) else { return }
    let clock = state.clock
    let bound = branching.rootBound(shouldStop: clock.part(rootShare).spend)
    state.raise(bound, provedBy: "minimum cuts")
  }

  /// - Parameters:
  ///   - rounds: pairs of thresholds to try at most.
  ///   - nodeWork: nodes a threshold may take, times items.
  static func run(
    _ model: GraphModel, _ prices: CapacityPrices, rounds: Int = Self.rounds, nodeWork: Int = Self.nodeWork,
    _ state: inout GraphSearchState
  ) {
    guard let branching = CutBranching(model, prices), state.assignment != nil else { return }
    let clock = state.clock
    let nodeLimit = min(20_000, max(20, nodeWork / model.itemCount))
    // Thresholds at or above this were tried in vain.
    var untried = Double.infinity
    for _ in 0..<rounds {
      if state.isDone || state.shouldStop { return }
      // Above the gap by more than what rounding takes off a bound, so that a refutation ends the search.
      let top = min(state.objective, state.objective * (1 - state.options.gap) * (1 + 1e-9))
      let span = min(top, untried) - state.bound
      guard span > 5e-4 * state.objective else { return }
      let thresholds =
        top < untried ? [state.bound + span / 2, top] : [1, 2].map { state.bound + span * $0 / 3 }
      let results = clock.map(count: 2, threads: state.options.threads) { index, clock in
        var search = branching
        let verdict = search.search(
          below: thresholds[index], nodeLimit: nodeLimit, shouldStop: clock.spend)
        return (verdict: verdict, nodes: search.nodes)
      }
      for (threshold, result) in zip(thresholds, results) {
        state.nodes += result.nodes
        switch result.verdict {
        case .refuted: state.raise(threshold, provedBy: "branching on minimum cuts")
        case .found(let homes):
          // Memory or order may forbid it; then this threshold cannot be refuted this way.
          if !state.offer(model.assignment(homes: homes)) { untried = min(untried, threshold) }
        case .open: untried = min(untried, threshold)
        }
      }
    }
  }
}

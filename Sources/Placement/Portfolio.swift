/// Who runs when, and why: the order of attack of every engine, from the cheap to the expensive.
///
/// A new bound, heuristic or exact search is a ``SearchStep`` in a file of its own and a line here. Stages run while the gap is
/// open and there is time and work left, except those that run `.always`.
enum Portfolio {
  // MARK: Packings: problems without nets, as tables on cards

  /// Bounds from which everything else takes its goal, prices and fractions. A plan at once stands before them where few large
  /// units meet many devices: on few devices the relaxation's rounding is as quick, and better.
  static let packingBounds: [Stage<PackingContext>] = [
    .init(BaseLoads(), .always),
    .init(LargestUnit(), .always),
    .init(SplitLadder.Step(), .always, for: .search, share: 0.1),
    .init(FilteredBound.Step(), .always),
    .init(LatticeBound.Step(), .always),
  ]

  /// What proves a bound in earnest where no assignment is wanted.
  static let packingProof: [Stage<PackingContext>] = [
    .init(AggregatedProgram.Step(), .always)
  ]

  /// Packings towards the bound and bounds towards the packings in turns, each longer than the one before. Enumeration comes
  /// early and ever deeper where the problem is so small that it can get anywhere.
  static let packingSearch: [Stage<PackingContext>] = [
    .init(PackingDescent.Opening(), .always),
    .init(PackingDescent.Step(steps: 4)),
    .init(PackingTree.Step(nodes: 20_000)),
    .init(PinnedStepBound.Step(), for: [.thorough], share: 0.25),
    .init(PackingDescent.Step(steps: 600, onFewDevices: true)),
    .init(PieceCountBound.Step()),
    .init(PackingTree.Step(nodes: 300_000)),
    .init(PackingDescent.Step(rounds: 40, steps: 3000, fresh: false), for: [.thorough]),
    .init(PieceCountBound.Step(), for: [.thorough]),
    .init(PackingTree.Step(nodes: 4_000_000), for: [.thorough]),
  ]

  /// The second objective, once the first is settled.
  static let packingPolish: [Stage<PackingContext>] = [
    .init(PenaltyPolish.Step(), .always)
  ]

  // MARK: Graphs: single shards with nets between them

  /// Bounds of single items and prices; then all assignments, where they are few.
  static let throughputBounds: [Stage<GraphContext>] = [
    .init(CapacityPrices.Step(), .always),
    .init(ItemBound(), .always),
    .init(ExactSearch.Step(), .always),
  ]

  /// Plans from dynamic programs. Over all down-sets that is exact for contiguous plans.
  static let throughputPlans: [Stage<GraphContext>] = [
    .init(OrderCuts()),
    .init(DownSets()),
  ]

  /// Local search between bounds. With a plan at hand the packing can wait, since parts may prove the plan without it; at the
  /// root minimum cuts are cheap, and run whatever the packing proved.
  static let throughputSearch: [Stage<GraphContext>] = [
    .init(PackingBound(waitsForParts: true)),
    .init(CutProof.Root(), .always, share: 0.15),
    .init(FreeSearch()),
    .init(PackingBound(waitsForParts: false)),
    .init(CutProof(rounds: 1, nodeWork: CutProof.firstNodeWork), for: [.thorough]),
    .init(PartProof.Step(), for: [.thorough]),
    .init(CutProof(), for: [.thorough]),
  ]

  /// The latency of one batch: bounds by paths, plans of one device after the other, then annealing from the best.
  static let latency: [Stage<GraphContext>] = [
    .init(ExactSearch.Step(), .always),
    .init(LatencyBound(), .always),
    .init(LatencyPathBound.Step(), .always),
    .init(SerialPlans()),
    .init(LatencySearch()),
  ]

  // MARK: Net-splits: the host, and the cards taken as one

  static let splitStart: [Stage<SplitContext>] = [
    .init(OneDevicePlans(), .always)
  ]

  /// Before, and often in place of, a program that would take longer than there is.
  static let largeSplit: [Stage<SplitContext>] = [
    .init(RelaxedPacking(), .always),
    .init(SplitCuts.Step(), share: 0.3),
    .init(SplitDescent.Step(), share: 0.3),
  ]

  /// The integer program is exact; where the time ends it, a packing bounds at least. Among plans within the gap the one with the
  /// least work in all is the answer.
  static let split: [Stage<SplitContext>] = [
    .init(NetSplitProgram.Step(), .always),
    .init(RelaxedPacking(), .always),
    .init(SplitPolish(), .always),
  ]

  /// For a weighted sum of loads, in place of a program that would take too long.
  static let blendCuts: [Stage<SplitContext>] = [
    .init(OneDevicePlans(), .always),
    .init(SplitCuts.Step(), .always),
  ]

  // MARK: Rules: units to keep apart or limited in number, around the engine of the rest

  static let ruleBounds: [Stage<RuledContext>] = [
    .init(RulePigeonhole(), .always),
    .init(RelaxedRules(), .always, share: 0.5),
  ]

  static let ruleCounts: [Stage<RuledContext>] = [
    .init(CountLanes.Step(), .always, share: 0.5)
  ]

  /// The first two leave work for the annealing, which has a plan at once where most branches have none.
  static let ruleSearch: [Stage<RuledContext>] = [
    .init(RuledEnumeration.Step(), .always, share: 0.2),
    .init(PinnedRules(), .always, share: 0.2),
    .init(RuledAnnealing.Step()),
  ]
}

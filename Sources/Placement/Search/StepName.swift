/// What a step of a search is called where it is cited: in certificates, reports and plans.
///
/// The raw values are the words that are printed. A step that proves in two ways has a name for each. Every step says in
/// its own file what it does, why it is valid and whom it is from.
public enum StepName: String, Sendable, Hashable, Codable, CaseIterable, CustomStringConvertible {
  /// No step: loads are not negative, so 0 is a bound of any problem.
  case nothing
  /// The caller has proven ``SearchOptions/knownBound`` in another way.
  case callersBound = "the caller's bound"

  // MARK: Packings: problems without nets

  /// Some unit has no option that any device has room for.
  case unitFit = "a unit fits nowhere"
  /// What devices bear in any case.
  case baseLoads = "base loads"
  /// The cheapest way to place the most expensive unit alone.
  case largestUnit = "largest unit"
  /// Lagrangian relaxation over whole classes of devices: ``AggregatedBound``, ``FilteredBound``.
  case aggregatedLP = "aggregated LP"
  /// The same relaxation shows that the memory of whole classes cannot hold the units.
  case classMemory = "memory of whole classes"
  /// Loads that are multiples of one amount: ``LatticeBound``.
  case loadLattice = "aggregated LP on a lattice of loads"
  /// The relaxation with whole options: ``AggregatedProgram``.
  case aggregatedProgram = "aggregated integer program"
  /// Large pieces that are too many for the devices: ``PinnedStepBound``.
  case largePieces = "room for large pieces"
  /// Levels that so many pieces can have: ``PieceCountBound``.
  case pieceCounts = "levels by number of pieces"
  /// Every packing of a small problem below the incumbent: ``PackingTree``.
  case branchAndBound = "branch and bound"
  /// Greedy packings with ever more units split: ``SplitLadder``.
  case splitLadder = "greedy packings of split units"
  /// Greedy packings near the relaxation: ``PackingDescent``.
  case greedyPackings = "greedy packings near the relaxation"
  /// Iterated local search towards falling goals: ``PackingDescent``.
  case packingDescent = "local search towards falling goals"
  /// Less penalty at the same bottleneck: ``PenaltyPolish``.
  case penaltyPolish = "penalty at the same bottleneck"

  // MARK: Graphs: single shards with nets between them

  /// Prices of lanes and memory: ``CapacityPrices``.
  case capacityPrices = "capacity prices"
  /// Every assignment of a small problem: ``ExactSearch``, ``RuledEnumeration``.
  case enumeration
  /// Best cuts of topological orders: ``OrderCuts``.
  case orderCuts = "dynamic program along orders"
  /// Best cuts of all down-sets, which is exact: ``DownSets``.
  case downSets = "dynamic program over down-sets"
  /// The same on the least load of every mode.
  case relaxedDownSets = "dynamic program over down-sets, relaxed"
  /// Units of which a device holds few: ``CountingBound``.
  case largeUnitCount = "counting of large units"
  /// The problem without its nets, as a packing: ``PackingBound``, ``RelaxedPacking``.
  case packing = "packing without transfers"
  /// What an item and its transfers cost at least: ``CutBranching``.
  case minimumCuts = "minimum cuts"
  /// Branching on such cuts: ``CutProof``.
  case cutBranching = "branching on minimum cuts"
  /// Column generation over what one device can hold: ``PartProof``.
  case partValues = "values of parts"
  /// Simulated annealing of loads: ``FreeSearch``.
  case loadAnnealing = "annealing of loads"

  // MARK: Latency of one batch

  /// The longest way through the nets: ``LatencyBound``.
  case longestPath = "longest path"
  /// The same, with the memory of devices: ``LatencyPathBound``.
  case pathWithMemory = "path with memory"
  /// Plans of one device after the other: ``SerialPlans``.
  case serialPlans = "dynamic program of serial plans"
  /// Simulated annealing of the latency: ``LatencySearch``.
  case latencyAnnealing = "annealing of the latency"

  // MARK: Net-splits: two devices

  /// All units on one device: ``OneDevicePlans``.
  case oneDevice = "everything on one device"
  /// Lagrangian relaxation by minimum cuts: ``SplitCuts``.
  case cutsAtPrices = "minimum cuts at prices"
  /// Local search along the nets: ``SplitDescent``.
  case splitDescent = "annealing of stretches"
  /// Branch and cut: ``NetSplitProgram``.
  case netSplitProgram = "net-split integer program"
  /// Its linear relaxation alone, where that is enough for the caller.
  case netSplitRelaxation = "net-split linear relaxation"
  /// No assignment keeps the limit of stages: ``SplitScope``.
  case stageLimit = "limit of stages"
  /// Less work in all within the gap: ``SplitPolish``.
  case splitPolish = "least work within the gap"

  // MARK: Rules: units to keep apart or limited in number

  /// More units than places: ``RulePigeonhole``.
  case pigeonhole = "counting of ruled units"
  /// The problem without its rules, by the engine that it belongs to: ``RelaxedRules``.
  case relaxedRules = "the problem without its rules"
  /// Limits of number as loads of that problem: ``CountLanes``.
  case countLanes = "limits of number in the relaxation"
  /// That problem with units to keep apart on devices of their own: ``PinnedRules``.
  case pinnedRules = "units apart on fixed devices"
  /// Simulated annealing under rules: ``RuledAnnealing``.
  case ruledAnnealing = "annealing under rules"

  public var description: String { rawValue }
}

import CostModel
import Hardware
import Placement
import Plan
import Rules
import Solvers

/// What to optimise and how hard to search.
public struct PlanOptions: Sendable {
  public var objective: PlanObjective
  /// Milliseconds; `nil` takes the model's own budget, `.infinity` ignores it.
  public var latencyBudgetMilliseconds: Double?
  /// Stop at this proven relative gap.
  public var gap: Double
  /// Wall-clock seconds of the whole planning call.
  public var timeLimitSeconds: Double?
  /// Work of the whole planning call, counted so that it ends in the same place everywhere; `nil` for the standard budget of
  /// about ten seconds, or for no limit where there is one of time.
  public var work: WorkBudget?
  /// Of the matrix engines on the cards.
  public var precision: Precision
  /// Allowed for embedding tables, best liked first.
  public var tablePrecisions: [Precision]
  /// Decisions that are left out, to see what they are worth.
  public var without: Set<Lever>
  /// Whether tables may be split by rows or columns.
  public var allowsSplits: Bool {
    get { !without.contains(.split) }
    set { if newValue { without.remove(.split) } else { without.insert(.split) } }
  }
  /// Requests that may hold activations on a card at the same time; `nil` for ``usualRequestsInFlight``, or the next half
  /// of it that has a plan.
  public var requestsInFlight: Int?
  /// Whether operators may be cut over cards that act as one.
  public var teams: TeamChoice
  public var threads: Int
  public var seed: UInt64
  /// Of linear and integer programs.
  public var solver: SolverName
  /// The user's own, about operators, embedding tables and devices; see `PlanRules`.
  public var rules: PlacementRules
  /// Costs that were measured, in place of the model's: see ``Partitioner/apply(_:to:on:precision:)``.
  public var measured: MeasuredCosts
  /// What a compiler runs and fuses: see ``Partitioner/ask(_:about:on:options:)``.
  public var compiler: CompilerFacts
  /// The most that tables and layers may lose: see `TableErrors` and `LayerErrors`; `nil` for any amount.
  public var accuracyBudget: AccuracyLimit?
  /// What tables lose where it is not assumed from width and bits: see ``Partitioner/errors(of:path:)``.
  public var tableErrors: [TableErrors.Known]
  /// A placement to begin with: see ``Partitioner/startingPlacement(_:for:on:options:)``.
  public var start: ModelPlacement?
  /// The hot rows of tables that ``start`` has apart from the others; `nil` where it has tables as the model has them.
  public var startHot: [HotPart]?
  /// How the plan is held against the errors of its costs (`CostErrors`), which plans for four draws of them as well;
  /// `nil` for not at all.
  public var uncertainty: UncertaintyOptions?
  /// The smallest machine that serves a rate is sought, in place of a plan on all of the system; `nil` for not at all.
  public var sizing: SizingOptions?
  /// How look-ups are spread over the rows of tables: hot rows on chip read no DRAM; `nil` for what the model's sheet states.
  public var access: TableAccess?
  /// Whether tables may be split in hot and cold rows, where ``access`` or a sheet says which are.
  public var splitsByHeat = true
  /// Operators whose matrix work on cards is in another precision; see ``keep(_:in:)``.
  public var kept: [KeptPrecision] = []
  /// What operators with matrix work that are not ``kept`` may be in on cards, best liked first: which of them is in which is then
  /// a decision. Empty for ``precision`` alone, or with an accuracy budget for that and the wider ones that cards have.
  public var layerPrecisions: [LayerPrecision] = []
  /// What layers lose where it is not assumed from shapes and bits: see ``Partitioner/errors(of:path:)``.
  public var layerErrors: [LayerErrors.Known] = []
  /// What they are in, where that is no decision but another plan's; `nil` where there is none.
  package var toldLayers: [PlanDocument.LayerEntry]?

  /// Whether it is worked out what would help where there is no plan.
  var explainsFailure = true

  /// On NNP-I, 24 beat 10 by 30 % (Glow's NNPI backend).
  public static let usualRequestsInFlight = 24

  public init(
    objective: PlanObjective = .throughput, latencyBudgetMilliseconds: Double? = nil,
    gap: Double = 0.01, timeLimitSeconds: Double? = nil, work: WorkBudget? = nil,
    precision: Precision = .int8,
    tablePrecisions: [Precision] = [.int8, .int4], allowsSplits: Bool = true,
    requestsInFlight: Int? = nil, teams: TeamChoice = .planned, threads: Int = 2, seed: UInt64 = 1,
    solver: SolverName = .standard,
    rules: PlacementRules = PlacementRules(), start: ModelPlacement? = nil,
    measured: MeasuredCosts = MeasuredCosts(), without: Set<Lever> = [],
    compiler: CompilerFacts = CompilerFacts(),
    uncertainty: UncertaintyOptions? = nil,
    accuracyBudget: AccuracyLimit? = nil, tableErrors: [TableErrors.Known] = [],
    sizing: SizingOptions? = nil, access: TableAccess? = nil
  ) {
    self.objective = objective
    self.latencyBudgetMilliseconds = latencyBudgetMilliseconds
    self.gap = gap
    self.timeLimitSeconds = timeLimitSeconds
    self.work = work
    self.precision = precision
    self.tablePrecisions = tablePrecisions
    self.without = allowsSplits ? without : without.union([.split])
    self.requestsInFlight = requestsInFlight
    self.teams = teams
    self.threads = threads
    self.seed = seed
    self.solver = solver
    self.rules = rules
    self.start = start
    self.measured = measured
    self.compiler = compiler
    self.uncertainty = uncertainty
    self.accuracyBudget = accuracyBudget
    self.tableErrors = tableErrors
    self.sizing = sizing
    self.access = access
  }

  /// The same without what belongs to one size of a model: measured costs, a compiler's answers and a start.
  var ofAnySize: PlanOptions {
    var options = self
    (options.start, options.measured, options.compiler) = (nil, MeasuredCosts(), CompilerFacts())
    return options
  }
}

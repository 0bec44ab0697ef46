import Modeling

/// One way to attack a problem: a bound, a heuristic or an exact search.
///
/// A step reads what the steps before it left in the context and offers its own to the context's ``Incumbent``. It counts its
/// work on the clock it is given and ends soon after that is over. Which steps run, when and why is ``Portfolio``'s to say.
protocol SearchStep<Context>: Sendable {
  associatedtype Context: SearchContext
  /// What certificates cite.
  var name: StepName { get }
  /// Whether the step can do anything here.
  func applies(to context: Context) -> Bool
  /// - Throws: when the solver refuses a linear program, which is a defect of the step.
  func run(_ context: Context, within clock: SearchClock) throws(ProgramError)
}

extension SearchStep {
  func applies(to context: Context) -> Bool { true }
}

/// A problem compiled for the steps of one engine, with what they have found.
protocol SearchContext: AnyObject {
  var incumbent: Incumbent { get }
  /// Of the pass that is under way.
  var clock: SearchClock { get }
  /// Whether steps that are not to run in any case are passed over.
  var isOver: Bool { get }
}

extension SearchContext {
  var isOver: Bool { incumbent.isInfeasible || incumbent.isDone || clock.isOver }

  /// Runs the stages one after the other, until there is proven to be nothing to find.
  func play(_ stages: [Stage<Self>]) throws(ProgramError) {
    for stage in stages where stage.efforts.contains(incumbent.options.effort) {
      if incumbent.isInfeasible { return }
      if stage.moment == .whileOpen, isOver { continue }
      guard stage.step.applies(to: self) else { continue }
      try stage.step.run(self, within: stage.share.map(clock.part) ?? clock)
    }
  }
}

/// A step with its place in the order of attack.
struct Stage<Context: SearchContext> {
  enum Moment {
    /// Only while the gap is wider than asked for and there is time and work left.
    case whileOpen
    /// Also when it is not: the step is cheap, or ends by itself as soon as it has the least that is needed.
    case always
  }

  let step: any SearchStep<Context>
  let moment: Moment
  let efforts: Set<SearchOptions.Effort>
  /// Part of all time and work that the step may take; `nil` for what is left.
  let share: Double?

  init(
    _ step: any SearchStep<Context>, _ moment: Moment = .whileOpen,
    for efforts: Set<SearchOptions.Effort> = .all, share: Double? = nil
  ) {
    self.step = step
    self.moment = moment
    self.efforts = efforts
    self.share = share
  }
}

extension Set<SearchOptions.Effort> {
  static let all: Self = [.bound, .proof, .brief, .thorough]
  /// Those that end with an assignment.
  static let search: Self = [.brief, .thorough]
}

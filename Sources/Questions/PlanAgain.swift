import Partitioner
import Rules

/// The question that a plan answers, to be asked again with something changed.
struct PlanAgain: Sendable {
  let plan: PlanDocument
  let model: Model
  /// Of each solve.
  let work: WorkBudget
  let isCancelled: @Sendable () -> Bool
  /// The model at other lengths; `nil` for one length.
  let lengths: LengthLoader?

  /// - Parameter model: The plan's, whole or as planned.
  init(
    _ plan: PlanDocument, model: Model, work: WorkBudget, lengths: LengthLoader?,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.plan = plan
    self.model = model.asPlanned(in: plan)
    self.work = work
    self.lengths = lengths
    self.isCancelled = isCancelled
  }

  /// The same about one group of cards that is as fast as all of them together, in which rules can name cards; `nil` where the
  /// cards form one group, or no such question has the plan's figures. For latency one group alone, which has the latency of all.
  var ofOneGroup: PlanAgain? {
    guard let groups = plan.groups, groups > 1 else { return nil }
    let used = plan.cores.prefix { $0.isInUse }.count
    guard used > 0, used % groups == 0 else { return nil }
    var part = plan
    part.groups = nil
    part.system.cards = Array(part.system.cards.prefix(used))
    if plan.request.objective == .latency {
      part.system.cards = Array(part.system.cards.prefix(used / groups))
    } else {
      guard (plan.measured ?? []).isEmpty, let system = part.system.grouped(groups) else { return nil }
      part.system = system
    }
    part.cores = Array(part.cores.prefix(part.system.cards.count))
    return PlanAgain(part, model: model, work: work, lengths: lengths, isCancelled: isCancelled)
  }

  /// What comes of a change.
  enum Answer: Sendable {
    case plan(PlanDocument)
    /// Why there is none, in one line.
    case none(String)
  }

  /// The options that the plan was made with, as far as it records them.
  var options: PlanOptions {
    let request = plan.request
    var options = PlanOptions(
      objective: request.objective, latencyBudgetMilliseconds: request.latencyBudgetMilliseconds ?? .infinity,
      gap: request.requestedGap, work: work, precision: request.precision,
      // Questions change one thing, and teams are none.
      tablePrecisions: request.tablePrecisions, teams: .none,
      rules: PlacementRules(rules: request.rules ?? []),
      measured: (try? MeasuredCosts(plan.measured ?? [])) ?? MeasuredCosts(), without: request.leftOut,
      compiler: plan.compiler ?? CompilerFacts(),
      accuracyBudget: request.accuracyBudget.map { .error($0) }, tableErrors: plan.accuracy?.known ?? [],
      access: plan.access ?? TableAccess(usual: .none))
    options.kept = request.kept ?? []
    options.layerPrecisions = request.layerPrecisions ?? []
    options.layerErrors = plan.accuracy?.knownLayers ?? []
    return options
  }

  /// Plans with other options or another system, from the plan or from a start that is near it.
  ///
  /// - Parameters:
  ///   - start: in place of the plan itself.
  ///   - isStartOfSameModel: whether the search may begin with it.
  /// - Throws: what is no answer: wrong usage, a defect.
  func solve(
    on system: System? = nil, start: PlanDocument? = nil, isStartOfSameModel: Bool = true,
    _ change: (inout PlanOptions) -> Void = { _ in }
  ) throws(PartitionError) -> Answer {
    var options = options
    change(&options)
    let system = system ?? plan.system
    do throws(PartitionError) {
      if isStartOfSameModel {
        options.start = try Partitioner.startingPlacement(
          start ?? plan, for: model, on: system, options: options
        ).placement
      }
      guard let question = Partitioner.bucketQuestion(of: plan) else {
        return .plan(try Partitioner.plan(model, on: system, options: options, isCancelled: isCancelled))
      }
      guard let lengths else {
        throw PartitionError(
          .usage, "the plan has padding buckets, which need the model at other lengths; ask about one bucket")
      }
      return .plan(
        try Partitioner.plan(question, on: system, options: options, isCancelled: isCancelled) {
          length throws(PartitionError) in
          length == question.lengths.longest ? model : try lengths.model(at: length).asPlanned(in: plan)
        }.plan)
    } catch {
      guard error.kind == .infeasible || error.kind == .badInput else { throw error }
      return .none(error.problems.first?.split(separator: "\n").first.map(String.init) ?? "no plan exists")
    }
  }

  /// The objective of a plan: seconds, or joules; of a mean request.
  static func objective(_ plan: PlanDocument) -> Double { plan.meanObjective }

  /// How much less or more an objective is than the plan's, as a share of it; `nil` where it was 0.
  func change(of other: PlanDocument) -> Double? {
    let before = Self.objective(plan)
    return before > 0 ? (Self.objective(other) - before) / before : nil
  }
}

import CostModel
import Hardware
import Placement
import Plan

/// The largest size of a dimension, a context for instance, that a machine has a plan for.
public struct SizeSearch: Sendable {
  /// With the dimension at ``size``.
  public var model: Model
  public var plan: PlanDocument
  public var size: Int
  /// The least size that was tried and has no plan: the next one, or one that is larger by less than a thousandth. `nil` where
  /// the search ended at the largest that is tried.
  public var refusal: Refusal?

  /// Why a size has no plan.
  public struct Refusal: Sendable, Hashable {
    public var size: Int
    /// Whether there is none, or none was found.
    public var isProven: Bool
    public var reason: String
  }
}

extension Partitioner {
  /// Plans a model with the largest size of one of its dimensions that memory and the latency budget leave a plan for.
  ///
  /// Sizes are doubled until one has no plan, and the distance between the last two is halved until they are neighbours or less than
  /// a thousandth apart: where a size has no plan larger ones are taken to have none, since states, activations and times grow.
  /// While it looks, the first plan of a size is good enough, with a part of the work; that of the largest is sought as the options
  /// say.
  ///
  /// - Parameters:
  ///   - dimension: What the plan's notes call it.
  ///   - options: Those of each plan; measured costs, a compiler's answers and a start belong to one size and are left out.
  ///   - load: Loads the model with a size of the dimension.
  /// - Throws: `usage` where nothing in the model depends on the dimension, and what a size of 1 throws.
  public static func largest(
    _ dimension: String, on system: System, options: PlanOptions = PlanOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil,
    load: (Int) throws(PartitionError) -> Model
  ) throws(PartitionError) -> SizeSearch {
    let options = options.ofAnySize
    var quick = options
    (quick.gap, quick.uncertainty, quick.explainsFailure) = (quickGap, nil, false)
    if options.timeLimitSeconds == nil { quick.work = (options.work ?? .standard).part(quickWork) }
    func found(_ size: Int, _ options: PlanOptions) throws(PartitionError) -> SizeSearch {
      let model = try load(size)
      let plan = try plan(model, on: system, options: options, isCancelled: isCancelled, progress: progress)
      return SizeSearch(model: model, plan: plan, size: size)
    }
    if try load(1).graph.tensors == load(2).graph.tensors {
      throw PartitionError(
        .usage,
        "nothing in the model depends on \(dimension); give the dimension whose largest size is sought")
    }
    var first = quick
    first.explainsFailure = true
    var best = try found(1, first)
    var refusal: SizeSearch.Refusal?
    while !isCancelled(), best.size < mostSize, (refusal?.size ?? .max) - best.size > 1 + best.size / 1000 {
      let size = refusal.map { (best.size + $0.size) / 2 } ?? best.size * 2
      do throws(PartitionError) {
        best = try found(size, quick)
      } catch {
        // A model may have no such size at all.
        guard error.kind == .infeasible || error.kind == .badInput else { throw error }
        refusal = .init(
          size: size, isProven: error.isProven || error.kind == .badInput, reason: error.problems.first ?? "")
      }
    }
    // What was found at once stays where a longer search ends without a plan.
    do { best = try found(best.size, options) } catch {
      guard error.kind == .infeasible else { throw error }
    }
    best.refusal = refusal
    best.plan.notes.append(note(dimension, best, isWhole: !isCancelled()))
    return best
  }

  private static func note(_ dimension: String, _ found: SizeSearch, isWhole: Bool) -> String {
    let size = "\(dimension) \(found.size)"
    guard isWhole else { return "\(size) has a plan; the search for larger ones was ended" }
    guard let refusal = found.refusal else { return "\(size) has a plan, and larger ones are not tried" }
    return refusal.isProven
      ? "\(size) is the largest with a plan: \(refusal.size) has none: \(refusal.reason)"
      : "\(size) is the largest that a plan was found for; of \(refusal.size) it is not proven that there is none: \(refusal.reason)"
  }

  /// Tried at most.
  private static let mostSize = 1 << 24
  /// Any plan is within it.
  private static let quickGap = 0.99
  private static let quickWork = 0.05
}

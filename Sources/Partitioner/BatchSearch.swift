import Graph
import Hardware
import Placement
import Plan
import Rules

/// The batch with the most items a second within the latency budget.
public struct BatchSearch: Sendable {
  /// One size that was planned.
  public struct Trial: Sendable, Hashable {
    public var batch: Int
    /// At saturation; `nil` where there is no plan within the budget.
    public var itemsPerSecond: Double?
  }

  public var model: Model
  public var plan: PlanDocument
  public var batch: Int
  /// In the order in which they were planned.
  public var trials: [Trial]
}

extension Partitioner {
  /// Plans a model with batches of 1, 2, 4 ... items, as long as the latency budget leaves a plan, then with some between the best
  /// of them and its neighbours, and keeps that with the most items a second; of sizes that differ by less than the gap the first.
  ///
  /// - Parameters:
  ///   - load: Loads the model with a batch: see ``loadModel(path:dimensions:states:allowsUnknownSizes:)``.
  ///   - options: Those of each plan; measured costs, a compiler's answers and a start belong to one batch and are left out.
  /// - Throws: `usage` where neither options nor model have a latency budget, and what a batch of 1 throws.
  public static func batch(
    on system: System, options: PlanOptions = PlanOptions(),
    isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: (@Sendable (SearchOptions.Progress) -> Void)? = nil,
    load: (Int) throws(PartitionError) -> Model
  ) throws(PartitionError) -> BatchSearch {
    let options = options.ofAnySize
    var best: BatchSearch?
    var trials: [BatchSearch.Trial] = []
    var batch = 1
    /// Plans a size and keeps it where it is better; answers whether there is a plan.
    func attempt(_ batch: Int) throws(PartitionError) -> Bool {
      let model: Model
      let planned: PlanDocument
      do throws(PartitionError) {
        model = try load(batch)
        guard options.budget(for: model.graph) != nil else {
          throw PartitionError(
            .usage, "there is no latency budget, so the largest batch is best: give one (--latency-budget)")
        }
        planned = try plan(model, on: system, options: options, isCancelled: isCancelled, progress: progress)
      } catch {
        // What larger batches lack in memory or time, still larger ones lack as well.
        guard best != nil, error.kind == .infeasible else { throw error }
        trials.append(.init(batch: batch, itemsPerSecond: nil))
        return false
      }
      let rate = planned.predicted.throughputPerSecond * Double(batch)
      trials.append(.init(batch: batch, itemsPerSecond: rate))
      let known = best.map { $0.plan.predicted.throughputPerSecond * Double($0.batch) } ?? 0
      if rate > known * (1 + options.gap) {
        best = BatchSearch(model: model, plan: planned, batch: batch, trials: [])
      }
      return true
    }
    while batch <= mostItems, !isCancelled(), try attempt(batch) { batch *= 2 }
    // The best may lie on either side of the best power of two: halfway to the next ones, then half as far again.
    var step = (best?.batch ?? 0) / 2
    for _ in 0..<refinements where step > 0 {
      for size in [(best?.batch ?? 0) + step, (best?.batch ?? 0) - step] where !isCancelled() {
        if size > 0, size <= mostItems, !trials.contains(where: { $0.batch == size }) {
          _ = try attempt(size)
        }
      }
      step /= 2
    }
    guard var best else { throw PartitionError(.infeasible, "it was ended before the first plan") }
    best.trials = trials
    best.plan.notes.append("a batch of \(best.batch): " + trials.map(\.description).joined(separator: ", "))
    return best
  }

  private static let mostItems = 4096
  /// Rounds between powers of two.
  private static let refinements = 2
}

extension BatchSearch.Trial: CustomStringConvertible {
  public var description: String {
    itemsPerSecond.map { "\(batch) serves \($0.wholeText)/s" }
      ?? "\(batch) has no plan within the budget"
  }
}

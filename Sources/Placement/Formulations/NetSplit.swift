import Modeling

/// Solves problems of two devices exactly: the host, and the cards taken as one.
///
/// A replicated part loads every card alike, so a model that fits each card is split between two devices: the host,
/// and one that stands for all cards with their loads divided by their number. The program is ``NetSplitProgram``;
/// ``Portfolio`` says what comes before it and in its place.
///
/// Options and stages that no assignment within a known feasible bottleneck uses are ruled out (``SplitScope``). That keeps
/// the optimum, leaves a fraction of the variables, and makes the relaxation tight, because whatever stays on its device
/// makes its neighbours pay for crossing.
public enum NetSplit {
  /// Whether every option is one shard on one device, there are two devices, and any order is allowed. Stages are limited
  /// only where nets form no circle.
  public static func accepts(_ problem: Problem) -> Bool {
    problem.devices.count == 2 && problem.objective == .throughput && problem.order == .free
      && problem.units.allSatisfy { unit in
        (unit.colour == nil || problem.stages != nil) && !unit.options.isEmpty
          && unit.options.allSatisfy {
            $0.shards.count == 1 && $0.shards[0].count == 1 && $0.shards[0].devices.count == 1
          }
      }
      && (problem.stages == nil || UnitOrder(problem) != nil)
  }

  /// The earliest stage of every unit when units are on the given devices: even stages are device 0.
  ///
  /// - Returns: `nil` when the nets form a circle.
  public static func stages(of sides: [Int], in problem: Problem) -> [Int]? {
    UnitOrder(problem)?.stages(of: sides)
  }

  /// Whether an assignment keeps to the problem's limit of stages.
  public static func keepsStages(_ assignment: Assignment, of problem: Problem) -> Bool {
    SplitContext.keepsStages(assignment, problem, problem.stages == nil ? nil : UnitOrder(problem))
  }

  /// - Precondition: ``accepts(_:)``.
  public static func solve(
    _ problem: Problem, options: SearchOptions
  ) throws(ProgramError) -> Solution {
    let context = SplitContext(problem, options: options)
    let incumbent = context.incumbent
    try context.play(Portfolio.splitStart)
    if let start = options.start { incumbent.offer(start) }
    if context.isLarge {
      try context.play(Portfolio.largeSplit)
      if context.isOver { return incumbent.solution() }
    }
    try context.play(Portfolio.split)
    return incumbent.solution()
  }

  /// What to minimise in place of the bottleneck: weight x bottleneck + sum over devices and lanes of weight x load.
  ///
  /// With watts as weights that is the energy of a batch; with seconds of one request as loads and no weight on the
  /// bottleneck it is the time of a request that is never in two places at once.
  public struct Blend: Sendable, Hashable {
    /// At least 0.
    public var bottleneck: Double
    /// By device, then lane; at least 0.
    public var loads: [[Double]]

    public init(bottleneck: Double, loads: [[Double]]) {
      self.bottleneck = bottleneck
      self.loads = loads
    }

    func value(_ evaluation: ProblemEvaluator.Evaluation) -> Double {
      zip(loads, evaluation.loads).reduce(bottleneck * evaluation.objective) { sum, device in
        zip(device.0, device.1).reduce(sum) { $0 + $1.0 * $1.1 }
      }
    }
  }

  /// The assignment with the least blend; exact within the gap of `options` unless a limit ends it first.
  ///
  /// The certificate's objective and bound are the blend's.
  /// - Precondition: ``accepts(_:)``.
  public static func solve(
    _ problem: Problem, blend: Blend, options: SearchOptions
  ) throws(ProgramError) -> Solution {
    let context = SplitContext(problem, blend: blend, options: options)
    try context.play([.init(NetSplitProgram.Step(), .always)])
    if !context.isSolved { try context.play(Portfolio.blendCuts) }
    return context.incumbent.solution()
  }
}

/// Work that a search may do, in ticks: counted steps of its inner loops, simplex iterations and nodes, weighted so that a
/// tick is about a nanosecond of one core.
///
/// Ticks depend on the input alone, not on the machine, its load or the number of threads. So a search that they end
/// gives the same answer anywhere, which one that a clock ends does not.
public struct WorkBudget: Sendable, Hashable {
  /// `nil` for no limit.
  public var ticks: Int?

  public init(ticks: Int?) { self.ticks = ticks }

  /// About ten seconds of one core.
  public static let standard = WorkBudget(ticks: 10_000_000_000)
  public static let unlimited = WorkBudget(ticks: nil)

  /// - Parameter effort: times the standard budget, above 0.
  public init(effort: Double) { self.init(ticks: Self.standard.part(effort).ticks.map { max(1, $0) }) }

  /// - Parameter share: at least 0.
  public func part(_ share: Double) -> WorkBudget {
    // Numbers beyond an Int's are as good as no limit.
    WorkBudget(ticks: ticks.flatMap { Int(exactly: (Double($0) * share).rounded(.down)) })
  }
}

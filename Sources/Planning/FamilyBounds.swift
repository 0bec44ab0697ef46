import Placement
import Plan
import Synchronization

/// What was proven of families of placements of tables: searches of one question with unlike numbers of requests in flight have
/// the same bounds, and need not each work them out.
final class FamilyBounds: Sendable {
  struct Key: Hashable {
    var before: PlacementSite
    var after: PlacementSite
    var sites: TableSites
    var cards: Int
    var precisions: Int
    var allowsSplits: Bool
    var objective: PlanObjective
    var gap: Double
  }

  private let known = Mutex<[Key: Solution]>([:])

  /// - Parameter options: Of the search that asks: one with less work left than it took goes without.
  func solution(of family: Key, _ options: SearchOptions) -> Solution? {
    known.withLock { $0[family] }.flatMap { known in
      options.work.ticks.map { known.certificate.ticks < $0 } ?? true ? known : nil
    }
  }

  /// Takes a bound that nothing cut short.
  func note(_ solution: Solution, of family: Key, _ options: SearchOptions) {
    let bound = solution.certificate.bound
    guard solution.assignment == nil, options.sufficientBound.map({ bound < $0 }) ?? true,
      options.work.ticks.map({ solution.certificate.ticks < $0 }) ?? true
    else { return }
    known.withLock { $0[family] = solution }
  }
}

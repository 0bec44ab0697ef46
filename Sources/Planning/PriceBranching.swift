import Modeling
import Plan

/// Raises the least of several cases' bounds by splitting it: a unit on the host, and the same unit on cards.
///
/// Best first: the case of the least bound is split by the unit that its best mixture of placements divides most. It ends where
/// splits stop to raise the least bound.
struct PriceBranching {
  private enum Case {
    case leaf(PriceSearch)
    case split(BoundUnit, onHost: Int, onCards: Int)
  }

  private var cases: [Case] = []
  private let roots: Int
  private(set) var ticks = 0

  /// - Parameters:
  ///   - enough: Bounds this high are not raised further.
  ///   - mostLeaves: Cases that are not split, at most.
  ///   - workLimit: Ticks: see `WorkBudget`.
  init(
    _ relaxations: [PlacementRelaxation], solver: any MIPSolver, enough: Double, mostLeaves: Int,
    workLimit: Int, isOver: () -> Bool
  ) {
    roots = relaxations.count
    for relaxation in relaxations {
      add(
        PriceSearch(relaxation, solver: solver), enough: enough, workLimit: workLimit, isOver: isOver)
    }
    var leaves = roots
    /// By split: the least bound before it.
    var history: [Double] = []
    while leaves < mostLeaves, ticks < workLimit, !isOver() {
      guard let (index, search) = leastLeaf, search.best < enough, let unit = search.dividedUnit else {
        return
      }
      history.append(search.best)
      if history.count > Self.patience,
        search.best < history[history.count - 1 - Self.patience] * (1 + Self.progress)
      {
        return
      }
      cases[index] = .split(unit, onHost: cases.count, onCards: cases.count + 1)
      for isOnHost in [true, false] {
        add(
          PriceSearch(search, with: BoundSide(unit, isOnHost: isOnHost)), enough: enough,
          workLimit: workLimit, isOver: isOver)
      }
      leaves += 1
    }
  }

  private mutating func add(
    _ search: PriceSearch, enough: Double, workLimit: Int, isOver: () -> Bool
  ) {
    var search = search
    search.run(
      tolerance: Self.tolerance, enough: enough, workLimit: max(0, workLimit - ticks), isOver: isOver)
    ticks += search.ticks
    cases.append(.leaf(search))
  }

  /// Relative.
  private static let tolerance = 1e-4
  /// So many splits have to raise the least bound by so much of it.
  private static let patience = 6
  private static let progress = 1e-3

  private var leastLeaf: (index: Int, search: PriceSearch)? {
    var least: (index: Int, search: PriceSearch)?
    for (index, entry) in cases.enumerated() {
      guard case .leaf(let search) = entry, search.best < least?.search.best ?? .infinity else { continue }
      least = (index, search)
    }
    return least
  }

  /// By relaxation.
  var trees: [PriceTree] { (0..<roots).map(tree) }

  private func tree(_ index: Int) -> PriceTree {
    switch cases[index] {
    case .leaf(let search): .leaf(search.bestPrices)
    case .split(let unit, let onHost, let onCards):
      .split(unit, onHost: tree(onHost), onCards: tree(onCards))
    }
  }
}

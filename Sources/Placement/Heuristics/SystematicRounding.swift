/// Rounds fractions of options to one option a unit so that, among units of like size, each option keeps its share.
///
/// Units are gone through by falling size; every option is owed its fraction of each, and the one that is owed most is taken
/// (systematic sampling, Madow 1949). So of twenty equal units that are three fifths split, twelve are. A heuristic.
struct SystematicRounding {
  private let order: [Int]
  private let fractions: [[Double]]
  /// By unit: the option with the largest piece.
  private let coarsest: [Int]

  /// - Parameter fractions: by flat option.
  init(_ model: PackingModel, table: AggregateTable, fractions: [Double]) {
    self.fractions = model.units.indices.map {
      Array(fractions[table.firstOption[$0]..<table.firstOption[$0 + 1]])
    }
    let sizes = model.units.map { unit in unit.options.map { Self.largestPiece($0, model) } }
    coarsest = sizes.map { own in own.indices.max { own[$0] < own[$1] } ?? 0 }
    order = sizes.indices.sorted { a, b in
      (sizes[a].max() ?? 0, fractions[table.firstOption[a]], b) > (
        sizes[b].max() ?? 0, fractions[table.firstOption[b]], a
      )
    }
  }

  private static func largestPiece(_ option: PackingModel.Option, _ model: PackingModel) -> Double {
    var largest = 0.0
    for piece in 0..<option.pieceCount where model.deviceLists[option.lists[piece]].count > 1 {
      let start = piece * model.resourceCount
      largest = max(largest, option.vectors[start..<start + model.laneCount].max() ?? 0)
    }
    return largest
  }

  /// - Parameter extra: how many units more than their share leave their coarsest option.
  func options(extra: Double) -> [Int] {
    var owed = Array(repeating: 0.0, count: fractions.map(\.count).max() ?? 0)
    var chosen = Array(repeating: 0, count: fractions.count)
    var left = extra
    for unit in order {
      let own = fractions[unit]
      for option in own.indices { owed[option] += own[option] }
      let used = own.indices.filter { own[$0] > 1e-6 }
      let best = used.max { owed[$0] < owed[$1] } ?? 0
      owed[best] -= 1
      chosen[unit] = best
      if left > 0, best == coarsest[unit], own[best] < 1 - 1e-6,
        let other = used.filter({ $0 != best }).max(by: { own[$0] < own[$1] })
      {
        left -= 1
        chosen[unit] = other
      }
    }
    return chosen
  }
}

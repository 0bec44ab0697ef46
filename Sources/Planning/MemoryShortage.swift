import CostModel
import Graph
import Hardware
import Plan

/// Says in words, with figures, why tables do not fit a system.
struct MemoryShortage {
  let task: PlanningTask
  let units: ModelUnits
  let kinds: CardKinds

  /// Sums first, then tables that alone are too large.
  func reasons() -> [String] {
    let cards = task.system.cards
    let need = bytes(smallest)
    let others = task.tablePrecisions.filter { $0 != smallest }.map {
      "\(gigabytes(bytes($0))) in \($0.rawValue)"
    }
    var reasons = [
      "the embedding tables take \(gigabytes(need)) in \(smallest.rawValue)"
        + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")))")
        + "; beside the other constants (\(gigabytes(dense)) where they run) \(cards.count) cards have "
        + "\(gigabytes(room)) free and the host \(gigabytes(host))"
        + (missing > 0
          ? ": \(gigabytes(missing)) too little"
          : ", but look-up buffers or the sizes of the pieces leave no arrangement")
    ]
    let largest = max(cards.map { Double($0.usableBytes) }.max() ?? 0, host)
    for (index, table) in task.graph.embeddingTables.enumerated() {
      let size = Double(task.costs.tableBytes(index, format: .init(precision: smallest)))
      if size > largest, !task.allowsSplits {
        reasons.append(
          "table \(table.name) alone takes \(gigabytes(size)) in \(smallest.rawValue), \(gigabytes(size - largest)) more "
            + "than the roomiest device has; splitting it is off")
      }
    }
    return reasons
  }

  /// Whether the sums alone leave no plan.
  var isShort: Bool { missing > 0 && !task.graph.embeddingTables.isEmpty }

  private var smallest: Precision { task.tablePrecisions.min { bytes($0) < bytes($1) } ?? .int8 }

  private var dense: Double {
    Double(task.costs.weightBytes(of: units.units.flatMap(\.operators).sorted(), on: .card(0)))
  }

  /// On all cards, beside the dense part.
  private var room: Double {
    task.system.cards.reduce(0.0) { $0 + max(0, Double($1.usableBytes) - dense) }
  }

  private var host: Double { Double(task.system.host.usableBytes) }

  private var missing: Double { bytes(smallest) - room - host }

  private func bytes(_ precision: Precision) -> Double {
    task.graph.embeddingTables.indices.reduce(0.0) {
      $0 + Double(task.costs.tableBytes($1, format: .init(precision: precision)))
    }
  }
}

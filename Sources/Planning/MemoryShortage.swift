import CostModel
import Graph
import Hardware
import Plan

/// Says in words why tables do not fit a system, and what would help.
struct MemoryShortage {
  let task: PlanningTask
  let units: ModelUnits
  let kinds: CardKinds

  func reasons() -> [String] {
    var reasons: [String] = []
    let cards = task.system.cards
    let room = cards.reduce(0.0) { $0 + Double($1.usableBytes) }
    let host = Double(task.system.host.usableBytes)
    let dense = Double(
      task.costs.weightBytes(of: units.units.flatMap(\.operators).sorted(), on: .card(0)))
    let largestCard = cards.map { Double($0.usableBytes) }.max() ?? 0
    for precision in task.tablePrecisions {
      let tables = bytes(precision)
      reasons.append(
        "the embedding tables take \(gigabytes(tables)) in \(precision.rawValue) and the other constants "
          + "\(gigabytes(dense)) on every card that runs them; \(cards.count) cards have \(gigabytes(room)) free, the host "
          + "\(gigabytes(host))")
    }
    let smallest = task.tablePrecisions.min { bytes($0) < bytes($1) } ?? .int8
    for (index, table) in task.graph.embeddingTables.enumerated() {
      let size = Double(task.costs.tableBytes(index, format: .init(precision: smallest)))
      if size > max(largestCard, host), !task.allowsSplits {
        reasons.append(
          "table \(table.name) alone takes \(gigabytes(size)) in \(smallest.rawValue), more than any card or the host "
            + "has; splitting it is off")
      }
    }
    reasons += remedies(smallest: smallest, dense: dense)
    return reasons
  }

  private func bytes(_ precision: Precision) -> Double {
    task.graph.embeddingTables.indices.reduce(0.0) {
      $0 + Double(task.costs.tableBytes($1, format: .init(precision: precision)))
    }
  }

  private func remedies(smallest: Precision, dense: Double) -> [String] {
    var remedies: [String] = []
    let perCard = task.system.cards.map { Double($0.usableBytes) - dense }.max() ?? 0
    if perCard > 0 {
      let missing = bytes(smallest) - Double(task.system.host.usableBytes)
      let needed = max(1, Int(min(1e9, (missing / perCard).rounded(.up))))
      if needed > task.system.cards.count {
        remedies.append(
          "at least \(needed) such cards are needed with \(smallest.rawValue) tables (--cards \(needed))")
      }
    }
    let smaller = Precision.allCases.filter { $0.bytesPerElement < smallest.bytesPerElement }
    if let next = smaller.last, !task.tablePrecisions.contains(next) {
      remedies.append(
        "in \(next.rawValue) the tables take \(gigabytes(bytes(next))) (--table-precision \(next.rawValue))")
    }
    if !task.allowsSplits {
      remedies.append("splitting tables fills the cards better (leave out --no-split)")
    }
    return remedies
  }
}

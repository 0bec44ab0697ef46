import CostModel
import Graph
import Hardware
import Plan

/// Gives tables back the precisions that are liked better, where neither memory nor the objective needs the narrower one.
struct Widening {
  let task: PlanningTask

  /// Trials, each a lowering.
  private static let mostTrials = 256

  /// A plan that is no worse and has as few narrow tables as trying them in groups tells; smaller tables come first.
  func widened(_ candidate: Candidate) -> Candidate {
    guard candidate.fits else { return candidate }
    var best = candidate
    var trials = 0
    for (rank, precision) in task.tablePrecisions.enumerated().dropLast() {
      let narrower = Set(task.tablePrecisions[(rank + 1)...])
      let tables = best.placement.tables.indices.filter {
        narrower.contains(best.placement.tables[$0].format.precision)
      }.sorted { (bytes($0), $0) < (bytes($1), $1) }
      var groups = tables.isEmpty ? [] : [tables[...]]
      while let group = groups.popLast(), trials < Self.mostTrials {
        trials += 1
        if let wider = with(precision, for: group, in: best), isNoWorse(wider, than: candidate) {
          best = wider
        } else if group.count > 1 {
          let middle = group.startIndex + group.count / 2
          groups += [group[middle...], group[..<middle]]
        }
      }
    }
    return best
  }

  private func bytes(_ table: Int) -> Int {
    task.costs.tableBytes(table, format: TableFormat(precision: task.tablePrecisions[0]))
  }

  /// `nil` where a device cannot look one of the tables up in that precision.
  private func with(_ precision: Precision, for tables: ArraySlice<Int>, in candidate: Candidate)
    -> Candidate?
  {
    var placement = candidate.placement
    for table in tables {
      let format = TableFormat(precision: precision)
      placement.tables[table].format = format
      let entry = placement.tables[table]
      let isRead = entry.shards.allSatisfy {
        task.costs.lookup(table: table, format: format, split: entry.split, on: $0.site.representative) != nil
      }
      guard isRead else { return nil }
    }
    return Candidate(placement, task: task)
  }

  private func isNoWorse(_ wider: Candidate, than candidate: Candidate) -> Bool {
    wider.fits
      && wider.value(task.objective) <= candidate.value(task.objective) * (1 + 1e-9)
      && (task.meetsBudget(wider.loads.latencySeconds)
        || !task.meetsBudget(candidate.loads.latencySeconds))
  }
}

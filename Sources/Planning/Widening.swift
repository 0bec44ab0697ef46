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
    // Wider tables seldom make requests hold each other up, and to see it takes long.
    let quick = widened(candidate, followsTurns: false)
    guard quick.loads.leavesTurnsOut else { return quick }
    let whole = Candidate(quick.placement, task: task)
    return isNoWorse(whole, than: candidate) ? whole : widened(candidate, followsTurns: true)
  }

  /// The plan with no table narrower than an entry of the list, where that fits.
  func wide(_ candidate: Candidate, upTo rank: Int) -> Candidate? {
    with(task.tablePrecisions[rank], for: tables(narrowerThan: rank, in: candidate)[...], in: candidate)
      .map { Candidate($0, task: task) }.flatMap { $0.fits ? $0 : nil }
  }

  /// By bytes, those that are narrower than an entry of the list.
  private func tables(narrowerThan rank: Int, in candidate: Candidate) -> [Int] {
    let narrower = Set(task.tablePrecisions[(rank + 1)...])
    return candidate.placement.tables.indices.filter {
      narrower.contains(candidate.placement.tables[$0].format.precision)
    }.sorted { (bytes($0), $0) < (bytes($1), $1) }
  }

  private func widened(_ candidate: Candidate, followsTurns: Bool) -> Candidate {
    var best = candidate
    var trials = 0
    for (rank, precision) in task.tablePrecisions.enumerated().dropLast() {
      let tables = tables(narrowerThan: rank, in: best)
      var groups = tables.isEmpty ? [] : [tables[...]]
      while let group = groups.popLast(), trials < Self.mostTrials {
        let placement = with(precision, for: group, in: best)
        if placement != nil { trials += 1 }
        let wider = placement.flatMap {
          Candidate.accepted($0, task: task, followsTurns: followsTurns) { isNoWorse($0, than: candidate) }
        }
        if let wider {
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

  /// `nil` where a device cannot look one of the tables up in that precision, or has no room for it.
  private func with(
    _ precision: Precision, for tables: ArraySlice<Int>, in candidate: Candidate
  ) -> ModelPlacement? {
    var placement = candidate.placement
    var excess = candidate.excessBytes
    let format = TableFormat(precision: precision)
    for table in tables {
      let before = placement.tables[table].format
      placement.tables[table].format = format
      let entry = placement.tables[table]
      for shard in entry.shards {
        let sizes = [format, before].map {
          Double(
            task.costs.tableBytes(table, format: $0, rows: shard.rows.count, columns: shard.columns.count))
        }
        for device in devices(of: shard.site, in: placement) { excess[device] += sizes[0] - sizes[1] }
      }
      let isRead = entry.shards.allSatisfy {
        task.costs.lookup(table: table, format: format, split: entry.split, on: $0.site.representative) != nil
      }
      guard isRead else { return nil }
    }
    return excess.allSatisfy { $0 <= 0 } ? placement : nil
  }

  /// By position, the host first.
  private func devices(of site: PlacementSite, in placement: ModelPlacement) -> [Int] {
    switch site {
    case .host: [0]
    case .card, .everyCard: placement.cards(at: site).map { $0 + 1 }
    }
  }

  private func isNoWorse(_ wider: Candidate, than candidate: Candidate) -> Bool {
    wider.fits
      && wider.value(task.objective) <= candidate.value(task.objective) * (1 + 1e-9)
      && (task.meetsBudget(wider.loads.latencySeconds)
        || !task.meetsBudget(candidate.loads.latencySeconds))
  }
}

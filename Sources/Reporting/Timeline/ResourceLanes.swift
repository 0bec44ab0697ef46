import Plan
import Simulation

/// Gives each recorded leg a row: one for each server of a resource that was ever busy at once.
struct ResourceLanes {
  struct Bar {
    var leg: RecordedLeg
    /// Among the resource's rows.
    var lane: Int
  }

  /// By resource, then by start.
  let bars: [[Bar]]
  /// Rows that each resource needs.
  let laneCounts: [Int]

  init(_ legs: [RecordedLeg], resourceCount: Int) {
    var byResource = [[RecordedLeg]](repeating: [], count: resourceCount)
    for leg in legs where byResource.indices.contains(leg.resource) { byResource[leg.resource].append(leg) }
    var bars: [[Bar]] = []
    var counts: [Int] = []
    for legs in byResource {
      var ends: [Double] = []
      var placed: [Bar] = []
      let ordered = legs.sorted {
        ($0.startSeconds, $0.endSeconds, $0.request, $0.task) < (
          $1.startSeconds, $1.endSeconds, $1.request, $1.task
        )
      }
      for leg in ordered {
        let lane = ends.firstIndex { $0 <= leg.startSeconds } ?? ends.count
        if lane == ends.count { ends.append(leg.endSeconds) } else { ends[lane] = leg.endSeconds }
        placed.append(Bar(leg: leg, lane: lane))
      }
      bars.append(placed)
      counts.append(ends.count)
    }
    self.bars = bars
    laneCounts = counts
  }
}

import CostModel
import Graph
import Hardware
import Plan

/// Decisions of a plan in a few words each; `nil` for those that it does not take.
struct DecisionWords {
  private let plan: PlanDocument

  init(_ plan: PlanDocument) { self.plan = plan }

  /// For example `seq up to 32, 64, 128`.
  var buckets: String? {
    plan.buckets.map { entry in
      "\(NameText.shown(entry.dimension)) up to \(entry.buckets.map { "\($0.longest)" }.joined(separator: ", "))"
    }
  }

  /// For example `first, head* in fp16`.
  var kept: String? {
    guard let kept = plan.request.kept, !kept.isEmpty else { return nil }
    var precisions: [Precision] = []
    for entry in kept where !precisions.contains(entry.precision) { precisions.append(entry.precision) }
    return precisions.map { precision in
      kept.filter { $0.precision == precision }.map { NameText.shown($0.pattern) }.joined(separator: ", ")
        + " in \(precision.rawValue)"
    }.joined(separator: "; ")
  }

  /// How look-ups are spread over rows.
  var access: String? {
    guard let access = plan.access else { return nil }
    let stated = access.tables.map { Figures.counted($0.count, "table") + " as stated" }
    switch access.usual {
    case .meta2021: return (stated.map { $0 + ", others " } ?? "") + "as published (Meta, 2021)"
    case .none: return stated ?? "evenly"
    }
  }

  /// Tables that are split in hot and cold rows.
  var hot: String? {
    plan.model.hot.map { parts in
      Figures.counted(parts.count, "table")
        + ", \(Figures.grouped(parts.reduce(0) { $0 &+ $1.rows })) hot rows"
    }
  }
}

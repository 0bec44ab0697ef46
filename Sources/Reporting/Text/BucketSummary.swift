import Graph
import Plan

/// Padding buckets as a table.
struct BucketSummary {
  let lines: [String]

  init(_ entry: PlanDocument.BucketsEntry, unit: PlanDocument.CertificateEntry.Unit) {
    func figure(_ value: Double) -> String {
      switch unit {
      case .seconds: Figures.seconds(value)
      case .joules: Figures.joules(value)
      }
    }
    var table = TextTable([
      ("\(NameText.shown(entry.dimension)) up to", .right), ("requests", .right), ("a batch", .right),
    ])
    for bucket in entry.buckets {
      table.add(["\(bucket.longest)", Figures.percent(bucket.share), figure(bucket.objective)])
    }
    table.add(["all", Figures.percent(1), figure(entry.expected)])
    lines =
      table.lines() + [
        "  \(Figures.number(entry.throughputPerSecond)) batches/s of mixed lengths; padded to the longest a batch is "
          + figure(entry.unbucketed)
      ]
  }
}

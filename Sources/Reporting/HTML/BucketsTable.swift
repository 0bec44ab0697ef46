import Graph
import Plan

/// Padding buckets of a plan: whom each is for, and what its own plan does.
struct BucketsTable {
  private let plan: PlanDocument
  private let entry: PlanDocument.BucketsEntry

  /// `nil` for a plan without.
  init?(_ plan: PlanDocument) {
    guard let entry = plan.buckets else { return nil }
    self.plan = plan
    self.entry = entry
  }

  var html: String {
    let figure = plan.certificate.unit == .seconds ? Figures.seconds : Figures.joules
    let rows = entry.buckets.map { bucket in
      let own = bucket.plan ?? plan
      return [
        "\(bucket.longest)", Figures.percent(bucket.share), figure(bucket.objective),
        Figures.seconds(own.predicted.latencySeconds), Figures.number(own.predicted.throughputPerSecond),
        ResourceLabel(own.predicted.bottleneckResource).words, proof(own),
      ].map(HTMLPage.text)
    }
    let mean =
      "A mean request takes \(figure(entry.expected)); padded to the longest it would take \(figure(entry.unbucketed)). "
      + "The mixture is served at \(Figures.number(entry.throughputPerSecond)) batches/s."
    let others =
      plan.hasBuckets
      ? "Verdict, machine, memory, loads and latency on this page are of all requests together; tables, what runs where, one "
        + "request in time and the certificate are of the longest. partition report --bucket has the page of one of them."
      : "No shorter bucket is worth what it takes."
    return "<p>\(HTMLPage.text(mean))</p>"
      + HTMLPage.table(
        caption: "Padding buckets",
        columns: [
          ("\(NameText.shown(entry.dimension)) up to", true), ("requests", true), ("a batch", true),
          ("its latency", true), ("batches/s by itself", true), ("busiest", false),
          ("how close to the best", false),
        ], rows: rows) + "<p>\(HTMLPage.text(others))</p>"
  }

  private func proof(_ plan: PlanDocument) -> String {
    switch plan.certificate.status {
    case .incomplete: "not known"
    case .proven where plan.certificate.gap <= 0: "it is the best"
    case .proven, .open: "within \(Figures.percent(plan.certificate.gap))"
    }
  }
}

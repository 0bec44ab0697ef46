import Plan
import Rules

extension PlanOptions {
  /// - Throws: `usage` with everything that is out of range.
  func validate() throws(PartitionError) {
    var problems: [String] = []
    if !(gap >= 0 && gap < 1) { problems.append("gap is \(gap); give a fraction from 0 to below 1") }
    if let limit = timeLimitSeconds, !(limit > 0) {
      problems.append("time limit is \(limit); give seconds above 0")
    }
    if let ticks = work?.ticks, ticks <= 0 { problems.append("work is \(ticks) ticks; give more than 0") }
    if let budget = latencyBudgetMilliseconds, !(budget > 0) {
      problems.append("latency budget is \(budget); give milliseconds above 0")
    }
    if case .error(let limit) = accuracyBudget, !(limit >= 0) {
      problems.append("accuracy budget is \(limit); give a relative error, 0 or more")
    }
    if let known = tableErrors.first(where: { !($0.error >= 0 && $0.error.isFinite) }) {
      problems.append(
        "the error of table '\(known.table)' in \(known.precision.rawValue) is \(known.error); give a relative error, 0 or more"
      )
    }
    if let known = layerErrors.first(where: { !($0.error >= 0 && $0.error.isFinite) }) {
      problems.append(
        "the error of layer '\(known.layer)' in \(known.precision.word) is \(known.error); give a relative error, 0 or more"
      )
    }
    if Set(layerPrecisions).count != layerPrecisions.count {
      problems.append("a layer precision is given twice; name each once, best liked first")
    }
    if tablePrecisions.isEmpty { problems.append("no table precision is allowed; give at least one") }
    if Set(tablePrecisions).count != tablePrecisions.count {
      problems.append("a table precision is given twice; name each once, best liked first")
    }
    if let requestsInFlight, !(1...4096).contains(requestsInFlight) {
      problems.append("requests in flight is \(requestsInFlight); give 1 to 4,096")
    }
    if !(1...256).contains(threads) { problems.append("threads is \(threads); give 1 to 256") }
    if let draws = uncertainty?.draws, !PlanDocument.UncertaintyEntry.drawCounts.contains(draws) {
      problems.append("draws is \(draws); give 10 to 10,000")
    }
    if !problems.isEmpty { throw PartitionError(.usage, problems) }
  }
}

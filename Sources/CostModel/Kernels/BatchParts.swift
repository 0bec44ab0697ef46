/// How a device runs the operators of a batch: all of it at once, or one part after the other.
///
/// Activations of a large batch leave the on-chip memory or the cache, so that every operator waits for the DRAM; compilers and
/// runtimes run parts that fit instead (depth-first schedules: Goetschalckx, Verhelst, "DepFiN", 2021; Glow's NNPI
/// backend gives each core images of its own), and whoever serves a model can call it with smaller batches. Each part pays its
/// launches, and reads the weights again that are not resident.
struct BatchParts: Sendable, Hashable {
  /// At least 1.
  let count: Double
  /// Of the batch, that the largest part has.
  let share: Double

  static let whole = BatchParts(count: 1, share: 1)

  private init(count: Double, share: Double) {
    self.count = count
    self.share = share
  }

  /// Parts of 1, 2, 4 ... items, but for the whole.
  static func candidates(batch: Int) -> [BatchParts] {
    var result: [BatchParts] = []
    var items = 1
    while items < batch {
      let count = (batch - 1) / items + 1
      result.append(BatchParts(count: Double(count), share: Double(items) / Double(batch)))
      let (next, overflow) = items.multipliedReportingOverflow(by: 2)
      if overflow { break }
      items = next
    }
    return result
  }
}

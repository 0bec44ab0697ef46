extension ExecutionProgram {
  /// What one padding bucket does.
  public struct Bucket: Sendable {
    /// What its requests are padded to.
    public var longest: Int
    /// Part of the requests.
    public var share: Double
    public var program: ExecutionProgram

    public init(longest: Int, share: Double, program: ExecutionProgram) {
      self.longest = longest
      self.share = share
      self.program = program
    }
  }

  /// The programs of padding buckets on one machine as one: each bucket's replicas are variants for its lengths. A device holds what
  /// is static of each, tables once, and room for the largest activations.
  ///
  /// - Parameters:
  ///   - buckets: Ascending by length; of the same system.
  ///   - tableBytes: By device.
  /// - Returns: `nil` for no buckets.
  public init?(_ buckets: [Bucket], tableBytes: [Int]) {
    guard var whole = buckets.last?.program else { return nil }
    for device in whole.devices.indices {
      let all = buckets.map { $0.program.devices[device] }
      let tables = tableBytes.indices.contains(device) ? tableBytes[device] : 0
      var bytes = tables
      for one in all {
        let (sum, overflow) = bytes.addingReportingOverflow(max(0, one.staticBytes &- tables))
        bytes = overflow ? .max : sum
      }
      whole.devices[device].staticBytes = bytes
      whole.devices[device].activationBytes = all.map(\.activationBytes).max() ?? 0
      whole.devices[device].inFlightLimit = all.map(\.inFlightLimit).min() ?? 1
      whole.devices[device].idleWatts = all.map(\.idleWatts).max() ?? 0
    }
    whole.bucketLengths = buckets.map { Double($0.longest) }
    whole.variants = buckets.enumerated().flatMap { index, bucket in
      bucket.program.variants.map { variant in
        var variant = variant
        variant.share *= bucket.share
        variant.bucket = index
        return variant
      }
    }
    self = whole
  }

  /// The bucket that holds a length: the first that is long enough, else the last; 0 where there are none.
  public func bucket(ofLength length: Double?) -> Int {
    let last = max(0, bucketLengths.count - 1)
    guard let length else { return last }
    return bucketLengths.firstIndex { length <= $0 } ?? last
  }
}

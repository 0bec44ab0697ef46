/// A plan for each padding bucket.
extension PlanDocument {
  /// Requests of lengths that vary, padded to the end of the bucket that they fall into; the plan itself is that of the longest.
  ///
  /// What is compiled for each bucket holds its own weights; tables are held once.
  public struct BucketsEntry: Codable, Hashable, Sendable {
    /// Of the model: the dimension that varies.
    public var dimension: String
    /// Lengths of requests, ascending, with how often they come.
    public var lengths: [LengthCount]
    /// Buckets that there may be at most.
    public var limit: Int
    /// The least bucket first; the last one is the plan itself.
    public var buckets: [Bucket]
    /// The objective of a mean request: the sum over buckets of share times objective, seconds or joules.
    public var expected: Double
    /// The same where every request is padded to the longest.
    public var unbucketed: Double
    /// Batches a second at saturation, of the mixture.
    public var throughputPerSecond: Double

    public struct LengthCount: Codable, Hashable, Sendable {
      public var length: Int
      public var count: Int

      public init(length: Int, count: Int) {
        self.length = length
        self.count = count
      }
    }

    public struct Bucket: Codable, Hashable, Sendable {
      /// What its requests are padded to.
      public var longest: Int
      /// Part of the requests.
      public var share: Double
      /// Of its plan: seconds, or joules.
      public var objective: Double
      /// Absent for the longest, whose plan is the document.
      public var plan: PlanDocument?

      public init(longest: Int, share: Double, objective: Double, plan: PlanDocument?) {
        self.longest = longest
        self.share = share
        self.objective = objective
        self.plan = plan
      }
    }

    public init(
      dimension: String, lengths: [LengthCount], limit: Int, buckets: [Bucket], expected: Double,
      unbucketed: Double, throughputPerSecond: Double
    ) {
      self.dimension = dimension
      self.lengths = lengths
      self.limit = limit
      self.buckets = buckets
      self.expected = expected
      self.unbucketed = unbucketed
      self.throughputPerSecond = throughputPerSecond
    }
  }

  /// Plans of the buckets but for the longest.
  public var bucketPlans: [PlanDocument] { buckets?.buckets.compactMap(\.plan) ?? [] }

  /// Bytes of embedding tables, the host first, then the cards.
  public var tableBytes: [Int] {
    let everyCard = PlacementSite.everyCard.name(in: system)
    func sum(_ isHere: (String) -> Bool) -> Int {
      tables.reduce(0) { sum, table in
        table.shards.reduce(sum) { isHere($1.site) ? $0 &+ $1.bytes : $0 }
      }
    }
    let used = Set(cores.filter(\.isInUse).map(\.card))
    return [sum { $0 == PlacementSite.host.name(in: system) }]
      + system.cards.map { card in
        let own = counterpart(ofCard: card.name)
        return sum { $0 == own || $0 == everyCard && used.contains(card.name) }
      }
  }
}

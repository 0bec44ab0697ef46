/// The padding buckets of least expected time.
///
/// Given are lengths 1 ... n in ascending order, which part p_k of requests has length k, the time t_k of a request that is padded to
/// length k, the bytes m_kd that what is compiled for length k takes on device d, and the bytes M_d that there are. Chosen are ends
/// e_1 < ... < e_B = n, B at most `most`: requests of lengths e_(b-1) + 1 ... e_b are padded to e_b. Least is the sum over b of the
/// part of those requests times t_(e_b), where the sum over b of m_(e_b)d is at most M_d on every device.
///
/// Dynamic programming over ends, exact: of all ways to cover lengths 1 ... k with a bucket that ends at k those are kept that no
/// other beats in time, number of buckets and bytes on each device at once. Without limits on bytes that is O(B n^2).
public struct PaddingBuckets: Sendable, Hashable {
  /// Positions of the lengths that buckets end at, ascending.
  public var ends: [Int]
  /// The expected time of a request.
  public var expected: Double

  /// What is given.
  public struct Question: Sendable {
    /// By length: its part of the requests.
    public var shares: [Double]
    /// By length: the time of a request that is padded to it; infinite where there is no plan.
    public var times: [Double]
    /// By length, then device.
    public var bytes: [[Int]]
    /// By device.
    public var room: [Int]

    public init(shares: [Double], times: [Double], bytes: [[Int]] = [], room: [Int] = []) {
      self.shares = shares
      self.times = times
      self.bytes = bytes
      self.room = room
    }
  }

  /// A cover of the first lengths.
  private struct Cover {
    var expected: Double
    var count: Int
    var bytes: [Int]
    var ends: [Int]

    func isNoWorse(than other: Cover) -> Bool {
      expected <= other.expected && count <= other.count
        && zip(bytes, other.bytes).allSatisfy { $0 <= $1 }
    }
  }

  /// The best buckets for each number of them that is better than with fewer, fewest first; empty where no buckets fit.
  public static func all(_ question: Question, most: Int) -> [PaddingBuckets] {
    let count = min(question.shares.count, question.times.count)
    guard count > 0, most > 0 else { return [] }
    var upTo = [0.0]
    for share in question.shares { upTo.append(upTo[upTo.count - 1] + share) }
    /// By last end.
    var covers: [[Cover]] = []
    for end in 0..<count {
      var kept: [Cover] = []
      let own = question.bytes.isEmpty ? [] : question.bytes[end]
      func add(_ before: Cover, from first: Int) {
        let time = (upTo[end + 1] - upTo[first]) * question.times[end]
        guard time.isFinite else { return }
        var bytes = before.bytes
        for device in own.indices {
          let (sum, overflow) = bytes[device].addingReportingOverflow(own[device])
          guard !overflow, sum <= question.room[device] else { return }
          bytes[device] = sum
        }
        let cover = Cover(
          expected: before.expected + time, count: before.count + 1, bytes: bytes, ends: before.ends + [end])
        guard !kept.contains(where: { $0.isNoWorse(than: cover) }) else { return }
        kept.removeAll { cover.isNoWorse(than: $0) }
        kept.append(cover)
      }
      add(Cover(expected: 0, count: 0, bytes: question.room.map { _ in 0 }, ends: []), from: 0)
      for last in 0..<end {
        for cover in covers[last] where cover.count < most { add(cover, from: last + 1) }
      }
      covers.append(kept)
    }
    var best: [PaddingBuckets] = []
    for cover in covers[count - 1].sorted(by: { ($0.count, $0.expected) < ($1.count, $1.expected) })
    where cover.expected < best.last?.expected ?? .infinity {
      best.append(PaddingBuckets(ends: cover.ends, expected: cover.expected))
    }
    return best
  }
}

@_exported import Lengths
import Plan
import Rules

/// The question for padding buckets.
public struct BucketOptions: Sendable {
  /// The model's dimension that varies.
  public var dimension: String
  public var lengths: LengthHistogram
  /// Buckets at most; `nil` for as few of up to ``usualLimit`` as are within 1 % of those.
  public var limit: Int?

  public static let usualLimit = 8
  public static let limits = 1...64

  public init(dimension: String, lengths: LengthHistogram, limit: Int? = nil) {
    self.dimension = dimension
    self.lengths = lengths
    self.limit = limit
  }
}

extension Partitioner {
  /// Reads lengths of requests from CSV: a length a line, or `length,count`.
  public static func lengths(path: String) throws(PartitionError) -> LengthHistogram {
    let bytes = try read(path: path)
    do { return try LengthHistogram(csv: String(decoding: bytes, as: UTF8.self)) } catch {
      throw PartitionError(.badInput, error.findings.map { "\(name(ofInput: path)): \($0)" })
    }
  }
}

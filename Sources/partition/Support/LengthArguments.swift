import ArgumentParser
import Partitioner

/// Lengths of requests that vary.
struct LengthArguments: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      """
      Plan for requests of lengths that vary: the model's dimension, and lengths in CSV (a length a line, or length,count) or all from \
      MIN to MAX alike. Each length is padded to the end of its bucket, and each bucket has a plan.
      """, valueName: "dimension=file|MIN-MAX"))
  var lengths: LengthsChoice?

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "With --lengths: padding buckets at most, 1 to 64; default: as few of up to 8 as are within 1 % of those.",
      valueName: "number"))
  var buckets: Int?

  @Option(
    help: ArgumentHelp(
      """
      Plan the largest size of this dimension, a context for instance, for which memory and the latency budget leave a plan; with \
      --in-flight for so many requests on a card.
      """, valueName: "dimension"))
  var largest: String?

  func validate() throws {
    if largest != nil, lengths != nil {
      throw ValidationError("--largest and --lengths are given; ask one after the other")
    }
    guard let buckets else { return }
    if lengths == nil { throw ValidationError("--buckets has no effect without --lengths") }
    guard BucketOptions.limits.contains(buckets) else {
      throw ValidationError("--buckets is \(buckets); give 1 to 64")
    }
  }

  /// The question; `nil` for none.
  func question() throws(PartitionError) -> BucketOptions? {
    guard let lengths else { return nil }
    return BucketOptions(dimension: lengths.dimension, lengths: try lengths.histogram(), limit: buckets)
  }
}

/// `DIMENSION=FILE` or `DIMENSION=MIN-MAX`.
struct LengthsChoice: ExpressibleByArgument {
  var dimension: String
  private var source: String

  init?(argument: String) {
    // The name of a dimension has no equals sign, the path of a file may have.
    guard let equals = argument.firstIndex(of: "="), equals != argument.startIndex else { return nil }
    dimension = String(argument[..<equals])
    source = String(argument[argument.index(after: equals)...])
    if source.isEmpty { return nil }
  }

  func histogram() throws(PartitionError) -> LengthHistogram {
    let ends = source.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
    guard ends.count == 2, let first = ends[0], let last = ends[1] else {
      return try Partitioner.lengths(path: source)
    }
    guard first <= last, let histogram = LengthHistogram(uniform: first...last) else {
      throw PartitionError(.usage, "--lengths \(source): give 1 or more, the least first, up to 1,048,576")
    }
    return histogram
  }
}

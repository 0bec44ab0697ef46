import ArgumentParser
import Partitioner

/// How look-ups are spread over rows: published statistics, not at all, or as a file says.
struct SkewArgument: ExpressibleByArgument {
  private var source: String

  init?(argument: String) {
    if argument.isEmpty { return nil }
    source = argument
  }

  func access(of model: Model) throws(PartitionError) -> TableAccess {
    guard let usual = TableAccess.Usual(rawValue: source) else {
      return try Partitioner.tableAccess(of: model, path: source)
    }
    return Partitioner.tableAccess(of: model, usual: usual)
  }
}

import ArgumentParser
import Partitioner

extension SimulationOptions.LinkSharing: ExpressibleByArgument {
  public var defaultValueDescription: String { rawValue }
}
extension SimulationOptions.Queueing: ExpressibleByArgument {}
extension SimulationOptions.Dispatch: ExpressibleByArgument {}

/// `none`, `exponential`, `uniform:SPREAD` or `lognormal:VARIATION`; a bare number is a lognormal variation.
struct JitterArgument: ExpressibleByArgument {
  var jitter: Jitter

  init?(argument: String) {
    let parts = argument.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false).map(
      String.init)
    let size = parts.count == 2 ? Fraction(argument: parts[1])?.value : nil
    switch (parts[0], size) {
    case ("none", nil) where parts.count == 1: jitter = .none
    case ("exponential", nil) where parts.count == 1: jitter = .exponential
    case ("uniform", .some(let spread)): jitter = .uniform(spread: spread)
    case ("lognormal", .some(let variation)): jitter = .lognormal(variation: variation)
    default:
      guard parts.count == 1, let variation = Fraction(argument: argument) else { return nil }
      jitter = variation.value == 0 ? .none : .lognormal(variation: variation.value)
    }
  }
}

/// `fixed`, `poisson`, `geometric` or `lognormal:VARIATION`, perhaps with `TABLE=` in front.
struct LookupsArgument: ExpressibleByArgument {
  /// `nil` for all tables that are not named.
  var table: String?
  var distribution: LookupDistribution

  init?(argument: String) {
    // A table's name may contain anything, an equals sign too.
    let parts = argument.lastIndex(of: "=").map { (argument[..<$0], argument[argument.index(after: $0)...]) }
    table = parts.map { String($0.0) }
    let kind = parts.map { String($0.1) } ?? argument
    switch kind {
    case "fixed": distribution = .fixed
    case "poisson": distribution = .poisson
    case "geometric": distribution = .geometric
    default:
      let name = "lognormal:"
      guard kind.hasPrefix(name), let variation = Fraction(argument: String(kind.dropFirst(name.count)))
      else { return nil }
      distribution = .lognormal(variation: variation.value)
    }
  }
}

extension BatchingWindow {
  /// `REQUESTS:TIME`, for example `8:5ms`.
  static func read(_ text: String) throws -> Self {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let requests = Int(parts[0]), requests > 0,
      let seconds = DurationText.seconds(parts[1])
    else { throw ValidationError("it is not a number and a time with its unit; write it like 8:5ms") }
    return Self(maximumRequests: requests, maximumWaitSeconds: seconds)
  }
}

/// `MINIMUM-MAXIMUM:PLANNED` or `LENGTH:PLANNED`, for example `8-70:32`.
struct LengthsArgument: ExpressibleByArgument {
  var model: LengthModel

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let planned = Double(parts[1]) else { return nil }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard let first = ends.first, let last = ends.last, ends.count <= 2, first <= last else { return nil }
    model = LengthModel(plannedLength: planned, distribution: .uniform(minimum: first, maximum: last))
  }
}

extension Simulation.Failure {
  /// `DEVICE@t=TIME[,back=TIME]`.
  static func read(_ text: String) throws -> Self {
    do { return try Self(parsing: text) } catch { throw ValidationError(error.description) }
  }
}

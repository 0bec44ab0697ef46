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

/// `fixed`, `poisson`, `geometric` or `lognormal:VARIATION`.
struct LookupsArgument: ExpressibleByArgument {
  var distribution: LookupDistribution

  init?(argument: String) {
    switch argument {
    case "fixed": distribution = .fixed
    case "poisson": distribution = .poisson
    case "geometric": distribution = .geometric
    default:
      let name = "lognormal:"
      guard argument.hasPrefix(name),
        let variation = Fraction(argument: String(argument.dropFirst(name.count)))
      else { return nil }
      distribution = .lognormal(variation: variation.value)
    }
  }
}

/// `REQUESTS:TIME`, for example `8:5ms`.
struct WindowArgument: ExpressibleByArgument {
  var window: BatchingWindow

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let requests = Int(parts[0]), requests > 0,
      let seconds = DurationText.seconds(parts[1])
    else { return nil }
    window = BatchingWindow(maximumRequests: requests, maximumWaitSeconds: seconds)
  }
}

/// `MINIMUM-MAXIMUM:PLANNED`, for example `8-70:32`.
struct LengthsArgument: ExpressibleByArgument {
  var model: LengthModel

  init?(argument: String) {
    let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 2, let planned = Double(parts[1]) else { return nil }
    let ends = parts[0].split(separator: "-", omittingEmptySubsequences: false).compactMap { Int($0) }
    guard ends.count == 2, ends[0] <= ends[1] else { return nil }
    model = LengthModel(
      plannedLength: planned, distribution: .uniform(minimum: ends[0], maximum: ends[1]))
  }
}

/// `DEVICE@t=TIME[,back=TIME]`.
struct FailureArgument: ExpressibleByArgument {
  var failure: Simulation.Failure

  init?(argument: String) {
    do { failure = try Simulation.Failure(parsing: argument) } catch { return nil }
  }
}

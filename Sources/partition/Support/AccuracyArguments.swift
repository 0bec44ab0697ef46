import ArgumentParser
import Partitioner

/// An error, as `0.01` or `1%`, or the precision that costs it everywhere.
struct BudgetArgument: ExpressibleByArgument {
  var limit: AccuracyLimit

  init?(argument: String) {
    if let precision = Precision(rawValue: argument) {
      limit = .everywhere(precision)
    } else if let fraction = Fraction(argument: argument) {
      limit = .error(fraction.value)
    } else if argument == "inf" {
      limit = .error(.infinity)
    } else {
      return nil
    }
  }
}

/// Where errors of tables come from.
enum ErrorsArgument: ExpressibleByArgument {
  case weights, assumed
  case file(String)

  init?(argument: String) {
    switch argument {
    case "": return nil
    case "weights": self = .weights
    case "assumed": self = .assumed
    default: self = .file(argument)
    }
  }
}

/// `precision:pattern` of what is kept in a precision.
struct KeepArgument {
  var kept: KeptPrecision

  @Sendable init(argument: String) throws {
    guard let colon = argument.firstIndex(of: ":"), argument.index(after: colon) < argument.endIndex,
      let kept = KeptPrecision(
        word: String(argument[..<colon]), pattern: String(argument[argument.index(after: colon)...]))
    else {
      let all = KeptPrecision.words.joined(separator: ", ")
      throw ValidationError("'\(argument)' is not of the form PRECISION:PATTERN with one of \(all)")
    }
    self.kept = kept
  }
}

/// What precisions of tables may lose.
struct AccuracyArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The most that tables may lose: relative L2 errors of their rows by share of look-ups, divided by the root of the \
      pooling, in sum; 0.01 or 1%, or a precision for what it costs in every table. Default: any amount, and narrower \
      precisions only for memory that is needed or more than 1 % of the plan.
      """, valueName: "error"))
  var accuracyBudget: BudgetArgument?

  @Option(
    help: ArgumentHelp(
      """
      Errors of tables: weights (read from the model's file; where it has none, assumed), assumed (from width and bits), or a \
      JSON file {"table": {"int4": 0.08}}. Default: weights with --accuracy-budget or --frontier, else assumed.
      """, valueName: "source"))
  var tableErrors: ErrorsArgument?

  @Flag(
    help:
      "Also plan within budgets from the least error to that of the plan without one, and list what each allows."
  )
  var frontier = false

  @Option(
    name: .customLong("keep"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      Keep operators and tables with such names in a precision, whatever the others are in: fp16:head*; first and last are \
      the first and last operator with matrix work. w4a16:* and w8a16:* keep weights alone in 4 or 8 bits and compute in 16. \
      May be repeated.
      """, valueName: "precision:pattern"), transform: KeepArgument.init(argument:))
  var kept: [KeepArgument] = []

  func apply(to options: inout PlanOptions, model: Model, path: String) throws(PartitionError) {
    try options.keep(kept.map(\.kept), in: model)
    options.accuracyBudget = accuracyBudget?.limit
    switch tableErrors ?? (accuracyBudget != nil || frontier ? .weights : .assumed) {
    case .weights: options.tableErrors = try Partitioner.tableErrors(of: model, path: path)
    case .assumed: break
    case .file(let file): options.tableErrors = try Partitioner.tableErrors(of: model, sidecar: file)
    }
  }
}

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

/// Where errors of tables and layers come from.
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
      let all = LayerPrecision.words.joined(separator: ", ")
      throw ValidationError("'\(argument)' is not of the form PRECISION:PATTERN with one of \(all)")
    }
    self.kept = kept
  }
}

/// Precisions of layers, separated by commas.
struct LayerPrecisionList {
  var precisions: [LayerPrecision]

  @Sendable init(argument: String) throws {
    precisions = try argument.split(separator: ",", omittingEmptySubsequences: false).map { word in
      guard let precision = LayerPrecision(word: word.trimmingCharacters(in: .whitespaces)) else {
        let all = LayerPrecision.words.joined(separator: ", ")
        throw ValidationError("'\(word)' is no precision of layers; give some of \(all), separated by commas")
      }
      return precision
    }
  }
}

/// What precisions may lose.
struct AccuracyArguments: ParsableArguments {
  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      """
      The most that tables and layers may lose, in sum: relative L2 errors of tables' rows by share of look-ups, divided by \
      the root of the pooling, and of layers' results by share of the variance that reaches the outputs; 0.01 or 1%, or a \
      precision for what it costs in every table and layer. Default: any amount, and narrower precisions only for memory \
      that is needed or more than 1 % of the plan.
      """, valueName: "error"))
  var accuracyBudget: BudgetArgument?

  @Option(
    help: ArgumentHelp(
      """
      What layers (products and convolutions) may be in on cards, best liked first: which of them is in which is then \
      decided, in what is liked less only for memory or more than 1 % of the plan. A precision, or w8a16, w4a16 for \
      weights alone. Default: --precision; with --accuracy-budget the wider ones as well that cards have.
      """, valueName: "list"), transform: LayerPrecisionList.init(argument:))
  var layerPrecision: LayerPrecisionList?

  @Option(
    name: [.customLong("errors"), .customLong("table-errors")],
    help: ArgumentHelp(
      """
      Errors of tables and layers: weights (read from the model's file; where it has none, assumed), assumed (from sizes and \
      bits), or a JSON file {"table or layer": {"int4": 0.08}}. Default: weights with --accuracy-budget or --frontier, else \
      assumed.
      """, valueName: "source"))
  var errors: ErrorsArgument?

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
    options.layerPrecisions = layerPrecision?.precisions ?? []
    switch errors ?? (accuracyBudget != nil || frontier ? .weights : .assumed) {
    case .weights: options.take(try Partitioner.errors(of: model, path: path))
    case .assumed: break
    case .file(let file): options.take(try Partitioner.errors(of: model, sidecar: file))
    }
  }
}

import ArgumentParser
import Partitioner
import Sweep

/// The axes of a sweep as lists.
struct SweepAxes: ParsableArguments {
  @Option(
    help: ArgumentHelp("Model files; a name that ends in .csv is a sheet of tables.", valueName: "list"),
    transform: Self.words)
  var models: [String] = []

  @Option(
    help: ArgumentHelp("Built-in systems or files; default: nnpi.", valueName: "list"), transform: Self.words)
  var systems: [String] = []

  @Option(
    parsing: .unconditional, help: ArgumentHelp("Numbers of cards: 1..12 or 1,2,4.", valueName: "list"),
    transform: Self.numbers)
  var cards: [Int] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Batches: 1,8,64 or auto, the one with most items a second within the latency budget; default: the model's own.",
      valueName: "list"),
    transform: Self.batchList)
  var batches: [SweepBatch] = []

  @Option(
    name: .customLong("dim"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Size of a dynamic dimension, of every model that has it. May be repeated.", valueName: "name=size"),
    transform: DimensionBinding.init(argument:))
  var dimensions: [DimensionBinding] = []

  @Option(
    help: ArgumentHelp("Of the cards' matrix engines; default: int8.", valueName: "list"),
    transform: PrecisionList.init(argument:))
  var precisions: PrecisionList?

  @Option(
    help: ArgumentHelp("Of throughput, latency and energy; default: throughput.", valueName: "list"),
    transform: Self.objectives)
  var objectives: [PlanObjective] = []

  @Option(
    help: ArgumentHelp(
      "The most that tables and layers may lose, errors assumed: 1%,2%,int8,none; default: none.",
      valueName: "list"),
    transform: Self.budgets)
  var accuracyBudgets: [AccuracyLimit?] = []

  @Option(
    help: ArgumentHelp(
      """
      What layers may be in on cards, as plan --layer-precision has it, a + between precisions: int8,int8+fp16,w4a16; default: \
      what is usual there, which default stands for in a list.
      """, valueName: "list"),
    transform: Self.layers)
  var layerPrecisions: [SweepLayers] = []

  @Option(
    name: .customLong("set"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Values of one figure of the systems, by its path in `partition systems NAME`. May be repeated.",
      valueName: "path=value,..."), transform: Self.variation)
  var changes: [SweepQuestion.Variation] = []

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp("Longest time of one batch; default: the model's own.", valueName: "time"),
    transform: TimeSpan.millisecondsIfBare)
  var latencyBudget: TimeSpan?

  @Option(parsing: .unconditional, help: "Of every point: stop at this proven relative gap; default: 0.01.")
  var gap: Fraction?

  @Option(help: ArgumentHelp("Of every point: work to do at most, times the default.", valueName: "factor"))
  var effort: Effort?

  @Flag(help: "Replay every plan with random arrivals.")
  var simulate = false

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "Of a replay: its rate as a share of the predicted one; default: 70%.", valueName: "share"))
  var load: Fraction?

  @Flag(help: "Also find the highest rate at which p99 is within the latency budget, by simulation.")
  var rateWithinBudget = false

  @Option(
    parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      "Price of the host, of a card, or of cards of a model, in any one currency. May be repeated.",
      valueName: "host|card|model=price"), transform: PriceArgument.init(argument:))
  var price: [PriceArgument] = []

  /// Options that were given.
  var given: [String] {
    let all: [(String, Bool)] = [
      ("--models", !models.isEmpty), ("--systems", !systems.isEmpty), ("--cards", !cards.isEmpty),
      ("--batches", !batches.isEmpty), ("--dim", !dimensions.isEmpty), ("--precisions", precisions != nil),
      ("--objectives", !objectives.isEmpty),
      ("--set", !changes.isEmpty), ("--latency-budget", latencyBudget != nil), ("--gap", gap != nil),
      ("--effort", effort != nil), ("--simulate", simulate), ("--load", load != nil),
      ("--price", !price.isEmpty), ("--accuracy-budgets", !accuracyBudgets.isEmpty),
      ("--layer-precisions", !layerPrecisions.isEmpty),
      ("--rate-within-budget", rateWithinBudget),
    ]
    return all.filter(\.1).map(\.0)
  }

  func validate() throws {
    if load != nil, !simulate { throw ValidationError("--load has no effect without --simulate") }
    try PriceArgument.checkNames(price)
    let names = dimensions.map(\.name) + (batches.isEmpty ? [] : [ModelArguments.batchName])
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw ValidationError("dimension '\(twice)' is given twice")
    }
  }

  var question: SweepQuestion {
    let sizes = Dictionary(dimensions.map { ($0.name, $0.size) }, uniquingKeysWith: { first, _ in first })
    var question = SweepQuestion(
      models: models.map { path in
        let isSheet = path.lowercased().hasSuffix(".csv")
        return .init(path: path, form: isSheet ? .tables : nil, dimensions: isSheet ? [:] : sizes)
      })
    if !systems.isEmpty { question.systems = systems }
    if !cards.isEmpty { question.cards = cards }
    if !batches.isEmpty { question.batches = batches }
    if let precisions { question.precisions = precisions.precisions }
    if !objectives.isEmpty { question.objectives = objectives }
    if !accuracyBudgets.isEmpty { question.accuracyBudgets = accuracyBudgets }
    if !layerPrecisions.isEmpty { question.layerPrecisions = layerPrecisions }
    question.variations = changes
    question.seeksRate = rateWithinBudget
    question.latencyBudgetMilliseconds = latencyBudget?.milliseconds
    if let gap { question.gap = gap.value }
    question.work = effort?.work
    if simulate { question.replay = load.map { .init(share: $0.value) } ?? .init() }
    question.prices = PriceArgument.byName(price)
    return question
  }

  @Sendable static func words(_ text: String) throws -> [String] {
    let words = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
    if words.contains("") {
      throw ValidationError("'\(text)' has an empty place; separate names by single commas")
    }
    return words
  }

  @Sendable private static func numbers(_ text: String) throws -> [Int] {
    guard let numbers = NumberList.read(text) else {
      throw ValidationError("'\(text)' is no list of whole numbers; write 1..12 or 1,8,64")
    }
    return numbers
  }

  @Sendable private static func batchList(_ text: String) throws -> [SweepBatch] {
    guard let batches = SweepBatch.list(text) else {
      throw ValidationError("'\(text)' is no list of whole numbers; write 1..4 or 1,8,auto")
    }
    return batches
  }

  @Sendable private static func budgets(_ text: String) throws -> [AccuracyLimit?] {
    try words(text).map { word in
      if word == SweepQuestion.noBudget { return nil }
      guard let limit = AccuracyLimit(word) else {
        throw ValidationError("'\(word)' is no error like 0.02 or 2%, no precision, and not none")
      }
      return limit
    }
  }

  @Sendable private static func layers(_ text: String) throws -> [SweepLayers] {
    try words(text).map { word in
      guard let layers = SweepLayers(word) else { throw ValidationError(SweepLayers.problem(word)) }
      return layers
    }
  }

  @Sendable private static func objectives(_ text: String) throws -> [PlanObjective] {
    try KnownWord.list(text)
  }

  @Sendable private static func variation(_ text: String) throws -> SweepQuestion.Variation {
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw ValidationError("'\(text)' is not of the form PATH=VALUE,VALUE")
    }
    return .init(
      path: String(text[..<equals]), values: try words(String(text[text.index(after: equals)...])))
  }
}

import Foundation
import Partitioner
import Questions
import Rules

/// Decodes the options of a call: a JSON object in which every key must be known.
enum CallOptions {
  /// - Parameters:
  ///   - text: `nil` or blank for no options.
  ///   - keys: Those that the call takes; all of the options where it does not say.
  /// - Throws: `usage` with every unknown key or the first value of a wrong kind.
  static func decode<Options: Decodable & KnownKeys>(
    _ type: Options.Type, from text: String?, keys: Set<String> = Options.knownKeys
  ) throws(PartitionError) -> Options {
    let json = text.flatMap { $0.allSatisfy(\.isWhitespace) ? nil : $0 } ?? "{}"
    do {
      try JSONReader.read(Array(json.utf8)) { reader throws(FormatError) in try reader.skip() }
      let given = try JSONDecoder().decode([String: Ignored].self, from: Data(json.utf8)).keys.sorted()
      let unknown = given.filter { !keys.contains($0) }
      guard unknown.isEmpty else {
        let known = keys.sorted().joined(separator: ", ")
        throw PartitionError(.usage, unknown.map { "options: '\($0)' is not an option; known are \(known)" })
      }
      return try JSONDecoder().decode(type, from: Data(json.utf8))
    } catch let error as PartitionError {
      throw error
    } catch let error as FormatError {
      throw PartitionError(.usage, error.findings.map { "options: \($0)" })
    } catch let error as DecodingError {
      throw PartitionError(.usage, "options: \(explanation(of: error))")
    } catch {
      throw PartitionError(.usage, "options: not a JSON object: \(error.localizedDescription)")
    }
  }

  private static func explanation(of error: DecodingError) -> String {
    func place(_ context: DecodingError.Context) -> String {
      let path = context.codingPath.map(\.stringValue).joined(separator: ".")
      return path.isEmpty ? "the text" : "'\(path)'"
    }
    return switch error {
    case .typeMismatch(let type, let context): "\(place(context)) is not a \(type)"
    case .valueNotFound(_, let context): "\(place(context)) is null"
    case .keyNotFound(let key, _): "'\(key.stringValue)' is missing"
    case .dataCorrupted(let context): "\(place(context)) is not valid: \(context.debugDescription)"
    @unknown default: "\(error)"
    }
  }

  /// Takes any value and keeps nothing of it.
  private struct Ignored: Decodable { init(from decoder: any Decoder) throws {} }
}

/// A decodable type that can name its keys.
protocol KnownKeys {
  static var knownKeys: Set<String> { get }
}

/// Options of `partitioner_plan`, as the header documents them.
struct PlanCallOptions: Decodable, KnownKeys {
  var name: String?
  var path: String?
  var dimensions: [String: Int]?
  var states: [String: String]?
  var form: PlanDocument.ModelReference.Form?
  var dense: DensePart?
  var system: String?
  var cards: Int?
  var objective: PlanObjective?
  var latencyBudgetMilliseconds: Double?
  var gap: Double?
  var timeLimitSeconds: Double?
  var effort: Effort?
  var precision: Precision?
  var tablePrecisions: [Precision]?
  var allowsSplits: Bool?
  var requestsInFlight: Int?
  var threads: Int?
  var seed: UInt64?
  var costs: [String]?
  var set: [String: Figure]?
  var accuracyBudget: BudgetOption?
  var errors: [String: [String: Double]]?
  /// The same, from before layers had errors.
  var tableErrors: [String: [String: Double]]?
  var layerPrecisions: [LayerPrecision]?
  var rules: [PlacementRules.Rule]?
  var start: PlanDocument?
  var uncertainty: Bool?
  var robust: Bool?
  var draws: Int?
  var ratePerSecond: Double?
  var prices: [String: Double]?
  var systems: [String]?
  var skew: SkewOption?
  var lengths: LengthsOption?
  var largest: String?
  var keep: [KeptPrecision]?
  var splitsByHeat: Bool?
  var without: [Lever]?
  var cut: Int?
  var cutBy: GraphCut.Kind?
  var frontier: Bool?
  var solver: SolverName?
  var batch: BatchOption?
  var survive: Int?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case ratePerSecond, prices, systems
    case skew, keep, lengths, largest
    case splitsByHeat, without, cut, cutBy, frontier, solver, batch, survive
    case costs, set, states
    case form, dense
    case name, path, dimensions, system, cards, objective, latencyBudgetMilliseconds, gap, timeLimitSeconds,
      effort, precision
    case tablePrecisions, allowsSplits, requestsInFlight, threads, seed, rules, start
    case uncertainty, robust, draws
    case accuracyBudget, errors, tableErrors, layerPrecisions
  }

  static var knownKeys: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
  /// Those that say what the model is.
  static let modelKeys = ModelCallOptions.keys.union(["form", "dense"])
  /// Those that change a system.
  static let systemKeys: Set<String> = ["cards", "set"]
  /// Those that name systems.
  static let namedSystemKeys: Set<String> = systemKeys.union(["system", "systems"])

  /// Those of questions that load a model more than once, or plan more than once.
  static let severalKeys: Set<String> = ["lengths", "largest", "batch", "survive"]

  /// Options that are given although they belong to one model of one size.
  ///
  /// - Parameter dimension: What varies.
  func ofOneSize(_ dimension: String) -> [String] {
    let given = [
      ("start", start != nil), ("costs", costs != nil), ("ratePerSecond", ratePerSecond != nil),
      ("dimensions.\(dimension)", dimensions?[dimension] != nil),
    ]
    return given.filter(\.1).map(\.0)
  }

  /// The model in memory, or else the file that the options name.
  func loadModel(_ bytes: UnsafeRawPointer?, _ size: Int) throws(PartitionError) -> Model {
    guard let form else {
      return try unsafe ModelCallOptions(name: name, path: path, dimensions: dimensions, states: states)
        .load(bytes, size)
    }
    guard let sheet = try unsafe Boundary.bytes(bytes, size) else {
      throw PartitionError(.usage, "the model is NULL")
    }
    return try Partitioner.loadSheet(
      form, bytes: sheet, name: name ?? "model", dense: dense, batch: dimensions?["batch"])
  }

  /// The question for a machine; `nil` for none.
  private func sizing() throws(PartitionError) -> SizingOptions? {
    guard let ratePerSecond else {
      guard prices == nil, systems == nil else {
        throw PartitionError(.usage, "options: prices and systems have no effect without ratePerSecond")
      }
      return nil
    }
    var sizing = SizingOptions(ratePerSecond: ratePerSecond, prices: prices.map(MachinePrices.init))
    for name in systems ?? [] {
      sizing.alternatives.append(
        try Partitioner.system(named: name, cards: cards, changes: Figure.changes(set)))
    }
    return sizing
  }

  func planOptions() throws(PartitionError) -> PlanOptions {
    var options = PlanOptions()
    options.latencyBudgetMilliseconds = latencyBudgetMilliseconds
    options.timeLimitSeconds = timeLimitSeconds
    options.work = effort?.work
    if let objective { options.objective = objective }
    if let gap { options.gap = gap }
    if let precision { options.precision = precision }
    if let tablePrecisions { options.tablePrecisions = tablePrecisions }
    if let allowsSplits { options.allowsSplits = allowsSplits }
    if let splitsByHeat { options.splitsByHeat = splitsByHeat }
    options.without.formUnion(without ?? [])
    if let solver { options.solver = solver }
    if let cut {
      guard cut >= 2 else {
        throw PartitionError(.usage, "options: cut is \(cut); give 2 cards or more")
      }
      guard !options.without.contains(.cut) else {
        throw PartitionError(.usage, "options: cut is given and left out; give one of them")
      }
      options.teams = .of(cut, by: cutBy)
    } else if cutBy != nil {
      throw PartitionError(.usage, "options: cutBy has no effect without cut")
    }
    if let requestsInFlight { options.requestsInFlight = requestsInFlight }
    if let threads { options.threads = threads }
    if let seed { options.seed = seed }
    if let rules { options.rules = PlacementRules(rules: rules) }
    if uncertainty == true || robust == true || draws != nil {
      options.uncertainty = UncertaintyOptions(
        draws: draws ?? UncertaintyOptions().draws, isRobust: robust == true)
    }
    options.accuracyBudget = accuracyBudget?.limit
    if errors != nil, tableErrors != nil {
      throw PartitionError(
        .usage, "options: errors and tableErrors are given, which are the same; give errors")
    }
    options.layerPrecisions = layerPrecisions ?? []
    options.sizing = try sizing()
    return options
  }
}

/// How often requests have which length.
struct LengthsOption: Decodable {
  let options: BucketOptions

  private enum CodingKeys: String, CodingKey { case dimension, counts, buckets }

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    let counts = try container.decode([String: Int].self, forKey: .counts)
    let known = counts.compactMap { length, count in Int(length).map { ($0, count) } }
    guard known.count == counts.count,
      let lengths = LengthHistogram(Dictionary(known, uniquingKeysWith: { first, _ in first }))
    else {
      throw DecodingError.dataCorruptedError(
        forKey: .counts, in: container, debugDescription: "give lengths from 1, each with how often it comes")
    }
    options = BucketOptions(
      dimension: try container.decode(String.self, forKey: .dimension), lengths: lengths,
      limit: try container.decodeIfPresent(Int.self, forKey: .buckets))
  }
}

/// A size of batches that is left to the search.
enum BatchOption: String, Decodable {
  case auto
}

/// How look-ups are spread over rows: what is usual, or figures by table.
enum SkewOption: Decodable {
  case usual(TableAccess.Usual)
  case figures([String: AccessFigure])

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let usual = try? container.decode(TableAccess.Usual.self) {
      self = .usual(usual)
    } else {
      self = .figures(try container.decode([String: AccessFigure].self))
    }
  }

  func access(of model: Model) throws(PartitionError) -> TableAccess {
    switch self {
    case .usual(let usual): Partitioner.tableAccess(of: model, usual: usual)
    case .figures(let figures): try Partitioner.tableAccess(of: model, figures, place: "options: skew")
    }
  }
}

/// A relative error, or the name of a precision for what it costs everywhere.
struct BudgetOption: Decodable {
  let limit: AccuracyLimit

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let precision = try? container.decode(Precision.self) {
      limit = .everywhere(precision)
    } else if let error = try? container.decode(Double.self), error >= 0 {
      limit = .error(error)
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "give a number from 0, or a precision")
    }
  }
}

/// A value of a figure: a number, true or false, or a text.
struct Figure: Decodable {
  let text: String

  /// In the order of their paths.
  static func changes(_ set: [String: Figure]?) -> [FigureChange] {
    (set ?? [:]).sorted { $0.key < $1.key }.map { FigureChange(path: $0.key, value: $0.value.text) }
  }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let flag = try? container.decode(Bool.self) {
      text = "\(flag)"
    } else if let number = try? container.decode(Double.self) {
      text = "\(number)"
    } else {
      text = try container.decode(String.self)
    }
  }
}

/// How much work to do: a factor, or "none" for no limit.
struct Effort: Decodable {
  let work: WorkBudget

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if let word = try? container.decode(String.self), word == "none" {
      work = .unlimited
    } else if let factor = try? container.decode(Double.self), factor > 0 {
      work = WorkBudget(effort: factor)
    } else {
      throw DecodingError.dataCorruptedError(
        in: container, debugDescription: "give a number above 0, or \"none\"")
    }
  }
}

/// Options of `partitioner_simulate`, as the header documents them.
struct SimulateCallOptions: Decodable, KnownKeys {
  var ratePerSecond: Double?
  var requests: Int?
  var replications: Int?
  var precision: Double?
  var seed: UInt64?
  var threads: Int?
  var availability: Double?
  var failures: [Simulation.Failure]?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case ratePerSecond, requests, replications, precision, seed, threads, availability, failures
  }

  static var knownKeys: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

  var simulationOptions: SimulationOptions {
    var options = SimulationOptions(
      load: ratePerSecond.map { .poisson(requestsPerSecond: $0) } ?? .backToBack)
    if let requests { options.requests = requests }
    options.growsWithLoad = requests == nil
    if let replications { options.replications = replications }
    if let seed { options.seed = seed }
    options.precision = precision
    options.threads = threads
    if let availability { options.requirements.availability = availability }
    options.failures = failures ?? []
    return options
  }
}

/// Options of `partitioner_explain`, as the header documents them.
struct ExplainCallOptions: Decodable, KnownKeys {
  var `operator`: String?
  var table: String?
  var card: String?
  var whatIf: Bool?
  var effort: Effort?

  enum CodingKeys: String, CodingKey, CaseIterable { case `operator`, table, card, whatIf, effort }

  static var knownKeys: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }

  /// - Throws: `usage` where more than one is named.
  func subject() throws(PartitionError) -> Explanation.Subject {
    let named: [Explanation.Subject?] = [
      `operator`.map { .operator($0) }, table.map { .table($0) }, card.map { .card($0) },
    ]
    let subjects = named.compactMap(\.self)
    guard subjects.count <= 1 else {
      throw PartitionError(.usage, "options: operator, table and card exclude each other; ask about one")
    }
    return subjects.first ?? .plan
  }
}

/// Options of `partitioner_replan`, as the header documents them.
struct ReplanCallOptions: Decodable, KnownKeys {
  var lost: [String]?
  var cards: Int?
  var ratePerSecond: Double?
  var moveWeight: Double?
  var effort: Effort?
  var newModel: String?

  enum CodingKeys: String, CodingKey, CaseIterable {
    case lost, cards, ratePerSecond, moveWeight, effort, newModel
  }

  static var knownKeys: Set<String> { Set(CodingKeys.allCases.map(\.rawValue)) }
}

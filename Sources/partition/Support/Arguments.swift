import ArgumentParser
import Partitioner
import Rules

extension Precision: ExpressibleByArgument {}
extension PlanObjective: ExpressibleByArgument {}

/// `name=value` of a dynamic dimension.
struct DimensionBinding {
  var name: String
  var size: Int

  @Sendable init(argument: String) throws {
    // The name may contain anything, an equals sign too; the size may not.
    guard let equals = argument.lastIndex(of: "="), equals != argument.startIndex else {
      throw ValidationError("'\(argument)' is not of the form NAME=SIZE")
    }
    let text = argument[argument.index(after: equals)...]
    guard let size = Int(text) else {
      throw ValidationError("'\(text)' is not a whole number that a size can be")
    }
    guard size >= 0 else { throw ValidationError("\(size) is negative; a size is 0 or more") }
    name = String(argument[..<equals])
    self.size = size
  }
}

/// `input=output` of a state.
struct StatePair {
  var input: String
  var output: String

  @Sendable init(argument: String) throws {
    let parts = argument.split(separator: "=", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 2, parts.allSatisfy({ !$0.isEmpty }) else {
      throw ValidationError("'\(argument)' is not of the form INPUT=OUTPUT")
    }
    (input, output) = (parts[0], parts[1])
  }
}

/// `input=form` of an input.
struct InputArgument {
  var input: String
  var form: InputForm

  @Sendable init(argument: String) throws {
    // The name may contain anything, an equals sign too; the form may not.
    guard let equals = argument.lastIndex(of: "="), equals != argument.startIndex,
      let form = InputForm(rawValue: String(argument[argument.index(after: equals)...]))
    else {
      let all = InputForm.allCases.map(\.rawValue).joined(separator: " or ")
      throw ValidationError("'\(argument)' is not of the form INPUT=FORM with the form \(all)")
    }
    input = String(argument[..<equals])
    self.form = form
  }
}

/// Items in a batch, or `auto` for a plan to choose.
enum BatchSize: ExpressibleByArgument {
  case items(Int)
  case auto

  init?(argument: String) {
    if argument == "auto" {
      self = .auto
    } else {
      guard let items = Int(argument), items > 0 else { return nil }
      self = .items(items)
    }
  }
}

/// A fraction, as `0.01` or `1%`.
struct Fraction: ExpressibleByArgument {
  var value: Double

  init(_ value: Double) { self.value = value }

  init?(argument: String) {
    let isPercent = argument.hasSuffix("%")
    guard let number = Double(isPercent ? String(argument.dropLast()) : argument), number.isFinite,
      number >= 0
    else { return nil }
    value = isPercent ? number / 100 : number
  }

  var defaultValueDescription: String { "\(value)" }
}

/// Precisions separated by commas, best liked first.
struct PrecisionList: CustomStringConvertible {
  var precisions: [Precision]

  init(_ precisions: [Precision]) { self.precisions = precisions }

  @Sendable init(argument: String) throws { precisions = try KnownWord.list(argument) }

  var description: String { precisions.map(\.rawValue).joined(separator: ",") }
}

/// Words of lists that have to be known.
enum KnownWord {
  /// The values that words between commas name.
  ///
  /// - Throws: what is not known, and what may be meant.
  static func list<Value: RawRepresentable & CaseIterable>(_ text: String) throws -> [Value]
  where Value.RawValue == String {
    try text.split(separator: ",", omittingEmptySubsequences: false).map(String.init).map { word in
      if let value = Value(rawValue: word) { return value }
      let known = Value.allCases.map(\.rawValue)
      let near = EditDistance.nearest(to: word, among: known).map { " (did you mean \($0)?)" } ?? ""
      throw ValidationError("'\(word)' is not one of \(known.joined(separator: ", "))\(near)")
    }
  }
}

/// The model, and what its dynamic dimensions are bound to; or a sheet in its place.
struct ModelArguments: ParsableArguments {
  @Argument(
    help: "An ONNX model, binary (.onnx) or JSON; - reads standard input.",
    completion: .file(extensions: ["onnx", "json"]))
  var model: String?

  @Option(
    help: ArgumentHelp(
      "Embedding tables in place of a model: name,rows,dim,lookups,bytes,skew in CSV or JSON, or TorchRec's ModelArch.",
      valueName: "file"), completion: .file(extensions: ["csv", "json"]))
  var tables: String?

  @Option(
    help: ArgumentHelp(
      "What is behind the tables: JSON with denseFeatures, bottom, interaction, top.", valueName: "file"),
    completion: .file(extensions: ["json"]))
  var dense: String?

  @Option(
    help: ArgumentHelp(
      "Layers in place of a model: name, seconds or flops, bytes, output_bytes, state_bytes, inputs in CSV or JSON.",
      valueName: "file"), completion: .file(extensions: ["csv", "json"]))
  var layers: String?

  @Option(
    name: .customLong("dim"),
    help: ArgumentHelp("Size of a dynamic dimension; may be repeated.", valueName: "name=size"),
    transform: DimensionBinding.init(argument:))
  var dimensions: [DimensionBinding] = []

  @Option(
    help: """
      Items in a batch: the same as --dim batch=N. A model with another batch is changed where the leading axis of its \
      inputs says how. For plan also auto: the batch with the most items a second within the latency budget.
      """)
  var batch: BatchSize?

  @Option(
    name: .customLong("state"),
    help: ArgumentHelp(
      """
      An input that stays on its device and comes back as an output, as a cache does; may be repeated. An output with its \
      own name is a state that the model begins, as the prefill of a prompt does. Without it, those with the names that \
      exporters use.
      """, valueName: "input=output"),
    transform: StatePair.init(argument:))
  var states: [StatePair] = []

  @Option(
    name: .customLong("input"), parsing: .unconditionalSingleValue,
    help: ArgumentHelp(
      """
      An input that is sent in another form than the model declares: uint8 (in 8 bits a value, as pixels) or shared (once for \
      all items of a batch). What makes of it what the model reads is an operator of the plan, on a card or on the host. May \
      be repeated.
      """, valueName: "input=form"),
    transform: InputArgument.init(argument:))
  var sent: [InputArgument] = []

  @Flag(name: .customLong("no-state"), help: "Send all inputs and outputs with every request.")
  var sendsStates = false

  /// The dimension that `--batch` binds, and the field of findings about it.
  static let batchName = "batch"

  /// The file of the model or the sheet.
  var path: String { model ?? tables ?? layers ?? "" }

  /// What stands in place of a model; `nil` for a model.
  var form: PlanDocument.ModelReference.Form? { tables != nil ? .tables : layers != nil ? .layers : nil }

  mutating func validate() throws {
    let given = [(model, "a model"), (tables, "--tables"), (layers, "--layers")].filter { $0.0 != nil }.map(
      \.1)
    if given.isEmpty { throw ValidationError("give a model, or --tables or --layers in its place") }
    if given.count > 1 {
      throw ValidationError("\(given.joined(separator: " and ")) are given; give one of them")
    }
    if dense != nil, tables == nil { throw ValidationError("--dense has no effect without --tables") }
    if form != nil, let first = dimensions.first {
      throw ValidationError("--dim \(first.name) has no effect on a sheet, which has no dynamic dimensions")
    }
    if form != nil, sendsStates || !states.isEmpty {
      throw ValidationError("--state and --no-state have no effect on a sheet")
    }
    if layers != nil, batch != nil {
      throw ValidationError("--batch has no effect on layers, whose figures are of a batch")
    }
    try GivenOnce.checkStandardInput([(given[0], path), ("--dense", dense)])
    let names = dimensions.map(\.name) + (batch == nil ? [] : [Self.batchName])
    if form != nil, !sent.isEmpty { throw ValidationError("--input has no effect on a sheet") }
    if let twice = sent.first(where: { one in sent.filter { $0.input == one.input }.count > 1 }) {
      throw ValidationError("--input gives '\(twice.input)' twice")
    }
    if sendsStates, !states.isEmpty { throw ValidationError("--state has no effect beside --no-state") }
    if let twice = states.first(where: { pair in states.filter { $0.input == pair.input }.count > 1 }) {
      throw ValidationError("--state gives input '\(twice.input)' twice")
    }
    if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
      throw ValidationError("dimension '\(twice)' is given twice")
    }
  }

  /// What the reader noticed that changes the figures. Other notes are left out: `partition inspect` lists them all.
  func warnings(of model: Model) -> [String] {
    model.findings.filter { $0.severity >= .warning || $0.field == Self.batchName }.map(\.description)
  }

  private var stateChoice: StateChoice {
    guard !sendsStates else { return .none }
    let pairs = Dictionary(states.map { ($0.input, $0.output) }, uniquingKeysWith: { first, _ in first })
    return pairs.isEmpty ? .named : .pairs(pairs)
  }

  /// Items in a batch; `nil` for the model's own.
  private func items(_ size: Int?) throws(PartitionError) -> Int? {
    switch batch {
    case .items(let items): return items
    case .auto:
      guard let size else {
        throw PartitionError(.usage, "--batch auto is for plan alone; give a number of items")
      }
      return size
    case nil: return nil
    }
  }

  /// - Parameters:
  ///   - size: of a batch, where `--batch auto` leaves it open.
  ///   - length: of the dimension that `--lengths` leaves open.
  func load(
    allowsUnknownSizes: Bool = false, batch size: Int? = nil, length: (name: String, size: Int)? = nil
  ) throws(PartitionError) -> Model {
    if let form {
      return try Partitioner.loadSheet(
        form, path: path,
        dense: dense.map { file throws(PartitionError) in try Partitioner.densePart(path: file) },
        batch: try items(size))
    }
    var sizes: [String: Int] = [:]
    for binding in dimensions { sizes[binding.name] = binding.size }
    if let items = try items(size) { sizes[Self.batchName] = items }
    if let length { sizes[length.name] = length.size }
    return try Partitioner.loadModel(
      path: path, dimensions: sizes, states: stateChoice, allowsUnknownSizes: allowsUnknownSizes
    ).sending(Dictionary(sent.map { ($0.input, $0.form) }, uniquingKeysWith: { first, _ in first }))
  }
}

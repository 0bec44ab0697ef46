import CPartitioner
import Partitioner
import Questions

/// What a call of plan asks.
struct PlanQuestion {
  private let model: Model
  private let system: System
  private let options: PlanOptions
  private let name: String?
  private let notes: [String]
  private let asksFrontier: Bool
  /// `nil` where the model has one size.
  private var sizes: Sizes?
  /// Whether the plan says what is left after the loss of a card.
  private var survives = false

  /// What is asked of a model whose size is left open.
  private struct Sizes: Sendable {
    var question: Question
    var load: @Sendable (Int) throws(PartitionError) -> Model

    enum Question: Sendable {
      case bestBatch
      /// The largest size of a dimension that has a plan.
      case largest(String)
      /// For requests of lengths that vary.
      case lengths(BucketOptions)

      var dimension: String {
        switch self {
        case .bestBatch: "batch"
        case .largest(let dimension): dimension
        case .lengths(let options): options.dimension
        }
      }
      /// The size that the model is loaded with first.
      var firstSize: Int {
        if case .lengths(let options) = self { options.lengths.longest } else { 1 }
      }
    }
  }

  /// Answers with a plan, or with the best one so far once it is cancelled.
  typealias Search =
    @Sendable (
      _ isCancelled: @escaping @Sendable () -> Bool, _ progress: (@Sendable (SearchOptions.Progress) -> Void)?
    ) throws(PartitionError) -> PlanDocument

  /// A question in one call.
  init(_ bytes: UnsafeRawPointer?, _ size: Int, _ optionsJSON: UnsafePointer<CChar>?) throws(PartitionError) {
    var options = try CallOptions.decode(PlanCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    if let survive = options.survive, survive != 1 {
      throw PartitionError(.usage, "options: survive is \(survive); the loss of 1 card is worked out")
    }
    let question = try Self.openSize(options)
    let given = options.dimensions ?? [:]
    if let question {
      options.dimensions = given.merging([question.dimension: question.firstSize]) { $1 }
    }
    try self.init(
      options, model: try unsafe options.loadModel(bytes, size),
      system: try Partitioner.system(
        named: options.system, cards: options.cards, changes: Figure.changes(options.set)),
      name: options.name)
    survives = options.survive != nil
    guard let question else { return }
    let source = ModelInSizes(options, try unsafe Boundary.bytes(bytes, size), dimensions: given)
    sizes = Sizes(question: question) { size throws(PartitionError) in
      try source.load([question.dimension: size])
    }
  }

  /// What is asked of a size that is left open; `nil` where none is.
  ///
  /// - Throws: `usage` for options that are of one size.
  private static func openSize(_ options: PlanCallOptions) throws(PartitionError) -> Sizes.Question? {
    let asked: [(key: String, question: Sizes.Question)] = [
      options.lengths.map { ("lengths", .lengths($0.options)) },
      options.largest.map { ("largest", .largest($0)) }, options.batch.map { _ in ("batch", .bestBatch) },
    ].compactMap(\.self)
    guard let (key, question) = asked.first else { return nil }
    var others = options.ofOneSize(question.dimension)
    switch question {
    case .bestBatch: if options.frontier == true { others.append("frontier") }
    case .largest, .lengths:
      others += [
        ("form", options.form != nil), ("uncertainty", options.uncertainty == true),
        ("robust", options.robust == true), ("draws", options.draws != nil),
      ].filter(\.1).map(\.0)
    }
    if case .largest = question, options.frontier == true { others.append("frontier") }
    others += asked.dropFirst().map(\.key)
    guard others.isEmpty else {
      let why =
        key == "batch"
        ? "belongs to one batch; give it without batch, which is left open"
        : "is of one length; give it without \(key)"
      throw PartitionError(.usage, others.map { "options: \($0) \(why)" })
    }
    return question
  }

  /// - Parameters:
  ///   - name: What the plan calls the model.
  ///   - compiler: Is asked here, on the calling thread.
  init(
    _ options: PlanCallOptions, model: Model, system named: System, name: String?,
    compiler: CompilerHooks? = nil, isOfHandles: Bool = false
  ) throws(PartitionError) {
    var files: [MeasurementFile] = []
    for path in options.costs ?? [] { files.append(try Partitioner.measurements(path: path)) }
    var planOptions = try options.planOptions()
    // Handles know the model's own operators and tables.
    if isOfHandles { (planOptions.teams, planOptions.splitsByHeat) = (.none, false) }
    let measured = try Partitioner.apply(files, to: model, on: named, precision: planOptions.precision)
    planOptions.measured = measured.costs
    try planOptions.keep(options.keep ?? [], in: model)
    planOptions.access = try options.skew?.access(of: model)
    planOptions.take(try Partitioner.errors(of: model, options.errors ?? options.tableErrors ?? [:]))
    if let compiler {
      planOptions = try Partitioner.ask(compiler, about: model, on: measured.system, options: planOptions)
    }
    var problems: [String] = []
    if let start = options.start {
      (planOptions.start, planOptions.startHot, problems) = try Partitioner.startingPlacement(
        start, for: model, on: measured.system, options: planOptions)
    }
    self.model = model
    system = measured.system
    self.options = planOptions
    self.name = name
    asksFrontier = options.frontier == true
    if asksFrontier, options.ratePerSecond != nil || options.lengths != nil {
      throw PartitionError(
        .usage,
        "options: frontier and \(options.lengths == nil ? "ratePerSecond" : "lengths") are given; ask one after the other"
      )
    }
    notes = measured.findings + problems.map { "the plan to start from is passed over: \($0)" }
  }

  /// The integer program of the question, for another solver.
  func integerProgram() throws(PartitionError) -> ProgramText {
    guard sizes == nil, !asksFrontier else {
      throw PartitionError(
        .usage,
        "options: lengths, largest, batch and frontier are several questions; an integer program states one")
    }
    return try Partitioner.integerProgram(of: model, on: system, options: options)
  }

  func answer(_ run: (@escaping Search) throws(PartitionError) -> PlanDocument) throws(PartitionError)
    -> PlanDocument
  {
    let (model, system, options, sizes) = (model, system, options, sizes)
    let (asksFrontier, survives) = (asksFrontier, survives)
    var plan = try run { isCancelled, progress throws(PartitionError) in
      if asksFrontier {
        return try Partitioner.frontier(
          model, on: system, options: options, isCancelled: isCancelled, progress: progress)
      }
      var found: (plan: PlanDocument, model: Model)
      var lengths: LengthLoader?
      if let sizes {
        switch sizes.question {
        case .bestBatch:
          let search = try Partitioner.batch(
            on: system, options: options, isCancelled: isCancelled, progress: progress, load: sizes.load)
          found = (search.plan, search.model)
        case .largest(let dimension):
          let search = try Partitioner.largest(
            dimension, on: system, options: options, isCancelled: isCancelled, progress: progress,
            load: sizes.load)
          found = (search.plan, search.model)
        case .lengths(let asked):
          let planned = try Partitioner.plan(
            asked, on: system, options: options, isCancelled: isCancelled, progress: progress,
            load: sizes.load)
          found = (planned.plan, planned.model)
          lengths = LengthLoader { length throws(PartitionError) in try sizes.load(length) }
        }
      } else {
        found = (
          try Partitioner.plan(
            model, on: system, options: options, isCancelled: isCancelled, progress: progress), model
        )
      }
      guard survives else { return found.plan }
      found.plan.notes += try Survival.afterLosingAnyCard(
        found.plan, model: found.model.asPlanned(in: found.plan), lengths: lengths, isCancelled: isCancelled
      ).map(\.description)
      return found.plan
    }
    plan.notes += notes
    if let name {
      plan.model.name = name
      for index in plan.buckets?.buckets.indices ?? 0..<0 {
        plan.buckets?.buckets[index].plan?.model.name = name
      }
    }
    return plan
  }
}

/// A model that is loaded with more than one size.
private struct ModelInSizes: Sendable {
  private let name: String?
  private let path: String?
  private let states: [String: String]?
  private let form: PlanDocument.ModelReference.Form?
  private let dense: DensePart?
  private let bytes: [UInt8]?
  private let dimensions: [String: Int]

  /// - Parameter bytes: The model, where it is in memory.
  init(_ options: PlanCallOptions, _ bytes: [UInt8]?, dimensions: [String: Int]) {
    (name, path, states) = (options.name, options.path, options.states)
    (form, dense) = (options.form, options.dense)
    self.bytes = bytes
    self.dimensions = dimensions
  }

  func load(_ sizes: [String: Int]) throws(PartitionError) -> Model {
    let sizes = dimensions.merging(sizes) { $1 }
    if let form, let bytes {
      return try Partitioner.loadSheet(
        form, bytes: bytes, name: name ?? "model", dense: dense, batch: sizes["batch"])
    }
    return try ModelCallOptions(name: name, path: path, dimensions: sizes, states: states).load(bytes)
  }
}

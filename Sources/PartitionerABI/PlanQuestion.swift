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
  /// For requests of lengths that vary; `nil` for one length.
  private var buckets: Buckets?

  /// Loads the model with a batch, where that is left open.
  private var batches: (@Sendable (Int) throws(PartitionError) -> Model)?
  /// Whether the plan says what is left after the loss of a card.
  private var survives = false

  private struct Buckets: Sendable {
    var options: BucketOptions
    var load: @Sendable (Int) throws(PartitionError) -> Model
  }

  /// Answers with a plan, or with the best one so far once it is cancelled.
  typealias Search =
    @Sendable (
      _ isCancelled: @escaping @Sendable () -> Bool, _ progress: (@Sendable (SearchOptions.Progress) -> Void)?
    ) throws(PartitionError) -> PlanDocument

  /// A question in one call.
  init(_ bytes: UnsafeRawPointer?, _ size: Int, _ optionsJSON: UnsafePointer<CChar>?) throws(PartitionError) {
    var options = try CallOptions.decode(PlanCallOptions.self, from: unsafe Boundary.text(optionsJSON))
    let lengths = options.lengths?.options
    if let survive = options.survive, survive != 1 {
      throw PartitionError(.usage, "options: survive is \(survive); the loss of 1 card is worked out")
    }
    var varying: [String: Int] = [:]
    if let lengths {
      let others =
        options.ofOneSize(lengths.dimension)
        + [
          ("form", options.form != nil), ("uncertainty", options.uncertainty == true),
          ("robust", options.robust == true), ("draws", options.draws != nil),
          ("batch", options.batch != nil),
        ].filter(\.1).map(\.0)
      guard others.isEmpty else {
        throw PartitionError(
          .usage, others.map { "options: \($0) is of one length; give it without lengths" })
      }
      varying[lengths.dimension] = lengths.lengths.longest
    }
    if options.batch != nil {
      let others = options.ofOneSize("batch") + (options.frontier == true ? ["frontier"] : [])
      guard others.isEmpty else {
        throw PartitionError(
          .usage,
          others.map { "options: \($0) belongs to one batch; give it without batch, which is left open" })
      }
      varying["batch"] = 1
    }
    let given = options.dimensions ?? [:]
    options.dimensions = given.merging(varying) { $1 }
    if given.isEmpty, varying.isEmpty { options.dimensions = nil }
    try self.init(
      options, model: try unsafe options.loadModel(bytes, size),
      system: try Partitioner.system(
        named: options.system, cards: options.cards, changes: Figure.changes(options.set)),
      name: options.name)
    survives = options.survive != nil
    guard !varying.isEmpty else { return }
    let source = ModelInSizes(options, try unsafe Boundary.bytes(bytes, size), dimensions: given)
    if let lengths {
      buckets = Buckets(options: lengths) { length throws(PartitionError) in
        try source.load([lengths.dimension: length])
      }
    } else {
      batches = { batch throws(PartitionError) in try source.load(["batch": batch]) }
    }
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
    guard buckets == nil, batches == nil, !asksFrontier else {
      throw PartitionError(
        .usage, "options: lengths, batch and frontier are several questions; an integer program states one")
    }
    return try Partitioner.integerProgram(of: model, on: system, options: options)
  }

  func answer(_ run: (@escaping Search) throws(PartitionError) -> PlanDocument) throws(PartitionError)
    -> PlanDocument
  {
    let (model, system, options, buckets, asksFrontier) = (model, system, options, buckets, asksFrontier)
    let (batches, survives) = (batches, survives)
    var plan = try run { isCancelled, progress throws(PartitionError) in
      if asksFrontier {
        return try Partitioner.frontier(
          model, on: system, options: options, isCancelled: isCancelled, progress: progress)
      }
      var found: (plan: PlanDocument, model: Model)
      if let batches {
        let search = try Partitioner.batch(
          on: system, options: options, isCancelled: isCancelled, progress: progress, load: batches)
        found = (search.plan, search.model)
      } else if let buckets {
        let planned = try Partitioner.plan(
          buckets.options, on: system, options: options, isCancelled: isCancelled, progress: progress,
          load: buckets.load)
        found = (planned.plan, planned.model)
      } else {
        found = (
          try Partitioner.plan(
            model, on: system, options: options, isCancelled: isCancelled, progress: progress), model
        )
      }
      guard survives else { return found.plan }
      found.plan.notes += try Survival.afterLosingAnyCard(
        found.plan, model: found.model.asPlanned(in: found.plan),
        lengths: buckets.map { buckets in
          LengthLoader { length throws(PartitionError) in try buckets.load(length) }
        },
        isCancelled: isCancelled
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

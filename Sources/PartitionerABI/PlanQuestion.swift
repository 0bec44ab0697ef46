import CPartitioner
import Partitioner

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
    if let lengths = options.lengths?.options {
      let others = [
        ("form", options.form != nil), ("start", options.start != nil), ("costs", options.costs != nil),
        ("ratePerSecond", options.ratePerSecond != nil), ("uncertainty", options.uncertainty == true),
        ("robust", options.robust == true), ("draws", options.draws != nil),
        ("dimensions.\(lengths.dimension)", options.dimensions?[lengths.dimension] != nil),
      ].filter(\.1)
      guard others.isEmpty else {
        throw PartitionError(
          .usage, others.map { "options: \($0.0) is of one length; give it without lengths" })
      }
      options.dimensions = (options.dimensions ?? [:]).merging([lengths.dimension: lengths.lengths.longest]) {
        $1
      }
    }
    try self.init(
      options, model: try unsafe options.loadModel(bytes, size),
      system: try Partitioner.system(
        named: options.system, cards: options.cards, changes: Figure.changes(options.set)),
      name: options.name)
    guard let lengths = options.lengths?.options else { return }
    let copy = try unsafe Boundary.bytes(bytes, size)
    let (name, path, states, dimensions) = (
      options.name, options.path, options.states, options.dimensions ?? [:]
    )
    buckets = Buckets(options: lengths) { length throws(PartitionError) in
      let dimensions = dimensions.merging([lengths.dimension: length]) { $1 }
      return try ModelCallOptions(name: name, path: path, dimensions: dimensions, states: states).load(copy)
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
    planOptions.tableErrors = try Partitioner.tableErrors(of: model, options.tableErrors ?? [:])
    if let compiler {
      planOptions = try Partitioner.ask(compiler, about: model, on: measured.system, options: planOptions)
    }
    var problems: [String] = []
    if let start = options.start {
      (planOptions.start, problems) = try Partitioner.startingPlacement(
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

  func answer(_ run: (@escaping Search) throws(PartitionError) -> PlanDocument) throws(PartitionError)
    -> PlanDocument
  {
    let (model, system, options, buckets, asksFrontier) = (model, system, options, buckets, asksFrontier)
    var plan = try run { isCancelled, progress throws(PartitionError) in
      if asksFrontier {
        return try Partitioner.frontier(
          model, on: system, options: options, isCancelled: isCancelled, progress: progress)
      }
      guard let buckets else {
        return try Partitioner.plan(
          model, on: system, options: options, isCancelled: isCancelled, progress: progress)
      }
      return try Partitioner.plan(
        buckets.options, on: system, options: options, isCancelled: isCancelled, progress: progress,
        load: buckets.load
      ).plan
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

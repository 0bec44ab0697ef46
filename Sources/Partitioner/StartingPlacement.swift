import CostModel
import Graph
import Hardware
import Plan

extension Partitioner {
  private static let mostStartProblems = 5

  /// The placement of an existing plan, to begin planning from.
  ///
  /// - Returns: the placement, with the parts of tables that it is of where that are not those of the model
  ///   (``PlanOptions/startHot``), or `nil` with the reasons why planning has to begin without it: it does not fit the
  ///   system, or it breaks rules or options.
  /// - Throws: `usage` when the plan is of another model; `badInput` for rules that name nothing.
  public static func startingPlacement(
    _ plan: PlanDocument, for model: Model, on system: System, options: PlanOptions = PlanOptions()
  ) throws(PartitionError) -> (placement: ModelPlacement?, hot: [HotPart]?, problems: [String]) {
    guard plan.model.sha256 == model.reference.sha256 else {
      throw PartitionError(
        .usage, "the plan to start from is of another model (\(plan.model.name), not \(model.reference.name))"
      )
    }
    var moved = plan
    moved.system = system
    moved.cores = zip(system.cards, plan.cores).map {
      .init(
        card: $0.name, sparseCores: $1.sparseCores,
        denseCores: $1.isInUse ? $0.processor.cores - $1.sparseCores : 0)
    }
    // Further cards stay empty.
    moved.cores += system.cards.dropFirst(plan.cores.count).map {
      .init(card: $0.name, sparseCores: 0, denseCores: 0)
    }
    // Its operators and tables are not those of the model.
    if let hot = plan.model.hot, model.reference.hot == nil {
      guard options.splitsByHeat, let access = options.spread(of: model),
        let split = model.split(byHeat: hot, access: access)
      else {
        return (
          nil, nil, ["its tables are split in hot and cold rows, and these options leave them whole"]
        )
      }
      let found = try startingPlacement(plan, for: split, on: system, options: options)
      return (found.placement, found.placement == nil ? nil : hot, found.problems)
    }
    if let ranks = plan.model.cut, model.reference.cut == nil {
      return (
        nil, nil, ["its operators are cut over teams of \(ranks) cards, and a search begins with whole ones"]
      )
    }
    guard var placement = Verifier.placement(of: moved, graph: model.graph) else {
      return (nil, nil, ["it names devices, operators or tables that are not there"])
    }
    let rules = try resolve(options, model, system)
    var costOptions = options.costOptions(for: model, on: system)
    if options.accuracyQuestions(of: model.graph, on: system).layers == nil {
      placement.layers = []
    } else {
      costOptions.layers = placement.layers
    }
    // Where their number is planned, the plan's own has room.
    costOptions.requestsInFlight = options.requestsInFlight ?? plan.request.requestsInFlight
    var problems = rules.breaches(of: placement, graph: model.graph)
    if placement.groups > 1, !rules.rules.isEmpty {
      problems.append("its cards form \(placement.groups) groups, and rules are about single cards")
    }
    let program = Lowering(
      graph: model.graph, system: system, placement: placement,
      costs: CostModel(graph: model.graph, system: system, options: costOptions)
    ).program
    let memory = LoadSummary(program).memoryBytes
    for (index, used) in memory.enumerated() where Double(used) > rules.capacities[index] {
      problems.append(
        "\(program.devices[index].name) would hold \(used) bytes of \(Int(rules.capacities[index]))")
    }
    for (table, entry) in zip(model.graph.embeddingTables, placement.tables) {
      if !options.tablePrecisions.contains(entry.format.precision) {
        problems.append(
          "table '\(table.name)' is in \(entry.format.precision.rawValue), which is not allowed")
      } else if entry.split != .whole, !options.allowsSplits {
        problems.append("table '\(table.name)' is split, which is not allowed")
      }
    }
    let more = problems.count - mostStartProblems
    if more > 0 { problems = problems.prefix(mostStartProblems) + ["and \(more) more"] }
    return (problems.isEmpty ? placement : nil, nil, problems)
  }
}

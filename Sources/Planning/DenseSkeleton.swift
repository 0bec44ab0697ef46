import CostModel
import Graph
import Hardware
import Plan

/// Where the operators before and after the look-ups run, and what that loads by itself.
struct DenseSkeleton {
  /// Operators that no look-up result reaches.
  var before: PlacementSite
  /// Operators behind a look-up.
  var after: PlacementSite
  /// Sites by operator; unsupported operators stay on the host.
  var operators: [PlacementSite]
  /// By resource of the lowering: seconds per batch without any table.
  var base: [Double]
  /// By device (0 is the host): bytes left for tables and their buffers.
  var freeBytes: [Double]

  /// The four combinations of host and every card, each lowered without its tables.
  ///
  /// Operators go elsewhere where rules say so, but for those that read look-ups: the sharding problem must know where
  /// results go, so combinations that such a rule contradicts are left out.
  static func all(task: PlanningTask, units: ModelUnits) -> [DenseSkeleton] {
    let isAfter = operatorsAfterLookups(task.graph, units.served)
    let sites: [PlacementSite] = [.everyCard, .host]
    return sites.flatMap { after in
      sites.map { before in
        DenseSkeleton(
          before: before, after: after, isAfter: isAfter, task: task, units: units)
      }
    }.filter { skeleton in
      task.rules.leavesAllSites
        || units.units.allSatisfy { unit in
          !unit.isSupportedOnCards
            || skeleton.operators[unit.operators[0].index] == skeleton.after
            || !unit.operators.contains { readsResult($0, task.graph, units.served) }
        }
    }
  }

  /// Whether what cards read of each other's tables goes over links of their own.
  func isReadByPeers(in system: System) -> Bool { after == .everyCard && system.hasPeerLinks }

  private static func readsResult(_ op: OperatorID, _ graph: Graph, _ served: ServedLookups) -> Bool {
    graph[op].inputs.contains { input in
      input.flatMap { graph[$0].producer }.map { served.table[$0.index] != nil } ?? false
    }
  }

  private init(
    before: PlacementSite, after: PlacementSite, isAfter: [Bool], task: PlanningTask, units: ModelUnits
  ) {
    self.before = before
    self.after = after
    var sites = Array(repeating: PlacementSite.host, count: task.graph.operators.count)
    for unit in units.units where unit.isSupportedOnCards {
      let left = task.rules.sites(of: unit.operators)
      let others = [.everyCard, .host] + task.system.cards.indices.map { PlacementSite.card($0) }
      for op in unit.operators {
        let wanted = isAfter[op.index] ? after : before
        sites[op.index] = left.contains(wanted) ? wanted : others.first(where: left.contains) ?? wanted
      }
    }
    operators = sites
    let empty = task.graph.embeddingTables.map { _ in
      TablePlacement(
        format: TableFormat(precision: task.tablePrecisions[0]), split: .whole, shards: [])
    }
    let program = Lowering(
      graph: task.graph, system: task.system,
      placement: ModelPlacement(
        operators: sites, tables: empty, sparseCores: task.system.cards.map { _ in 0 }),
      costs: task.costs
    ).program
    base = LoadSummary(program).loads
    freeBytes = Self.freeBytes(program, task)
  }

  /// By device, the host first: bytes beside what a program holds with its requests in flight.
  static func freeBytes(_ program: ExecutionProgram, _ task: PlanningTask) -> [Double] {
    program.devices.map { device in
      let requests = device.isHost ? task.requestsReserved(on: .host) : device.inFlightLimit
      return Double(device.memoryBytes) - Double(device.staticBytes)
        - Double(device.activationBytes) * Double(requests)
    }
  }

  static func operatorsAfterLookups(_ graph: Graph, _ served: ServedLookups) -> [Bool] {
    var isAfter = Array(repeating: false, count: graph.operators.count)
    for (index, op) in graph.operators.enumerated() {
      isAfter[index] =
        served.table[index] != nil
        || op.inputs.contains { input in
          input.flatMap { graph[$0].producer }.map { isAfter[$0.index] } ?? false
        }
    }
    return isAfter
  }
}

import CostModel
import Graph
import Hardware
import Placement
import Plan

/// A model cut over single cards, as a `Problem`: every unit and every whole table on the host or on one card.
///
/// Lanes are the cores, the DRAM and the two directions of the link; the host's link is the uplink. Where every card runs
/// the same operators the quotient graph must be acyclic, so each card runs its part as one piece: a pipeline. What only
/// the host can run is exempt, and the request and the response are at the host's ends.
///
/// Its objective never exceeds the bottleneck of the same placement, so that its bound holds for the model: tensors
/// between the same two cards travel as one command, so a net is charged its bytes alone, and once however many devices
/// read it; two hops through the host are charged as one. Activations are left out of the memory. Where cards have links of their own
/// to each other, a net is charged to the link to the host only where its maker, or a reader, has to be on the host.
struct PipelineProblem {
  let problem: Problem
  /// By table and option of its unit.
  private let precisions: [[Precision]]
  private let task: PlanningTask
  private let units: ModelUnits
  private let flows: ModelFlows

  private enum Lane: Int, CaseIterable { case cores, dram, linkIn, linkOut, stay }

  /// What is charged for plans that do well under their exact figures; no bound comes of such a problem.
  enum Charge {
    /// A command for each tensor, though those between the same two devices share one.
    case commands
    /// The time that a request holds one of so many places of a card: its transfers and its work one after the other, though
    /// parts of it may overlap.
    case places(Int)
  }

  /// - Parameters:
  ///   - order: Free where a batch may have to come back to a card.
  ///   - reserve: Bytes to keep free on every device, the host first.
  ///   - charge: `nil` for a bound.
  init(
    task: PlanningTask, units: ModelUnits, kinds: CardKinds, flows: ModelFlows, order: Problem.Order,
    reserve: [Double], charge: Charge? = nil
  ) {
    self.task = task
    self.units = units
    self.flows = flows
    let builder = Builder(task: task, kinds: kinds, charge: charge)
    let tables = task.graph.embeddingTables.indices.map { builder.table($0) }
    precisions = tables.map(\.precisions)
    func isOnHost(_ entry: Int) -> Bool {
      entry < flows.index(ofUnit: 0)
        || (entry < flows.index(ofTable: 0)
          && !units.units[entry - flows.index(ofUnit: 0)].isSupportedOnCards)
    }
    var problem = Problem(
      name: task.graph.name, devices: builder.devices(reserve: reserve),
      lanes: ["cores", "dram", "in", "out", "stay"],
      units: [builder.end("request"), builder.end("response")] + units.units.map { builder.unit($0) }
        + tables.map(\.unit),
      nets: flows.flows.map { builder.net($0, isOnHost: isOnHost) }, order: order)
    task.rules.addJointRules(
      to: &problem, unitOfOperator: { units.unitOfOperator[$0].map(flows.index(ofUnit:)) },
      unitOfTable: flows.index(ofTable:), device: { $0 })
    self.problem = problem
  }

  /// The placement that an assignment stands for.
  func placement(of assignment: Assignment) -> ModelPlacement {
    var operators = Array(repeating: PlacementSite.host, count: task.graph.operators.count)
    for (index, unit) in units.units.enumerated() {
      let site = site(assignment.choices[flows.index(ofUnit: index)].devices[0])
      for op in unit.operators { operators[op.index] = site }
    }
    let tables = task.graph.embeddingTables.enumerated().map { index, table in
      let choice = assignment.choices[flows.index(ofTable: index)]
      return TablePlacement(
        format: TableFormat(precision: precisions[index][choice.option]), split: .whole,
        shards: [
          .init(site: site(choice.devices[0]), rows: 0..<table.rows, columns: 0..<table.dimension)
        ])
    }
    return ModelPlacement(
      operators: operators, tables: tables, sparseCores: task.system.cards.map { _ in 0 }, groups: task.groups
    )
  }

  private func site(_ device: Int) -> PlacementSite { device == 0 ? .host : .card(device - 1) }

  // MARK: Parts of the problem

  private struct Builder {
    let task: PlanningTask
    let kinds: CardKinds
    let charge: Charge?
    var law: LoadLaw { LoadLaw(task.costs) }

    /// Devices of one kind: the host, or the cards of a kind.
    private func devices(ofKind kind: Int, _ sites: PlanRules.Sites) -> [Int] {
      task.system.cards.indices.filter { kinds.kindOfCard[$0] == kind && sites.cards[$0] }.map { $0 + 1 }
    }

    func devices(reserve: [Double]) -> [Problem.Device] {
      let host = Problem.Device(
        name: "host", group: 0, memory: max(0, Double(task.system.host.usableBytes) - reserve[0]),
        baseLoad: Lane.allCases.map { _ in 0 })
      return [host]
        + task.system.cards.enumerated().map { index, card in
          Problem.Device(
            name: card.name, group: 1 + kinds.kindOfCard[index],
            memory: max(0, Double(card.usableBytes) - reserve[index + 1]),
            baseLoad: Lane.allCases.map { _ in 0 })
        }
    }

    func end(_ name: String) -> Problem.Unit {
      Problem.Unit(
        name: name, options: [option("host", devices: [0], DeviceWork(), memory: 0)], inOrder: false)
    }

    func unit(_ unit: ModelUnits.Unit) -> Problem.Unit {
      let sites = task.rules.sites(of: unit.operators)
      var options = [
        option(
          "host", devices: sites.host ? [0] : [], unit.host,
          memory: Double(task.costs.weightBytes(of: unit.operators, on: .host)))
      ]
      for (kind, work) in unit.cards.enumerated() where unit.supportingKinds[kind] {
        let bytes = task.costs.weightBytes(of: unit.operators, on: .card(kinds.representatives[kind]))
        options.append(
          option("card", devices: devices(ofKind: kind, sites), work, memory: Double(bytes)))
      }
      return Problem.Unit(name: unit.name, options: options, inOrder: options.count > 1)
    }

    func table(_ table: Int) -> (unit: Problem.Unit, precisions: [Precision]) {
      var options: [Problem.Option] = []
      var precisions: [Precision] = []
      let sites = task.rules.tableSites[table]
      for (rank, precision) in task.tablePrecisions.enumerated() {
        let format = TableFormat(precision: precision)
        for kind in -1..<kinds.representatives.count {
          let location: Location = kind < 0 ? .host : .card(kinds.representatives[kind])
          let name = PlanRules.optionName(
            split: .whole, site: kind < 0 ? .host : .card(0), precision: precision)
          guard task.rules.allows(table: table, option: name),
            var piece = law.piece(of: table, format, on: location),
            let processor = task.system.processor(at: location)
          else { continue }
          piece.requests = task.requestsReserved(on: location)
          var entry = option(
            "\(kind < 0 ? "host" : "card") \(precision.rawValue)",
            devices: kind < 0 ? (sites.host ? [0] : []) : devices(ofKind: kind, sites),
            piece.work(cores: Double(processor.cores)), memory: piece.memory)
          entry.penalty = Double(rank)
          options.append(entry)
          precisions.append(precision)
        }
      }
      let name = task.graph.embeddingTables[table].name
      return (Problem.Unit(name: name, options: options), precisions)
    }

    private func option(
      _ name: String, devices: [Int], _ work: DeviceWork, memory: Double
    ) -> Problem.Option {
      .init(
        name: name,
        shards: [
          .init(
            devices: devices,
            loads: [amount(.cores, work.cores), amount(.dram, work.dram)]
              + (devices == [0] ? [] : stay(work.cores)),
            memory: memory)
        ])
    }

    /// What a request adds to the time that the places of a card are held.
    private func stay(_ seconds: Double) -> [Problem.Amount] {
      guard case .places(let places) = charge else { return [] }
      return [amount(.stay, seconds / Double(max(1, places)))]
    }

    private func amount(_ lane: Lane, _ seconds: Double) -> Problem.Amount {
      Problem.Amount(lane.rawValue, seconds)
    }

    /// - Parameter isOnHost: Whether an entry is there in any case.
    func net(_ flow: ModelFlows.Flow, isOnHost: (Int) -> Bool) -> Problem.Net {
      let hasPeerLinks = task.system.hasPeerLinks
      let leavesForHost = !hasPeerLinks || flow.readers.contains(where: isOnHost)
      let comesFromHost = !hasPeerLinks || isOnHost(flow.producer)
      let commands = if case .commands = charge { 1.0 } else { 0.0 }
      func seconds(_ link: Link) -> Double { link.seconds(bytes: Double(flow.bytes), commands: commands) }
      func charges(_ lane: Lane, isCharged: Bool) -> [[Problem.Amount]] {
        let host = seconds(law.link(ofDevice: 0))
        // Where no bound comes of it, a lane may stand for both links of a card.
        let isOnLane = isCharged || charge != nil
        return [[amount(lane, host)]]
          + kinds.representatives.map { card in
            let link = law.link(ofDevice: card + 1, betweenCards: !isCharged)
            return (isOnLane ? [amount(lane, seconds(link))] : []) + stay(seconds(link))
          }
      }
      return Problem.Net(
        producer: flow.producer, consumers: flow.readers,
        out: charges(.linkOut, isCharged: leavesForHost),
        incoming: charges(.linkIn, isCharged: comesFromHost))
    }
  }
}

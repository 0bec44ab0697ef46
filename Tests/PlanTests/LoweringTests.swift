import CostModel
import Graph
import Hardware
import TestSupport
import Testing

@testable import Plan

/// Loads of small placements against figures worked out from the cost model's parts.
@Suite struct LoweringTests {
  private let graph: Graph
  private let system: System
  private let costs: CostModel

  init() throws {
    graph = try SampleNets.recommendation(rows: [1_000_000, 2_000_000])
    system = try SystemCatalog.system(cards: 2)
    costs = CostModel(graph: graph, system: system, options: CostOptions(requestsInFlight: 3))
  }

  private func whole(_ table: Int, _ site: PlacementSite) -> TablePlacement {
    let entry = graph.embeddingTables[table]
    return TablePlacement(
      format: .int8, split: .whole,
      shards: [.init(site: site, rows: 0..<entry.rows, columns: 0..<entry.dimension)])
  }

  private func placement(_ sites: [PlacementSite], sparseCores: Int = 0) -> ModelPlacement {
    ModelPlacement(
      operators: graph.operators.map { _ in .everyCard },
      tables: sites.enumerated().map { whole($0, $1) }, sparseCores: [sparseCores, sparseCores])
  }

  @Test func loadsAreTheSumsOfTheirParts() throws {
    let lowering = Lowering(
      graph: graph, system: system, placement: placement([.card(0), .card(1)]), costs: costs)
    let loads = LoadSummary(lowering.program).loads
    let first = try #require(costs.lookup(table: 0, format: .int8, on: .card(0)))
    let second = try #require(costs.lookup(table: 1, format: .int8, on: .card(1)))
    let link = system.cards[0].link
    func seconds(_ bytes: Int) -> Double { costs.transferSeconds(bytes: bytes, commands: 1, link: link) }
    let dense = graph.operators.indices.filter { ServedLookups(graph: graph).table[$0] == nil }
      .reduce(0.0) { $0 + (costs.cost(of: OperatorID($1), on: .card(0))?.seconds ?? 0) }
    let cores = Double(system.cards[0].processor.cores)
    let input = try #require(graph.inputs.first { graph[$0].name == "dense" })
    let output = try #require(graph.outputs.first)
    func expect(
      _ lane: Lowering.DeviceLane, _ device: Int, _ value: Double,
      _ location: SourceLocation = #_sourceLocation
    ) {
      let load = loads[Lowering.resource(lane, device: device)]
      #expect(abs(load - value) <= 1e-12 + 1e-9 * value, sourceLocation: location)
    }
    expect(.dense, 1, dense / 2 + (first.coreSeconds + first.launchSeconds) / cores)
    expect(.sparse, 1, 0)
    // In: its own indices each batch; every other batch the dense inputs and the other card's results.
    expect(
      .linkIn, 1,
      seconds(first.indexBytes) + (seconds(costs.transferBytes(of: input)) + seconds(second.resultBytes)) / 2)
    expect(.linkOut, 1, (seconds(first.resultBytes) + seconds(costs.transferBytes(of: output))) / 2)
    let uplink = system.uplink
    func up(_ bytes: Int) -> Double { costs.transferSeconds(bytes: bytes, commands: 1, link: uplink) }
    expect(
      .linkOut, 0, up(first.indexBytes) + up(second.indexBytes) + up(costs.transferBytes(of: input)))
    expect(.linkIn, 0, up(costs.transferBytes(of: output)))
  }

  @Test func theReaderOfRowShardsPaysForTheirSum() throws {
    func dense(_ split: TableSplit) -> Double {
      var placement = placement([.card(0), .card(1)])
      let half = graph.embeddingTables[0].rows / 2
      placement.tables[0].split = split
      placement.tables[0].shards = [0..<half, half..<(2 * half)].enumerated().map { card, rows in
        .init(site: .card(card), rows: rows, columns: 0..<graph.embeddingTables[0].dimension)
      }
      let lowering = Lowering(graph: graph, system: system, placement: placement, costs: costs)
      return lowering.partitions.partitions.indices.reduce(0) {
        let isDense = lowering.partitions.partitions[$1].role == .dense
        return isDense ? $0 + lowering.time(ofPartition: $1).cores : $0
      }
    }
    let sum = try #require(costs.partialSum(table: 0, split: .rows(shards: 2), on: .card(0)))
    #expect(sum.seconds > 0)
    // Shards of columns differ in nothing else that dense partitions see.
    #expect(abs(dense(.rows(shards: 2)) - dense(.columns(shards: 2)) - sum.seconds) <= 1e-15)
  }

  @Test func dividedCoresSlowBothSides() throws {
    let program = Lowering(
      graph: graph, system: system, placement: placement([.card(0), .card(1)], sparseCores: 4),
      costs: costs
    ).program
    let loads = LoadSummary(program).loads
    let first = try #require(costs.lookup(table: 0, format: .int8, on: .card(0)))
    let sparse = loads[Lowering.resource(.sparse, device: 1)]
    #expect(abs(sparse - (first.coreSeconds + first.launchSeconds) / 4) <= 1e-12)
    let undivided = LoadSummary(
      Lowering(graph: graph, system: system, placement: placement([.card(0), .card(1)]), costs: costs).program
    )
    #expect(loads[Lowering.resource(.dense, device: 1)] > 0)
    #expect(undivided.loads[Lowering.resource(.sparse, device: 1)] == 0)
  }

  @Test func copiedTablesSendNothingBetweenCards() {
    let program = Lowering(
      graph: graph, system: system, placement: placement([.everyCard, .everyCard]), costs: costs
    ).program
    let between = program.variants.flatMap(\.tasks).filter {
      $0.kind == .transfer && $0.device > 0 && $0.source ?? 0 > 0
    }
    #expect(between.isEmpty)
    #expect(program.variants.count == 2 && program.variants.allSatisfy { $0.share == 0.5 })
  }

  @Test func withoutPeerToPeerResultsPassTheHost() {
    var single = system
    single.peerToPeer = false
    let program = Lowering(
      graph: graph, system: single, placement: placement([.card(0), .card(1)]),
      costs: CostModel(graph: graph, system: single)
    ).program
    let direct = program.variants.flatMap(\.tasks).filter {
      $0.kind == .transfer && $0.device > 0 && ($0.source ?? 0) > 0
    }
    #expect(direct.isEmpty)
    let loads = LoadSummary(program).loads
    let result = costs.lookup(table: 0, format: .int8, on: .card(0))?.resultBytes ?? 0
    #expect(
      loads[Lowering.resource(.linkIn, device: 0)]
        >= costs.transferSeconds(bytes: result, commands: 1, link: system.uplink))
  }

  @Test func memoryIsConstantsOncePlusActivationsInFlight() throws {
    let program = Lowering(
      graph: graph, system: system, placement: placement([.card(0), .card(0)]), costs: costs
    ).program
    let tables = [0, 1].map { costs.tableBytes($0, format: .int8) }.reduce(0, +)
    let dense = graph.operators.indices.filter { ServedLookups(graph: graph).table[$0] == nil }.map {
      OperatorID($0)
    }
    let weights = costs.weightBytes(of: dense, on: .card(0))
    #expect(program.devices[1].staticBytes == tables + weights)
    #expect(program.devices[2].staticBytes == weights)
    #expect(program.devices[1].inFlightLimit == 3 && program.devices[0].inFlightLimit == 6)
    let used = LoadSummary(program).memoryBytes
    #expect(used[1] == program.devices[1].staticBytes + 3 * program.devices[1].activationBytes)
  }

  @Test func partitionsFollowTheCrossings() throws {
    let chain = try SampleNets.chain(length: 4, middle: "Softmax")
    var sites = chain.operators.map { _ in PlacementSite.everyCard }
    let middle = try #require(chain.operators.firstIndex { $0.name == "middle" })
    sites[middle] = .host
    let quotient = PartitionGraph(
      graph: chain, placement: ModelPlacement(operators: sites, tables: [], sparseCores: [0, 0]),
      costs: CostModel(graph: chain, system: system))
    #expect(quotient.partitions.map(\.level) == [1, 2, 3])
    #expect(quotient.partitions.map(\.site) == [.everyCard, .host, .everyCard])
    #expect(quotient.transfers.count == 4)
    for transfer in quotient.transfers {
      let level = transfer.source.map { quotient.partitions[$0].level } ?? 0
      #expect(transfer.receivers.allSatisfy { quotient.partitions[$0].level > level })
    }
  }
}

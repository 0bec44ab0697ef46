import CostModel
import Foundation
import Graph
import Hardware
import ONNXImport
import Plan

/// Writes the parts of a plan whose operators are cut over teams: one for each card of a team and each stretch between exchanges.
package enum TeamParts {
  private static let temporary = "teams.tmp/"
  private static let model = "model.onnx"

  /// - Parameters:
  ///   - context: Of the cut graph and its teams.
  ///   - folder: With a slash behind it; as for ``PartsExporter``.
  package static func write(
    _ source: ModelSource, ranks: Int, kind: GraphCut.Kind, _ context: FormatContext, sha256: String,
    matrixPrecision: Precision, kept: [LayerPrecision?],
    requestsInFlight: Int, options: ExportOptions, folder: String
  ) throws(ExportError) -> PartsManifest {
    try PartsExporter.check(source)
    let groups = self.groups(context.placement)
    var system = context.system.withoutTeams
    // What is on every team beside what is on one is written for a team of its own, which stands for all.
    let isMixed = self.isMixed(context.placement)
    let everyTeam = isMixed ? system.cards.count : 0
    if isMixed { system.cards += system.cards.prefix(ranks) }
    let team = try TeamModel(
      source, ranks: ranks, kind: kind, placement: context.placement, everyTeam: everyTeam,
      store: WeightStore(source, allowsOutside: options.allowsOutside))
    let place = folder + temporary
    do { try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true) } catch {
      throw ExportError(.unwritable, "\(place): cannot be made: \(error.localizedDescription)")
    }
    defer { try? FileManager.default.removeItem(atPath: place) }
    try team.save(folder: place, file: model)
    let written: ModelSource
    do {
      written = try ModelLoader.loadSource(path: place + model, options: LoadOptions(states: .none))
    } catch {
      throw ExportError(
        .internalError, error.problems.map { "the model of the teams cannot be read: \($0.description)" })
    }
    let graph = written.loaded.graph
    func home(_ op: OperatorID) -> TeamModel.Home? {
      graph[op].outputs.compactMap { $0.flatMap { team.homes[graph[$0].name] } }.first
    }
    let placement = ModelPlacement(
      operators: graph.operators.indices.map { home(OperatorID($0))?.site ?? .host },
      tables: graph.embeddingTables.map { entry in
        let name = graph[entry.tensor].name
        let planned = team.tables[name].map { context.placement.tables[$0] }
        return TablePlacement(
          format: planned?.format ?? TableFormat(precision: .fp32), split: .whole,
          shards: [
            TableShard(
              site: team.homes[name]?.site ?? .host, rows: 0..<entry.rows, columns: 0..<entry.dimension)
          ])
      },
      sparseCores: Array(
        repeating: 0,
        count: isMixed ? system.cards.count : context.placement.usedCards.count / groups * ranks),
      groups: groups)
    let partitions = PartitionGraph(
      graph: graph, placement: placement, costs: CostModel(graph: graph, system: system))
    func planned(_ partition: Int) -> Int? {
      let own = partitions.partitions[partition]
      guard let first = own.operators.first ?? own.shards.first?.lookups.first, let op = home(first)?.op
      else {
        return nil
      }
      return context.partitions.partitionOfOperator[op.index]
        ?? context.partitions.partitions.firstIndex { $0.shards.contains { $0.lookups.contains(op) } }
    }
    return try PartsExporter.write(
      written, graph: graph, system: system, placement: placement, partitions: partitions, sha256: sha256,
      matrixPrecision: matrixPrecision,
      kept: graph.operators.indices.map { home(OperatorID($0))?.op.flatMap { kept[$0.index] } },
      requestsInFlight: requestsInFlight, options: options, planned: planned,
      standsFor: { card in
        isMixed ? cards(card, ranks: ranks, everyTeam: everyTeam, context.placement) : [card]
      }, folder: folder)
  }

  /// Alike groups of cards, of which each has what is on every team.
  private static func groups(_ placement: ModelPlacement) -> Int {
    if isMixed(placement) { return 1 }
    return sites(placement).contains(.everyCard) ? placement.usedCards.count : placement.groups
  }

  /// Whether some operators or tables are on every team of several, and some on one, of each group where there are groups.
  private static func isMixed(_ placement: ModelPlacement) -> Bool {
    let sites = sites(placement)
    return placement.usedCards.count > 1 && sites.contains(.everyCard)
      && (placement.cards != nil || sites.contains { if case .card = $0 { true } else { false } })
  }

  private static func sites(_ placement: ModelPlacement) -> [PlacementSite] {
    placement.operators + placement.tables.flatMap { $0.shards.map(\.site) }
  }

  /// The cards that a card of what is written stands for.
  ///
  /// - Parameter everyTeam: The first one of those that stand for all teams.
  private static func cards(
    _ card: Int, ranks: Int, everyTeam: Int, _ placement: ModelPlacement
  ) -> [Int] {
    card < everyTeam
      ? placement.cards(at: .card(card / ranks)).map { $0 * ranks + card % ranks }
      : placement.usedCards.map { $0 * ranks + card - everyTeam }
  }
}

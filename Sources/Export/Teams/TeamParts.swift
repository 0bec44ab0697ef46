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
    matrixPrecision: Precision, kept: [KeptPrecision?],
    requestsInFlight: Int, options: ExportOptions, folder: String
  ) throws(ExportError) -> PartsManifest {
    try PartsExporter.check(source)
    let groups = try self.groups(context.placement)
    let team = try TeamModel(
      source, ranks: ranks, kind: kind, placement: context.placement,
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
    let system = context.system.withoutTeams
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
      sparseCores: Array(repeating: 0, count: context.placement.usedCards.count / groups * ranks),
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
      folder: folder)
  }

  /// Alike groups of cards, of which each has what is on every team.
  private static func groups(_ placement: ModelPlacement) throws(ExportError) -> Int {
    let sites = placement.operators + placement.tables.flatMap { $0.shards.map(\.site) }
    guard sites.contains(.everyCard), placement.usedCards.count > 1 else { return placement.groups }
    let isMixed = sites.contains { if case .card = $0 { true } else { false } }
    guard !isMixed, placement.groups == 1 else {
      throw ExportError(
        .unsupported,
        "some operators are on every team of cards and some on one, which cannot be written in parts yet; plan again with --no-copies or --no-cut"
      )
    }
    return placement.usedCards.count
  }
}

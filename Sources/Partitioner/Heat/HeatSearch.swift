import CostModel
import Graph
import Hardware
import Heat
import Placement
import Plan

/// Plans with tables split by how often rows are looked up, and without, and takes the best.
///
/// Two splits are looked at: the hot rows that all cards together hold, and those that each card can hold a copy of. Where the parts
/// go is decided like that of any other table: hot rows on cards, copied or sharded, cold rows on the host, or not. Bounds hold for
/// the splits that are looked at.
struct HeatSearch {
  let model: Model
  let system: System
  let options: PlanOptions
  let isCancelled: @Sendable () -> Bool
  let progress: (@Sendable (SearchOptions.Progress) -> Void)?

  /// Of a card's memory, what tables may take.
  private static let shareOfMemory = 0.9
  /// Of the work and the time, for all splits together.
  private static let share = 0.5

  func plan() throws(PartitionError) -> PlanDocument {
    // Rules may name parts of tables, which one model has and another has not.
    let splits = self.splits.filter { (try? Partitioner.resolve(options, $0, system)) != nil }
    guard !splits.isEmpty else { return try plan(model, options) }
    let begin = ContinuousClock.now
    var unsplitOptions = options
    if options.startHot != nil { unsplitOptions.start = nil }
    var whole: Result<PlanDocument, PartitionError>
    do { whole = .success(try plan(model, unsplitOptions)) } catch { whole = .failure(error) }
    // What rules say of parts of tables is wrong input for the whole ones.
    let namesParts = if case .failure(let error) = whole { error.kind == .badInput } else { false }
    var plans: [PlanDocument] = []
    if case .success(let plan) = whole { plans.append(plan) }
    var bound = plans.first?.certificate.bound ?? .infinity
    for (index, split) in splits.enumerated() where !isCancelled() {
      var own = options
      own.start = split.reference.hot == options.startHot ? options.start : nil
      own.tableErrors = options.tableErrors.flatMap { known -> [TableErrors.Known] in
        guard split.reference.hot?.contains(where: { $0.table == known.table }) ?? false else {
          return [known]
        }
        let names = HotPart.names(of: known.table)
        var (hot, cold) = (known, known)
        (hot.table, cold.table) = (names.hot, names.cold)
        return [hot, cold]
      }
      own.work = (options.work ?? (options.timeLimitSeconds == nil ? .standard : .unlimited)).part(
        Self.share / Double(splits.count))
      own.timeLimitSeconds = options.timeLimitSeconds.map {
        max(.ulpOfOne, ($0 - begin.duration(to: .now) / .seconds(1)) / Double(splits.count - index))
      }
      do throws(PartitionError) {
        let plan = try plan(split, own)
        plans.append(plan)
        bound = min(bound, plan.certificate.bound)
      } catch {
        // A split without a plan is none of those that the bound ranges over.
        guard error.kind == .infeasible else { throw error }
        if namesParts { whole = .failure(error) }
      }
    }
    guard var best = plans.first else { return try whole.get() }
    let unsplit = try? whole.get()
    for other in plans.dropFirst()
    where other.certificate.objective < best.certificate.objective * (1 - 1e-9) { best = other }
    best.certificate.scope += "; of tables whole, and split by heat as the plans that were found"
    if bound < best.certificate.bound {
      let objective = best.certificate.objective
      best.certificate.bound = bound
      best.certificate.gap = objective > 0 ? (objective - bound) / objective : 0
      if best.certificate.status == .proven, best.certificate.gap > options.gap + 1e-12 {
        best.certificate.status = .open
      }
    }
    if let parts = best.model.hot { best.notes.append(note(parts, best, unsplit, namesParts)) }
    return best
  }

  private func plan(_ model: Model, _ options: PlanOptions) throws(PartitionError) -> PlanDocument {
    try TeamSearch(
      model: model, system: system, options: options, isCancelled: isCancelled, progress: progress
    ).plan()
  }

  /// The model with tables split; none where nothing is to be gained or said of it.
  private var splits: [Model] {
    guard let access = options.spread(of: model), options.splitsByHeat, model.heat == nil,
      !options.without.contains(.split), !system.cards.isEmpty
    else { return [] }
    let rooms = system.cards.map { Double($0.usableBytes) * Self.shareOfMemory }
    let rowBytes = model.graph.embeddingTables.map { table in
      TableFormat(precision: options.tablePrecisions.first ?? .int8).rowBytes(dimension: table.dimension)
    }
    let chosen = [rooms.reduce(0, +), rooms.min() ?? 0].map { bytes in
      HeatChoice.parts(model.graph, access: access, bytes: bytes, rowBytes: rowBytes)
    }
    var known: [[HotPart]] = []
    return ((options.startHot.map { [$0] } ?? []) + chosen).compactMap { parts in
      guard !parts.isEmpty, !known.contains(parts), let split = model.split(byHeat: parts, access: access)
      else {
        return nil
      }
      known.append(parts)
      return split
    }
  }

  private func note(_ parts: [HotPart], _ plan: PlanDocument, _ unsplit: PlanDocument?, _ namesParts: Bool)
    -> String
  {
    let all = model.graph.embeddingTables.filter { table in parts.contains { $0.table == table.name } }
    let (hot, rows) = (parts.reduce(0.0) { $0 + Double($1.rows) }, all.reduce(0.0) { $0 + Double($1.rows) })
    let percent = rows > 0 ? (hot / rows * 1000).rounded() / 10 : 0
    let tables = parts.count == 1 ? "1 table is" : "\(parts.count) tables are"
    let instead =
      unsplit.map { whole in
        let worth = (whole.certificate.objective / plan.certificate.objective - 1) * 100
        return "whole, the best plan takes \((worth * 10).rounded() / 10) % more"
      } ?? (namesParts ? "the rules name parts, which whole tables have not" : "whole, no plan was found")
    return "\(tables) split by heat, \(percent) % of the rows hot: \(instead)"
  }
}

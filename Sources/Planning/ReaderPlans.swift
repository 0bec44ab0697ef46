import CostModel
import Graph
import Hardware
import Plan

/// Plans in which one card reads the results of all tables: it holds those that bring most results a byte, as narrow as they may be,
/// and as few other cards as hold the rest send it theirs.
///
/// What a batch waits for is that card's link, so this is where plans for latency begin that ``ResultInflow`` is the bound of.
/// Tables are whole. Operators that no look-up reaches are beside it or on the card that looks up least.
struct ReaderPlans {
  private let task: PlanningTask
  private let units: ModelUnits
  private let kinds: CardKinds
  private let law: LoadLaw
  private let isAfter: [Bool]

  /// Numbers of other cards that are tried, the fewest that hold the rest first.
  private static let mostNumbers = 3

  init(task: PlanningTask) {
    self.task = task
    kinds = CardKinds(system: task.system)
    units = ModelUnits(graph: task.graph, costs: task.costs, cardKinds: kinds.representatives)
    law = LoadLaw(task.costs)
    isAfter = DenseSkeleton.operatorsAfterLookups(task.graph, units.served)
  }

  /// - Parameter precisions: Of tables, the best liked first.
  func placements(_ precisions: [Precision]) -> [ModelPlacement] {
    kinds.representatives.flatMap { reader in
      let empty = ModelPlacement(
        operators: sites(reader: reader, before: reader),
        tables: task.graph.embeddingTables.map { _ in
          TablePlacement(format: .init(precision: precisions[0]), split: .whole, shards: [])
        }, sparseCores: task.system.cards.map { _ in 0 })
      let program = Lowering(
        graph: task.graph, system: task.system, placement: empty, costs: task.costs
      ).program
      let free = DenseSkeleton.freeBytes(program, task)
      var found: [ModelPlacement] = []
      for others in 1..<max(1, task.system.cards.count) where found.count < 2 * Self.mostNumbers {
        found += placements(reader: reader, others: others, precisions, empty, free)
      }
      return found
    }
  }

  /// Those with the operators in front of look-ups beside the reader, and elsewhere.
  ///
  /// - Parameters:
  ///   - empty: Without tables.
  ///   - freeBytes: By device, the host first: what it leaves.
  private func placements(
    reader: Int, others: Int, _ precisions: [Precision], _ empty: ModelPlacement, _ freeBytes: [Double]
  ) -> [ModelPlacement] {
    var placement = empty
    let devices = [reader] + task.system.cards.indices.filter { $0 != reader }.prefix(others)
    /// By device: seconds of its look-ups.
    var busy = devices.map { _ in 0.0 }
    var free = devices.map { freeBytes[$0 + 1] }
    func put(_ table: Int, _ piece: Piece, _ position: Int) {
      let entry = task.graph.embeddingTables[table]
      placement.tables[table] = TablePlacement(
        format: .init(precision: piece.precision), split: .whole,
        shards: [
          .init(site: .card(devices[position]), rows: 0..<entry.rows, columns: 0..<entry.dimension)
        ])
      free[position] -= piece.memory
      busy[position] += piece.seconds
    }
    let narrowest = precisions.reversed()
    var rest: [Int] = []
    let onReader = task.graph.embeddingTables.indices.map { table in
      narrowest.lazy.compactMap { piece(table, $0, on: reader) }.first
    }
    let byWorth = onReader.indices.sorted { worth(onReader[$0]) > worth(onReader[$1]) }
    for table in byWorth {
      if let piece = onReader[table], piece.memory <= free[0] {
        put(table, piece, 0)
      } else {
        rest.append(table)
      }
    }
    let holders = devices.indices.dropFirst()
    func idlest(_ positions: some Sequence<Int>) -> Int? {
      positions.min { (busy[$0], $0) < (busy[$1], $1) }
    }
    guard let stored = stored(rest, on: devices[1], free[holders].reduce(0, +), precisions) else { return [] }
    for (table, known) in stored {
      // Holders of another kind, or under other rules, may take other time, or none of it.
      let pieces = devices.map { $0 == devices[1] ? known : piece(table, known.precision, on: $0) }
      func hasRoom(_ position: Int) -> Bool { pieces[position].map { $0.memory <= free[position] } ?? false }
      guard let place = idlest(holders.filter(hasRoom)), let piece = pieces[place] else { return [] }
      put(table, piece, place)
    }
    var apart = placement
    apart.operators = sites(reader: reader, before: idlest(holders).map { devices[$0] } ?? reader)
    return apart.operators == placement.operators ? [placement] : [placement, apart]
  }

  // MARK: Tables

  private struct Piece {
    var precision: Precision
    var memory: Double
    var results: Double
    var seconds: Double
  }

  /// A whole table; `nil` where it may not be.
  private func piece(_ table: Int, _ precision: Precision, on card: Int) -> Piece? {
    let name = PlanRules.optionName(split: .whole, site: .card(card), precision: precision)
    guard task.rules.tableSites[table].contains(.card(card)), task.rules.allows(table: table, option: name),
      let piece = law.piece(of: table, .init(precision: precision), on: .card(card), task)
    else { return nil }
    let cores = Double(max(1, task.system.cards[card].processor.cores))
    return Piece(
      precision: precision, memory: piece.memory, results: piece.resultBytes,
      seconds: piece.leastSeconds(ofPart: 1, cores: cores))
  }

  /// Bytes of results that a byte of memory saves the link.
  private func worth(_ piece: Piece?) -> Double { piece.map { $0.results / max(1, $0.memory) } ?? 0 }

  /// How tables are stored on the other cards: as they are best liked, but for the largest, which are narrower until all have room.
  ///
  /// - Returns: The largest first; `nil` where they have no room.
  private func stored(
    _ tables: [Int], on card: Int, _ room: Double, _ precisions: [Precision]
  ) -> [(table: Int, piece: Piece)]? {
    var stored: [(table: Int, piece: Piece)] = []
    func sort() { stored.sort { ($0.piece.memory, $1.table) > ($1.piece.memory, $0.table) } }
    for table in tables {
      guard let piece = precisions.lazy.compactMap({ self.piece(table, $0, on: card) }).first else {
        return nil
      }
      stored.append((table, piece))
    }
    sort()
    var bytes = stored.reduce(0) { $0 + $1.piece.memory }
    for (index, entry) in stored.enumerated() where bytes > Self.packed * room {
      let narrower = precisions.compactMap { piece(entry.table, $0, on: card) }.min { $0.memory < $1.memory }
      guard let narrower else { continue }
      bytes += narrower.memory - entry.piece.memory
      stored[index].piece = narrower
    }
    sort()
    return bytes <= room ? stored : nil
  }

  /// Part of the memory of several cards that whole tables fill without trouble.
  private static let packed = 0.97

  // MARK: Operators

  private func sites(reader: Int, before: Int) -> [PlacementSite] {
    var sites = task.graph.operators.map { _ in PlacementSite.host }
    for unit in units.units {
      let left = task.rules.sites(of: unit.operators)
      let wanted = isAfter[unit.operators[0].index] ? reader : before
      let card = [wanted, reader].first { card in
        unit.supportingKinds[kinds.kindOfCard[card]] && left.contains(.card(card))
      }
      guard let card else { continue }
      for op in unit.operators { sites[op.index] = .card(card) }
    }
    return sites
  }
}

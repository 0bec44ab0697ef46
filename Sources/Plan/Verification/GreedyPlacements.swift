import CostModel
import Graph
import Hardware

/// Placements that anyone would think of first: a bound above one of them does not hold.
public struct GreedyPlacements {
  /// Those that fit and keep the rules, with what they are and what they load, requests not followed.
  public private(set) var placements: [(name: String, placement: ModelPlacement, loads: LoadSummary)] = []
  private let question: PlacementQuestion

  public init(_ question: PlacementQuestion) {
    self.question = question
    let cards = question.system.cards.indices
    for precision in question.tablePrecisions {
      consider("everything on the host", operators: .host) { _ in (.host, precision) }
      guard !cards.isEmpty else { continue }
      let onCards = "whatever cards can run on every card"
      consider("\(onCards), tables copied", operators: .everyCard) { _ in (.everyCard, precision) }
      consider("\(onCards), tables on the host", operators: .everyCard) { _ in (.host, precision) }
      let spread = spread(precision)
      consider("\(onCards), tables over the cards", operators: .everyCard) { (.card(spread[$0]), precision) }
      for card in CardKinds(system: question.system).representatives {
        consider("whatever it can run on \(question.system.cards[card].name)", operators: .card(card)) { _ in
          (.card(card), precision)
        }
      }
    }
  }

  /// By table: its card when the largest comes first and goes where least is.
  private func spread(_ precision: Precision) -> [Int] {
    let bytes = question.graph.embeddingTables.indices.map {
      Double(question.costs.tableBytes($0, format: .init(precision: precision)))
    }
    var held = question.system.cards.map { _ in 0.0 }
    var cards = bytes.map { _ in 0 }
    for table in bytes.indices.sorted(by: { (bytes[$1], $0) < (bytes[$0], $1) }) {
      let card = held.indices.min { (held[$0], $0) < (held[$1], $1) } ?? 0
      cards[table] = card
      held[card] += bytes[table]
    }
    return cards
  }

  private mutating func consider(
    _ name: String, operators site: PlacementSite, table: (Int) -> (PlacementSite, Precision)
  ) {
    let cards = question.system.cards.indices
    func runs(_ site: PlacementSite, _ isSupported: (Location) -> Bool) -> Bool {
      switch site {
      case .host: true
      case .card(let card): isSupported(.card(card))
      case .everyCard: cards.allSatisfy { isSupported(.card($0)) }
      }
    }
    let operators = question.graph.operators.indices.map { op in
      runs(site) { question.costs.supports(OperatorID(op), on: $0) } ? site : .host
    }
    let tables = question.graph.embeddingTables.enumerated().map { index, entry in
      let (wanted, precision) = table(index)
      let format = TableFormat(precision: precision)
      let isRun = runs(wanted) { question.costs.lookup(table: index, format: format, on: $0) != nil }
      return TablePlacement(
        format: format, split: .whole,
        shards: [.init(site: isRun ? wanted : .host, rows: 0..<entry.rows, columns: 0..<entry.dimension)])
    }
    let placement = ModelPlacement(operators: operators, tables: tables, sparseCores: cards.map { _ in 0 })
    // Without tables, most are one.
    guard !placements.contains(where: { $0.placement == placement }),
      question.rules.breaches(of: placement, graph: question.graph).isEmpty,
      question.accuracy?.allows(placement) ?? true
    else { return }
    let loads = LoadSummary(question.program(of: placement), followsTurns: false)
    guard zip(loads.memoryBytes, question.rules.capacities).allSatisfy({ Double($0) <= $1 }) else { return }
    placements.append((name, placement, loads))
  }
}

extension PlacementQuestion {
  func program(of placement: ModelPlacement) -> ExecutionProgram {
    Lowering(graph: graph, system: system, placement: placement, costs: costs).program
  }
}

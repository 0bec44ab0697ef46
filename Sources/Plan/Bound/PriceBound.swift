import Graph
import Hardware

/// A lower bound on the objective of every placement that answers a question, from a few prices.
///
/// It holds whatever the prices are; good ones only make it high. Prices are those of the certificate of a plan
/// (``PlanDocument/PriceProof``), so that whoever has the model and the plan can work the bound out again.
public struct PriceBound: Sendable {
  /// One of them holds for every placement.
  public let cases: [BoundCase]
  /// By case.
  package let relaxations: [PlacementRelaxation]
  private let question: PlacementQuestion
  private let reader: String?

  /// For throughput and energy; latency is no sum of loads: see ``PathBound``.
  public init(_ question: PlacementQuestion) {
    self.question = question
    let served = ServedLookups(graph: question.graph)
    let pivot =
      question.system.cards.isEmpty ? nil : PivotReader(graph: question.graph, served: served)
    reader = pivot.map { question.graph[$0.op].name }
    let cases = Self.cases(question.system, isSplit: pivot != nil)
    self.cases = cases
    relaxations = cases.map {
      RelaxationBuilder(question, served: served, pivot: pivot, case: $0).relaxation()
    }
  }

  private static func cases(_ system: System, isSplit: Bool) -> [BoundCase] {
    guard isSplit else { return [.any] }
    let cards = CardKinds(system: system, memoryCounts: false).representatives.map { BoundCase.card($0) }
    return [.host] + (system.cards.count > 1 ? [.everyCard] : []) + cards
  }

  /// What a proof's prices prove: the least over all cases, 0 where one of them has none.
  public func value(of proof: PlanDocument.PriceProof) -> Double {
    let known = Dictionary(proof.cases.map { ($0.site, $0) }, uniquingKeysWith: { first, _ in first })
    var least = Double.infinity
    for (which, relaxation) in zip(cases, relaxations) {
      guard let entry = known[name(of: which)] else { return 0 }
      least = min(least, value(of: entry, relaxation, sides: []))
    }
    return max(0, least)
  }

  /// One side of a unit holds for every placement, so a bound for each makes one for all.
  private func value(
    of entry: PlanDocument.PriceProof.Case, _ relaxation: PlacementRelaxation, sides: [BoundSide]
  ) -> Double {
    guard let split = entry.split else {
      return relaxation.answer(
        to: vector(entry.prices ?? [], relaxation), sides: sides, arcLimit: Self.mostArcs
      ).value
    }
    // A proof is as deep as units are many at most; a deeper one repeats itself.
    guard let unit = unit(split), split.branches.count == 2, sides.count < Self.deepest,
      !sides.contains(where: { $0.unit == unit })
    else { return 0 }
    return zip(split.branches, [true, false]).reduce(Double.infinity) { least, branch in
      min(least, value(of: branch.0, relaxation, sides: sides + [.init(unit, isOnHost: branch.1)]))
    }
  }

  private static let deepest = 100
  /// A minimum cut of a long chain takes a phase for every length of a path, of which the last find next to nothing.
  private static let mostArcs = 200_000_000

  private func unit(_ split: PlanDocument.PriceProof.Split) -> BoundUnit? {
    let name = split.name
    return switch split.by {
    case .cards: .cards
    case .cardTables: .cardTables
    case .hostTables: .hostTables
    case .holders: split.count.map { .holders($0) }
    case .operator: question.graph.operators.firstIndex { $0.name == name }.map { .op(OperatorID($0)) }
    case .table: question.graph.embeddingTables.firstIndex { $0.name == name }.map { .table($0) }
    }
  }

  /// A proof from searched trees of cases, in the order of ``cases``.
  package func proof(_ trees: [PriceTree]) -> PlanDocument.PriceProof {
    var proof = PlanDocument.PriceProof(bound: 0, reader: reader, cases: [])
    for ((which, relaxation), tree) in zip(zip(cases, relaxations), trees) {
      var entry = entry(of: tree, relaxation)
      entry.site = name(of: which)
      proof.cases.append(entry)
    }
    let value = value(of: proof)
    proof.bound = value.isFinite ? value : 0
    return proof
  }

  private func entry(
    of tree: PriceTree, _ relaxation: PlacementRelaxation
  ) -> PlanDocument.PriceProof.Case {
    switch tree {
    case .leaf(let prices):
      .init(
        prices: zip(names(relaxation), prices).filter { $0.1 > 0 }.map {
          .init(resource: $0.0, price: Self.rounded($0.1))
        })
    case .split(let unit, let onHost, let onCards):
      .init(split: split(unit, [entry(of: onHost, relaxation), entry(of: onCards, relaxation)]))
    }
  }

  private func split(
    _ unit: BoundUnit, _ branches: [PlanDocument.PriceProof.Case]
  ) -> PlanDocument.PriceProof.Split {
    switch unit {
    case .op(let op): .init(by: .operator, name: question.graph[op].name, branches: branches)
    case .table(let table):
      .init(by: .table, name: question.graph.embeddingTables[table].name, branches: branches)
    case .cards: .init(by: .cards, branches: branches)
    case .cardTables: .init(by: .cardTables, branches: branches)
    case .hostTables: .init(by: .hostTables, branches: branches)
    case .holders(let count): .init(by: .holders, count: count, branches: branches)
    }
  }

  /// To single precision: any prices will do.
  private static func rounded(_ price: Double) -> Double {
    // 24 of 53 bits.
    Double(Float(price))
  }

  private func vector(
    _ prices: [PlanDocument.PriceProof.Price], _ relaxation: PlacementRelaxation
  ) -> [Double] {
    let known = Dictionary(prices.map { ($0.resource, $0.price) }, uniquingKeysWith: { first, _ in first })
    return names(relaxation).map { name in
      let price = known[name] ?? 0
      return price.isFinite ? max(0, price) : 0
    }
  }

  /// Cards that are alike are called in the order of their names, so that the order of a system's cards changes no proof.
  private func names(alike cards: [Int]) -> [String] {
    cards.map { question.system.cards[$0].name }.sorted { ($0.count, $0) < ($1.count, $1) }
  }

  /// A case's card stands for all that are like it.
  private func name(of which: BoundCase) -> String? {
    guard case .card(let card) = which else { return which.site?.name(in: question.system) }
    let kinds = CardKinds(system: question.system, memoryCounts: false).kindOfCard
    return names(alike: kinds.indices.filter { kinds[$0] == kinds[card] }).first
  }

  /// By row; a pool is called like its first card, one behind another of the same cards like the second.
  private func names(_ relaxation: PlacementRelaxation) -> [String] {
    let cards = relaxation.pools.indices.map { pool in
      let alike = relaxation.pools[pool].alike
      return names(alike: alike)[relaxation.pools[..<pool].count { $0.alike == alike }]
    }
    let (hasHolders, hasAccuracy) = (relaxation.rows.hasHolders, relaxation.rows.hasAccuracy)
    // One long sum of arrays takes seconds to compile.
    var rows = ["host.cores", "host.dram", "uplink.in", "uplink.out"]
    for card in cards { rows += ["cores", "dense", "dram", "in", "out"].map { "\(card).\($0)" } }
    if hasHolders { rows += ["cores", "dram", "in", "out"].map { "holders.\($0)" } }
    rows.append("host.memory")
    rows += cards.map { "\($0).memory" }
    if hasHolders { rows.append("holders.memory") }
    if hasAccuracy { rows.append("accuracy") }
    return rows
  }
}

/// Cases within a case: prices, or one tree for a unit on the host and one for it on cards.
package indirect enum PriceTree: Sendable {
  /// By row.
  case leaf([Double])
  case split(BoundUnit, onHost: PriceTree, onCards: PriceTree)
}

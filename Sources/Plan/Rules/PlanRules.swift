import CostModel
import Graph
import Hardware
@_exported import Rules

/// The user's rules resolved against a model and a system: what each leaves to operators, tables and devices.
///
/// Units are operators and embedding tables; a look-up operator stands for its table. Devices are `host`, the cards by
/// name, and `every card`, a copy on each. What is pinned may go to a copy on every card when that is named or all cards
/// are; what a card is forbidden to is copied to no card. Tables are together when their shards share the same devices,
/// a table and an operator when all its shards are at the operator's site. Limits of number count shards of tables, a copy on every card
/// once on each.
public struct PlanRules: Sendable {
  /// Which sites are left to a unit.
  public struct Sites: Sendable, Hashable {
    public internal(set) var host = true
    public internal(set) var everyCard = true
    /// By card.
    public internal(set) var cards: [Bool]

    public func contains(_ site: PlacementSite) -> Bool {
      switch site {
      case .host: host
      case .everyCard: everyCard
      // A card outside one of several groups is like those in it.
      case .card(let index): cards.indices.contains(index) ? cards[index] : !cards.contains(false)
      }
    }

    /// Leaves the host and copies.
    mutating func forbidSingleCards() { cards = cards.map { _ in false } }

    mutating func formIntersection(_ other: Sites) {
      host = host && other.host
      everyCard = everyCard && other.everyCard
      for index in cards.indices { cards[index] = cards[index] && other.cards[index] }
    }
  }

  /// Operators and tables of one rule.
  public struct Members: Sendable, Hashable {
    /// Ascending, without those that serve a table.
    public var operators: [Int] = []
    /// Ascending.
    public var tables: [Int] = []
  }

  /// At most `most` shards of the tables on each of the devices.
  public struct Count: Sendable, Hashable {
    /// Index of the rule.
    var rule: Int
    public var tables: [Int]
    /// 0 is the host, then the cards.
    public var devices: [Int]
    public var most: Int
  }

  /// Who has the rules.
  public enum Origin: Sendable, Hashable {
    case user
    /// A planner, for layers that would lose too much on cards.
    case accuracyBudget
  }

  public let rules: [PlacementRules.Rule]
  public var origin = Origin.user
  /// Whether operators are cut over cards that act as one, and so cannot be on the host.
  public let keepsParts: Bool
  /// What is done without.
  public let without: Set<Lever>
  /// By operator.
  public internal(set) var operatorSites: [Sites]
  /// By table.
  public internal(set) var tableSites: [Sites]
  public internal(set) var together: [Members] = []
  public internal(set) var apart: [Members] = []
  public internal(set) var counts: [Count] = []
  /// By device, the host first: bytes that may be used.
  public internal(set) var capacities: [Double]
  /// By table: the patterns of which its option must match one, rule by rule, and those it must not match.
  var only: [[[NamePattern]]]
  var never: [[NamePattern]]

  /// No rules.
  ///
  /// - Parameter without: What is done without; net-splits and copies leave fewer sites.
  public init(graph: Graph, system: System, without: Set<Lever> = []) {
    self.init(unchecked: [], graph: graph, system: system, without: without)
  }

  /// - Throws: every rule that names nothing in the model or the system.
  public init(
    _ rules: [PlacementRules.Rule], graph: Graph, system: System, without: Set<Lever> = []
  ) throws(FormatError) {
    var resolver = RuleResolver(graph: graph, system: system)
    var resolved = PlanRules(unchecked: rules, graph: graph, system: system, without: without)
    for (index, rule) in rules.enumerated() { resolver.apply(rule, number: index, to: &resolved) }
    guard resolver.findings.isEmpty else { throw FormatError(findings: resolver.findings) }
    self = resolved
  }

  private init(
    unchecked rules: [PlacementRules.Rule], graph: Graph, system: System, without: Set<Lever>
  ) {
    self.rules = rules
    self.without = without
    var all = Sites(cards: system.cards.map { _ in true })
    // With one card, the copy on every card is the only one.
    all.everyCard = !system.cards.isEmpty && (!without.contains(.copies) || system.cards.count < 2)
    operatorSites = graph.operators.map { _ in all }
    keepsParts = graph.cut != nil
    for (index, node) in graph.operators.enumerated() {
      let isPart = graph.cut?.isCut[index] ?? false
      let isLeft = without.contains(.netSplit) && !system.cards.isEmpty && system.everyCardRuns(node)
      if isPart || isLeft { operatorSites[index].host = false }
    }
    tableSites = graph.embeddingTables.map { _ in all }
    capacities = [Double(system.host.usableBytes)] + system.cards.map { Double($0.usableBytes) }
    only = graph.embeddingTables.map { _ in [] }
    never = graph.embeddingTables.map { _ in [] }
  }

  /// Whether every placement is allowed that the system has.
  public var isEmpty: Bool {
    rules.isEmpty && !keepsParts && !without.contains(.netSplit) && !without.contains(.copies)
  }

  /// Whether every site is left to everything, so that nothing need be asked. Without cards there are no copies on every card.
  package var leavesAllSites: Bool { isEmpty && capacities.count > 1 }

  // MARK: Questions of a planner

  /// What is left to operators that are placed as one.
  public func sites(of operators: [OperatorID]) -> Sites {
    var sites = Sites(cards: Array(repeating: true, count: capacities.count - 1))
    for op in operators { sites.formIntersection(operatorSites[op.index]) }
    return sites
  }

  /// What is left to a table when operators are placed: rules that keep it together with, or apart from, some of them.
  public func sites(ofTable table: Int, operators: [PlacementSite]) -> Sites {
    var sites = tableSites[table]
    func keep(_ isLeft: (PlacementSite) -> Bool) {
      sites.host = sites.host && isLeft(.host)
      sites.everyCard = sites.everyCard && isLeft(.everyCard)
      for card in sites.cards.indices { sites.cards[card] = sites.cards[card] && isLeft(.card(card)) }
    }
    for members in together where members.tables.contains(table) {
      for op in members.operators { keep { canonical($0) == canonical(operators[op]) } }
    }
    for members in apart where members.tables.contains(table) {
      for op in members.operators { keep { devices(of: $0).isDisjoint(with: devices(of: operators[op])) } }
    }
    return sites
  }

  /// Whether a table may be stored and cut so, by the name of its option: see ``optionName(split:site:precision:)``.
  public func allows(table: Int, option: String) -> Bool {
    only[table].allSatisfy { $0.contains { $0.matches(option) } }
      && !never[table].contains { $0.matches(option) }
  }

  /// The same with fewer precisions for tables; that is no rule of the user's.
  ///
  /// - Parameter precisions: by table: those that are left.
  public func limitingTables(to precisions: [[Precision]]) -> PlanRules {
    var limited = self
    for (table, left) in precisions.enumerated() {
      limited.never[table] += Precision.allCases.filter { !left.contains($0) }.map {
        NamePattern("* \($0.rawValue)")
      }
    }
    return limited
  }

  /// The same with what other rules of the same model leave to tables of splits and precisions.
  public func withOptions(of other: PlanRules) -> PlanRules {
    var rules = self
    (rules.only, rules.never) = (other.only, other.never)
    return rules
  }

  /// Whether a table may be on single cards in some cut.
  public func allowsOnCards(_ table: Int, _ precision: Precision) -> Bool {
    RuleResolver.splits.contains {
      allows(table: table, option: Self.optionName(split: $0, site: .card(0), precision: precision))
    }
  }

  /// For example `host int8`, `every card int4`, `whole int8`, `rows 2 int8`, `columns 4 int4`.
  public static func optionName(split: TableSplit, site: PlacementSite, precision: Precision) -> String {
    let place =
      switch (site, split) {
      case (.host, _): "host"
      case (.everyCard, _): "every card"
      case (.card, .whole): "whole"
      case (.card, .rows(let shards)): "rows \(shards)"
      case (.card, .columns(let shards)): "columns \(shards)"
      }
    return "\(place) \(precision.rawValue)"
  }

  /// What the rules leave when only the first `count` cards are in use.
  public func restricted(toCards count: Int) -> PlanRules {
    var part = self
    for index in operatorSites.indices {
      part.operatorSites[index].cards = Array(operatorSites[index].cards.prefix(count))
    }
    for index in tableSites.indices {
      part.tableSites[index].cards = Array(tableSites[index].cards.prefix(count))
    }
    part.capacities = Array(capacities.prefix(count + 1))
    for index in counts.indices { part.counts[index].devices.removeAll { $0 > count } }
    return part
  }

  /// What the rules leave when the cards are in another order.
  ///
  /// - Parameter cards: By place: the card as it is given.
  public func ordered(_ cards: [Int]) -> PlanRules {
    var ordered = self
    for index in operatorSites.indices {
      ordered.operatorSites[index].cards = cards.map { operatorSites[index].cards[$0] }
    }
    for index in tableSites.indices {
      ordered.tableSites[index].cards = cards.map { tableSites[index].cards[$0] }
    }
    ordered.capacities = [capacities[0]] + cards.map { capacities[$0 + 1] }
    for index in counts.indices {
      let limited = Set(counts[index].devices)
      ordered.counts[index].devices =
        (limited.contains(0) ? [0] : [])
        + cards.indices.filter { limited.contains(cards[$0] + 1) }.map { $0 + 1 }
    }
    return ordered
  }

  /// Whether the rules tell cards apart that are otherwise alike.
  public var tellCardsApart: Bool {
    let lists = (operatorSites + tableSites).map(\.cards)
    let isUneven = lists.contains { $0.contains(true) && $0.contains(false) }
    return isUneven || Set(capacities.dropFirst()).count > 1
      || counts.contains { $0.devices.filter { $0 > 0 }.count % max(1, capacities.count - 1) != 0 }
  }

  /// The system with the memory that the rules take from it set aside.
  public func reduced(_ system: System) -> System {
    var system = system
    system.host.reservedBytes = system.host.processor.dram.bytes - Int(capacities[0].rounded(.down))
    for card in system.cards.indices {
      system.cards[card].reservedBytes =
        system.cards[card].processor.dram.bytes - Int(capacities[card + 1].rounded(.down))
    }
    return system
  }

  /// Of one card, the card and a copy on every card are the same.
  func canonical(_ site: PlacementSite) -> PlacementSite {
    capacities.count == 2 && site == .everyCard ? .card(0) : site
  }

  /// Devices of a site, the host first.
  func devices(of site: PlacementSite) -> Set<Int> {
    switch site {
    case .host: [0]
    case .card(let index): [index + 1]
    case .everyCard: Set(1..<max(1, capacities.count))
    }
  }
}

extension System {
  /// Whether every card can run an operator.
  fileprivate func everyCardRuns(_ node: Operator) -> Bool {
    !node.isHostOnly && cards.allSatisfy { !$0.unsupportedOperators.contains(node.type) }
  }
}

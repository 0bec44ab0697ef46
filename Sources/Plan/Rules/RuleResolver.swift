import CostModel
import Graph
import Hardware

/// Finds what rules name in a model and a system, and collects those that name nothing.
struct RuleResolver {
  private let units: [String]
  /// By unit that is a part of a table, or a look-up into one: what the whole table, or the look-up into it, is called.
  private let parts: [Int: String]
  /// Operators that stand for a look-up into several parts of a table: rules about it are about the parts.
  private let sums: Set<Int>
  private let tableNames: [String]
  /// By operator: the table that it serves.
  private let served: [Int?]
  /// `host`, the cards, `every card`.
  private let devices: [String]
  private(set) var findings: [FormatError.Finding] = []

  /// Ways in which a planner may cut a table.
  static let splits = [TableSplit.whole] + (2...8).flatMap { [.rows(shards: $0), .columns(shards: $0)] }

  init(graph: Graph, system: System) {
    tableNames = graph.embeddingTables.map(\.name)
    units = graph.operators.map(\.name) + tableNames
    var parts: [Int: String] = [:]
    for (index, table) in graph.embeddingTables.enumerated() {
      guard let whole = table.whole else { continue }
      parts[graph.operators.count + index] = whole.name
      for (lookup, name) in zip(table.lookups, whole.lookups) { parts[lookup.index] = name }
    }
    self.parts = parts
    let lookups = Set(parts.filter { $0.key < graph.operators.count }.values)
    sums = Set(graph.operators.indices.filter { lookups.contains(graph.operators[$0].name) })
    served = ServedLookups(graph: graph).table
    devices = ["host"] + system.cards.map(\.name) + ["every card"]
  }

  mutating func apply(_ rule: PlacementRules.Rule, number: Int, to rules: inout PlanRules) {
    let place = "rules[\(number)]"
    switch rule {
    case .pin(let units, let devices):
      restrict(members(units, place), to: pinned(sites(devices, place)), in: &rules)
    case .forbid(let units, let devices):
      restrict(members(units, place), to: left(by: sites(devices, place)), in: &rules)
    case .together(let units): rules.together.append(members(units, place))
    case .apart(let units): rules.apart.append(members(units, place))
    case .options(let units, let only, let never):
      filter(tables(units, place), only: only, never: never, place, in: &rules)
    case .reserve(let names, let bytes):
      for device in ownDevices(names, place) {
        rules.capacities[device] = max(0, rules.capacities[device] - bytes)
      }
    case .limit(let names, let bytes):
      for device in ownDevices(names, place) {
        rules.capacities[device] = min(rules.capacities[device], bytes)
      }
    case .count(let units, let names, let most):
      rules.counts.append(
        .init(rule: number, tables: tables(units, place), devices: ownDevices(names, place), most: most))
    }
  }

  // MARK: Names

  private mutating func matching(
    _ patterns: [String], _ names: [String], also: [Int: String] = [:], _ place: String,
    _ refusal: (String) -> String
  ) -> Set<Int> {
    var found: Set<Int> = []
    for (index, text) in patterns.enumerated() {
      let pattern = NamePattern(text)
      let hits = names.indices.filter {
        pattern.matches(names[$0]) || also[$0].map(pattern.matches) ?? false
      }
      if hits.isEmpty { findings.append(.init(location: "\(place)[\(index)]", message: refusal(text))) }
      found.formUnion(hits)
    }
    return found
  }

  private mutating func members(_ patterns: [String], _ place: String) -> PlanRules.Members {
    let hits = matching(patterns, units, also: parts, "\(place).units") {
      "no operator or embedding table is called \"\($0)\""
    }
    var tables = Set(hits.filter { $0 >= served.count }.map { $0 - served.count })
    var operators: [Int] = []
    for hit in hits.sorted() where hit < served.count && !sums.contains(hit) {
      if let table = served[hit] { tables.insert(table) } else { operators.append(hit) }
    }
    return .init(operators: operators, tables: tables.sorted())
  }

  /// Members of rules that concern tables only; a pattern may match operators besides.
  private mutating func tables(_ patterns: [String], _ place: String) -> [Int] {
    let known = findings.count
    let tables = members(patterns, place).tables
    if tables.isEmpty, findings.count == known {
      findings.append(
        .init(
          location: "\(place).units", message: "this rule is about embedding tables and names only operators")
      )
    }
    return tables
  }

  private mutating func sites(_ patterns: [String], _ place: String) -> Set<Int> {
    let known =
      devices.count <= 9
      ? devices.joined(separator: ", ") : "host, \(devices[1]) ... \(devices[devices.count - 2]), every card"
    return matching(patterns, devices, "\(place).devices") {
      "no device is called \"\($0)\"; there are \(known)"
    }
  }

  /// Host and cards; `every card` means each of them.
  private mutating func ownDevices(_ patterns: [String], _ place: String) -> [Int] {
    let hits = sites(patterns, place)
    let last = devices.count - 1
    return (0..<last).filter { hits.contains($0) || ($0 > 0 && hits.contains(last)) }
  }

  // MARK: Effects

  private func pinned(_ hits: Set<Int>) -> PlanRules.Sites {
    let cards = (1..<devices.count - 1).map(hits.contains)
    return .init(
      host: hits.contains(0), everyCard: hits.contains(devices.count - 1) || !cards.contains(false),
      cards: cards)
  }

  private func left(by hits: Set<Int>) -> PlanRules.Sites {
    let cards = (1..<devices.count - 1).map { !hits.contains($0) }
    return .init(
      host: !hits.contains(0), everyCard: !hits.contains(devices.count - 1) && !cards.contains(false),
      cards: cards)
  }

  private func restrict(_ members: PlanRules.Members, to sites: PlanRules.Sites, in rules: inout PlanRules) {
    for op in members.operators { rules.operatorSites[op].formIntersection(sites) }
    for table in members.tables { rules.tableSites[table].formIntersection(sites) }
  }

  private mutating func filter(
    _ tables: [Int], only: [String]?, never: [String], _ place: String, in rules: inout PlanRules
  ) {
    let names = Self.optionNames
    for (field, patterns) in [("only", only ?? []), ("never", never)] {
      _ = matching(patterns, names, "\(place).\(field)") {
        "no option is called \"\($0)\"; they are called like \"host int8\", \"every card int8\", \"whole int8\", "
          + "\"rows 2 int8\" or \"columns 2 int4\""
      }
    }
    for table in tables {
      if let only { rules.only[table].append(only.map(NamePattern.init)) }
      rules.never[table] += never.map(NamePattern.init)
    }
  }

  private static var optionNames: [String] {
    return Precision.allCases.flatMap { precision in
      splits.map { PlanRules.optionName(split: $0, site: .card(0), precision: precision) }
        + [.host, .everyCard].map { PlanRules.optionName(split: .whole, site: $0, precision: precision) }
    }
  }
}

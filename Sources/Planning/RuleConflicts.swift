import CostModel
import Graph
import Hardware
import Plan

/// Rules that by themselves leave no plan, each a proof.
struct RuleConflicts {
  let task: PlanningTask
  let units: ModelUnits

  private static let mostNames = 4

  func proofs() -> [String] { homeless() + parted() + strangers() + crowds() + shortage() }

  /// Operators and tables that have no device left.
  private func homeless() -> [String] {
    let rules = task.rules
    var names = units.units.flatMap { unit in unit.operators.filter { isHomeless([$0], of: unit) } }
      .map { "operator '\(task.graph[$0].name)'" }
    for (index, table) in task.graph.embeddingTables.enumerated() {
      let sites = rules.tableSites[index]
      func isLeft(_ site: PlacementSite) -> Bool {
        task.tablePrecisions.contains {
          rules.allows(
            table: index, option: PlanRules.optionName(split: .whole, site: site, precision: $0))
        }
      }
      let hasHost = sites.host && isLeft(.host)
      let hasCopies = sites.everyCard && isLeft(.everyCard)
      let hasCards =
        sites.cards.contains(true) && task.tablePrecisions.contains { rules.allowsOnCards(index, $0) }
      if !hasHost && !hasCopies && !hasCards { names.append("table '\(table.name)'") }
    }
    guard !names.isEmpty else { return [] }
    return ["the rules leave no device, or no option, to \(listed(names))"]
  }

  /// Kernels of which every operator has a device left, but not all the same.
  private func parted() -> [String] {
    units.units.filter { unit in
      isHomeless(unit.operators, of: unit) && !unit.operators.contains { isHomeless([$0], of: unit) }
    }.map { unit in
      let names = unit.operators.map { "'\(task.graph[$0].name)'" }
      return "operators \(listed(names)) run in one kernel and the rules leave them no device in common"
    }
  }

  private func isHomeless(_ operators: [OperatorID], of unit: ModelUnits.Unit) -> Bool {
    let sites = task.rules.sites(of: operators)
    let runs = unit.supportingKinds.contains(true)
    return !sites.host && !(runs && (sites.everyCard || sites.cards.contains(true)))
  }

  /// Operators to keep together that have no site in common. Tables are left out: their shards together can cover what a
  /// copy on every card covers; and so are systems of one card, where both are the same.
  private func strangers() -> [String] {
    guard task.system.cards.count > 1 else { return [] }
    let all: [PlacementSite] = [.host, .everyCard] + task.system.cards.indices.map { .card($0) }
    return task.rules.together.compactMap { members in
      let sites = members.operators.map { task.rules.operatorSites[$0] }
      guard !all.contains(where: { site in sites.allSatisfy { $0.contains(site) } }) else { return nil }
      let names = members.operators.map { task.graph.operators[$0].name }
      return "\(listed(names)) are to stay together and have no device in common"
    }
  }

  /// More tables than a limit has room for.
  private func crowds() -> [String] {
    task.rules.counts.compactMap { count in
      let limited = Set(count.devices)
      let bound = count.tables.filter { table in
        let sites = task.rules.tableSites[table]
        return (!sites.host || limited.contains(0))
          && sites.cards.indices.allSatisfy { !sites.cards[$0] || limited.contains($0 + 1) }
          && (!sites.everyCard || !limited.isDisjoint(with: 1...max(1, sites.cards.count)))
      }
      let room = Double(count.devices.count) * Double(count.most)
      guard Double(bound.count) > room else { return nil }
      return
        "\(bound.count) tables may only go to \(count.devices.count) devices with at most \(count.most) on each"
    }
  }

  /// Constants of operators beyond all memory that is left.
  private func shortage() -> [String] {
    let cards = CardKinds(system: task.system).representatives
    let need = units.units.reduce(0.0) { sum, unit in
      let locations = [.host] + cards.map { Location.card($0) }
      return sum + (locations.map { Double(task.costs.weightBytes(of: unit.operators, on: $0)) }.min() ?? 0)
    }
    let left = task.system.cards.reduce(Double(task.system.host.usableBytes)) { $0 + Double($1.usableBytes) }
    guard need > left else { return [] }
    return [
      "the operators' constants take at least \(gigabytes(need)); the rules leave \(gigabytes(left)) in all"
    ]
  }

  private func listed(_ names: [String]) -> String {
    names.prefix(Self.mostNames).joined(separator: ", ")
      + (names.count > Self.mostNames ? " and \(names.count - Self.mostNames) more" : "")
  }
}

import CostModel
import Graph

extension PlanRules {
  /// Which rules a placement breaks, in words; memory is not looked at.
  ///
  /// - Parameter graph: the model that the rules were resolved against.
  public func breaches(of placement: ModelPlacement, graph: Graph) -> [String] {
    guard !leavesAllSites else { return [] }
    let served = ServedLookups(graph: graph).table
    var breaches: [String] = []
    for (index, sites) in operatorSites.enumerated()
    where served[index] == nil && !sites.contains(placement.operators[index]) {
      let isPart = graph.cut?.isCut[index] ?? false
      breaches.append(
        "operator '\(graph.operators[index].name)' is where "
          + (isPart ? "it cannot be: cards that act as one have parts of it" : "a rule forbids it"))
    }
    for (index, table) in placement.tables.enumerated() {
      let name = graph.embeddingTables[index].name
      if table.shards.contains(where: { !tableSites[index].contains($0.site) }) {
        breaches.append("table '\(name)' is where a rule forbids it")
      }
      let option = Self.optionName(
        split: table.split, site: table.shards.first?.site ?? .host, precision: table.format.precision)
      if !allows(table: index, option: option) {
        breaches.append("table '\(name)' is stored as '\(option)', which a rule forbids")
      }
    }
    return breaches + jointBreaches(of: placement, graph: graph)
  }

  private func jointBreaches(of placement: ModelPlacement, graph: Graph) -> [String] {
    // Copies are on the cards in use alone; of one card, it and a copy on every card are the same.
    let used = placement.usedCards
    func canonical(_ site: PlacementSite) -> PlacementSite {
      used.count == 1 && site == .everyCard ? .card(used[0]) : site
    }
    func devices(of site: PlacementSite) -> Set<Int> {
      Set(placement.locations(at: site).map { if case .card(let card) = $0 { card + 1 } else { 0 } })
    }
    func homes(_ members: Members) -> [(name: String, sites: Set<PlacementSite>, devices: Set<Int>)] {
      let operators = members.operators.map { (graph.operators[$0].name, [placement.operators[$0]]) }
      let tables = members.tables.map {
        (graph.embeddingTables[$0].name, placement.tables[$0].shards.map(\.site))
      }
      return (operators + tables).map { name, sites in
        (name, Set(sites.map(canonical)), sites.reduce(into: []) { $0.formUnion(devices(of: $1)) })
      }
    }
    var breaches: [String] = []
    for members in together {
      let homes = homes(members)
      let isMixed = !members.operators.isEmpty
      if let first = homes.first,
        let other = homes.first(where: {
          $0.devices != first.devices || (isMixed && $0.sites != first.sites)
        })
      {
        breaches.append("'\(first.name)' and '\(other.name)' are on different devices and should be together")
      }
    }
    for members in apart {
      var holder: [Int: String] = [:]
      for (name, _, devices) in homes(members) {
        for device in devices.sorted() {
          if let other = holder.updateValue(name, forKey: device) {
            breaches.append("'\(other)' and '\(name)' share a device and should be apart")
            break
          }
        }
      }
    }
    for count in counts {
      var shards = capacities.map { _ in 0 }
      for table in count.tables {
        for shard in placement.tables[table].shards {
          for device in devices(of: shard.site) where device < shards.count { shards[device] += 1 }
        }
      }
      for device in count.devices where shards[device] > count.most {
        breaches.append(
          "\(shards[device]) shards on \(device == 0 ? "the host" : "card \(device - 1)") (\(rules[count.rule]))"
        )
      }
    }
    return breaches
  }
}

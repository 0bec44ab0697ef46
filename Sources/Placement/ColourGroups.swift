extension Problem {
  /// By unit: the first unit of its colour; itself where it has none.
  var leaders: [Int] {
    var first: [Int: Int] = [:]
    return units.enumerated().map { index, unit in
      guard let colour = unit.colour else { return index }
      let leader = first[colour] ?? index
      first[colour] = leader
      return leader
    }
  }

  /// Units that stay together, in the order of the first of each; one without a colour is alone.
  var colourGroups: [[Int]] {
    let (groupOf, count) = GraphModel.numbered(leaders)
    var groups: [[Int]] = Array(repeating: [], count: count)
    for (unit, group) in groupOf.enumerated() { groups[group].append(unit) }
    return groups
  }
}

/// The units of a problem in the order of its nets, with their neighbours.
struct UnitOrder {
  /// Every unit after the producers of what it reads.
  let order: [Int]
  /// By unit: the producers of what it reads.
  let before: [[Int]]
  /// By unit: the readers of what it makes.
  let behind: [[Int]]

  /// - Returns: `nil` when the nets form a circle.
  init?(_ problem: Problem) {
    var before: [[Int]] = problem.units.map { _ in [] }
    var behind = before
    for net in problem.nets {
      for reader in net.consumers where behind[net.producer].last != reader {
        behind[net.producer].append(reader)
        before[reader].append(net.producer)
      }
    }
    var missing = before.map(\.count)
    var order = missing.indices.filter { missing[$0] == 0 }
    var head = 0
    while head < order.count {
      for reader in behind[order[head]] {
        missing[reader] -= 1
        if missing[reader] == 0 { order.append(reader) }
      }
      head += 1
    }
    guard order.count == problem.units.count else { return nil }
    self.order = order
    self.before = before
    self.behind = behind
  }

  /// The earliest stage of every unit when units are on the given devices: even stages are device 0.
  func stages(of sides: [Int]) -> [Int] {
    var stages = sides
    for unit in order {
      for producer in before[unit] {
        let isSameSide = stages[producer] % 2 == sides[unit]
        stages[unit] = max(stages[unit], stages[producer] + (isSameSide ? 0 : 1))
      }
    }
    return stages
  }
}

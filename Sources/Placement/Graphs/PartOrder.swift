/// Orders of a model's items that few nets cross, for ``PartLayers``.
enum PartOrder {
  /// Grows the order from the first item: always the next neighbour that leaves the fewest nets open, of equal ones that of the net
  /// that has been open longest. A heuristic: any order serves.
  static func grown(_ model: GraphModel) -> [Int] {
    var left = model.nets.map { $0.consumers.count + 1 }
    var openedAt = Array(repeating: Int.max, count: model.nets.count)
    var isPlaced = Array(repeating: false, count: model.itemCount)
    var isNear = isPlaced
    var near: [Int] = []
    var order: [Int] = []
    order.reserveCapacity(model.itemCount)
    var nextSeed = 0
    var item = 0
    while true {
      isPlaced[item] = true
      near.removeAll { $0 == item }
      for net in model.netsOf[item] {
        left[net] -= 1
        guard openedAt[net] == .max else { continue }
        openedAt[net] = order.count
        for member in [model.nets[net].producer] + model.nets[net].consumers
        where !isPlaced[member] && !isNear[member] {
          isNear[member] = true
          near.append(member)
        }
      }
      order.append(item)
      if order.count == model.itemCount { return order }
      var best: (item: Int, growth: Int, age: Int)?
      for candidate in near {
        var growth = 0
        var age = Int.max
        for net in model.netsOf[candidate] {
          if openedAt[net] == .max { growth += 1 } else if left[net] == 1 { growth -= 1 }
          age = min(age, openedAt[net])
        }
        if best.map({ (growth, age, candidate) < ($0.growth, $0.age, $0.item) }) ?? true {
          best = (candidate, growth, age)
        }
      }
      if let best {
        item = best.item
      } else {
        while isPlaced[nextSeed] { nextSeed += 1 }
        item = nextSeed
      }
    }
  }
}

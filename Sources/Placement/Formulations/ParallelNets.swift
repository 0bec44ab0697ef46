extension Problem {
  /// Nets from one producer to the same readers, taken as one: they cross together or not at all, so no assignment's loads
  /// change but by the order of summation.
  var withParallelNetsJoined: Problem {
    var joined = self
    joined.nets = []
    var known: [[Int]: Int] = [:]
    for net in nets {
      let ends = [net.producer] + net.consumers
      if let index = known[ends] {
        joined.nets[index].out.add(net.out, lanes: lanes.count)
        joined.nets[index].incoming.add(net.incoming, lanes: lanes.count)
      } else {
        known[ends] = joined.nets.count
        joined.nets.append(net)
      }
    }
    return joined
  }
}

extension [[Problem.Amount]] {
  /// Adds another net's amounts, by group of devices.
  fileprivate mutating func add(_ others: [[Problem.Amount]], lanes: Int) {
    for (group, more) in others.enumerated() {
      guard group < count else {
        append(more)
        continue
      }
      var sums = Array<Double>(repeating: 0, count: lanes)
      for amount in self[group] + more { sums[amount.index] += amount.seconds }
      self[group] = sums.enumerated().filter { $0.element != 0 }.map { .init($0.offset, $0.element) }
    }
  }
}

extension InfeasibilityExplainer {
  /// The least memory on every device of a group that gives a plan, to one part in 2000, by bisection.
  func addMemory(_ result: inout Infeasibility) throws(ProblemError) {
    for group in groups where group.memory.isFinite && group.memory > 0 {
      func scaled(_ factor: Double) -> Problem {
        var changed = problem
        for device in group.devices { changed.devices[device].memory = (group.memory * factor).rounded(.up) }
        return changed
      }
      var high = 1.0
      var works = false
      while high < 64, !works, !isCancelled {
        high *= 2
        works = try isFeasible(scaled(high))
      }
      if isCancelled { return }
      guard works else {
        result.vain.append("64 times the memory on devices like \(group.name)")
        continue
      }
      var low = high / 2
      while high - low > 0.0005 * low, !isCancelled {
        let middle = (low + high) / 2
        if try isFeasible(scaled(middle)) { high = middle } else { low = middle }
      }
      result.relaxations.append(
        .memory(like: group.name, now: group.memory, needed: (group.memory * high).rounded(.up)))
    }
  }

  /// The least number of devices of a group that gives a plan, up to four times as many.
  func addDevices(_ result: inout Infeasibility) throws(ProblemError) {
    for group in groups {
      let count = group.devices.count
      var low = 0
      var high = 0
      var works = false
      var step = 1
      while !works, high < 3 * count, !isCancelled {
        low = high
        high = min(3 * count, high + step)
        step *= 2
        works = try isFeasible(problem.adding(high, devicesLike: group.devices))
      }
      if isCancelled { return }
      guard works else {
        result.vain.append("\(count + high) devices like \(group.name) instead of \(count)")
        continue
      }
      while high - low > 1, !isCancelled {
        let middle = (low + high) / 2
        if try isFeasible(problem.adding(middle, devicesLike: group.devices)) {
          high = middle
        } else {
          low = middle
        }
      }
      result.relaxations.append(.devices(like: group.name, now: count, needed: count + high))
    }
  }

  private struct Group {
    var name: String
    var memory: Double
    var devices: [Int]
  }

  /// Devices by group and memory, in order of first appearance.
  private var groups: [Group] {
    var groups: [Group] = []
    for (index, device) in problem.devices.enumerated() {
      let known = groups.firstIndex {
        problem.devices[$0.devices[0]].group == device.group && $0.memory == device.memory
      }
      if let known {
        groups[known].devices.append(index)
      } else {
        groups.append(Group(name: device.name, memory: device.memory, devices: [index]))
      }
    }
    return groups
  }
}

extension Problem {
  /// The problem with more devices of a group. They may take every shard that all of the group may take.
  func adding(_ count: Int, devicesLike group: [Int]) -> Problem {
    guard let first = group.first else { return self }
    var problem = self
    let added = devices.count..<devices.count + count
    for index in added {
      var device = devices[first]
      device.name = "added \(index)"
      problem.devices.append(device)
    }
    let members = Set(group)
    for limit in limits.indices where members.isSubset(of: limits[limit].devices) {
      problem.limits[limit].devices += added
    }
    for unit in units.indices {
      for option in units[unit].options.indices {
        for shard in units[unit].options[option].shards.indices
        where members.isSubset(of: units[unit].options[option].shards[shard].devices) {
          problem.units[unit].options[option].shards[shard].devices += added
        }
      }
    }
    return problem
  }
}

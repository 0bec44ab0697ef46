extension GraphModel {
  /// The assignment that puts every item on a device, with the fastest mode that keeps memory where there is a choice.
  ///
  /// Modes are sorted by load. Where the fastest modes together exceed a device's memory, the items there switch to
  /// a smaller mode, the least load for a byte saved first. A heuristic: it may miss an allowed combination.
  func assignment(homes: [Int]) -> Assignment {
    var mode = Array(repeating: 0, count: itemCount)
    var used = Array(repeating: 0.0, count: problem.devices.count)
    for item in 0..<itemCount {
      used[homes[item]] += modes[item][classOf[homes[item]]].first?.memory ?? 0
    }
    for device in problem.devices.indices where used[device] > classes[classOf[device]].memory {
      shrink(device, homes, &mode, used: used[device])
    }
    return assignment(homes: homes, modeOf: mode)
  }

  func assignment(homes: [Int], modeOf: [Int]) -> Assignment {
    var choices = Array(repeating: Assignment.Choice(option: 0, devices: []), count: problem.units.count)
    for item in 0..<itemCount {
      let mode = modes[item][classOf[homes[item]]][modeOf[item]]
      for (unit, option) in zip(units[item], mode.options) {
        choices[unit] = Assignment.Choice(option: option, devices: [homes[item]])
      }
    }
    return Assignment(choices: choices)
  }

  private func shrink(_ device: Int, _ homes: [Int], _ mode: inout [Int], used: Double) {
    let entry = classOf[device]
    struct Step {
      var item: Int
      var mode: Int
      var price: Double
    }
    var left = used - classes[entry].memory
    var steps: [Step] = []
    for item in 0..<itemCount where homes[item] == device {
      let all = modes[item][entry]
      guard let fastest = all.first else { continue }
      for (index, other) in all.enumerated() where other.memory < fastest.memory {
        let more = zip(other.loads, fastest.loads).map { $0 - $1 }.max() ?? 0
        steps.append(Step(item: item, mode: index, price: more / (fastest.memory - other.memory)))
      }
    }
    steps.sort { $0.price != $1.price ? $0.price < $1.price : $0.item < $1.item }
    for step in steps where left > 0 {
      let all = modes[step.item][entry]
      let saved = all[mode[step.item]].memory - all[step.mode].memory
      guard saved > 0 else { continue }
      mode[step.item] = step.mode
      left -= saved
    }
  }
}

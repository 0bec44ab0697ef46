/// A net-split with its loads kept up to date as units move.
struct SplitState {
  /// What does not change: one row of numbers an option, and two a net.
  final class Table: Sendable {
    let problem: Problem
    /// Lanes of device 0, of device 1, shared resources, then the bytes of both devices.
    let width: Int
    /// By unit: its first row.
    let firstOption: [Int]
    let optionRows: [Double]
    let optionSides: [Int8]
    /// By net: what crossing from device 0 loads, and from device 1.
    let netRows: [Double]
    let producers: [Int32]
    let readerCounts: [Int32]
    /// By unit: the nets it makes or reads.
    let netsOf: [[Int32]]

    init(_ problem: Problem) {
      self.problem = problem
      let lanes = problem.lanes.count
      let width = 2 * lanes + problem.shared.count + 2
      var firstOption: [Int] = []
      var rows: [Double] = []
      var sides: [Int8] = []
      for unit in problem.units {
        firstOption.append(sides.count)
        for option in unit.options {
          let start = rows.count
          rows += repeatElement(0, count: width)
          sides.append(Int8(option.onlyDevice))
          for shard in option.shards {
            for load in shard.loads { rows[start + option.onlyDevice * lanes + load.index] += load.seconds }
            rows[start + width - 2 + option.onlyDevice] += shard.memory
          }
          for load in option.shared { rows[start + 2 * lanes + load.index] += load.seconds }
        }
      }
      var netRows: [Double] = []
      var netsOf: [[Int32]] = problem.units.map { _ in [] }
      for (index, net) in problem.nets.enumerated() {
        for from in 0...1 {
          let start = netRows.count
          netRows += repeatElement(0, count: width)
          for load in net.out[problem.devices[from].group] {
            netRows[start + from * lanes + load.index] += load.seconds
          }
          for load in net.incoming[problem.devices[1 - from].group] {
            netRows[start + (1 - from) * lanes + load.index] += load.seconds
          }
        }
        netsOf[net.producer].append(Int32(index))
        for reader in net.consumers { netsOf[reader].append(Int32(index)) }
      }
      self.width = width
      self.firstOption = firstOption
      optionRows = rows
      optionSides = sides
      self.netRows = netRows
      producers = problem.nets.map { Int32($0.producer) }
      readerCounts = problem.nets.map { Int32($0.consumers.count) }
      self.netsOf = netsOf
    }
  }

  let table: Table
  /// Lanes of device 0, of device 1, shared resources (seconds), then the bytes of both devices.
  private(set) var levels: [Double]
  /// By unit.
  private(set) var option: [Int]
  private(set) var side: [Int8]
  /// By net: its readers on device 1.
  private var readers: [Int32]

  init(_ table: Table, _ assignment: Assignment) {
    self.table = table
    option = assignment.choices.map(\.option)
    side = assignment.choices.map { Int8($0.devices[0]) }
    levels = []
    readers = Array(repeating: 0, count: table.producers.count)
    for (index, net) in table.problem.nets.enumerated() {
      for reader in net.consumers where side[reader] == 1 { readers[index] += 1 }
    }
    refresh()
  }

  /// Sums everything again, so that long searches do not drift by rounding.
  mutating func refresh() {
    let kept = levels
    levels =
      table.problem.devices.flatMap(\.baseLoad)
      + Array(repeating: 0, count: table.problem.shared.count + 2)
    for unit in option.indices { charge(unit, 1) }
    for net in readers.indices { chargeNet(net, 1) }
    let loads = table.width - 2
    assert(
      Drift.isRounding(kept.prefix(loads), levels.prefix(loads))
        && Drift.isRounding(kept.dropFirst(loads), levels.dropFirst(loads)))
  }

  var assignment: Assignment {
    Assignment(choices: zip(option, side).map { .init(option: $0, devices: [Int($1)]) })
  }

  /// Seconds.
  var bottleneck: Double { levels[..<(table.width - 2)].max() ?? 0 }

  /// Gives a unit another option, and with it, perhaps, another device.
  mutating func move(_ unit: Int, to number: Int) {
    let device = table.optionSides[table.firstOption[unit] + number]
    let isCrossing = device != side[unit]
    charge(unit, -1)
    if isCrossing { for net in table.netsOf[unit] { chargeNet(Int(net), -1) } }
    option[unit] = number
    if isCrossing {
      side[unit] = device
      for net in table.netsOf[unit] where table.producers[Int(net)] != unit {
        readers[Int(net)] += device == 1 ? 1 : -1
      }
      for net in table.netsOf[unit] { chargeNet(Int(net), 1) }
    }
    charge(unit, 1)
  }

  private mutating func charge(_ unit: Int, _ sign: Double) {
    let start = (table.firstOption[unit] + option[unit]) * table.width
    for index in levels.indices { levels[index] += sign * table.optionRows[start + index] }
  }

  private mutating func chargeNet(_ net: Int, _ sign: Double) {
    let from = Int(side[Int(table.producers[net])])
    let there = from == 0 ? readers[net] : table.readerCounts[net] - readers[net]
    if there == 0 { return }
    let start = (2 * net + from) * table.width
    for index in levels.indices { levels[index] += sign * table.netRows[start + index] }
  }
}

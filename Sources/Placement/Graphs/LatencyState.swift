/// The latency of plans that differ by a few items, with no allocation between evaluations.
///
/// The same definition as ``LatencySchedule``, on flat arrays.
struct LatencyState: AnnealedPlan {
  let model: GraphModel
  let nets: FlatNets
  /// The latency, with what memory is exceeded by.
  private(set) var cost = 0.0
  /// Seconds: the latency; `.infinity` when calls wait for each other.
  private(set) var value = 0.0
  private var previous = 0.0
  private let classOf: [Int]
  private let runsAsReady: [Bool]
  /// Units of item: `unitStart[item]..<unitStart[item + 1]` in `units`.
  private var unitStart: [Int] = [0]
  private var units: [Int] = []
  /// Seconds over all lanes; by item and class, then mode, then unit of the item.
  private var duration: [[[Double]]] = []
  private var memoryOf: [[Double]] = []
  // Nets between units.
  private let producer: [Int]
  private var readerStart: [Int] = [0]
  private var readers: [Int] = []
  private var netsFrom: [[Int]]
  /// Seconds over all lanes; index `net * classes + class`.
  private var out: [Double] = []
  private var incoming: [Double] = []

  private(set) var home: [Int]
  private(set) var mode: [Int]
  private(set) var memory: [Double]
  private var own: [Double]
  private var length: [Double]
  private var start: [Double]
  private var waiting: [Int]
  private var ready: [Int] = []
  private var members: [[Int]]
  private var stamp: [Int]
  private var round = 0

  init(_ model: GraphModel, homes: [Int], modes: [Int]) {
    self.model = model
    nets = FlatNets(model)
    classOf = model.classOf
    runsAsReady = model.problem.devices.map { $0.execution == .asReady }
    for members in model.units {
      units.append(contentsOf: members)
      unitStart.append(units.count)
    }
    let problem = model.problem
    for item in 0..<model.itemCount {
      for modes in model.modes[item] {
        memoryOf.append(modes.map(\.memory))
        duration.append(
          modes.map { mode in
            zip(model.units[item], mode.options).map { unit, option in
              problem.units[unit].options[option].shards[0].loads.reduce(0) { $0 + $1.seconds }
            }
          })
      }
    }
    producer = problem.nets.map(\.producer)
    netsFrom = Array(repeating: [], count: problem.units.count)
    for (index, net) in problem.nets.enumerated() {
      readers.append(contentsOf: net.consumers)
      readerStart.append(readers.count)
      netsFrom[net.producer].append(index)
      for entry in model.classes {
        out.append(net.out[entry.group].reduce(0) { $0 + $1.seconds })
        incoming.append(net.incoming[entry.group].reduce(0) { $0 + $1.seconds })
      }
    }
    home = homes
    mode = modes
    memory = Array(repeating: 0, count: problem.devices.count)
    own = Array(repeating: 0, count: problem.units.count)
    let steps = problem.devices.count + problem.units.count
    length = Array(repeating: 0, count: steps)
    start = length
    waiting = Array(repeating: 0, count: steps)
    members = Array(repeating: [], count: problem.devices.count)
    stamp = Array(repeating: 0, count: problem.devices.count)
    for item in homes.indices { place(item) }
    settle()
  }

  /// What a full device's worth of excess memory costs, as a part of the latency.
  private static let excessWeight = 2.0

  mutating func settle() {
    previous = value
    value = latency()
    cost = value * (1 + Self.excessWeight * excess)
  }

  mutating func unsettle(to cost: Double) {
    self.cost = cost
    value = previous
  }

  mutating func refresh(fromScratch: Bool) {}

  var fitsMemory: Bool { excess == 0 }
  var ticksPerMove: (proposal: Int, item: Int) { (4 * (model.itemCount + model.nets.count), 0) }
  var movesPerCheck: Int { 256 }

  /// Bytes beyond capacity over all devices, as a part of each device's capacity.
  var excess: Double {
    var sum = 0.0
    for device in memory.indices {
      let capacity = model.classes[classOf[device]].memory
      if memory[device] > capacity * (1 + 1e-12) { sum += (memory[device] - capacity) / max(capacity, 1) }
    }
    return sum
  }

  func modeCount(_ item: Int, _ device: Int) -> Int {
    memoryOf[item * model.classes.count + classOf[device]].count
  }

  mutating func move(_ item: Int, to device: Int, mode newMode: Int) {
    memory[home[item]] -= memoryOf[item * model.classes.count + classOf[home[item]]][mode[item]]
    home[item] = device
    mode[item] = newMode
    place(item)
  }

  private mutating func place(_ item: Int) {
    let slot = item * model.classes.count + classOf[home[item]]
    memory[home[item]] += memoryOf[slot][mode[item]]
    for (offset, unit) in (unitStart[item]..<unitStart[item + 1]).enumerated() {
      own[units[unit]] = duration[slot][mode[item]][offset]
    }
  }

  /// Seconds; `.infinity` when calls wait for each other.
  mutating func latency() -> Double {
    let devices = home.isEmpty ? 0 : memory.count
    let classes = model.classes.count
    for step in length.indices {
      length[step] = 0
      start[step] = 0
      waiting[step] = 0
    }
    for device in 0..<devices { members[device].removeAll(keepingCapacity: true) }
    for unit in own.indices {
      let device = home[model.itemOf[unit]]
      if runsAsReady[device] {
        length[devices + unit] = own[unit]
      } else {
        length[device] += own[unit]
        members[device].append(unit)
      }
    }
    for net in producer.indices {
      let origin = home[model.itemOf[producer[net]]]
      let from = runsAsReady[origin] ? devices + producer[net] : origin
      round += 1
      stamp[origin] = round
      var isAbroad = false
      for slot in readerStart[net]..<readerStart[net + 1] {
        let device = home[model.itemOf[readers[slot]]]
        let to = runsAsReady[device] ? devices + readers[slot] : device
        if to != from { waiting[to] += 1 }
        if stamp[device] != round {
          stamp[device] = round
          isAbroad = true
          if !runsAsReady[device] { length[device] += incoming[net * classes + classOf[device]] }
        }
      }
      if isAbroad && !runsAsReady[origin] { length[origin] += out[net * classes + classOf[origin]] }
    }
    ready.removeAll(keepingCapacity: true)
    var stepCount = 0
    for step in waiting.indices {
      if step >= devices && !runsAsReady[home[model.itemOf[step - devices]]] { continue }
      stepCount += 1
      if waiting[step] == 0 { ready.append(step) }
    }
    var last = 0.0
    while let step = ready.popLast() {
      stepCount -= 1
      let end = start[step] + length[step]
      last = max(last, end)
      if step >= devices {
        release(step - devices, step, end)
      } else {
        for unit in members[step] { release(unit, step, end) }
      }
    }
    return stepCount == 0 ? last : .infinity
  }

  private mutating func release(_ unit: Int, _ from: Int, _ end: Double) {
    let devices = memory.count
    let classes = model.classes.count
    let origin = home[model.itemOf[unit]]
    for net in netsFrom[unit] {
      for slot in readerStart[net]..<readerStart[net + 1] {
        let reader = readers[slot]
        let device = home[model.itemOf[reader]]
        let to = runsAsReady[device] ? devices + reader : device
        if to == from { continue }
        var arrival = end
        if device != origin {
          if runsAsReady[origin] { arrival += out[net * classes + classOf[origin]] }
          if runsAsReady[device] { arrival += incoming[net * classes + classOf[device]] }
        }
        if arrival > start[to] { start[to] = arrival }
        waiting[to] -= 1
        if waiting[to] == 0 { ready.append(to) }
      }
    }
  }
}

/// A complete assignment of items to devices with its loads, changed one item at a time.
///
/// Cost: the sum over devices and lanes, and over shared resources, of (load / scale)^8, plus a penalty for memory
/// in excess of its capacity. The eighth power stands in for the largest load and still tells plans with the
/// same largest load apart.
struct PlacementState: AnnealedPlan {
  let model: GraphModel
  let nets: FlatNets
  let lanes: Int
  let deviceCount: Int
  private let classCount: Int
  let sharedCount: Int
  let classOf: [Int]
  let capacity: [Double]
  private(set) var home: [Int]
  private(set) var mode: [Int]
  /// Seconds; index `device * lanes + lane`, then shared resources.
  private(set) var load: [Double]
  /// Bytes by device.
  private(set) var memory: [Double]
  /// Readers of a net on a device; index `net * devices + device`.
  private var readers: [Int32]
  /// Devices with a reader, by net.
  private var spread: [Int32]
  private var term: [Double]
  private(set) var cost: Double
  /// Loads are divided by this before the power, seconds.
  private(set) var scale: Double
  private var isTouched: [Bool]
  private var touched: [Int] = []
  private var flatStart: [Int] = []
  private var flatLoad: [Double] = []
  private var flatMemory: [Double] = []

  static let excessWeight = 50.0

  init(_ model: GraphModel, homes: [Int], modes: [Int]? = nil, scale: Double) {
    self.model = model
    nets = FlatNets(model)
    lanes = model.laneCount
    classCount = model.classes.count
    deviceCount = model.problem.devices.count
    sharedCount = model.problem.shared.count
    classOf = model.classOf
    capacity = model.classOf.map { model.classes[$0].memory }
    home = homes
    mode = modes ?? Array(repeating: 0, count: homes.count)
    load = []
    memory = []
    readers = []
    spread = []
    term = []
    cost = 0
    self.scale = scale
    isTouched = Array(repeating: false, count: deviceCount * lanes + sharedCount)
    // Loads of every (item, class, mode), lanes then shared resources.
    for modesByClass in model.modes {
      for modes in modesByClass {
        flatStart.append(flatMemory.count)
        for mode in modes {
          flatLoad.append(contentsOf: mode.loads)
          flatLoad.append(contentsOf: mode.shared)
          flatMemory.append(mode.memory)
        }
      }
    }
    flatStart.append(flatMemory.count)
    rebuild()
  }

  /// Modes an item has on a device.
  func modeCount(_ item: Int, _ device: Int) -> Int {
    let slot = item * classCount + classOf[device]
    return flatStart[slot + 1] - flatStart[slot]
  }

  var largestLoad: Double { load.max() ?? 0 }

  var fitsMemory: Bool {
    for device in 0..<deviceCount where memory[device] > capacity[device] * (1 + 1e-12) { return false }
    return true
  }

  /// Recomputes everything from homes and modes, which also drops accumulated rounding.
  mutating func rebuild() {
    load = Array(repeating: 0, count: deviceCount * lanes + sharedCount)
    memory = Array(repeating: 0, count: deviceCount)
    readers = Array(repeating: 0, count: model.nets.count * deviceCount)
    spread = Array(repeating: 0, count: model.nets.count)
    for device in 0..<deviceCount {
      for lane in 0..<lanes { load[device * lanes + lane] = model.problem.devices[device].baseLoad[lane] }
    }
    for item in home.indices { addOwn(item, sign: 1) }
    for (index, net) in model.nets.enumerated() {
      for consumer in net.consumers {
        readers[index * deviceCount + home[consumer]] += 1
        if readers[index * deviceCount + home[consumer]] == 1 { spread[index] += 1 }
      }
      let source = home[net.producer]
      if isAbroad(index, source) { addOut(index, source, 1) }
      for device in 0..<deviceCount
      where device != source && readers[index * deviceCount + device] > 0 {
        addIncoming(index, device, 1)
      }
    }
    refresh(scale: scale)
  }

  /// Sets the scale and recomputes the cost from the loads.
  mutating func refresh(scale: Double) {
    self.scale = scale
    for slot in touched { isTouched[slot] = false }
    touched.removeAll(keepingCapacity: true)
    term = load.map { Self.eighthPower($0 / scale) }
    cost = term.reduce(0, +)
    for device in 0..<deviceCount { cost += excess(device) }
  }

  /// Moves an item; loads change at once, the cost after ``settle()``.
  mutating func move(_ item: Int, to target: Int, mode newMode: Int) {
    let source = home[item]
    cost -= excess(source)
    if target != source { cost -= excess(target) }
    addOwn(item, sign: -1)
    home[item] = target
    mode[item] = newMode
    addOwn(item, sign: 1)
    cost += excess(source)
    if target == source { return }
    cost += excess(target)
    for slot in nets.start[item]..<nets.start[item + 1] {
      let net = nets.index[slot]
      let row = net * deviceCount
      let producer = nets.producer[net]
      if producer == item {
        if isAbroad(net, source) { addOut(net, source, -1) }
        if readers[row + target] > 0 { addIncoming(net, target, -1) }
        if readers[row + source] > 0 { addIncoming(net, source, 1) }
        if isAbroad(net, target) { addOut(net, target, 1) }
      } else {
        let origin = home[producer]
        let wasAbroad = isAbroad(net, origin)
        readers[row + source] -= 1
        if readers[row + source] == 0 {
          spread[net] -= 1
          if source != origin { addIncoming(net, source, -1) }
        }
        readers[row + target] += 1
        if readers[row + target] == 1 {
          spread[net] += 1
          if target != origin { addIncoming(net, target, 1) }
        }
        let isAbroadNow = isAbroad(net, origin)
        if wasAbroad != isAbroadNow { addOut(net, origin, isAbroadNow ? 1 : -1) }
      }
    }
  }

  /// Brings the cost up to date with the loads.
  mutating func settle() {
    for slot in touched {
      isTouched[slot] = false
      let value = Self.eighthPower(load[slot] / scale)
      cost += value - term[slot]
      term[slot] = value
    }
    touched.removeAll(keepingCapacity: true)
  }

  mutating func unsettle(to cost: Double) { settle() }

  mutating func refresh(fromScratch: Bool) {
    if fromScratch {
      let (keptLoad, keptMemory) = (load, memory)
      rebuild()
      assert(Drift.isRounding(keptLoad, load) && Drift.isRounding(keptMemory, memory))
    }
    refresh(scale: max(largestLoad, 1e-300))
  }

  var value: Double { largestLoad }
  var ticksPerMove: (proposal: Int, item: Int) { (100, 100) }
  var movesPerCheck: Int { 4096 }

  private func excess(_ device: Int) -> Double {
    let over = memory[device] - capacity[device]
    return over > 0 ? Self.excessWeight * over / max(capacity[device], 1) : 0
  }

  private func isAbroad(_ net: Int, _ device: Int) -> Bool {
    spread[net] > (readers[net * deviceCount + device] > 0 ? 1 : 0)
  }

  private mutating func touch(_ slot: Int) {
    if isTouched[slot] { return }
    isTouched[slot] = true
    touched.append(slot)
  }

  private mutating func addOwn(_ item: Int, sign: Double) {
    let device = home[item]
    let row = flatStart[item * classCount + classOf[device]] + mode[item]
    let width = lanes + sharedCount
    memory[device] += sign * flatMemory[row]
    for lane in 0..<lanes {
      let seconds = flatLoad[row * width + lane]
      if seconds == 0 { continue }
      load[device * lanes + lane] += sign * seconds
      touch(device * lanes + lane)
    }
    for shared in 0..<sharedCount {
      let slot = deviceCount * lanes + shared
      load[slot] += sign * flatLoad[row * width + lanes + shared]
      touch(slot)
    }
  }

  private mutating func addOut(_ net: Int, _ device: Int, _ sign: Double) {
    let at = (net * classCount + classOf[device]) * lanes
    for lane in 0..<lanes where nets.out[at + lane] != 0 {
      load[device * lanes + lane] += sign * nets.out[at + lane]
      touch(device * lanes + lane)
    }
  }

  private mutating func addIncoming(_ net: Int, _ device: Int, _ sign: Double) {
    let at = (net * classCount + classOf[device]) * lanes
    for lane in 0..<lanes where nets.incoming[at + lane] != 0 {
      load[device * lanes + lane] += sign * nets.incoming[at + lane]
      touch(device * lanes + lane)
    }
  }

  private static func eighthPower(_ x: Double) -> Double {
    let square = x * x
    let fourth = square * square
    return fourth * fourth
  }
}

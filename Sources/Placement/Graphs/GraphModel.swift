/// A graph problem in the form the searches work on: items instead of units, device classes instead of devices.
///
/// - A *device class* is a set of devices that no unit, net, memory or base load tells apart. Exchanging two devices
///   of a class maps allowed assignments to allowed assignments of the same objective, so a search may decide counts
///   a class and name the devices at the end. This keeps the optimum.
/// - An *item* is a set of units that every allowed assignment places on one device: a colour class, and, when the
///   quotient graph must be acyclic, every strongly connected component of the graph of colour classes. (If two
///   classes on a circle were on different devices, that circle would visit at least two devices and the quotient
///   would have a circle too.) This keeps the optimum.
/// - Nets of one producer item with the same readers are added up; nets inside one item vanish: they are charged
///   together or never. This keeps the optimum.
/// - A *mode* of an item on a class is one choice of options. Modes that another mode matches or beats in every lane,
///   shared resource, memory and penalty are dropped. This keeps the optimum. When more than
///   ``largestModeCount`` combinations exist the rest is dropped, ``isExact`` is false, and only floors may be
///   used in bounds.
struct GraphModel: Sendable {
  struct DeviceClass: Sendable {
    var devices: [Int]
    var group: Int
    var memory: Double
    var baseLoad: [Double]
    var execution: Problem.Execution
  }

  struct Mode: Sendable {
    /// By lane.
    var loads: [Double]
    var memory: Double
    /// By shared resource.
    var shared: [Double]
    var penalty: Double
    /// By unit of the item, in ``GraphModel/units`` order.
    var options: [Int]
  }

  struct Net: Sendable {
    var producer: Int
    /// Ascending, without the producer.
    var consumers: [Int]
    /// By class, then lane.
    var out: [[Double]]
    /// By class, then lane.
    var incoming: [[Double]]
  }

  var problem: Problem
  var classes: [DeviceClass]
  /// Class of every device.
  var classOf: [Int]
  /// Units of every item, ascending.
  var units: [[Int]]
  /// Item of every unit.
  var itemOf: [Int]
  /// By item, then class; an empty list means the item may not go there.
  var modes: [[[Mode]]]
  var nets: [Net]
  /// Nets that touch an item, ascending.
  var netsOf: [[Int]]
  /// Items that must not come in an earlier part, by ordered nets; acyclic when the order is required.
  var successors: [[Int]]
  var predecessors: [[Int]]
  /// False when modes were left out for their number.
  var isExact: Bool

  static let largestModeCount = 64

  var laneCount: Int { problem.lanes.count }
  var itemCount: Int { units.count }

  /// Whether one mode an item and class, and no shared resource, is left: then loads decide alone.
  var hasSingleModes: Bool {
    problem.shared.isEmpty && isExact && modes.allSatisfy { $0.allSatisfy { $0.count <= 1 } }
  }

  /// Each round of reductions builds the model again: large ones get two.
  private static let largeUnitCount = 20_000
  private static let ticksPerUnit = 2_000

  /// The model with the reductions of ``GraphReduction`` applied until none applies any more.
  /// - Parameter shouldStop: Told the ticks of each round; the reductions so far are kept.
  init(_ problem: Problem, shouldStop: (Int) -> Bool = { _ in false }) {
    var classes = Self.classes(problem)
    Self.liftIdleMemory(problem, &classes)
    var (itemOf, count) = Self.items(problem)
    var model = GraphModel(problem, classes: classes, itemOf: itemOf, count: count)
    var rounds = problem.units.count > Self.largeUnitCount ? 2 : Int.max
    let ticks = Self.ticksPerUnit * (problem.units.count + problem.nets.count)
    while rounds > 0, !shouldStop(ticks), let merged = GraphReduction.merged(model) {
      rounds -= 1
      (itemOf, count) = merged
      model = GraphModel(problem, classes: classes, itemOf: itemOf, count: count)
    }
    self = model
  }

  private init(_ problem: Problem, classes: [DeviceClass], itemOf: [Int], count: Int) {
    self.problem = problem
    self.classes = classes
    classOf = Array(repeating: 0, count: problem.devices.count)
    for (index, entry) in classes.enumerated() {
      for device in entry.devices { classOf[device] = index }
    }
    self.itemOf = itemOf
    units = Array(repeating: [], count: count)
    for (unit, item) in itemOf.enumerated() { units[item].append(unit) }
    isExact = true
    modes = []
    nets = Self.nets(problem, classes, itemOf)
    netsOf = Array(repeating: [], count: count)
    for (index, net) in nets.enumerated() {
      netsOf[net.producer].append(index)
      for consumer in net.consumers { netsOf[consumer].append(index) }
    }
    var following: [Set<Int>] = Array(repeating: [], count: count)
    for net in problem.nets where problem.units[net.producer].inOrder {
      for consumer in net.consumers where problem.units[consumer].inOrder {
        let (from, to) = (itemOf[net.producer], itemOf[consumer])
        if from != to { following[from].insert(to) }
      }
    }
    successors = following.map { $0.sorted() }
    predecessors = Array(repeating: [], count: count)
    for (item, targets) in successors.enumerated() {
      for target in targets { predecessors[target].append(item) }
    }
    for members in units {
      modes.append(classes.map { itemModes(members, on: $0) })
    }
  }

  private static func classes(_ problem: Problem) -> [DeviceClass] {
    var label = Array(repeating: 0, count: problem.devices.count)
    struct Kind: Hashable {
      var group: Int
      var memory: Double
      var baseLoad: [Double]
      var execution: Problem.Execution
    }
    var kinds: [Kind: Int] = [:]
    for (index, device) in problem.devices.enumerated() {
      let kind = Kind(
        group: device.group, memory: device.memory, baseLoad: device.baseLoad, execution: device.execution)
      label[index] = kinds[kind] ?? kinds.count
      kinds[kind] = label[index]
    }
    var seen: Set<[Int]> = []
    for unit in problem.units {
      for option in unit.options {
        for shard in option.shards where seen.insert(shard.devices).inserted {
          refine(&label, by: Set(shard.devices))
        }
      }
    }
    var order: [Int: Int] = [:]
    var classes: [DeviceClass] = []
    for (index, device) in problem.devices.enumerated() {
      if let known = order[label[index]] {
        classes[known].devices.append(index)
      } else {
        order[label[index]] = classes.count
        classes.append(
          DeviceClass(
            devices: [index], group: device.group, memory: device.memory, baseLoad: device.baseLoad,
            execution: device.execution))
      }
    }
    return classes
  }

  /// Consecutive items of a topological order merged into at most `count` blocks of about the same work, numbered along
  /// the order. A coarsening, not a reduction: it loses assignments, so it serves heuristics only.
  func coarsened(order: [Int], count: Int) -> (model: GraphModel, blockOf: [Int]) {
    let weight = modes.map { byClass in byClass.joined().map { $0.loads.max() ?? 0 }.min() ?? 0 }
    let total = weight.reduce(0, +) + 1e-300
    var blockOf = Array(repeating: 0, count: itemCount)
    var seen = 0.0
    var block = -1
    var last = -1
    for (position, item) in order.enumerated() {
      // Work and number share the blocks, so that idle items do not pile up in one.
      let place = seen / total * 0.5 + Double(position) / Double(order.count) * 0.5
      let wanted = min(count - 1, Int(place * Double(count)))
      if wanted != last {
        block += 1
        last = wanted
      }
      blockOf[item] = block
      seen += weight[item]
    }
    let coarse = GraphModel(
      problem, classes: classes, itemOf: itemOf.map { blockOf[$0] }, count: block + 1)
    return (coarse, blockOf)
  }

  /// Memory that everything together cannot fill is no limit: such a class counts as unlimited.
  private static func liftIdleMemory(_ problem: Problem, _ classes: inout [DeviceClass]) {
    for index in classes.indices {
      guard let device = classes[index].devices.first else { continue }
      var most = 0.0
      for unit in problem.units {
        let shards = unit.options.compactMap(\.shards.first).filter { $0.devices.contains(device) }
        most += shards.map(\.memory).max() ?? 0
      }
      if most <= classes[index].memory { classes[index].memory = .infinity }
    }
  }

  private static func refine(_ label: inout [Int], by members: Set<Int>) {
    var split: [Int: Int] = [:]
    var next = (label.max() ?? 0) + 1
    var inside: [Int: Int] = [:]
    for old in label { inside[old, default: 0] += 0 }
    for (device, old) in label.enumerated() where members.contains(device) { inside[old, default: 0] += 1 }
    var size: [Int: Int] = [:]
    for old in label { size[old, default: 0] += 1 }
    for device in label.indices where members.contains(device) {
      let old = label[device]
      if inside[old] == size[old] { continue }
      if let fresh = split[old] {
        label[device] = fresh
      } else {
        split[old] = next
        label[device] = next
        next += 1
      }
    }
  }

  private static func items(_ problem: Problem) -> (itemOf: [Int], count: Int) {
    let (colourItem, count) = numbered(problem.leaders)
    guard problem.order == .acyclicQuotient, problem.objective == .throughput else {
      return (colourItem, count)
    }
    var successors: [Set<Int>] = Array(repeating: [], count: count)
    for net in problem.nets where problem.units[net.producer].inOrder {
      for consumer in net.consumers where problem.units[consumer].inOrder {
        let (from, to) = (colourItem[net.producer], colourItem[consumer])
        if from != to { successors[from].insert(to) }
      }
    }
    let component = StrongComponents.components(successors.map { $0.sorted() })
    return numbered(colourItem.map { component[$0] })
  }

  /// Numbers what units belong to by the first unit of each, so that items follow the order of the problem.
  static func numbered(_ wholes: [Int]) -> (itemOf: [Int], count: Int) {
    var number: [Int: Int] = [:]
    let itemOf = wholes.map { whole in
      let item = number[whole] ?? number.count
      number[whole] = item
      return item
    }
    return (itemOf, number.count)
  }

  private static func nets(_ problem: Problem, _ classes: [DeviceClass], _ itemOf: [Int]) -> [Net] {
    struct Key: Hashable {
      var producer: Int
      var consumers: [Int]
    }
    let lanes = problem.lanes.count
    let sum = { (amounts: [[Problem.Amount]]) -> [[Double]] in
      classes.map { entry in
        var loads = Array(repeating: 0.0, count: lanes)
        for amount in amounts[entry.group] { loads[amount.index] += amount.seconds }
        return loads
      }
    }
    var known: [Key: Int] = [:]
    var nets: [Net] = []
    for net in problem.nets {
      let producer = itemOf[net.producer]
      let consumers = Set(net.consumers.map { itemOf[$0] }).subtracting([producer]).sorted()
      if consumers.isEmpty { continue }
      let (out, incoming) = (sum(net.out), sum(net.incoming))
      if let index = known[Key(producer: producer, consumers: consumers)] {
        for entry in classes.indices {
          for lane in 0..<lanes {
            nets[index].out[entry][lane] += out[entry][lane]
            nets[index].incoming[entry][lane] += incoming[entry][lane]
          }
        }
      } else {
        known[Key(producer: producer, consumers: consumers)] = nets.count
        nets.append(Net(producer: producer, consumers: consumers, out: out, incoming: incoming))
      }
    }
    return nets
  }

  /// The choices of options of the item's units on a class that no other choice matches or beats.
  private mutating func itemModes(_ members: [Int], on entry: DeviceClass) -> [Mode] {
    guard let device = entry.devices.first else { return [] }
    var partial = [
      Mode(
        loads: Array(repeating: 0, count: laneCount), memory: 0,
        shared: Array(repeating: 0, count: problem.shared.count), penalty: 0, options: [])
    ]
    for unit in members {
      var extended: [Mode] = []
      for mode in partial {
        for (index, option) in problem.units[unit].options.enumerated() {
          guard let shard = option.shards.first, shard.devices.contains(device) else { continue }
          var next = mode
          for amount in shard.loads { next.loads[amount.index] += amount.seconds }
          for amount in option.shared { next.shared[amount.index] += amount.seconds }
          next.memory += shard.memory
          next.penalty += option.penalty
          next.options.append(index)
          extended.append(next)
        }
      }
      partial = Self.undominated(extended, memoryCounts: entry.memory.isFinite)
      if partial.count > Self.largestModeCount {
        partial.removeLast(partial.count - Self.largestModeCount)
        isExact = false
      }
    }
    return partial.filter { $0.memory <= entry.memory * (1 + ProblemEvaluator.memoryTolerance) }
  }

  private static func undominated(_ modes: [Mode], memoryCounts: Bool) -> [Mode] {
    guard modes.count > 1 else { return modes }
    let sorted = modes.sorted { a, b in
      let (x, y) = (a.loads.max() ?? 0, b.loads.max() ?? 0)
      return x != y ? x < y : a.memory < b.memory
    }
    var kept: [Mode] = []
    for mode in sorted where !kept.contains(where: { dominates($0, mode, memoryCounts) }) {
      kept.append(mode)
    }
    return kept
  }

  private static func dominates(_ a: Mode, _ b: Mode, _ memoryCounts: Bool) -> Bool {
    (!memoryCounts || a.memory <= b.memory) && a.penalty <= b.penalty
      && zip(a.loads, b.loads).allSatisfy { $0 <= $1 }
      && zip(a.shared, b.shared).allSatisfy { $0 <= $1 }
  }
}

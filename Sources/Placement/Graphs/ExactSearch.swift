/// Depth-first enumeration of all assignments of a small model, with the loads certain so far as the bound.
///
/// Exact for every objective, order, memory and mode: a complete assignment is judged by ``ProblemEvaluator``. A branch
/// is left when the loads of its items and of the nets between them reach the incumbent (throughput), when memory is
/// exceeded, or when devices wait for each other that must not; all three can only grow. Devices of a class without items are
/// alike, so only the first of them is tried.
struct ExactSearch {
  /// Larger models are not tried.
  private static let largestItemCount = 24
  private static let nodeLimit = 60_000
  private static let ticksPerNode = 2_000
  /// Circles are looked for on so many devices, a bit each.
  private static let mostOrderedDevices = 64

  private let model: GraphModel
  private let clock: SearchClock
  private let lanes: Int
  private let deviceCount: Int
  private let order: [Int]
  private var home: [Int]
  private var mode: [Int]
  private var load: [Double]
  private var memory: [Double]
  private var used: [Int]
  /// By device: bits of those that certainly run after it, where no circle of them is allowed.
  private var following: [UInt64]
  /// By device: whether its part runs as one piece that others wait for.
  private let isInOrder: [Bool]
  private var isComplete = true
  private var nodes = 0

  /// Proves the optimum or infeasibility where the node limit allows it.
  struct Step: SearchStep {
    let name = StepName.enumeration

    /// The dynamic program over down-sets is exact by itself where one mode an item is left.
    func applies(to context: GraphContext) -> Bool {
      let model = context.model
      return context.enumerates && model.isExact && model.itemCount <= ExactSearch.largestItemCount
        && (model.problem.objective == .latency || !context.isContiguous || !model.hasSingleModes)
    }

    func run(_ context: GraphContext, within clock: SearchClock) {
      var search = ExactSearch(context.model, clock)
      search.place(0, context.incumbent)
      context.incumbent.nodes += search.nodes
      if search.isComplete { context.incumbent.close(by: name) }
    }
  }

  private init(_ model: GraphModel, _ clock: SearchClock) {
    self.model = model
    self.clock = clock
    lanes = model.laneCount
    deviceCount = model.problem.devices.count
    let weight = model.modes.map { byClass -> Double in
      byClass.joined().map { $0.loads.max() ?? 0 }.min() ?? 0
    }
    order = (0..<model.itemCount).sorted { weight[$0] != weight[$1] ? weight[$0] > weight[$1] : $0 < $1 }
    home = Array(repeating: -1, count: model.itemCount)
    mode = Array(repeating: 0, count: model.itemCount)
    load = model.problem.devices.flatMap(\.baseLoad) + model.problem.shared.map { _ in 0 }
    memory = Array(repeating: 0, count: deviceCount)
    used = Array(repeating: 0, count: deviceCount)
    following = Array(repeating: 0, count: deviceCount)
    let hasOrder = model.problem.order == .acyclicQuotient && deviceCount <= Self.mostOrderedDevices
    isInOrder = model.problem.devices.map {
      hasOrder && (model.problem.objective == .throughput || $0.execution == .oneCall)
    }
  }

  private mutating func place(_ depth: Int, _ incumbent: Incumbent) {
    if nodes >= Self.nodeLimit || (nodes & 255 == 0 && clock.spend(256 * Self.ticksPerNode)) {
      isComplete = false
      return
    }
    nodes += 1
    guard depth < order.count else {
      incumbent.offer(model.assignment(homes: home, modeOf: mode))
      return
    }
    let item = order[depth]
    let (saved, savedFollowing) = (load, following)
    for (entry, deviceClass) in model.classes.enumerated() {
      var hasTriedEmpty = false
      for device in deviceClass.devices {
        if used[device] == 0 {
          if hasTriedEmpty { continue }
          hasTriedEmpty = true
        }
        for (index, choice) in model.modes[item][entry].enumerated() {
          let before = memory[device]
          memory[device] += choice.memory
          if memory[device] <= deviceClass.memory * (1 + ProblemEvaluator.memoryTolerance) {
            home[item] = device
            mode[item] = index
            used[device] += 1
            charge(item, choice)
            if !isBeaten(incumbent), !closesCircle(item) { place(depth + 1, incumbent) }
            used[device] -= 1
            home[item] = -1
            (load, following) = (saved, savedFollowing)
          }
          memory[device] = before
          if !isComplete { return }
        }
      }
    }
  }

  private func isBeaten(_ incumbent: Incumbent) -> Bool {
    guard model.problem.objective == .throughput else { return false }
    // What is better by less than sums in another order differ is no better; many assignments are as good as the best.
    return (load.max() ?? 0) >= incumbent.objective * (1 - 1e-12)
  }

  /// Adds the item's loads and those of its nets that its placed neighbours make certain.
  private mutating func charge(_ item: Int, _ choice: GraphModel.Mode) {
    let device = home[item]
    for (lane, seconds) in choice.loads.enumerated() { load[device * lanes + lane] += seconds }
    for (index, seconds) in choice.shared.enumerated() { load[deviceCount * lanes + index] += seconds }
    for index in model.netsOf[item] {
      let net = model.nets[index]
      let origin = home[net.producer]
      if origin < 0 { continue }
      if net.producer == item {
        var isFirst = true
        for (place, reader) in net.consumers.enumerated() where home[reader] >= 0 && home[reader] != origin {
          if isFirst { add(net.out, origin) }
          isFirst = false
          let isCharged = net.consumers[..<place].contains { home[$0] == home[reader] }
          if !isCharged { add(net.incoming, home[reader]) }
        }
      } else if device != origin {
        // Charged already when another reader made the same transfer certain.
        var (away, here) = (0, 0)
        for reader in net.consumers where home[reader] >= 0 && home[reader] != origin {
          away += 1
          if home[reader] == device { here += 1 }
        }
        if away == 1 { add(net.out, origin) }
        if here == 1 { add(net.incoming, device) }
      }
    }
  }

  /// Notes which devices run after which since the item is placed, and whether one of them has to wait for itself.
  private mutating func closesCircle(_ item: Int) -> Bool {
    let device = home[item]
    guard isInOrder[device] else { return false }
    func others(_ items: [Int]) -> UInt64 {
      items.reduce(0) { bits, other in
        let there = home[other]
        return there < 0 || there == device || !isInOrder[there] ? bits : bits | 1 << UInt64(there)
      }
    }
    let after = others(model.successors[item])
    let before = others(model.predecessors[item])
    following[device] |= after
    for other in 0..<deviceCount where before >> UInt64(other) & 1 == 1 {
      following[other] |= 1 << UInt64(device)
    }
    // A new circle goes by the device.
    var (reached, open) = (following[device], following[device])
    while open != 0 {
      let next = open.trailingZeroBitCount
      open &= open - 1
      open |= following[next] & ~reached
      reached |= following[next]
    }
    return reached >> UInt64(device) & 1 == 1
  }

  private mutating func add(_ amounts: [[Double]], _ device: Int) {
    for (lane, seconds) in amounts[model.classOf[device]].enumerated() {
      load[device * lanes + lane] += seconds
    }
  }
}

/// Depth-first enumeration of all assignments of a small model, with the loads certain so far as the bound.
///
/// Exact for every objective, order, memory and mode: a complete assignment is judged by ``ProblemEvaluator``. A branch
/// is left when the loads of its items and of the nets between them reach the incumbent (throughput), or when memory is
/// exceeded; both can only grow. Devices of a class without items are alike, so only the first of them is tried.
struct ExactSearch {
  /// Larger models are not tried.
  private static let largestItemCount = 24
  private static let nodeLimit = 60_000
  private static let ticksPerNode = 2_000

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
    let saved = load
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
            if !isBeaten(incumbent) { place(depth + 1, incumbent) }
            used[device] -= 1
            home[item] = -1
            load = saved
          }
          memory[device] = before
          if !isComplete { return }
        }
      }
    }
  }

  private func isBeaten(_ incumbent: Incumbent) -> Bool {
    guard model.problem.objective == .throughput else { return false }
    // Rounding of sums in another order must not lose the optimum.
    return (load.max() ?? 0) >= incumbent.objective * (1 + 1e-12)
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
      let placed = net.consumers.filter { home[$0] >= 0 && home[$0] != origin }
      if net.producer == item {
        if !placed.isEmpty { add(net.out, origin) }
        for reader in Set(placed.map { home[$0] }).sorted() { add(net.incoming, reader) }
      } else if device != origin {
        // Charged already when another reader made the same transfer certain.
        if placed.count == 1 { add(net.out, origin) }
        if placed.filter({ home[$0] == device }).count == 1 { add(net.incoming, device) }
      }
    }
  }

  private mutating func add(_ amounts: [[Double]], _ device: Int) {
    for (lane, seconds) in amounts[model.classOf[device]].enumerated() {
      load[device * lanes + lane] += seconds
    }
  }
}

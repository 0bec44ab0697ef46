/// Depth-first enumeration of all assignments of a small model, with the loads certain so far as the bound.
///
/// Exact for every objective, order, memory and mode: a complete assignment is judged by ``ProblemEvaluator``. A branch
/// is left when the loads of its items and of the nets between them reach the incumbent (throughput), or when memory is
/// exceeded; both can only grow. Devices of a class without items are alike, so only the first of them is tried.
struct ExactSearch {
  /// Larger models are not tried.
  static let largestItemCount = 24
  static let nodeLimit = 60_000
  private static let ticksPerNode = 2_000

  private let model: GraphModel
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
  static func run(_ model: GraphModel, _ state: inout GraphSearchState) {
    guard model.isExact, model.itemCount <= largestItemCount else { return }
    var search = ExactSearch(model)
    search.place(0, &state)
    state.nodes += search.nodes
    guard search.isComplete else { return }
    if state.assignment == nil {
      state.refuse(by: "enumeration")
    } else {
      state.prove(by: "enumeration")
    }
  }

  private init(_ model: GraphModel) {
    self.model = model
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

  private mutating func place(_ depth: Int, _ state: inout GraphSearchState) {
    if nodes >= Self.nodeLimit || (nodes & 255 == 0 && state.clock.spend(256 * Self.ticksPerNode)) {
      isComplete = false
      return
    }
    nodes += 1
    guard depth < order.count else {
      state.offer(model.assignment(homes: home, modeOf: mode))
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
            if !isBeaten(state) { place(depth + 1, &state) }
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

  private func isBeaten(_ state: GraphSearchState) -> Bool {
    guard model.problem.objective == .throughput else { return false }
    // Rounding of sums in another order must not lose the optimum.
    return (load.max() ?? 0) >= state.objective * (1 + 1e-12)
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

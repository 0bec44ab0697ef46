/// Depth-first branch and bound over all packings: exact on small problems, whatever resources they have.
///
/// Units are placed by falling size, options by rising price, pieces one after the other. A node is cut when
/// - a lane or shared resource reaches the limit, or memory overflows;
/// - the relaxation's prices on what is placed plus the least prices of what is not reach the limit (the Lagrangian
///   bound of ``AggregatedBound``, which holds for every completion);
/// - the least memory of what is not placed exceeds what is free.
/// Symmetric branches are left out: of devices in one exact class with equal levels only the first is tried, and equal
/// pieces of an option go to devices in ascending order; either exchange gives an equivalent packing. Where units of a
/// colour are separate in the model, devices are told apart by the colours on them, so no device is left out.
struct PackingTree {
  enum Verdict {
    /// Every packing below the limit was looked at.
    case exhausted
    case stopped
  }

  private let model: PackingModel
  private let order: [Int]
  /// By unit: its position in the order.
  private var rank: [Int]
  private let sequences: [[Int]]
  private let clock: SearchClock
  private let pricing: Pricing
  private var nodesLeft: Int
  private(set) var nodes = 0
  /// Pieces that were tried since the work was counted.
  private var tries = 0
  /// Seconds; packings must stay strictly below.
  private var limit: Double
  private let shrink: Double
  private var options: [Int]
  private var devices: [[Int]]
  private var levels: [Double]
  private var shared: [Double]
  private var found: (PackingState) -> Double?
  private var verdict = Verdict.exhausted

  /// - Parameters:
  ///   - limit: only packings with a smaller bottleneck are wanted, seconds.
  ///   - gap: after a packing of bottleneck T is found, only those below T * (1 - gap) are wanted.
  ///   - found: takes a packing below the limit; answers the bottleneck to beat, or nil when it was refused.
  init(
    _ model: PackingModel, pricing: Pricing, limit: Double, gap: Double, nodeLimit: Int,
    clock: SearchClock, found: @escaping (PackingState) -> Double?
  ) {
    self.model = model
    self.pricing = pricing
    self.limit = limit
    self.clock = clock
    self.found = found
    nodesLeft = nodeLimit
    shrink = 1 - gap
    let sizes = model.units.map { Self.size($0, model, limit) }
    order = model.units.indices.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
    sequences = order.map { unit in
      model.units[unit].options.indices.sorted {
        (pricing.costs[unit][$0], $0) < (pricing.costs[unit][$1], $1)
      }
    }
    suffix = Array(repeating: 0, count: order.count + 1)
    memorySuffix = suffix
    for position in order.indices.reversed() {
      suffix[position] = suffix[position + 1] + (pricing.costs[order[position]].min() ?? 0)
      memorySuffix[position] =
        memorySuffix[position + 1] + Self.leastMemory(model.units[order[position]], model)
    }
    rank = Array(repeating: 0, count: order.count)
    for (position, unit) in order.enumerated() { rank[unit] = position }
    options = Array(repeating: 0, count: model.units.count)
    devices = Array(repeating: [], count: model.units.count)
    let empty = PackingState(model)
    levels = empty.levels
    shared = empty.shared
    freeMemory = model.capacity.reduce(0, +)
  }

  private var suffix: [Double]
  private var memorySuffix: [Double]
  private var freeMemory: Double
  private var saved: [Double] = []

  /// What the relaxation says: prices by device and resource and by shared resource, and the least priced cost of
  /// every option.
  struct Pricing {
    /// `resourceCount` numbers a device.
    var devices: [Double]
    var shared: [Double]
    /// By unit and option, seconds.
    var costs: [[Double]]
    /// Seconds: what the prices say of the empty packing.
    var constant: Double
  }

  private static func size(_ unit: PackingModel.Unit, _ model: PackingModel, _ limit: Double) -> Double {
    let step = model.resourceCount
    return unit.options.map { option -> Double in
      var largest = 0.0
      for piece in 0..<option.pieceCount {
        let device = model.deviceLists[option.lists[piece]][0]
        for resource in 0..<step {
          let whole = resource < model.laneCount ? limit : model.capacity[device]
          let amount = option.vectors[piece * step + resource]
          if whole.isFinite, whole > 0 { largest = max(largest, amount / whole) }
        }
      }
      return largest
    }.min() ?? 0
  }

  private static func leastMemory(_ unit: PackingModel.Unit, _ model: PackingModel) -> Double {
    unit.options.map { option in
      (0..<option.pieceCount).reduce(0) {
        $0 + option.vectors[$1 * model.resourceCount + model.memoryIndex]
      }
    }.min() ?? 0
  }

  mutating func run() -> Verdict {
    visit(0, priced: pricing.constant)
    return verdict
  }

  private mutating func visit(_ position: Int, priced: Double) {
    nodes += 1
    nodesLeft -= 1
    if nodesLeft <= 0 || (nodes & 255 == 0 && isOver()) {
      verdict = .stopped
      return
    }
    guard position < order.count else { return finish() }
    if priced + suffix[position] >= limit { return }
    if memorySuffix[position] > freeMemory * (1 + ProblemEvaluator.memoryTolerance) { return }
    let unit = order[position]
    for number in sequences[position] {
      let option = model.units[unit].options[number]
      if priced + pricing.costs[unit][number] + suffix[position + 1] >= limit { continue }
      var fits = true
      var price = priced
      let before = shared
      for index in shared.indices {
        shared[index] += option.shared[index]
        price += pricing.shared[index] * option.shared[index]
        if shared[index] >= limit { fits = false }
      }
      if fits {
        options[unit] = number
        devices[unit] = Array(repeating: 0, count: option.pieceCount)
        place(unit, option, piece: 0, position, priced: price)
      }
      shared = before
      if verdict == .stopped { return }
    }
  }

  /// Counts the work since the last time.
  private mutating func isOver() -> Bool {
    defer { tries = 0 }
    return clock.spend(256 * Self.ticksPerNode + tries * Self.ticksPerAmount * model.resourceCount)
  }

  private static let ticksPerNode = 90
  private static let ticksPerAmount = 12

  private mutating func place(
    _ unit: Int, _ option: PackingModel.Option, piece: Int, _ position: Int, priced: Double
  ) {
    guard piece < option.pieceCount else {
      if staysTogether(unit) { visit(position + 1, priced: priced) }
      return
    }
    let step = model.resourceCount
    let list = model.deviceLists[option.lists[piece]]
    var first = 0
    if piece > 0, option.lists[piece] == option.lists[piece - 1], list.count > 1,
      option.vectors[piece * step..<(piece + 1) * step]
        .elementsEqual(option.vectors[(piece - 1) * step..<piece * step])
    {
      first = devices[unit][piece - 1]
    }
    for device in list where device >= first {
      if model.isExact, list.count > 1, hasEarlierTwin(device, list, from: first) { continue }
      guard let price = add(option, piece, device) else { continue }
      devices[unit][piece] = device
      place(unit, option, piece: piece + 1, position, priced: priced + price)
      remove(device)
      if verdict == .stopped { return }
    }
  }

  /// Whether the unit is on the same devices as the units of its colour that are placed already.
  private func staysTogether(_ unit: Int) -> Bool {
    guard !model.isExact, let mates = model.mates[unit] else { return true }
    let own = Set(devices[unit])
    return mates.allSatisfy { rank[$0] >= rank[unit] || Set(devices[$0]) == own }
  }

  /// Whether an earlier device of the list, in the same exact class, is in the same state.
  private func hasEarlierTwin(_ device: Int, _ list: [Int], from first: Int) -> Bool {
    let step = model.resourceCount
    for other in list where other >= first && other < device {
      if model.exactClassOf[other] == model.exactClassOf[device],
        levels[other * step..<(other + 1) * step]
          .elementsEqual(levels[device * step..<(device + 1) * step])
      {
        return true
      }
    }
    return false
  }

  /// Puts the piece there and answers its price, or leaves all as it was and answers `nil` when it does not fit.
  private mutating func add(_ option: PackingModel.Option, _ piece: Int, _ device: Int) -> Double? {
    let step = model.resourceCount
    tries += 1
    let capacity = model.capacity[device] * (1 + ProblemEvaluator.memoryTolerance)
    for resource in 0..<step {
      let level = levels[device * step + resource] + option.vectors[piece * step + resource]
      if resource < model.laneCount ? level >= limit : level > capacity { return nil }
    }
    var price = 0.0
    for resource in 0..<step {
      let amount = option.vectors[piece * step + resource]
      saved.append(levels[device * step + resource])
      levels[device * step + resource] += amount
      price += pricing.devices[device * step + resource] * amount
    }
    saved.append(freeMemory)
    freeMemory -= option.vectors[piece * step + model.memoryIndex]
    return price
  }

  /// Brings back the very numbers from before, so that long searches do not drift by rounding.
  private mutating func remove(_ device: Int) {
    let step = model.resourceCount
    let start = saved.count - step - 1
    for resource in 0..<step { levels[device * step + resource] = saved[start + resource] }
    freeMemory = saved[start + step]
    saved.removeLast(step + 1)
  }

  private mutating func finish() {
    var state = PackingState(model)
    for unit in model.units.indices {
      state.place(unit: unit, option: options[unit], on: devices[unit])
    }
    if let bottleneck = found(state) { limit = min(limit, bottleneck * shrink) }
  }
}

extension PackingTree {
  /// Enumerates with a limit of nodes; when that is not reached, the question is closed.
  struct Step: SearchStep {
    let name = StepName.branchAndBound
    let nodes: Int

    /// Where enumeration can get anywhere.
    func applies(to context: PackingContext) -> Bool {
      context.result != nil && context.model.units.count * context.model.deviceCount <= 400
    }

    func run(_ context: PackingContext, within clock: SearchClock) {
      let (incumbent, offers) = (context.incumbent, context.offers)
      let gap = max(incumbent.gap, 1e-12)
      var tree = PackingTree(
        context.model, pricing: pricing(context),
        limit: incumbent.assignment == nil ? .infinity : incumbent.objective * (1 - gap), gap: gap,
        nodeLimit: nodes, clock: clock,
        found: { state in
          offers.offer(state)
          return incumbent.assignment == nil ? nil : incumbent.objective
        })
      let verdict = tree.run()
      incumbent.nodes += tree.nodes
      guard verdict == .exhausted else { return }
      if incumbent.assignment == nil { return incumbent.refuse(by: name) }
      incumbent.raise(incumbent.objective * (1 - incumbent.gap), by: name)
    }

    private func pricing(_ context: PackingContext) -> Pricing {
      let (model, table) = (context.model, context.table)
      let step = model.resourceCount
      let prices = context.result?.prices ?? []
      var devices: [Double] = []
      for device in 0..<model.deviceCount {
        let start = model.classOf[device] * step
        devices += prices[start..<start + step]
      }
      return Pricing(
        devices: devices, shared: Array(prices[(model.classes.count * step)...]),
        costs: context.byUnit(table.costs(prices: prices)),
        constant: context.relaxation.value(0, prices))
    }
  }
}

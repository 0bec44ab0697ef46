/// Proves that no assignment has a largest load below a threshold, by branching on items with minimum cuts as bounds.
///
/// A node fixes some items to devices and rules some (item, device) pairs out. It is refuted when
/// - a device's least load with its items in and the others out (``PartCut``) reaches the threshold, or
/// - all priced work (``CapacityPrices``) plus the least priced transfers of every device exceed what all devices carry
///   at the threshold, or
/// - an item has no device left.
/// A pair is ruled out when adding the item brings a device to the threshold. Devices of a class that are still empty are
/// alike: only the first is tried. All of this holds for the problem without memory and order, so a refutation holds
/// with them as well.
struct CutBranching {
  enum Verdict: Sendable {
    /// No assignment below the threshold exists.
    case refuted
    /// An assignment of all items passed every bound: its device by item. It may break memory or order.
    case found([Int])
    /// The node limit or the clock ended the search.
    case open
  }

  private let model: GraphModel
  private let deviceCount: Int
  private let classOf: [Int]
  private var work: [PartCut]
  private var transfer: [PartCut]
  private let price: [Double]
  private let pricedNeed: Double
  private let priceSum: Double
  private let weight: [Double]
  /// The largest priced transfer of a net on any class.
  private let netWeight: [Double]
  private(set) var nodes = 0

  private struct Node {
    /// By device, then item: 1 in, -1 out, 0 open.
    var side: [[Int8]]
    var home: [Int]
    /// Priced least transfer by device.
    var transfer: [Double]
    var isEmpty: [Bool]
  }

  /// - Returns: `nil` where several lanes make the prices of ``CapacityPrices`` and the cuts disagree, or without items.
  init?(_ model: GraphModel, _ prices: CapacityPrices) {
    guard model.laneCount == 1, model.problem.shared.isEmpty, model.itemCount > 0,
      let vector = prices.vectors.first
    else { return nil }
    self.model = model
    classOf = model.classOf
    deviceCount = model.problem.devices.count
    let costs = ItemCosts(model, .floor)
    work = model.classes.indices.map { PartCut(model, costs, class: $0, prices: [1], countsWork: true) }
    transfer = model.classes.indices.map { PartCut(model, costs, class: $0, prices: [1], countsWork: false) }
    price = vector.price
    priceSum = model.classes.enumerated().reduce(0) { $0 + vector.price[$1.0] * Double($1.1.devices.count) }
    pricedNeed = vector.bound * priceSum
    weight = vector.need
    netWeight = model.nets.map { net in
      model.classes.indices.map { vector.price[$0] * (net.out[$0][0] + net.incoming[$0][0]) }.max() ?? 0
    }
  }

  /// The largest over items of the smallest over classes of a device's least load with that item on it: a lower bound on
  /// the largest load, seconds.
  mutating func rootBound(shouldStop: (Int) -> Bool) -> Double {
    var bound = 0.0
    var side = Array(repeating: Int8(0), count: model.itemCount)
    for item in 0..<model.itemCount {
      if shouldStop(model.classes.count * ticksPerCut) { return bound }
      side[item] = 1
      var smallest = Double.infinity
      for entry in model.classes.indices {
        smallest = min(smallest, work[entry].least(side, enough: .infinity))
      }
      side[item] = 0
      if smallest < .infinity { bound = max(bound, smallest) }
    }
    return bound
  }

  mutating func search(below threshold: Double, nodeLimit: Int, shouldStop: (Int) -> Bool) -> Verdict {
    let end = nodes + nodeLimit
    var stack = [
      Node(
        side: Array(
          repeating: Array(repeating: 0, count: model.itemCount), count: deviceCount),
        home: Array(repeating: -1, count: model.itemCount),
        transfer: Array(repeating: 0, count: deviceCount), isEmpty: Array(repeating: true, count: deviceCount)
      )
    ]
    while var node = stack.popLast() {
      if nodes >= end || shouldStop(Self.probeCount * deviceCount * ticksPerCut) { return .open }
      nodes += 1
      guard propagate(&node, threshold, shouldStop: shouldStop) else { continue }
      guard let (item, devices) = branch(node, threshold) else { return .found(node.home) }
      // The most promising device last, so that it is taken first.
      for device in devices.reversed() {
        var child = node
        fix(item, device, &child)
        if isPossible(&child, device, threshold) { stack.append(child) }
      }
    }
    return .refuted
  }

  private func fix(_ item: Int, _ device: Int, _ node: inout Node) {
    node.home[item] = device
    node.isEmpty[device] = false
    for other in 0..<deviceCount { node.side[other][item] = other == device ? 1 : -1 }
  }

  /// Checks the bounds that a new item on a device changes.
  private mutating func isPossible(_ node: inout Node, _ device: Int, _ threshold: Double) -> Bool {
    let entry = classOf[device]
    if work[entry].least(node.side[device], enough: threshold) >= threshold { return false }
    node.transfer[device] =
      price[entry] * transfer[entry].least(node.side[device], enough: .infinity)
    let need = pricedNeed + node.transfer.reduce(0, +)
    return need < priceSum * threshold * (1 + 1e-9)
  }

  /// Rules pairs out and fixes items with one device left, until nothing changes; false when the node is refuted.
  private mutating func propagate(_ node: inout Node, _ threshold: Double, shouldStop: (Int) -> Bool) -> Bool
  {
    var changed = true
    while changed {
      changed = false
      for item in candidates(node) {
        if shouldStop(deviceCount * ticksPerCut) { return true }
        var left: [Int] = []
        for device in 0..<deviceCount where node.side[device][item] == 0 && isFirstEmpty(node, device) {
          let entry = classOf[device]
          node.side[device][item] = 1
          let least = work[entry].least(node.side[device], enough: threshold)
          node.side[device][item] = 0
          if least < threshold {
            left.append(device)
          } else {
            rule(out: item, device, &node)
          }
        }
        if left.isEmpty { return false }
        // With an empty class open the item could as well go to another of its devices: still only one choice.
        if left.count == 1 {
          fix(item, left[0], &node)
          if !isPossible(&node, left[0], threshold) { return false }
          changed = true
        }
      }
    }
    return true
  }

  /// Rules an item out on a device, and with an empty device on all empty ones of its class.
  private func rule(out item: Int, _ device: Int, _ node: inout Node) {
    node.side[device][item] = -1
    guard node.isEmpty[device] else { return }
    for other in model.classes[classOf[device]].devices where node.isEmpty[other] {
      node.side[other][item] = -1
    }
  }

  private func isFirstEmpty(_ node: Node, _ device: Int) -> Bool {
    guard node.isEmpty[device] else { return true }
    return model.classes[classOf[device]].devices.first { node.isEmpty[$0] } == device
  }

  /// Open items worth probing: the heaviest, with what the nets to fixed items cost added to their weight.
  private func candidates(_ node: Node) -> [Int] {
    var score = weight
    for (index, net) in model.nets.enumerated() {
      if node.home[net.producer] >= 0 {
        for consumer in net.consumers { score[consumer] += netWeight[index] }
      }
      for consumer in net.consumers where node.home[consumer] >= 0 {
        score[net.producer] += netWeight[index] / Double(net.consumers.count)
      }
    }
    let open = (0..<model.itemCount).filter { node.home[$0] < 0 }
    let sorted = open.sorted { score[$0] != score[$1] ? score[$0] > score[$1] : $0 < $1 }
    return Array(sorted.prefix(Self.probeCount))
  }

  private static let probeCount = 12

  private var ticksPerCut: Int { 40 * (model.itemCount + 2 * model.nets.count) }

  /// The open item whose placement matters most, with its devices from the least loaded; `nil` when all are placed.
  private mutating func branch(_ node: Node, _ threshold: Double) -> (item: Int, devices: [Int])? {
    var best: (item: Int, devices: [Int], score: Double)?
    for item in candidates(node) {
      var values: [(device: Int, value: Double)] = []
      for device in 0..<deviceCount where node.side[device][item] == 0 && isFirstEmpty(node, device) {
        var side = node.side[device]
        side[item] = 1
        values.append((device, work[classOf[device]].least(side, enough: threshold)))
      }
      // Few devices, each near the threshold.
      let nearness = values.reduce(0) { $0 + $1.value } / (threshold * Double(max(1, values.count)))
      let score = nearness - Double(values.count)
      if best.map({ score > $0.score }) ?? true {
        let devices = values.sorted { $0.value != $1.value ? $0.value < $1.value : $0.device < $1.device }
        best = (item, devices.map(\.device), score)
      }
    }
    return best.map { ($0.item, $0.devices) }
  }
}

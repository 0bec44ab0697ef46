/// Depth-first walk over the down-sets above one down-set, with the load of the difference kept up to date.
struct PartWalk {
  private let model: GraphModel
  private let costs: ItemCosts
  private let lattice: IdealLattice
  private let lanes: Int
  private let nets: FlatNets

  private var first = 0
  /// In the down-set the walk started from.
  private var isBehind: [Bool]
  private var isInside: [Bool]
  /// Readers inside, by net.
  private var inside: [Int]
  /// Readers behind, by net.
  private var behind: [Int]
  private var stamp: [Int32]
  private var round: Int32 = 0
  private var load: [Double]
  /// The part of `load` that no further item can lower.
  private var floor: [Double]
  private var stack: [Frame] = []
  private var savedLoad: [Double] = []
  /// Steps that were not told of.
  private var steps = 0

  private struct Frame {
    var ideal: Int
    var step: Int
    var item: Int
    var memory: Double
  }

  init(_ model: GraphModel, _ costs: ItemCosts, _ lattice: IdealLattice) {
    self.model = model
    self.costs = costs
    self.lattice = lattice
    lanes = model.laneCount
    nets = FlatNets(model)
    isBehind = Array(repeating: false, count: model.itemCount)
    isInside = isBehind
    inside = Array(repeating: 0, count: model.nets.count)
    behind = inside
    stamp = Array(repeating: 0, count: lattice.count)
    load = Array(repeating: 0, count: lanes)
    floor = load
  }

  mutating func start(at ideal: Int) {
    first = ideal
    for item in 0..<model.itemCount { isBehind[item] = lattice.contains(ideal, item) }
    for (index, net) in model.nets.enumerated() {
      behind[index] = net.consumers.reduce(0) { $0 + (isBehind[$1] ? 1 : 0) }
    }
  }

  /// Calls `report` with every larger down-set and the largest lane load of the difference on one device of the class.
  ///
  /// `report` returns the limit from there on; parts whose floor reaches it are skipped with all that contain them.
  /// - Parameter shouldStop: told the ticks every few thousand down-sets.
  /// - Returns: whether `shouldStop` ended the walk.
  mutating func visit(
    class entry: Int, limit: Double, shouldStop: (Int) -> Bool, report: (Int, Double) -> Double
  ) -> Bool {
    var limit = limit
    let deviceClass = model.classes[entry]
    let capacity = deviceClass.memory * (1 + ProblemEvaluator.memoryTolerance)
    round += 1
    for lane in 0..<lanes {
      load[lane] = deviceClass.baseLoad[lane]
      floor[lane] = load[lane]
    }
    stack.removeAll(keepingCapacity: true)
    savedLoad.removeAll(keepingCapacity: true)
    stack.append(Frame(ideal: first, step: Int(lattice.firstStep[first]), item: -1, memory: 0))
    var stopped = false
    while let frame = stack.last {
      let top = stack.count - 1
      if stopped || frame.step == Int(lattice.firstStep[frame.ideal + 1]) {
        stack.removeLast()
        if frame.item >= 0 { leave(frame.item) }
        continue
      }
      stack[top].step += 1
      let target = Int(lattice.stepTarget[frame.step])
      if stamp[target] == round { continue }
      stamp[target] = round
      let item = Int(lattice.stepItem[frame.step])
      let memory = frame.memory + costs.memory[item * costs.classCount + entry]
      guard memory <= capacity && memory < .infinity else { continue }
      enter(item, entry)
      var floorLoad = floor[0]
      var partLoad = load[0]
      for lane in 1..<max(1, lanes) {
        floorLoad = max(floorLoad, floor[lane])
        partLoad = max(partLoad, load[lane])
      }
      if floorLoad >= limit {
        leave(item)
        continue
      }
      limit = report(target, partLoad)
      stack.append(
        Frame(ideal: target, step: Int(lattice.firstStep[target]), item: item, memory: memory))
      steps += 1
      if steps == 4096 {
        steps = 0
        if shouldStop(4096 * (80 + 20 * lanes)) { stopped = true }
      }
    }
    return stopped
  }

  private mutating func enter(_ item: Int, _ entry: Int) {
    for lane in 0..<lanes {
      savedLoad.append(load[lane])
      savedLoad.append(floor[lane])
      let own = costs.load[(item * costs.classCount + entry) * lanes + lane]
      load[lane] += own
      floor[lane] += own
    }
    isInside[item] = true
    for slot in nets.start[item]..<nets.start[item + 1] {
      let net = nets.index[slot]
      let at = (net * costs.classCount + entry) * lanes
      if nets.producer[net] == item {
        for lane in 0..<lanes {
          if inside[net] > 0 { load[lane] -= nets.incoming[at + lane] }
          if inside[net] < nets.readerCount[net] { load[lane] += nets.out[at + lane] }
          if behind[net] > 0 { floor[lane] += nets.out[at + lane] }
        }
      } else {
        inside[net] += 1
        if isInside[nets.producer[net]] {
          if inside[net] == nets.readerCount[net] {
            for lane in 0..<lanes { load[lane] -= nets.out[at + lane] }
          }
        } else if inside[net] == 1 {
          let stays = isBehind[nets.producer[net]]
          for lane in 0..<lanes {
            load[lane] += nets.incoming[at + lane]
            if stays { floor[lane] += nets.incoming[at + lane] }
          }
        }
      }
    }
  }

  private mutating func leave(_ item: Int) {
    isInside[item] = false
    for slot in nets.start[item]..<nets.start[item + 1] where nets.producer[nets.index[slot]] != item {
      inside[nets.index[slot]] -= 1
    }
    for lane in (0..<lanes).reversed() {
      floor[lane] = savedLoad.removeLast()
      load[lane] = savedLoad.removeLast()
    }
  }
}

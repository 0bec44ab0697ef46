/// One placement of every piece, with the level of every resource kept up to date.
///
/// `levels` holds `resourceCount` numbers a device: seconds by lane (base loads included), then bytes.
struct PackingState: Sendable {
  let model: PackingModel
  private(set) var levels: [Double]
  private(set) var shared: [Double]
  /// By unit; -1 while the unit is not placed.
  private(set) var option: [Int]
  /// By unit and piece.
  private(set) var places: [[Int]]
  /// By device: the pieces on it that could be elsewhere.
  private(set) var movable: [[PieceID]]

  struct PieceID: Sendable, Hashable {
    var unit: Int32
    var piece: Int32
  }

  init(_ model: PackingModel) {
    self.model = model
    levels = []
    for device in 0..<model.deviceCount {
      levels += model.base[device * model.laneCount..<(device + 1) * model.laneCount]
      levels.append(0)
    }
    shared = Array(repeating: 0, count: model.sharedCount)
    option = Array(repeating: -1, count: model.units.count)
    places = Array(repeating: [], count: model.units.count)
    movable = Array(repeating: [], count: model.deviceCount)
  }

  /// Seconds: the largest load of any lane or shared resource.
  var bottleneck: Double {
    var largest = shared.max() ?? 0
    for device in 0..<model.deviceCount {
      let start = device * model.resourceCount
      for lane in 0..<model.laneCount { largest = max(largest, levels[start + lane]) }
    }
    return largest
  }

  /// Bytes beyond capacity, over all devices; the slack of rounding does not count.
  var memoryExcess: Double {
    var sum = 0.0
    for device in 0..<model.deviceCount {
      let level = levels[device * model.resourceCount + model.memoryIndex]
      let capacity = model.capacity[device]
      if level > capacity * (1 + ProblemEvaluator.memoryTolerance) { sum += level - capacity }
    }
    return sum
  }

  var penalty: Double {
    var sum = 0.0
    for (unit, number) in option.enumerated() where number >= 0 {
      sum += model.units[unit].options[number].penalty
    }
    return sum
  }

  mutating func place(unit: Int, option number: Int, on devices: [Int]) {
    option[unit] = number
    places[unit] = devices
    addShared(unit, number, sign: 1)
    let first = model.firstPiece[model.firstOption[unit] + number]
    for (piece, device) in devices.enumerated() {
      add(first + piece, to: device, sign: 1)
      if model.deviceLists[model.pieceLists[first + piece]].count > 1 {
        movable[device].append(PieceID(unit: Int32(unit), piece: Int32(piece)))
      }
    }
  }

  mutating func remove(unit: Int) {
    addShared(unit, option[unit], sign: -1)
    let first = model.firstPiece[model.firstOption[unit] + option[unit]]
    for (piece, device) in places[unit].enumerated() {
      add(first + piece, to: device, sign: -1)
      if model.deviceLists[model.pieceLists[first + piece]].count > 1 {
        forget(unit, piece, on: device)
      }
    }
    option[unit] = -1
    places[unit] = []
  }

  mutating func move(_ id: PieceID, to target: Int) {
    let unit = Int(id.unit)
    let piece = Int(id.piece)
    let source = places[unit][piece]
    guard source != target else { return }
    let number = model.firstPiece[model.firstOption[unit] + option[unit]] + piece
    add(number, to: source, sign: -1)
    add(number, to: target, sign: 1)
    forget(unit, piece, on: source)
    movable[target].append(id)
    places[unit][piece] = target
  }

  private mutating func addShared(_ unit: Int, _ number: Int, sign: Double) {
    if shared.isEmpty { return }
    let amounts = model.units[unit].options[number].shared
    for index in shared.indices { shared[index] += sign * amounts[index] }
  }

  /// - Parameter number: of the piece among all pieces.
  @inline(__always)
  private mutating func add(_ number: Int, to device: Int, sign: Double) {
    let count = model.resourceCount
    for index in 0..<count {
      levels[device * count + index] += sign * model.pieceVectors[number * count + index]
    }
  }

  private mutating func forget(_ unit: Int, _ piece: Int, on device: Int) {
    let id = PieceID(unit: Int32(unit), piece: Int32(piece))
    if let position = movable[device].lastIndex(of: id) {
      movable[device].swapAt(position, movable[device].count - 1)
      movable[device].removeLast()
    }
  }

  /// Sums everything again, so that long searches do not drift by rounding.
  mutating func refresh() {
    var fresh = PackingState(model)
    for unit in model.units.indices where option[unit] >= 0 {
      fresh.place(unit: unit, option: option[unit], on: places[unit])
    }
    assert(Drift.isRounding(levels, fresh.levels, width: model.resourceCount))
    assert(Drift.isRounding(shared, fresh.shared))
    levels = fresh.levels
    shared = fresh.shared
  }

  /// The vector of a piece at its unit's present option.
  @inline(__always)
  func amount(_ id: PieceID, _ resource: Int) -> Double {
    model.pieceVectors[number(id) * model.resourceCount + resource]
  }

  /// Number of the piece among all pieces, at its unit's present option.
  @inline(__always)
  func number(_ id: PieceID) -> Int {
    let unit = Int(id.unit)
    return model.firstPiece[model.firstOption[unit] + option[unit]] + Int(id.piece)
  }

  func isAllowed(_ id: PieceID, on device: Int) -> Bool {
    model.allows(list: model.pieceLists[number(id)], device: device)
  }
}

extension PackingModel {
  /// Whether the list of allowed devices holds the device.
  @inline(__always)
  func allows(list: Int, device: Int) -> Bool {
    let devices = deviceLists[list]
    if devices.count == deviceCount { return true }
    var low = 0
    var high = devices.count
    while low < high {
      let middle = (low + high) / 2
      if devices[middle] < device { low = middle + 1 } else { high = middle }
    }
    return low < devices.count && devices[low] == device
  }
}

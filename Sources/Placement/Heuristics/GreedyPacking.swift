/// Longest-processing-time greedy (Graham 1969) for several resources.
///
/// Units are placed by falling size of their chosen option, each piece on the allowed device where the largest
/// relative level afterwards is least; memory that would overflow comes last. A heuristic: it proves nothing.
struct GreedyPacking {
  private let model: PackingModel
  private let target: PackingTarget

  init(_ model: PackingModel, target: PackingTarget) {
    self.model = model
    self.target = target
  }

  func pack(options: [Int]) -> PackingState {
    var state = PackingState(model)
    let sizes = options.indices.map { size(model.units[$0].options[options[$0]]) }
    let order = options.indices.sorted { (sizes[$0], $1) > (sizes[$1], $0) }
    for unit in order { place(unit: unit, option: options[unit], in: &state) }
    return state
  }

  /// The largest relative amount of a movable piece; pinned ones have no choice and go first.
  private func size(_ option: PackingModel.Option) -> Double {
    var largest = 0.0
    for piece in 0..<option.pieceCount {
      let list = model.deviceLists[option.lists[piece]]
      if list.count == 1 { return .infinity }
      for resource in 0..<model.resourceCount {
        let amount = option.vectors[piece * model.resourceCount + resource]
        let whole = resource < model.laneCount ? target.limit : model.capacity[list[0]]
        if whole > 0, whole.isFinite { largest = max(largest, amount / whole) }
      }
    }
    return largest
  }

  func place(unit: Int, option number: Int, in state: inout PackingState) {
    let option = model.units[unit].options[number]
    var added: [Int: [Double]] = [:]
    let hasChoice = option.pieceCount > 1 && option.lists.contains { model.deviceLists[$0].count > 1 }
    let devices = (0..<option.pieceCount).map { piece -> Int in
      let device = bestDevice(option, piece, state, added)
      if hasChoice {
        var sum = added[device] ?? Array(repeating: 0, count: model.resourceCount)
        for resource in sum.indices {
          sum[resource] += option.vectors[piece * model.resourceCount + resource]
        }
        added[device] = sum
      }
      return device
    }
    state.place(unit: unit, option: number, on: devices)
  }

  private func bestDevice(
    _ option: PackingModel.Option, _ piece: Int, _ state: PackingState, _ added: [Int: [Double]]
  ) -> Int {
    let list = model.deviceLists[option.lists[piece]]
    if list.count == 1 { return list[0] }
    var best = list[0]
    var least = (Double.infinity, Double.infinity)
    for device in list {
      let score = self.score(option, piece, device, state, added[device])
      if score < least {
        least = score
        best = device
      }
    }
    return best
  }

  /// Overflow of memory first, then the largest relative level with the rest as a tie break.
  private func score(
    _ option: PackingModel.Option, _ piece: Int, _ device: Int, _ state: PackingState, _ added: [Double]?
  ) -> (Double, Double) {
    let count = model.resourceCount
    var overflow = 0.0
    var largest = 0.0
    var sum = 0.0
    for resource in 0..<count {
      let level =
        state.levels[device * count + resource] + option.vectors[piece * count + resource]
        + (added?[resource] ?? 0)
      let whole = resource < model.laneCount ? target.limit : model.capacity[device]
      guard whole.isFinite else { continue }
      let relative = whole > 0 ? level / whole : (level > 0 ? 1e9 : 0)
      if resource == model.memoryIndex, relative > 1 { overflow = relative - 1 }
      largest = max(largest, relative)
      sum += relative * relative
    }
    return (overflow, largest + 0.05 * sum)
  }
}

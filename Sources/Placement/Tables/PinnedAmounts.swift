/// What options put on devices whatever is decided: the amounts of their pieces that may go nowhere else.
struct PinnedAmounts {
  private let deviceCount: Int
  private let step: Int
  /// By device list: its device, where it is one.
  private let only: [Int?]

  /// - Parameter step: numbers a piece.
  init(deviceCount: Int, step: Int, lists: [[Int]]) {
    self.deviceCount = deviceCount
    self.step = step
    only = lists.map { $0.count == 1 ? $0[0] : nil }
  }

  /// `step` numbers a device; empty without pinned pieces.
  func of(_ option: PackingModel.Option) -> [Double] {
    var amounts: [Double] = []
    for piece in 0..<option.pieceCount {
      guard let device = only[option.lists[piece]] else { continue }
      if amounts.isEmpty { amounts = Array(repeating: 0, count: deviceCount * step) }
      let start = device * step
      for resource in 0..<step { amounts[start + resource] += option.vectors[piece * step + resource] }
    }
    return amounts
  }

  /// The least over the unit's options; empty when one has no pinned pieces.
  func least(of unit: PackingModel.Unit) -> [Double] {
    let isFree = unit.options.contains { option in option.lists.allSatisfy { only[$0] == nil } }
    guard !isFree, let first = unit.options.first else { return [] }
    return unit.options.dropFirst().reduce(of(first)) { least, option in
      zip(least, of(option)).map { min($0, $1) }
    }
  }

  /// What all units put there in any case, from each one's least.
  func total(_ least: [[Double]]) -> [Double] {
    var total = Array(repeating: 0.0, count: deviceCount * step)
    for amounts in least { for (index, amount) in amounts.enumerated() { total[index] += amount } }
    return total
  }
}

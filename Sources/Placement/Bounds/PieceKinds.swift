/// Units that are equal to a relaxation over whole classes and to the pieces on one lane, taken together.
struct PieceKinds {
  struct Kind {
    var units: [Int]
    /// Flat options of the first unit.
    var options: Range<Int>
    /// By option, seconds: what it pins to every device of D, and its largest movable piece.
    var pinned: [Double]
    var largest: [Double]
    /// By option: its movable pieces by falling size.
    var pieces: [[(size: Double, count: Double)]]
  }

  let kinds: [Kind]
  /// Of D, the devices that pieces can move between.
  let devices: Double
  /// The least that is on a device of D in any case, seconds.
  let base: Double
  let optionCount: Int

  /// - Returns: `nil` where no piece can move.
  init?(_ model: PackingModel, table: AggregateTable, lane: Int) {
    var reached: Set<Int> = []
    for list in model.pieceLists where model.deviceLists[list].count > 1 {
      reached.formUnion(model.deviceLists[list])
    }
    guard reached.count > 1 else { return nil }
    devices = Double(reached.count)
    base = reached.reduce(.infinity) { min($0, model.base[$1 * model.laneCount + lane]) }
    var kinds: [Kind] = []
    var kindOf: [[Double]: Int] = [:]
    for (unit, entry) in model.units.enumerated() {
      let options = entry.options.map { PieceSizes($0, model, lane: lane, devices: reached) }
      let flat = table.firstOption[unit]..<table.firstOption[unit + 1]
      let key = flat.flatMap { table.key(option: $0) } + options.flatMap(\.key)
      if let kind = kindOf[key] {
        kinds[kind].units.append(unit)
        continue
      }
      kindOf[key] = kinds.count
      kinds.append(
        Kind(
          units: [unit], options: flat, pinned: options.map(\.pinned),
          largest: options.map { $0.sizes.first?.size ?? 0 }, pieces: options.map(\.sizes)))
    }
    self.kinds = kinds
    optionCount = kinds.reduce(0) { $0 + $1.options.count }
  }

  private struct PieceSizes {
    var pinned = 0.0
    var sizes: [(size: Double, count: Double)] = []

    init(_ option: PackingModel.Option, _ model: PackingModel, lane: Int, devices: Set<Int>) {
      var there: [Double] = []
      var movable: [Double] = []
      for piece in 0..<option.pieceCount {
        let list = model.deviceLists[option.lists[piece]]
        let load = option.vectors[piece * model.resourceCount + lane]
        if list.count > 1 {
          movable.append(load)
        } else if option.pieceCount >= devices.count {
          if there.isEmpty { there = Array(repeating: 0, count: model.deviceCount) }
          there[list[0]] += load
        }
      }
      if !there.isEmpty { pinned = devices.reduce(.infinity) { min($0, there[$1]) } }
      for load in movable.sorted(by: >) where load > 0 {
        if let last = sizes.last, last.size == load {
          sizes[sizes.count - 1].count += 1
        } else {
          sizes.append((load, 1))
        }
      }
    }

    var key: [Double] { [pinned, Double(sizes.count)] + sizes.flatMap { [$0.size, $0.count] } }
  }
}

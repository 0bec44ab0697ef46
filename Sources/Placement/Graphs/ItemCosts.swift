/// Loads and memory of every item on every class as flat arrays, for one mode an item and class.
struct ItemCosts: Sendable {
  /// Which mode stands for an item on a class.
  enum Choice: Sendable {
    /// The mode with the smallest largest load: what a plan would use.
    case fastest
    /// The smallest value of every lane and of memory over all modes: a relaxation, for bounds.
    case floor
  }

  let classCount: Int
  let laneCount: Int
  /// Index `(item * classCount + class) * laneCount + lane`, seconds.
  var load: [Double]
  /// Index `item * classCount + class`, bytes; `.infinity` where the item may not go.
  var memory: [Double]

  init(_ model: GraphModel, _ choice: Choice) {
    classCount = model.classes.count
    laneCount = model.laneCount
    load = []
    memory = []
    for item in 0..<model.itemCount {
      for modes in model.modes[item] {
        guard let first = modes.first else {
          load.append(contentsOf: repeatElement(.infinity, count: laneCount))
          memory.append(.infinity)
          continue
        }
        switch choice {
        case .fastest:
          load.append(contentsOf: first.loads)
          memory.append(first.memory)
        case .floor:
          for lane in 0..<laneCount { load.append(modes.map { $0.loads[lane] }.min() ?? 0) }
          memory.append(modes.map(\.memory).min() ?? 0)
        }
      }
    }
  }

  func isAllowed(_ item: Int, _ entry: Int) -> Bool { memory[item * classCount + entry] < .infinity }
}

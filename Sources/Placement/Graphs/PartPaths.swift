/// The longest paths through ``PartLayers`` by value - multiplier * load, from every state to the end.
struct PartPaths {
  /// By state: what the rest of the order adds at most.
  private(set) var gain: [Double]
  /// By state: the load of the path that adds it, seconds.
  private(set) var load: [Double]
  /// Value of the whole path.
  private(set) var value: Double
  private var joins: [Bool]
  private let multiplier: Double
  /// More than what rounding may have taken off a gain.
  let error: Double

  /// - Parameter side: by item: 1 in, -1 out, 0 open.
  init(_ layers: PartLayers, _ values: [Double], multiplier: Double, side: [Int8]) {
    self.multiplier = multiplier
    let count = layers.start[layers.start.count - 1]
    gain = Array(repeating: 0, count: count)
    load = gain
    joins = Array(repeating: false, count: count)
    var size = 0.0
    for position in layers.order.indices.reversed() {
      let item = layers.order[position]
      for state in layers.start[position]..<layers.start[position + 1] {
        let left = Int(layers.leaves[state])
        gain[state] = side[item] > 0 ? -.infinity : gain[left] - multiplier * layers.leavingLoad[state]
        load[state] = load[left] + layers.leavingLoad[state]
        guard side[item] >= 0, layers.joins[state] >= 0 else { continue }
        let joined = Int(layers.joins[state])
        let other = values[item] + gain[joined] - multiplier * layers.joiningLoad[state]
        if other > gain[state] {
          gain[state] = other
          load[state] = load[joined] + layers.joiningLoad[state]
          joins[state] = true
        }
      }
      size += abs(values[item])
    }
    value = gain[0] + multiplier * load[0]
    // Every step rounds by less than 2^-52 of sums that are no larger than this.
    error = 4e-16 * Double(layers.order.count + 4) * (size + multiplier * layers.largestLoad)
  }

  /// No part of at most the load is worth more.
  func bound(_ load: Double) -> Double { gain[0] + multiplier * load + error }

  /// The items of the path from the start, ascending.
  func items(_ layers: PartLayers) -> [Int] {
    var items: [Int] = []
    var state = 0
    for item in layers.order {
      if joins[state] { items.append(item) }
      state = Int(joins[state] ? layers.joins[state] : layers.leaves[state])
    }
    return items.sorted()
  }
}

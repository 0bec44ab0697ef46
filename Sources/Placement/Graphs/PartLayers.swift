/// Every part that a device of one class could take, as paths through a layered network: one layer an item of an order, and in
/// every layer an arc that takes the item and one that leaves it. The loads of a path's arcs sum to at most the load of its part.
///
/// A state is what the rest of the order needs to know of the items so far: of every net with items on both sides of the layer,
/// where its producer is and whether its transfer is charged already. A net's `out` is charged with the first reader outside
/// a part that has the producer, its `incoming` with the first reader inside one that has not; when the producer comes later
/// in the order, with the producer. So the sum of a path's loads is the load of its part, base load left out.
///
/// Where a layer would get more states than allowed, the cheapest net across it charges nothing from there on. That
/// only lowers loads: what is proven of all paths holds for all parts. Memory and the order of parts are left out.
struct PartLayers: Sendable {
  /// Items in the order of the layers.
  let order: [Int]
  /// Base load of a device of the class, seconds.
  let base: Double
  /// States of layer t: `start[t]..<start[t + 1]`; one layer more than items, with one state at either end.
  private(set) var start: [Int] = [0, 1]
  /// By state: the state of the next layer without the item and what that charges, seconds.
  private(set) var leaves: [Int32] = []
  private(set) var leavingLoad: [Double] = []
  /// The same with the item, its own load included; -1 where the class may not take it.
  private(set) var joins: [Int32] = []
  private(set) var joiningLoad: [Double] = []

  /// No path's loads sum to more, seconds.
  private(set) var largestLoad = 0.0

  /// States of a layer, where none is given.
  static let widest = 600

  /// - Parameters:
  ///   - order: every item once.
  ///   - widest: most states of a layer while a net across it can be dropped.
  init(
    _ model: GraphModel, _ costs: ItemCosts, class entry: Int, order: [Int], widest: Int = Self.widest
  ) {
    self.order = order
    base = model.classes[entry].baseLoad[0]
    var nets = OpenNets(model, class: entry, order: order)
    var states: [UInt64] = [0]
    for (position, item) in order.enumerated() {
      nets.open(at: position)
      let next = start[position + 1]
      var index: [UInt64: Int32] = [:]
      var following: [UInt64] = []
      let target = { (state: UInt64) -> Int32 in
        if let known = index[state] { return known }
        let fresh = Int32(next + following.count)
        index[state] = fresh
        following.append(state)
        return fresh
      }
      let mayJoin = costs.isAllowed(item, entry)
      let own = mayJoin ? costs.load[(item * costs.classCount + entry) * costs.laneCount] : 0
      var most = 0.0
      for state in states {
        let left = nets.step(state, item, at: position, joins: false)
        leaves.append(target(left.state))
        leavingLoad.append(left.load)
        let joined = nets.step(state, item, at: position, joins: true)
        joins.append(mayJoin ? target(joined.state) : -1)
        joiningLoad.append(own + joined.load)
        most = max(most, left.load, own + joined.load)
      }
      largestLoad += most
      nets.close(after: position)
      while following.count > widest, let mask = nets.dropCheapest() {
        merge(&following, mask: mask, from: start[position])
      }
      states = following
      start.append(next + following.count)
    }
  }

  /// Gives states of the next layer that agree outside `mask` one number, in the arcs of the last layer too.
  private mutating func merge(_ states: inout [UInt64], mask: UInt64, from first: Int) {
    let next = start[start.count - 1]
    var index: [UInt64: Int32] = [:]
    var merged: [UInt64] = []
    let number = states.map { state -> Int32 in
      let key = state & ~mask
      if let known = index[key] { return known }
      let fresh = Int32(next + merged.count)
      index[key] = fresh
      merged.append(key)
      return fresh
    }
    for state in first..<leaves.count {
      leaves[state] = number[Int(leaves[state]) - next]
      if joins[state] >= 0 { joins[state] = number[Int(joins[state]) - next] }
    }
    states = merged
  }
}

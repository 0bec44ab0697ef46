/// The nets across a layer of ``PartLayers`` and the two bits that each has in a state.
///
/// Before its producer's layer: bit 0, a reader is in the part; bit 1, one is outside. From then on: 0, the producer is
/// outside and nothing is charged; 1, it is inside and nothing is charged; 2, nothing is left to charge.
struct OpenNets {
  private struct Net {
    var producer: Int
    /// Position of the producer, and of the last item.
    var known: Int
    var last: Int
    var out: Double
    var incoming: Double
    /// Where its bits are; -1 while it is not open.
    var shift = -1
  }

  private var nets: [Net] = []
  private var netsOf: [[Int]]
  /// Nets by the position of their first item.
  private var opening: [[Int]]
  private var free: [Int]
  private var open: [Int] = []

  init(_ model: GraphModel, class entry: Int, order: [Int]) {
    netsOf = Array(repeating: [], count: model.itemCount)
    opening = netsOf
    free = (0..<32).map { 62 - 2 * $0 }
    var position = Array(repeating: 0, count: model.itemCount)
    for (index, item) in order.enumerated() { position[item] = index }
    for net in model.nets {
      let (out, incoming) = (net.out[entry][0], net.incoming[entry][0])
      if out <= 0 && incoming <= 0 { continue }
      let members = [net.producer] + net.consumers
      let places = members.map { position[$0] }
      for member in members { netsOf[member].append(nets.count) }
      opening[places.min() ?? 0].append(nets.count)
      nets.append(
        Net(
          producer: net.producer, known: position[net.producer], last: places.max() ?? 0, out: out,
          incoming: incoming))
    }
  }

  /// Gives the nets that begin at the position their bits; those that none are left for never charge anything.
  mutating func open(at position: Int) {
    for index in opening[position] {
      guard let shift = free.popLast() else { return }
      nets[index].shift = shift
      open.append(index)
    }
  }

  /// The state after an item joins or leaves the part, and what its nets charge for that, seconds.
  func step(_ state: UInt64, _ item: Int, at position: Int, joins: Bool) -> (state: UInt64, load: Double) {
    var state = state
    var load = 0.0
    for index in netsOf[item] {
      let net = nets[index]
      guard net.shift >= 0 else { continue }
      var code = state >> UInt64(net.shift) & 3
      state &= ~(3 << UInt64(net.shift))
      if position < net.known {
        if joins && net.incoming > 0 { code |= 1 }
        if !joins && net.out > 0 { code |= 2 }
      } else if item == net.producer {
        let charge = joins ? net.out : net.incoming
        let isDue = code & (joins ? 2 : 1) != 0
        if isDue { load += charge }
        code = isDue || charge <= 0 ? 2 : joins ? 1 : 0
      } else if code == (joins ? 0 : 1) {
        load += joins ? net.incoming : net.out
        code = 2
      }
      if position < net.last { state |= code << UInt64(net.shift) }
    }
    return (state, load)
  }

  /// Frees the bits of the nets that end at the position.
  mutating func close(after position: Int) {
    for index in open where nets[index].last == position { release(index) }
    open.removeAll { nets[$0].shift < 0 }
  }

  /// Ends the open net with the smallest loads.
  /// - Returns: its bits in a state; `nil` without an open net.
  mutating func dropCheapest() -> UInt64? {
    guard let cheapest = open.min(by: { (load($0), $0) < (load($1), $1) }) else { return nil }
    let mask: UInt64 = 3 << UInt64(nets[cheapest].shift)
    release(cheapest)
    open.removeAll { $0 == cheapest }
    return mask
  }

  private func load(_ index: Int) -> Double { nets[index].out + nets[index].incoming }

  private mutating func release(_ index: Int) {
    free.append(nets[index].shift)
    nets[index].shift = -1
  }
}

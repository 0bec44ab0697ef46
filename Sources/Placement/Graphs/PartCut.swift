import MinimumCut

/// The least a device can be loaded when some items must be on it and some must not, as a minimum cut.
///
/// For one device of class c and prices of the lanes that sum to 1, the largest lane load of a part S is at least
///     base + sum over S of load + sum over nets with producer in S and a reader outside of out
///          + sum over nets with producer outside and a reader in S of incoming        (all priced)
/// and this function of S is submodular: its smallest value over the S with the given members in and out is a
/// minimum cut. Network: S is the source side; an item costs its load on the way to the sink; a net has a node behind its
/// producer (capacity `out`, then unbounded to the readers) and one behind its readers (unbounded, then `incoming`
/// to the producer). Memory and order are ignored, so the value holds with and without them. Modes count with the
/// smallest load of each lane.
struct PartCut: Sendable {
  private var network: FlowNetwork
  private let toSink: [Int]
  private let fromSource: [Int]
  private let ownLoad: [Double]
  /// Priced base load, seconds.
  let base: Double
  /// Items the class may not take at all.
  let forbidden: [Bool]
  private let itemCount: Int

  /// - Parameters:
  ///   - prices: by lane, not negative, summing to 1.
  ///   - countsWork: false leaves items' own loads and the base load out: the least transfer alone.
  init(_ model: GraphModel, _ costs: ItemCosts, class entry: Int, prices: [Double], countsWork: Bool) {
    let itemCount = model.itemCount
    self.itemCount = itemCount
    let source = itemCount + 2 * model.nets.count
    var network = FlowNetwork(nodeCount: source + 2, source: source, sink: source + 1)
    let priced = { (loads: [Double]) in zip(loads, prices).reduce(0) { $0 + $1.0 * $1.1 } }
    var ownLoad: [Double] = []
    var forbidden: [Bool] = []
    for item in 0..<itemCount {
      let first = (item * costs.classCount + entry) * costs.laneCount
      let isAllowed = costs.isAllowed(item, entry)
      forbidden.append(!isAllowed)
      let work = priced(Array(costs.load[first..<first + costs.laneCount]))
      ownLoad.append(countsWork && isAllowed ? work : 0)
    }
    toSink = ownLoad.indices.map { network.addArc($0, source + 1, ownLoad[$0]) }
    fromSource = ownLoad.indices.map { network.addArc(source, $0, 0) }
    for (index, net) in model.nets.enumerated() {
      let (out, incoming) = (priced(net.out[entry]), priced(net.incoming[entry]))
      let (writes, reads) = (itemCount + 2 * index, itemCount + 2 * index + 1)
      if out > 0 {
        _ = network.addArc(net.producer, writes, out)
        for consumer in net.consumers { _ = network.addArc(writes, consumer, .infinity) }
      }
      if incoming > 0 {
        for consumer in net.consumers { _ = network.addArc(consumer, reads, .infinity) }
        _ = network.addArc(reads, net.producer, incoming)
      }
    }
    self.network = network
    self.ownLoad = ownLoad
    self.forbidden = forbidden
    base = countsWork ? priced(model.classes[entry].baseLoad) : 0
  }

  /// The least load, seconds, or a value of at least `enough`.
  /// - Parameter side: by item: 1 in, -1 out, 0 open.
  mutating func least(_ side: [Int8], enough: Double) -> Double {
    var committed = base
    for item in 0..<itemCount {
      if side[item] > 0 {
        if forbidden[item] { return .infinity }
        // Its own load is certain: taken out of the network, it need not be found by flow.
        committed += ownLoad[item]
        network.setCapacity(fromSource[item], .infinity)
        network.setCapacity(toSink[item], 0)
      } else {
        network.setCapacity(fromSource[item], 0)
        network.setCapacity(toSink[item], side[item] < 0 || forbidden[item] ? .infinity : ownLoad[item])
      }
    }
    if committed >= enough { return committed }
    return committed + network.minimumCut(enough: enough - committed)
  }
}

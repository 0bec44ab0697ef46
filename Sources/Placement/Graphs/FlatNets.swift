/// A model's nets as flat arrays, for inner loops.
struct FlatNets: Sendable {
  /// Nets touching an item: `start[item]..<start[item + 1]` in `index`.
  let start: [Int]
  let index: [Int]
  let producer: [Int]
  let readerCount: [Int]
  /// Readers of a net: `readerStart[net]..<readerStart[net + 1]` in `readers`.
  let readerStart: [Int]
  let readers: [Int]
  /// Index `(net * classes + class) * lanes + lane`, seconds.
  let out: [Double]
  /// Index `(net * classes + class) * lanes + lane`, seconds.
  let incoming: [Double]

  init(_ model: GraphModel) {
    var start = [0]
    var index: [Int] = []
    for nets in model.netsOf {
      index.append(contentsOf: nets)
      start.append(index.count)
    }
    var out: [Double] = []
    var incoming: [Double] = []
    for net in model.nets {
      for entry in model.classes.indices {
        out.append(contentsOf: net.out[entry])
        incoming.append(contentsOf: net.incoming[entry])
      }
    }
    self.start = start
    self.index = index
    self.out = out
    self.incoming = incoming
    producer = model.nets.map(\.producer)
    var readerStart = [0]
    var readers: [Int] = []
    for net in model.nets {
      readers.append(contentsOf: net.consumers)
      readerStart.append(readers.count)
    }
    self.readerStart = readerStart
    self.readers = readers
    readerCount = model.nets.map(\.consumers.count)
  }
}

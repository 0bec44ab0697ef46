/// A random operator graph in the style of deep networks, for tests and benchmarks: blocks of a few branches that
/// split and join along a trunk, with some skip connections to later blocks.
public struct SeededOperatorGraph: Sendable {
  public struct Node: Sendable {
    /// Seconds on a card.
    public var cardSeconds: Double
    /// Seconds on the host.
    public var hostSeconds: Double
    /// Bytes of constants.
    public var bytes: Double
    /// Seconds to move the output over a link.
    public var transferSeconds: Double
    /// Nodes that read the output, ascending, all later than this one.
    public var readers: [Int]
  }

  /// In a topological order.
  public var nodes: [Node]

  public init(count: Int, seed: UInt64) {
    var random = SeededRandom(seed: seed)
    nodes = (0..<count).map { _ in
      let work = Double.random(in: 0..<1, using: &random)
      // Few heavy operators among many light ones.
      let seconds = 1e-6 + work * work * work * 100e-6
      return Node(
        cardSeconds: seconds, hostSeconds: seconds * Double.random(in: 8..<20, using: &random),
        bytes: Double.random(in: 0..<1, using: &random) * 1e6,
        transferSeconds: Double.random(in: 1e-6..<30e-6, using: &random), readers: [])
    }
    var joints: [Int] = []
    var ends: [Int] = []
    var next = 0
    while next < count {
      // The joint reads the ends of the branches before it, and now and then an older joint.
      let joint = next
      next += 1
      for end in ends { nodes[end].readers.append(joint) }
      if joints.count > 2, Int.random(in: 0..<4, using: &random) == 0 {
        let skipped = joints[Int.random(in: max(0, joints.count - 12)..<joints.count - 1, using: &random)]
        if !nodes[skipped].readers.contains(joint) { nodes[skipped].readers.append(joint) }
      }
      joints.append(joint)
      ends = []
      for _ in 0..<Int.random(in: 1...4, using: &random) {
        var previous = joint
        for _ in 0..<Int.random(in: 1...6, using: &random) where next < count {
          nodes[previous].readers.append(next)
          previous = next
          next += 1
        }
        if previous != joint { ends.append(previous) }
      }
    }
    for index in nodes.indices { nodes[index].readers.sort() }
  }
}

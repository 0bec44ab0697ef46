import CostModel
import Graph
import Hardware

/// Fraction of the requests that each card's replica serves.
///
/// At first in proportion to the speed at which the card runs all operators that every card supports, which depends on the
/// model and the cards in use alone. Where the cards are unlike, a placement deals requests out by what it puts on each of
/// them where that is better: see ``balanced(_:resources:)``.
public enum ReplicaShares {
  /// By card in use; sums to 1.
  ///
  /// - Parameter cards: In use, of the system of `costs`.
  public static func shares(graph: Graph, cards: [Int], costs: CostModel) -> [Double] {
    let kinds = cards.map { costs.kindNumber(at: .card($0)) }
    // Alike cards take alike long.
    let firsts = kinds.indices.filter { kinds.firstIndex(of: kinds[$0]) == $0 }
    var secondsOfKind: [Int: Double] = [:]
    for first in firsts {
      secondsOfKind[kinds[first]] = graph.operators.indices.reduce(0) { sum, index in
        let op = OperatorID(index)
        guard firsts.allSatisfy({ costs.supports(op, card: cards[$0]) }) else { return sum }
        return sum + (costs.cost(of: op, on: .card(cards[first]))?.seconds ?? 0)
      }
    }
    let seconds = kinds.map { secondsOfKind[$0] ?? 0 }
    guard seconds.allSatisfy({ $0 > 0 && $0.isFinite }) else {
      return cards.map { _ in 1 / Double(max(1, cards.count)) }
    }
    let total = seconds.reduce(0) { $0 + 1 / $1 }
    return seconds.map { 1 / $0 / total }
  }

  /// The variants with shares under which the busiest resource of each replica takes alike long, links and look-ups among
  /// them, where that lowers the bottleneck.
  ///
  /// What all variants put on a resource is its base; a share is what brings a replica's busiest resource from its base to a
  /// time T, and T is where all shares sum to 1.
  static func balanced(
    _ variants: [ExecutionProgram.Variant], resources: [ExecutionProgram.Resource]
  ) -> [ExecutionProgram.Variant] {
    // By variant: the resources that it uses, and seconds on each.
    let uses = variants.map { variant -> [(resource: Int, seconds: Double)] in
      var seconds: [Int: Double] = [:]
      for task in variant.tasks {
        for leg in task.legs { seconds[leg.resource, default: 0] += leg.seconds }
      }
      return seconds.sorted { $0.key < $1.key }.map {
        ($0.key, $0.value / Double(max(1, resources[$0.key].servers)))
      }
    }
    var base = resources.map { _ in Double.infinity }
    var users = resources.map { _ in 0 }
    for use in uses.joined() {
      base[use.resource] = min(base[use.resource], use.seconds)
      users[use.resource] += 1
    }
    for resource in resources.indices where users[resource] < variants.count { base[resource] = 0 }
    func shares(_ time: Double) -> [Double] {
      uses.map { own in
        own.reduce(1.0) { least, use in
          let excess = use.seconds - base[use.resource]
          return excess > 0 ? min(least, max(0, time - base[use.resource]) / excess) : least
        }
      }
    }
    func bottleneck(_ shares: [Double]) -> Double {
      var loads = resources.map { _ in 0.0 }
      for (share, own) in zip(shares, uses) {
        for use in own { loads[use.resource] += share * use.seconds }
      }
      return loads.max() ?? 0
    }
    var (low, high) = (0.0, uses.joined().map(\.seconds).max() ?? 0)
    for _ in 0..<bisections {
      let middle = (low + high) / 2
      if shares(middle).reduce(0, +) < 1 { low = middle } else { high = middle }
    }
    let found = shares(high)
    let sum = found.reduce(0, +)
    guard sum > 0 else { return variants }
    let balanced = found.map { $0 / sum }
    guard bottleneck(balanced) < bottleneck(variants.map(\.share)) * (1 - 1e-9) else { return variants }
    return zip(variants, balanced).map { variant, share in
      var variant = variant
      variant.share = share
      return variant
    }
  }

  /// To the last bits of a time.
  private static let bisections = 60
}

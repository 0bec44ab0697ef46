import Graph
import Hardware
import Rules

/// Draws of what the costs of a model on a system may really be.
///
/// The figures of a class of operators on a kind of device are wrong together: each draw multiplies the times of a class by one
/// factor e^(s z), with z standard normal and s = ln(1 + error) / 0.6745, so that half of the draws are within the class's median
/// error (`ClassFigures.error`, else the constants here). Links have a factor for all cards, one for the uplink and one for links between cards. Times that were
/// measured stay as they are.
public struct CostErrors: Sendable {
  /// Median relative error of operators counted by their device's peaks (`reports/fidelity/host.md`: 37 % on hosts; of cards whose
  /// kernels nobody measured the same is assumed).
  public static let unknownClass = 0.4
  /// Of matrix products of cards with figures by size (`reports/fidelity/kernels.md`: 4 to 10 %).
  public static let sizedProduct = 0.1
  /// Of look-ups, whose rows may lie in caches [assumed].
  public static let lookup = 0.3
  /// Of links [assumed].
  public static let link = 0.1

  private static let normalQuartile = 0.6745

  /// What an operator is wrong together with on a device, and by how much.
  private struct Group {
    /// Position in `OperatorClass.allCases`, of look-ups one more.
    var index: Int
    var error: Double
  }

  private let costs: CostModel
  private let seed: UInt64
  /// By kind of device and operator.
  private let groups: [[Group]]

  /// - Parameter costs: With what was measured.
  public init(_ costs: CostModel, seed: UInt64) {
    self.costs = costs
    self.seed = seed
    let graph = costs.graph
    let position = Dictionary(
      uniqueKeysWithValues: OperatorClass.allCases.enumerated().map { ($1, $0) })
    let classes = graph.operators.map { KernelShape($0, in: graph).operatorClass }
    groups = costs.kindsOfDevice.map { place in
      let kind = costs.kind(at: place.location)
      return graph.operators.indices.map { op in
        if costs.structure.tableOfOperator[op] != nil {
          return Group(index: OperatorClass.allCases.count, error: Self.lookup)
        }
        let index = position[classes[op]] ?? 0
        if let figures = kind?.processor.classes?[classes[op]], figures.error > 0 {
          return Group(index: index, error: figures.error)
        }
        let isSized = classes[op] == .product && kind?.precisions.products != nil
        return Group(index: index, error: isSized ? Self.sizedProduct : Self.unknownClass)
      }
    }
  }

  /// The costs of draw number `index`, the same every time.
  public func draw(_ index: Int) -> CostModel {
    var random = NormalStream(seed: seed, draw: index)
    var entries: [MeasuredCosts.Entry] = []
    /// Two kinds of card of one model share their entries; the first counts.
    var known: Set<String> = []
    for (place, groups) in zip(costs.kindsOfDevice, groups) {
      let normals = (0...OperatorClass.allCases.count).map { _ in random.next() }
      guard known.insert(place.key).inserted else { continue }
      for (op, group) in groups.enumerated() {
        guard let cost = costs.cost(of: OperatorID(op), on: place.location) else { continue }
        let factor = cost.limit == .measured ? 1 : Self.factor(group.error, normals[group.index])
        entries.append(
          .init(operator: costs.graph.operators[op].name, device: place.key, seconds: cost.seconds * factor))
      }
    }
    var system = costs.system
    let (card, uplink) = (Self.factor(Self.link, random.next()), Self.factor(Self.link, random.next()))
    for index in system.cards.indices { system.cards[index].link.slow(by: card) }
    if system.hasPeerLinks {
      let peer = Self.factor(Self.link, random.next())
      for index in system.cards.indices { system.cards[index].peerLink?.slow(by: peer) }
    }
    system.uplink.slow(by: uplink)
    var options = costs.options
    options.measured = (try? MeasuredCosts(entries)) ?? options.measured
    return CostModel(graph: costs.graph, system: system, options: options)
  }

  private static func factor(_ error: Double, _ normal: Double) -> Double {
    PortableMath.exp(PortableMath.ln(1 + max(0, error)) / normalQuartile * normal)
  }
}

extension Link {
  fileprivate mutating func slow(by factor: Double) {
    bytesPerSecond /= factor
    commandSeconds *= factor
  }
}

/// Standard normal numbers from a seed, the same on every platform: sums of twelve uniform ones of SplitMix64.
private struct NormalStream {
  private var state: UInt64

  /// - Parameter draw: Those of two draws have no number in common.
  init(seed: UInt64, draw: Int) {
    // What SplitMix64 makes of the seed, and of that and the draw: states that are steps apart would give the same numbers later.
    state = seed
    state = bits() ^ UInt64(bitPattern: Int64(draw))
    state = bits()
  }

  mutating func next() -> Double {
    (0..<12).reduce(-6.0) { sum, _ in sum + uniform() }
  }

  private mutating func uniform() -> Double { Double(bits() >> 11) * 0x1p-53 }

  private mutating func bits() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

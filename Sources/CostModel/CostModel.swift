import Graph
import Hardware

/// What each operator and each look-up of a graph costs on each device of a system.
///
/// Costs are per batch, in seconds, and keep their breakdown. They are computed once for every kind of device when
/// the model is made; asking for one afterwards takes constant time.
///
/// Roofline of an operator (Williams et al. 2009), with the engine's sustained peaks:
///
///     compute = max(matrix operations / matrix peak(p), vector operations / vector peak(a))   on a card
///             = matrix operations / matrix peak(p) + vector operations / vector peak(a)       on the host
///     DRAM    = (streamed weights + spilled activations) / DRAM bandwidth
///     SRAM    = (weights + activations) / SRAM bandwidth
///     seconds = max(compute, DRAM, SRAM) + launch
///
/// p is the matrix precision, a the activation precision of ``CostOptions``; between products in 8 bits activations lie in 8
/// bits, and products quantise others as they read them, two vector operations an element (``NarrowActivations``). A card's engines are separate and work
/// in a pipeline; on the host the same units do both. What stays on chip:
/// - Activations of an operator that together take at most half of the SRAM stay there, larger ones go through DRAM.
/// - Weights get the SRAM that the graph's peak activations (at most half) leave. When all weights of the graph fit
///   they are loaded once and never read from DRAM again; when not, the share that fits is kept and the rest of every
///   operator's weights is streamed each batch. A part of a graph has a larger share: see ``residentShare(of:on:)``.
/// - A device without SRAM reads everything from DRAM.
/// - Where activations of a batch do not stay on chip, a card runs it in equal parts of 1, 2, 4 ... items one after the other
///   if that takes less time; each part pays its launches and reads the weights again that are not resident: see ``BatchParts``.
///
/// Where a device has figures of a class of operators (`ClassFigures`) they take the place of the sustained shares and of the launch.
/// Where it has figures of matrix products by size (`ProductFigures`), small and shallow ones reach less of the
/// peak, and matrix operators have a launch of their own; where it has a cache (`Cache`), operators that fit it move
/// their bytes faster.
///
/// Views (Reshape, Flatten ...) cost nothing. Elementwise operators that compilers fuse into their producer pay no
/// launch, only the reads of their other inputs, and on a card only the arithmetic that the group's matrix work does
/// not hide: see ``fusedInto(_:)``. Copies read at most the bytes that they
/// write, of a constant whose rows they look up as well. Unknown operators are costed from their bytes and a launch.
public struct CostModel: Sendable {
  public let graph: Graph
  public let system: System
  public internal(set) var options: CostOptions

  let structure: GraphStructure
  /// Kinds of device; the host is the first.
  let kinds: [DeviceCosts]
  /// Index into `kinds` for every card.
  let kindOfCard: [Int]

  public init(graph: Graph, system: System, options: CostOptions = CostOptions()) {
    self.init(graph: graph, system: system, options: options, structure: nil)
  }

  /// - Parameter known: The structure under the same facts of a compiler.
  private init(graph: Graph, system: System, options: CostOptions, structure known: GraphStructure?) {
    self.graph = graph
    self.system = system
    self.options = options
    var cards: [Card] = []
    var firstCard: [CardKind: Int] = [:]
    var kindOfCard: [Int] = []
    for card in system.cards {
      let kind = CardKind(card)
      if let known = firstCard[kind] {
        kindOfCard.append(known)
      } else {
        cards.append(card)
        firstCard[kind] = cards.count
        kindOfCard.append(cards.count)
      }
    }
    let refusals = Set(options.compiler.refusals)
    let isRefusedAlone = cards.map { card in
      let types = Set(card.unsupportedOperators)
      return graph.operators.map {
        $0.isHostOnly || types.contains($0.type)
          || !refusals.isEmpty && refusals.contains(.init(operator: $0.name, device: card.model))
      }
    }
    let structure =
      known
      ?? GraphStructure(graph, isRefused: isRefusedAlone, kernels: options.compiler.kernels)
    self.structure = structure
    let isRefused = isRefusedAlone.map(structure.fusion.withoutGroups)
    let builders = options.eachChoice(in: graph).map { options in
      let operands = CardOperands(graph, cards: cards, isRefused: isRefused, options: options)
      return DeviceCostBuilder(
        graph: graph, structure: structure, options: options,
        activations: NarrowActivations(
          graph, fusion: structure.withoutInteractions, operands: operands.precisions,
          isOnCards: operands.isOnCards, isUsed: !options.without.contains(.narrowActivations)))
    }
    let isLeast = !options.layerChoices.isEmpty
    self.kinds =
      [builders[0].host(system.host)]
      + zip(cards, isRefused).map { card, isRefused in
        builders[0].leastCosts(builders.map { $0.card(card, isRefused: isRefused, isLeast: isLeast) })
      }
    self.kindOfCard = kindOfCard
  }

  /// Whether the device can run the operator. The host runs everything.
  public func supports(_ op: OperatorID, on location: Location) -> Bool {
    kind(at: location)?.costs[op.index] != nil
  }

  /// The first card of every kind among some of them.
  package func kinds(among cards: [Int]) -> [Int] {
    var known: Set<Int> = []
    return cards.filter { kindOfCard.indices.contains($0) && known.insert(kindOfCard[$0]).inserted }
  }

  /// Whether card `card` can run the operator.
  public func supports(_ op: OperatorID, card: Int) -> Bool {
    supports(op, on: .card(card))
  }

  /// The cost of one operator for one batch.
  ///
  /// A look-up operator is costed on its whole table in ``CostOptions/tableFormat``.
  /// - Parameters:
  ///   - coreFraction: The share of the device's cores that work on it, above 0 and at most 1.
  ///   - residentShare: The share of its weights that is kept on chip; `nil` for that of the whole graph.
  /// - Returns: `nil` when the device does not exist or cannot run the operator.
  public func cost(
    of op: OperatorID, on location: Location, coreFraction: Double = 1, residentShare: Double? = nil
  ) -> OperatorCost? {
    guard let kind = kind(at: location), let base = kind.costs[op.index] else { return nil }
    var cost = base.scaled(toCoreFraction: coreFraction)
    if let residentShare, residentShare != kind.residentShare {
      cost = cost.restreamed(
        weightSeconds: kind.weightSeconds[op.index],
        from: kind.residentShare, to: residentShare)
    }
    if !kind.measured.isEmpty, let measured = kind.measured[op.index] {
      // A measurement is for all cores; fewer cores slow it as they slow the model's estimate.
      let scale = base.seconds > 0 ? cost.seconds / base.seconds : 1
      return cost.replaced(bySeconds: measured * scale)
    }
    return cost
  }

  /// Seconds of all of a device's cores that an operator takes where a part of them works on it: that part times its time
  /// there.
  ///
  /// It grows with the part, as launches and DRAM take the same time however few cores wait for them; the least is what any
  /// division of a card's cores between look-ups and other operators spends.
  /// - Parameter coreFraction: As of ``cost(of:on:coreFraction:residentShare:)``; by default the least of all parts.
  public func spreadSeconds(
    of op: OperatorID, on location: Location, coreFraction: Double = CostModel.leastCoreFraction
  ) -> Double? {
    cost(of: op, on: location, coreFraction: coreFraction).map { $0.seconds * coreFraction }
  }

  /// Less than one core of any device.
  public static let leastCoreFraction = 1e-9

  /// The operator whose kernel computes this one as well, or that a view lies within; `nil` where it has its own.
  ///
  /// The costs of both assume that they run on the same device, which may compute them one by one (`JointKernel`).
  public func fusedInto(_ op: OperatorID) -> OperatorID? { structure.fusion.leader[op.index] }

  /// Operators that a compiler takes into a kernel and that are costed and placed by themselves, ascending: their devices are
  /// not those of the kernel, or they read what is computed after its first operator and not in it.
  public var apartFromKernels: [OperatorID] { structure.fusion.apart }

  /// Seconds that one direction of `link` is busy: commands x overhead + bytes / sustained bandwidth.
  ///
  /// A transfer that crosses several links is charged on each of them.
  public func transferSeconds(bytes: Int, commands: Int, link: Link) -> Double {
    link.seconds(bytes: Double(bytes), commands: Double(commands))
  }

  /// Bytes of an activation on the wire between devices, as it lies on cards: a narrower copy is made where it is produced.
  public func transferBytes(of tensor: TensorID) -> Int {
    (kinds.dropFirst().first ?? kinds[0]).tensorBytes[tensor.index]
  }

  /// The same costs under other options; kernels are costed again where they depend on what changes.
  public func with(_ change: (inout CostOptions) -> Void) -> CostModel {
    var changed = options
    change(&changed)
    guard changed.ofKernels == options.ofKernels else {
      return CostModel(
        graph: graph, system: system, options: changed,
        structure: changed.compiler == options.compiler ? structure : nil)
    }
    var costs = self
    costs.options = changed
    return costs
  }

  /// Whether activations lie narrower on cards than others do.
  public var hasNarrowActivations: Bool {
    kinds.dropFirst().contains { $0.narrow.contains { $0 != nil } }
  }

  /// Equal for devices that cost the same.
  public func kindNumber(at location: Location) -> Int {
    switch location {
    case .host: 0
    case .card(let index): kindOfCard.indices.contains(index) ? kindOfCard[index] : -1
    }
  }

  func kind(at location: Location) -> DeviceCosts? {
    switch location {
    case .host: kinds[0]
    case .card(let index): kindOfCard.indices.contains(index) ? kinds[kindOfCard[index]] : nil
    }
  }
}

/// What products compute in on cards.
private struct CardOperands {
  /// By operator; `nil` without matrix work, where the activation precision is no wider, and where cards differ.
  var precisions: [Precision?] = []
  /// By operator: whether a card runs it.
  var isOnCards: [Bool] = []

  /// - Parameters:
  ///   - cards: One of each kind.
  ///   - isRefused: By kind and operator.
  init(_ graph: Graph, cards: [Card], isRefused: [[Bool]], options: CostOptions) {
    let layers = options.layers(in: graph)
    var known: [Precision: [Precision?]] = [:]
    for (index, node) in graph.operators.enumerated() {
      let kinds = cards.indices.filter { !isRefused[$0][index] }
      isOnCards.append(!kinds.isEmpty)
      guard node.work.kind == .matrix else {
        precisions.append(nil)
        continue
      }
      let wanted = layers[index]?.precision ?? options.cardMatrixPrecision
      let ofCards =
        known[wanted]
        ?? cards.map {
          DevicePrecisions(
            processor: $0.processor, matrix: wanted, activation: options.cardActivationPrecision
          ).operand
        }
      known[wanted] = ofCards
      let found = Set(kinds.map { ofCards[$0] })
      precisions.append(found.count == 1 ? found.first ?? nil : nil)
    }
  }
}

/// What makes two cards cost the same.
private struct CardKind: Hashable {
  let model: String
  let processor: Processor
  let unsupportedOperators: [String]
  let team: CardTeam?

  init(_ card: Card) {
    model = card.model
    processor = card.processor
    unsupportedOperators = card.unsupportedOperators
    team = card.team
  }
}

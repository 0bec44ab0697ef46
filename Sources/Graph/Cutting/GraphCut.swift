/// How a graph was cut over cards that act as one; the graph is then what each of them computes.
public struct GraphCut: Sendable, Hashable {
  /// Cards that act as one.
  public var ranks: Int
  public var kind: Kind
  /// By operator: whether a card computes a part of it, so that the host cannot run it.
  public var isCut: [Bool]

  /// What the cards share out.
  public enum Kind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Weights: columns and rows of products, heads, experts, output channels.
    case weights
    /// The items of a batch: each card has all weights and some items.
    case batch
  }

  public init(ranks: Int, kind: Kind, isCut: [Bool]) {
    self.ranks = ranks
    self.kind = kind
    self.isCut = isCut
  }
}

/// What cards that act as one exchange, each with all others.
public enum Collective: String, Sendable, Hashable, Codable, CaseIterable {
  /// Every card has a part of a tensor and gets all of it.
  case allGather
  /// Every card has a term of a sum and gets the sum.
  case allReduce

  /// The type of the operators that stand for it in a cut graph.
  public var operatorType: String {
    switch self {
    case .allGather: "AllGather"
    case .allReduce: "AllReduce"
    }
  }

  /// The domain of those operators.
  public static let domain = "partition"
}

extension Graph {
  /// What each of `ranks` cards computes that act as one: products by columns or by rows of their weights, attention by heads,
  /// mixtures by experts, convolutions by output channels, what lies between on parts of the tensors, and the collectives that
  /// all this needs. Weights and states are held in parts; everything else is done by every card.
  ///
  /// A product whose input is whole is cut by columns, and each card has a part of its output; a product whose input is in
  /// such parts is cut by rows, and the cards add up their terms (Shoeybi et al. 2019, arXiv 1909.08053). A tensor that is needed
  /// whole is gathered.
  ///
  /// Where the batch is shared out, inputs come in parts, operators that keep items apart compute those of their card with all
  /// weights, and nothing is exchanged but what an operator needs of all items.
  ///
  /// - Returns: `nil` where nothing can be cut, or the graph is cut already.
  public func cut(over ranks: Int, by kind: GraphCut.Kind = .weights) -> Graph? {
    guard ranks > 1, cut == nil else { return nil }
    return GraphCutter.settled(self, ranks: ranks, by: kind).graph
  }

  /// Items of a batch that one card computes; `nil` where that is not stated.
  package var itemsOfOneCard: Int? {
    guard let cut, cut.kind == .batch else { return serving.batch }
    return serving.batch.map { $0 / cut.ranks }
  }

  /// Items of a batch: as stated, or as all inputs have in front; `nil` where that is not known.
  var itemsInBatch: Int? {
    if let stated = serving.batch { return stated }
    let sizes = Set(inputs.map { self[$0].shape.first })
    return sizes.count == 1 ? sizes.first ?? nil : nil
  }
}
